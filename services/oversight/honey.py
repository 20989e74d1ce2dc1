"""Honey records: a child and a donor who never were. Whoever opens one had no reason to.

The mark stands in a table that nobody lists. The gate notes an opening in `session.info`, the door
tells it (`sound`) in a transaction of its own, whatever became of the page.
"""

from datetime import datetime

from sqlalchemy import and_, func, literal, select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.children import Child
from models.incidents import Honey, HoneyOpening
from models.pledges import Pledge
from models.regions import Region
from privacy.generalising import FEWEST_ALIKE
from privacy.permissions import Act, require
from privacy.viewers import Viewer, region_prefix
from services import gate, trace
from services.gate import Card, Part
from services.notices import notices
from services.oversight import honey_file
from services.vault import vault
from vocabulary.dates import today
from vocabulary.enums import (
    Chain,
    ChildStatus,
    NoticeKind,
    PledgeStatus,
    Rhythm,
    Role,
    StopReason,
)
from vocabulary.errors import NotFound
from vocabulary.money import Fen

GUARDS = (Role.ADMINISTRATOR, Role.CUSTODIAN)
SHOWN = 20
# By its ref an account is looked up; that the whole is "account:REF" is asked besides.
_OPENED = and_(
    Account.ref == func.substr(HoneyOpening.actor, len("account:") + 1),
    literal("account:") + Account.ref == HoneyOpening.actor,
)
_PARTS = {"who": Part(Account, _OPENED, ("ref", "name"))}


def plant_child(session: Session, by: Viewer, banner_code: str, *, now: datetime) -> None:
    """Put a honey child among a banner's ended records, where no daily work leads.

    Where fewer than five have ended there, as many are planted as make five: one that stands alone
    under a filter is known for what it is, and is found by whoever only looks round.
    """
    require(by, Act.PLANT_HONEY)
    if session.get(Region, banner_code) is None or len(region_prefix(banner_code)) != 6:  # noqa: PLR2004 a banner's digits
        raise NotFound()
    for _ in range(max(1, FEWEST_ALIKE - _ended(session, banner_code))):
        child = honey_file.make(session, banner_code, by=by.actor, on=today(now))
        _mark(session, by, Honey(child_id=child.id), now=now)


def _ended(session: Session, banner_code: str) -> int:
    ended = (Child.banner_code == banner_code, Child.status == ChildStatus.ENDED)
    return session.scalar(select(func.count(Child.id)).where(*ended)) or 0


def plant_donor(session: Session, by: Viewer, contact: str, *, now: datetime) -> None:
    """Put a honey donor behind a contact of the operator's own, with one pledge long ended."""
    require(by, Act.PLANT_HONEY)
    donor_id = vault.register(session, contact, now=now)
    pledge = Pledge(
        instalment_fen=Fen(10_000),
        rhythm=Rhythm.MONTH,
        status=PledgeStatus.ENDED,
        offered_on=today(now),
        ends_on=today(now),
        stop_reason=StopReason.NOT_SAID,
    )
    session.add(pledge)
    session.flush()
    vault.file_pledge(session, donor_id, pledge)
    _mark(session, by, Honey(donor_id=donor_id), now=now)


def _mark(session: Session, by: Viewer, honey: Honey, *, now: datetime) -> None:
    session.add(honey)
    session.flush()
    trace.record(session, by, "honey.plant", "honey", now=now, chain=Chain.CUSTODIAN)


def note_donor(session: Session, viewer: Viewer, donor_id: int) -> None:
    """Note that a viewer opened a donor's identity, when the donor is a honey record."""
    if session.scalar(select(Honey.id).where(Honey.donor_id == donor_id)) is not None:
        gate.note_opening(session, viewer, "donor")


def sound(session: Session, *, now: datetime) -> bool:
    """Tell the guards at once of every opening that the gate noted; say whether there was one."""
    openings = session.info.pop(gate.OPENINGS, ())
    for viewer, kind in openings:
        opening = HoneyOpening(kind=kind, actor=viewer.actor, at=now)
        session.add(opening)
        session.flush()
        notices.to_roles(
            session, GUARDS, None, NoticeKind.HONEY_OPENED, f"honey:{opening.ref}", now=now
        )
        subject = f"honey:{opening.ref}"
        trace.record(session, viewer, "honey.opened", subject, now=now, chain=Chain.CUSTODIAN)
    return bool(openings)


def openings(session: Session, viewer: Viewer) -> list[Card]:
    """List the latest openings, to an administrator with who it was; the custodian has the ref."""
    require(viewer, Act.SEE_INCIDENTS)
    newest = (HoneyOpening.id.desc(),)
    return gate.cards(session, viewer, HoneyOpening, parts=_PARTS, order_by=newest, limit=SHOWN)
