"""转出: the old banner hands a child over, the new one accepts it, and no month is missed.

Until somebody there accepts, the child and its money stay with the old banner, whatever is asked. On
acceptance the child's place changes, the new banner decides by whom the money comes from that day on,
and what has not left goes the new way; what has left stays with the hand that has it. Matches, pledges
and consents go on as they are: their donors read of nothing. A 爱心妈妈 of the old banner says goodbye.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.children import Child
from models.regions import Region
from models.transfers import Transfer
from privacy.permissions import CASE_STAFF, Act, require
from privacy.viewers import Viewer, works_in
from services import by_two, gate, stood, trace
from services.care import clocks
from services.children.entering import school_key
from services.danger.protection import accused_in
from services.notices import notices
from services.routes import deciding
from vocabulary.dates import today
from vocabulary.enums import (
    ChildStatus,
    NoticeKind,
    RegionLevel,
    Route,
    Stage,
    TransferStatus,
)
from vocabulary.errors import AlreadyDecided, BadInput, NotPermitted, WrongState

SHORTEST_WORDS = 4
REMINDS_AFTER = (3, 7, 14)
WAYS = (Route.SCHOOL, Route.CARD, Route.VILLAGE, Route.OFFICE)
_DIGITS = 6
_WAITING = (TransferStatus.ASKED,)


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where a child lives and learns from now on, and by whom its money comes."""

    region_code: str
    address: str | None
    school_ref: str | None
    grade: int | None
    class_name: str | None
    stage: Stage
    route: Route


def ask(session: Session, by: Viewer, ref: str, *, to: str, words: str, now: datetime) -> str:
    """Hand a child over to another banner; return the transfer's ref.

    Raises BadInput(to, words), WrongState for a record that is a draft or over, AlreadyDecided while
    one waits.
    """
    require(by, Act.VERIFY_CHILD)
    child = gate.row(session, by, Child, Child.ref == ref)
    if child.status in (ChildStatus.DRAFT, ChildStatus.ENDED):
        raise WrongState(from_state=child.status.value, to_state="transferred")
    region = session.get(Region, to)
    if region is None or region.level is not RegionLevel.BANNER or to == child.banner_code:
        raise BadInput(field="to", reason="no_banner")
    if len(words.strip()) < SHORTEST_WORDS:
        raise BadInput(field="words", reason="say_why")
    waits = (Transfer.child_id == child.id, Transfer.status == TransferStatus.ASKED)
    if session.scalar(select(Transfer.id).where(*waits)) is not None:
        raise AlreadyDecided()
    new = Transfer(
        child_id=child.id,
        from_code=child.banner_code,
        to_code=to,
        name=child.name,
        words=words.strip(),
        asked_by=by.actor,
        asked_on=today(now),
    )
    session.add(new)
    session.flush()
    trace.record(session, by, "transfer.ask", f"child:{ref}", now=now, detail={"to": to})
    _tell(session, new, NoticeKind.CHILD_COMES, to, now=now)
    return new.ref


def accept(session: Session, by: Viewer, ref: str, arrival: Arrival, *, now: datetime) -> str:
    """Take a child over, as somebody of the new banner; return the child's ref.

    Raises ActedBefore for whoever handed it over, NotPermitted for staff of the old banner alone,
    BadInput(field) for a place of another banner or a way that leads nowhere, AlreadyDecided.
    """
    require(by, Act.CHANGE_ROUTE)
    transfer = gate.row(session, by, Transfer, Transfer.ref == ref)
    _must_be_another(by, transfer)
    if not arrival.region_code.startswith(transfer.to_code[:_DIGITS]):
        raise BadInput(field="township", reason="other_banner")
    if arrival.route not in WAYS:
        raise BadInput(field="route", reason="no_hand")
    child = session.get_one(Child, transfer.child_id)
    if child.status is ChildStatus.ENDED:
        raise WrongState(from_state=child.status.value, to_state="transferred")
    by_two.decide(session, by, transfer, TransferStatus.ACCEPTED, now=now, waiting=_WAITING)
    stood.keep_place(session, by, child, now=now)
    _settle_in(session, by, child, arrival)
    clocks.moved_away(session, by, child.id, now=now)
    deciding.after_transfer(session, by, child, arrival.route, now=now)
    trace.record(session, by, "transfer.accept", f"child:{child.ref}", now=now)
    _tell(session, transfer, NoticeKind.CHILD_WENT, transfer.from_code, now=now)
    return child.ref


