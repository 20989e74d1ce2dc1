"""Whom a group is reached by whose contact has died: one custodian names her, another types the same.

Nobody is shown what the first typed. Until the second has typed it from the paper, nothing is sent to
anybody; after two weeks it is let go. The chain names each by a ref of its own.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from models.pledges import Pledge
from models.vault import Donor, PayerMove, VaultDeath, VaultPledge, VaultSuccessor
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.gate import Card
from services.giving import moving
from services.notices import notices
from services.vault import forgetting_donors, givers, vault
from services.vault.purses import OPEN_MOVES
from vocabulary.dates import today
from vocabulary.enums import Chain, MoveStatus, NoticeKind, Role
from vocabulary.errors import ActedBefore, BadInput
from vocabulary.refs import find_payment_reference

WAITS = timedelta(days=14)


def name(session: Session, by: Viewer, reference: str, contact: str, *, now: datetime) -> bool:
    """Name whom a group shall be reached by; typed by a second custodian as well, she is asked.

    Returns whether she is asked now. Raises BadInput(reference) where no two have agreed on a death
    or nobody gives together, BadInput(contact) where the second typed another or it is none,
    ActedBefore for the same typed twice by one, and what `moving.ask_contact` raises.
    """
    require(by, Act.NOTE_DEATH)
    pledge_id = _of_group(session, reference)
    _, typed = vault.read_contact(contact)
    waiting = session.scalar(select(VaultSuccessor).where(*_waits_for(pledge_id)))
    if waiting is None:
        _keep(session, by, pledge_id, typed, now=now)
    elif waiting.named_by != by.actor:
        _agree(session, by, waiting, typed, now=now)
        return True
    elif waiting.contact == typed:
        raise ActedBefore()
    else:
        _close(session, by, waiting, "successor.take_back", now=now)
        _keep(session, by, pledge_id, typed, now=now)
    return False


def _of_group(session: Session, reference: str) -> int:
    """Return the pledge of a group on whose contact's death two have agreed."""
    found = find_payment_reference(reference)
    pledge_id = vault.find_pledge_by_reference(session, found) if found else None
    donor_id = vault.donor_of_pledge(session, pledge_id) if pledge_id else None
    agreed = (
        VaultDeath.donor_id == donor_id,
        VaultDeath.agreed_on.is_not(None),
        VaultDeath.taken_back_on.is_(None),
    )
    is_agreed = session.scalar(select(VaultDeath.id).where(*agreed).limit(1)) is not None
    if pledge_id is None or not is_agreed or givers.find(session, pledge_id) is None:
        raise BadInput(field="reference", reason="unknown")
    return pledge_id


def _keep(session: Session, by: Viewer, pledge_id: int, typed: str, *, now: datetime) -> None:
    one = VaultSuccessor(pledge_id=pledge_id, contact=typed, named_by=by.actor, named_on=today(now))
    session.add(one)
    session.flush()
    _mark(session, by, "successor.name", one, now=now)
    subject, waits = f"successor:{one.ref}", NoticeKind.SUCCESSOR_WAITS
    notices.to_roles(session, (Role.CUSTODIAN,), None, waits, subject, now=now)


def _agree(
    session: Session, by: Viewer, waiting: VaultSuccessor, typed: str, *, now: datetime
) -> None:
    if waiting.contact != typed:
        raise BadInput(field="contact", reason="differs")
    waiting.agreed_by = by.actor
    _close(session, by, waiting, "successor.agree", now=now)
    donor = session.get_one(Donor, vault.donor_of_pledge(session, waiting.pledge_id))
    his = forgetting_donors.in_his_place(by, donor)
    ref = session.scalars(select(Pledge.donor_ref).where(Pledge.id == waiting.pledge_id)).one()
    subject = f"successor:{waiting.ref}"
    moving.ask_contact(session, his, ref, typed, now=now, marked_as=subject)


def take_back(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Let go of what waits for a second person. Raises NotFound once nothing does."""
    require(by, Act.NOTE_DEATH)
    one = gate.row(session, by, VaultSuccessor, VaultSuccessor.ref == ref)
    _close(session, by, one, "successor.take_back", now=now)


def waiting(session: Session, viewer: Viewer) -> list[Card]:
    """List what waits for a second person; `is_mine` is what the viewer named himself."""
    require(viewer, Act.NOTE_DEATH)
    order = (VaultSuccessor.named_on.desc(), VaultSuccessor.id.desc())
    found = gate.cards(session, viewer, VaultSuccessor, order_by=order)
    return [card.and_also(is_mine=card["named_by"] == viewer.actor) for card in found]


def lapse(session: Session, by: Viewer, *, now: datetime) -> int:
    """Let go of what no second person typed within two weeks; return how many."""
    require(by, Act.RUN_STIPENDS)
    late = (VaultSuccessor.contact.is_not(None), VaultSuccessor.named_on < today(now) - WAITS)
    found = session.scalars(select(VaultSuccessor).where(*late).order_by(VaultSuccessor.id)).all()
    for one in found:
        _close(session, by, one, "successor.lapse", now=now)
    return len(found)


def let_go(session: Session, his_place: Viewer, since: date, *, now: datetime) -> None:
    """Forget who was named for the groups of a donor who lives after all, and ask nobody any more."""
    own = VaultPledge.donor_id == his_place.donor_id
    his = select(VaultPledge.pledge_id).where(own)
    asked = (PayerMove.pledge_id.in_(his), PayerMove.is_contact, PayerMove.asked_on >= since)
    open_ones = select(PayerMove).where(*asked, PayerMove.status.in_(OPEN_MOVES))
    for move in session.scalars(open_ones.order_by(PayerMove.id)).all():
        moving.close(session, his_place, move, MoveStatus.UNDONE, now=now)
    session.execute(
        update(VaultSuccessor)
        .where(VaultSuccessor.pledge_id.in_(his))
        .values(contact=None)
        .execution_options(synchronize_session="fetch")
    )


def notice_facts(session: Session, viewer: Viewer, ref: str, _now: datetime) -> dict[str, str]:
    """Return what a notice about one that waits may tell its recipient. Raises NotFound."""
    card = gate.card(session, viewer, VaultSuccessor, VaultSuccessor.ref == ref)
    return {} if card["named_by"] == viewer.actor else {"for_me": "1"}


def _waits_for(pledge_id: int) -> tuple[ColumnElement[bool], ...]:
    return (VaultSuccessor.pledge_id == pledge_id, VaultSuccessor.contact.is_not(None))


def _close(session: Session, by: Viewer, one: VaultSuccessor, act: str, *, now: datetime) -> None:
    one.contact = None
    session.flush()
    _mark(session, by, act, one, now=now)


def _mark(session: Session, by: Viewer, act: str, one: VaultSuccessor, *, now: datetime) -> None:
    """Keep it in the custodian's chain, under this entry: neither pledge nor person stands there."""
    trace.record(session, by, act, f"successor:{one.ref}", now=now, chain=Chain.CUSTODIAN)
