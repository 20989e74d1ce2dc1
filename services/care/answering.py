"""What a volunteer answers to a proposal, herself or by telephone through the staff."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from models.care import CareMatch
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.care import asking_her, fitting, together
from services.lifecycle import advance
from vocabulary.dates import today
from vocabulary.enums import HER_REASONS, CareRefusal, CareStatus, NoticeKind
from vocabulary.errors import AlreadyDecided, BadInput, Lapsed

DECIDE_DAYS = 7
"""Days that the staff have after her yes."""


@dataclass(frozen=True, slots=True)
class No:
    """Why she would not, in a code, and in words where it is another reason."""

    reason: CareRefusal
    note: str = ""


def accept(session: Session, by: Viewer, her_ref: str, *, now: datetime) -> None:
    """Say yes to a proposal, for siblings to all of them: now two of the staff decide.

    Raises Lapsed after 48 hours, AlreadyDecided, and whatever stands in the way by now.
    """
    require(by, Act.ANSWER_CARE)
    _accept(session, by, CareMatch.her_ref == her_ref, now=now)


def decline(session: Session, by: Viewer, her_ref: str, no: No, *, now: datetime) -> None:
    """Say no with a coded reason; her place is free at once, the pair is not proposed again."""
    require(by, Act.ANSWER_CARE)
    _decline(session, by, CareMatch.her_ref == her_ref, no, now=now)


def accept_for(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Write down a yes that she gave by telephone; who did so is neither of the two who decide."""
    require(by, Act.NOTE_CARE_ANSWER)
    _accept(session, by, CareMatch.ref == ref, now=now)


def decline_for(session: Session, by: Viewer, ref: str, no: No, *, now: datetime) -> None:
    """Write down a no that she gave by telephone."""
    require(by, Act.NOTE_CARE_ANSWER)
    _decline(session, by, CareMatch.ref == ref, no, now=now)


def _asked(
    session: Session, by: Viewer, which: ColumnElement[bool], *, now: datetime
) -> list[CareMatch]:
    match = gate.row(session, by, CareMatch, which)
    if match.status is CareStatus.LAPSED or (
        match.status is CareStatus.PROPOSED and now >= match.answer_by
    ):
        raise Lapsed()
    if match.status is not CareStatus.PROPOSED:
        raise AlreadyDecided()
    return together.with_siblings(session, by, match)


def _accept(session: Session, by: Viewer, which: ColumnElement[bool], *, now: datetime) -> None:
    for match in _asked(session, by, which, now=now):
        fitting.lock(session, match)
        fitting.check_still(session, match, on=today(now))
        advance(session, match, CareStatus.ACCEPTED, by=by, now=now)
        match.answered_by, match.accepted_on = by.actor, today(now)
        match.decide_by = today(now) + timedelta(days=DECIDE_DAYS)
        trace.record(session, by, "care.accept", f"care:{match.ref}", now=now)
        session.flush()
        asking_her.call_staff(session, match, NoticeKind.CARE_WAITS, now=now, but=(by.actor,))


def _decline(
    session: Session, by: Viewer, which: ColumnElement[bool], no: No, *, now: datetime
) -> None:
    if no.reason not in HER_REASONS:
        raise BadInput(field="reason", reason="not_a_choice")
    if no.reason is CareRefusal.OTHER and not no.note.strip():
        raise BadInput(field="note", reason="missing")
    for match in _asked(session, by, which, now=now):
        match.answered_by = by.actor
        together.refuse(session, by, match, no.reason, note=no.note, now=now)