def _settle_in(session: Session, by: Viewer, child: Child, arrival: Arrival) -> None:
    """Write the child's new place and school; a proposal that waits follows it (models/pledges.py)."""
    code = arrival.region_code
    child.region_code, child.address = code, arrival.address
    child.banner_code, child.league_code = code[:_DIGITS].ljust(12, "0"), code[:4].ljust(12, "0")
    child.school_id = school_key(session, by, arrival.school_ref)
    child.grade, child.class_name, child.stage = arrival.grade, arrival.class_name, arrival.stage
    session.flush()


def turn_down(session: Session, by: Viewer, ref: str, *, answer: str, now: datetime) -> None:
    """Leave the child with its banner, as somebody of the new one, and say why."""
    require(by, Act.VERIFY_CHILD)
    transfer = gate.row(session, by, Transfer, Transfer.ref == ref)
    _must_be_another(by, transfer)
    if len(answer.strip()) < SHORTEST_WORDS:
        raise BadInput(field="answer", reason="say_why")
    transfer.answer = answer.strip()
    by_two.decide(session, by, transfer, TransferStatus.TURNED_DOWN, now=now, waiting=_WAITING)
    trace.record(session, by, "transfer.turn_down", _subject(session, transfer), now=now)
    _tell(session, transfer, NoticeKind.CHILD_WENT, transfer.from_code, now=now)


def take_back(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Keep the child after all, as somebody of the old banner. Raises AlreadyDecided."""
    require(by, Act.VERIFY_CHILD)
    transfer = gate.row(session, by, Transfer, Transfer.ref == ref)
    if not works_in(by, transfer.from_code) and not _is_around(by, transfer.from_code):
        raise NotPermitted()
    by_two.decide(session, by, transfer, TransferStatus.TAKEN_BACK, now=now, waiting=_WAITING)
    trace.record(session, by, "transfer.take_back", _subject(session, transfer), now=now)


def _must_be_another(by: Viewer, transfer: Transfer) -> None:
    """Two people, two banners: whoever asked, or works in the old one alone, accepts nothing."""
    by_two.check_second(by, transfer, _WAITING)
    if not works_in(by, transfer.to_code) and not _is_around(by, transfer.to_code):
        raise NotPermitted()


def _is_around(by: Viewer, banner_code: str) -> bool:
    """Say whether the viewer works in a part of a banner."""
    return any(code[:_DIGITS] == banner_code[:_DIGITS] for code in by.regions)


def _subject(session: Session, transfer: Transfer) -> str:
    return f"child:{session.get_one(Child, transfer.child_id).ref}"


def _tell(
    session: Session,
    transfer: Transfer,
    kind: NoticeKind,
    region_code: str,
    *,
    now: datetime,
    rung: int = 0,
) -> None:
    subject, named = f"transfer:{transfer.ref}", accused_in(session, transfer.child_id)
    roles = sorted(CASE_STAFF)
    notices.to_roles(session, roles, region_code, kind, subject, now=now, rung=rung, but=named)


def remind(session: Session, by: Viewer, *, on: date, now: datetime) -> int:
    """Tell the new banner again of what it has not answered, after 3, 7 and 14 days; say how many."""
    require(by, Act.RUN_STIPENDS)
    first = on - timedelta(days=REMINDS_AFTER[0])
    waits = (Transfer.status == TransferStatus.ASKED, Transfer.asked_on <= first)
    found = session.scalars(select(Transfer).where(*waits).order_by(Transfer.id)).all()
    for one in found:
        days = (on - one.asked_on).days
        rung = max(n for n, after in enumerate(REMINDS_AFTER, 1) if days >= after)
        _tell(session, one, NoticeKind.CHILD_COMES, one.to_code, now=now, rung=rung)
    return len(found)
