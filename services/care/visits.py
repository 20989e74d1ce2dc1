"""The log of visits: what she writes down on her phone, what a worry sets going, who reads what.

A worry reaches the child's case staff in the same transaction, at night too, and again every day
until one of them says that she has taken it up. The home that reads of the visit reads none of it.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from models.care import CareMatch
from models.children import Child
from models.visits import Visit
from privacy.permissions import CASE_STAFF, Act, require
from privacy.screening import marks, worries
from privacy.viewers import Viewer
from services import gate, trace
from services.danger import protection
from services.gate import Part
from services.letters.letter_screening import Piece, own_pieces
from services.notices import notices
from vocabulary.dates import today
from vocabulary.enums import (
    CareStatus,
    ChildMood,
    NoticeKind,
    Role,
    Trouble,
    VisitKind,
    VisitSign,
)
from vocabulary.errors import AlreadyDecided, BadInput

BACK_DAYS = 60
"""So far back a visit may be written down."""
LONGEST = 200
PAIRED = (CareStatus.TRIAL, CareStatus.ACTIVE)
STANDS = Visit.taken_back_on.is_(None)
WAITS = (Visit.is_worry.is_(True), Visit.taken_up_at.is_(None), STANDS)
_CHILD = {"child": Part(Child, Child.id == Visit.child_id, ("name",))}


@dataclass(frozen=True, slots=True)
class NewVisit:
    """What came of one meeting. Only a worry may stand without how the child was."""

    met_on: date
    kind: VisitKind
    mood: ChildMood | None = None
    signs: tuple[VisitSign, ...] = ()
    words: str = ""
    is_worry: bool = False


def warnings(viewer: Viewer, text: str) -> list[Piece]:
    """Return a sentence cut where it names somebody or a place; nothing when it does not.

    By what anybody can see in it alone, and never where it worries: a fear is not put right first.
    """
    require(viewer, Act.ANSWER_CARE)
    found = () if worries(text) else marks(text)
    return own_pieces(text, found) if found else []


def record(session: Session, by: Viewer, her_ref: str, new: NewVisit, *, now: datetime) -> bool:
    """Write down a visit of one's own; return whether the case staff were called.

    Raises NotFound without the pair, and BadInput for a day to come, one too long ago or one that
    stands already, for nothing about the child, and for too long a sentence.
    """
    require(by, Act.ANSWER_CARE)
    return _record(session, by, CareMatch.her_ref == her_ref, new, now=now)


def record_for(session: Session, by: Viewer, ref: str, new: NewVisit, *, now: datetime) -> bool:
    """Write down what a volunteer told by telephone. Raises as `record`."""
    require(by, Act.NOTE_CARE_ANSWER)
    return _record(session, by, CareMatch.ref == ref, new, now=now)


def _record(
    session: Session, by: Viewer, which: ColumnElement[bool], new: NewVisit, *, now: datetime
) -> bool:
    match = gate.row(session, by, CareMatch, which, CareMatch.status.in_(PAIRED))
    concerns = sorted({one.kind.value for one in worries(new.words)})
    _check(session, match, new, day=today(now))
    visit = Visit(
        care_id=match.id,
        child_id=match.child_id,
        met_on=new.met_on,
        kind=new.kind,
        mood=new.mood,
        signs=[one.value for one in new.signs],
        words=new.words.strip() or None,
        concerns=concerns,
        is_worry=new.is_worry or bool(concerns),
        entered_by=by.actor,
        entered_on=today(now),
    )
    session.add(visit)
    session.flush()
    if visit.is_worry:
        _call(session, visit, now=now)
    why = "worry" if visit.is_worry else ""
    trace.record(session, by, "visit.record", f"visit:{visit.ref}", now=now, why=why)
    return visit.is_worry


def _check(session: Session, match: CareMatch, new: NewVisit, *, day: date) -> None:
    begun = max(match.decided_on or day, day - timedelta(days=BACK_DAYS))
    if not begun <= new.met_on <= day:
        raise BadInput(field="met_on", reason="not_a_choice")
    if new.mood is None and not new.is_worry:
        raise BadInput(field="mood", reason="missing")
    if len(new.words) > LONGEST:
        raise BadInput(field="words", reason="too_long")
    same = (Visit.care_id == match.id, Visit.met_on == new.met_on, Visit.kind == new.kind, STANDS)
    if session.scalar(select(Visit.id).where(*same)) is not None:
        raise BadInput(field="met_on", reason="stands_already")


def _call(session: Session, visit: Visit, *, now: datetime, rung: int = 0) -> None:
    """Call the case staff of the child but those whom a report names; without any, say so."""
    banner = session.get_one(Child, visit.child_id).banner_code
    accused = protection.accused_in(session, visit.child_id)
    to_roles = partial(notices.to_roles, session, now=now, rung=rung, but=accused)
    subject = f"visit:{visit.ref}"
    if not to_roles(sorted(CASE_STAFF), banner, NoticeKind.VISIT_WORRIES, subject):
        unheard = f"job:visits:{today(now).isoformat()}:{Trouble.UNHEARD}"
        to_roles((Role.ADMINISTRATOR,), None, NoticeKind.JOB_ALARM, unheard)


def remind(session: Session, by: Viewer, *, on: date, now: datetime) -> None:
    """Call the same people again on every day on which nobody has taken a worry up."""
    require(by, Act.RUN_STIPENDS)
    for visit in session.scalars(select(Visit).where(*WAITS).order_by(Visit.id)).all():
        days = (on - visit.entered_on).days
        if days > 0:
            _call(session, visit, now=now, rung=days)


def take_up(session: Session, by: Viewer, ref: str, *, now: datetime) -> str:
    """Say that one has called her about the worry; return the pair's ref. The first one counts."""
    require(by, Act.ANSWER_HARM)
    visit = gate.row(session, by, Visit, Visit.ref == ref, Visit.is_worry.is_(True), STANDS)
    free = (Visit.id == visit.id, Visit.taken_up_at.is_(None))
    mine = update(Visit).where(*free).values(taken_up_by=by.actor, taken_up_at=now)
    if not session.execute(mine).rowcount:  # type: ignore[attr-defined]
        raise AlreadyDecided()
    session.expire(visit)
    trace.record(session, by, "visit.take_up", f"visit:{ref}", now=now)
    return session.get_one(CareMatch, visit.care_id).ref


def take_back(session: Session, by: Viewer, her_ref: str, *, now: datetime) -> None:
    """Take back what one wrote down today by mistake; a worry stays. Raises AlreadyDecided."""
    require(by, Act.ANSWER_CARE)
    visit = gate.row(session, by, Visit, Visit.her_ref == her_ref, STANDS)
    if visit.entered_on != today(now) or visit.is_worry or visit.entered_by != by.actor:
        raise AlreadyDecided()
    visit.taken_back_on = today(now)
    session.flush()
    trace.record(session, by, "visit.take_back", f"visit:{visit.ref}", now=now)


def notice_facts(session: Session, viewer: Viewer, ref: str, _now: datetime) -> dict[str, str]:
    """Return what a notice about a worry may tell: no word of it. Raises NotFound."""
    card = gate.card(session, viewer, Visit, Visit.ref == ref, parts=_CHILD)
    facts = {"child": card["child"]["name"]} if card.has("child") else {}
    is_open = card["is_worry"] and card["taken_up_at"] is None and card["taken_back_on"] is None
    return facts | ({"worry": "1"} if is_open else {})
