"""A donor has died: one custodian enters it, another agrees, and his pledges run out.

From the first word on nothing is written to him and his links are dead. Each entry has a ref of its
own, and a second entry about the same donor reads like one about another: else one custodian, who
may type a telephone as well as a payment reference, would learn which belong together (law 7).
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.vault import Donor, VaultDeath
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.donors import donors
from services.gate import Card
from services.notices import notices
from services.notices.notices import Recipient
from services.pledges import changes
from services.vault import erasing, forgetting_donors, successors, vault
from vocabulary.dates import today
from vocabulary.enums import Chain, NoticeKind, RecipientKind, Role, StopReason
from vocabulary.errors import ActedBefore, AlreadyDecided, BadInput
from vocabulary.refs import find_payment_reference

HER_WORDS_LENGTH = 200


def note(session: Session, by: Viewer, told: str, *, why: str, now: datetime) -> str:
    """Keep that a donor has died, found by his contact or payment reference; return the entry's ref.

    Raises BadInput(contact) for what is nobody's, BadInput(why) without a word.
    """
    require(by, Act.NOTE_DEATH)
    if not 0 < len(why.strip()) <= HER_WORDS_LENGTH:
        raise BadInput(field="why", reason="missing")
    donor = _find(session, told)
    entry = VaultDeath(
        donor_id=donor.id, because=why.strip(), noted_by=by.actor, noted_on=today(now)
    )
    session.add(entry)
    donor.died_on = donor.died_on or today(now)
    erasing.silence(session, by, donor, now=now)
    session.flush()
    _mark(session, by, "death.note", entry, now=now)
    subject, waits = f"death:{entry.ref}", NoticeKind.DEATH_WAITS
    notices.to_roles(session, (Role.CUSTODIAN,), None, waits, subject, now=now)
    return entry.ref


def agree(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Let his pledges run out, as the second person. Raises ActedBefore, AlreadyDecided."""
    entry = _open(session, by, ref)
    if entry.noted_by == by.actor:
        raise ActedBefore()
    if entry.agreed_on is not None:
        raise AlreadyDecided()
    entry.agreed_by, entry.agreed_on = by.actor, today(now)
    his = forgetting_donors.in_his_place(by, session.get_one(Donor, entry.donor_id))
    forgetting_donors.end_pledges(session, his, reason=StopReason.DIED, now=now, but_groups=True)
    session.flush()
    _mark(session, by, "death.agree", entry, now=now)


def take_back(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Undo an entry made in error: stops that wait are undone, and he is told. Raises AlreadyDecided."""
    entry = _open(session, by, ref)
    entry.taken_back_on = today(now)
    session.flush()
    _mark(session, by, "death.take_back", entry, now=now)
    others = (VaultDeath.donor_id == entry.donor_id, VaultDeath.taken_back_on.is_(None))
    if session.scalar(select(VaultDeath.id).where(*others).limit(1)) is not None:
        return
    donor = session.get_one(Donor, entry.donor_id)
    his = forgetting_donors.in_his_place(by, donor)
    for card in donors.home(session, his, now=now).pledges:
        change = card["change"]
        if change is not None and change["stop_reason"] is StopReason.DIED:
            changes.undo(session, his, change["ref"], now=now)
    donor.died_on = None
    successors.let_go(session, his, entry.noted_on, now=now)
    session.flush()
    to, kind = Recipient(RecipientKind.DONOR, donor.id), NoticeKind.DEATH_TAKEN_BACK
    notices.queue(session, to, kind, f"death:{entry.ref}", now=now)


def listing(session: Session, viewer: Viewer) -> list[Card]:
    """List the entries that stand, latest first; `is_mine` is what the viewer entered himself."""
    require(viewer, Act.NOTE_DEATH)
    cards = gate.cards(
        session, viewer, VaultDeath, order_by=(VaultDeath.noted_on.desc(), VaultDeath.id.desc())
    )
    return [card.and_also(is_mine=card["noted_by"] == viewer.actor) for card in cards]


def notice_facts(session: Session, viewer: Viewer, ref: str, _now: datetime) -> dict[str, str]:
    """Return what a notice about an entry may tell its recipient. Raises NotFound."""
    card = gate.card(session, viewer, VaultDeath, VaultDeath.ref == ref)
    if card.has("noted_by"):
        waits = card["agreed_on"] is None and card["noted_by"] != viewer.actor
        return {"for_me": "1"} if waits else {}
    day = card["taken_back_on"]
    return {"noted": f"{day.month}月{day.day}日"}


def _open(session: Session, by: Viewer, ref: str) -> VaultDeath:
    require(by, Act.NOTE_DEATH)
    entry = gate.row(session, by, VaultDeath, VaultDeath.ref == ref)
    if entry.taken_back_on is not None:
        raise AlreadyDecided()
    return entry


def _find(session: Session, told: str) -> Donor:
    """Find a donor by what his family knows of him, one already entered too. Raises BadInput."""
    reference = find_payment_reference(told)
    if reference:
        pledge_id = vault.find_pledge_by_reference(session, reference)
        donor_id = vault.donor_of_pledge(session, pledge_id) if pledge_id else None
    else:
        donor_id = vault.find_donor_by_contact(session, told, even_dead=True)
    donor = session.get(Donor, donor_id) if donor_id else None
    if donor is None:
        raise BadInput(field="contact", reason="unknown")
    return donor


def _mark(session: Session, by: Viewer, act: str, entry: VaultDeath, *, now: datetime) -> None:
    """Keep it in the custodian's chain, under the entry: the donor's ref would join two of them."""
    trace.record(session, by, act, f"death:{entry.ref}", now=now, chain=Chain.CUSTODIAN)
