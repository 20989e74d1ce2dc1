"""What moves a pair out of the way: a no, a lapse, and siblings who go the same way."""

from datetime import datetime

from sqlalchemy.orm import Session

from models.care import CareExclusion, CareMatch
from privacy.viewers import Viewer
from services import gate, trace
from services.lifecycle import advance
from vocabulary.dates import today
from vocabulary.enums import CareRefusal, CareStatus


def with_siblings(session: Session, by: Viewer, match: CareMatch) -> list[CareMatch]:
    """Return a proposal and those of its siblings that stand where it stands, with the same woman.

    Whom the actor does not stand near waits for its own: a sibling of another banner, one whose need
    only its case workers know, one in danger.
    """
    if match.family is None:
        return [match]
    same = (
        CareMatch.family == match.family,
        CareMatch.volunteer_id == match.volunteer_id,
        CareMatch.status == match.status,
    )
    return list(gate.rows(session, by, CareMatch, *same, order_by=(CareMatch.id,)))


def refuse(
    session: Session,
    by: Viewer,
    match: CareMatch,
    reason: CareRefusal,
    *,
    note: str = "",
    now: datetime,
) -> None:
    """Turn a pair down; it is not proposed again until somebody lifts it."""
    _close(session, by, match, CareStatus.DECLINED, reason, now=now)
    match.refusal_note = note.strip() or None
    _exclude(session, match, reason, now=now)
    trace.record(session, by, "care.decline", f"care:{match.ref}", now=now, why=reason.value)


def lapse(
    session: Session, by: Viewer, match: CareMatch, reason: CareRefusal, *, now: datetime
) -> None:
    """Let a pair lapse that nobody answered or decided; it, too, waits until somebody lifts it."""
    _close(session, by, match, CareStatus.LAPSED, reason, now=now)
    _exclude(session, match, reason, now=now)
    trace.record(session, by, "care.lapse", f"care:{match.ref}", now=now, why=reason.value)


def take_back(session: Session, by: Viewer, match: CareMatch, *, why: str, now: datetime) -> None:
    """Take back a proposal that no longer keeps the rules; the two may meet again."""
    advance(session, match, CareStatus.LAPSED, by=by, now=now, reason=why)
    match.decided_on = today(now)
    session.flush()
    trace.record(session, by, "care.lapse", f"care:{match.ref}", now=now, why=why)


def withdraw(
    session: Session, by: Viewer, match: CareMatch, reason: CareRefusal, *, now: datetime
) -> None:
    """Take back a proposal for a reason that lies in neither of the two; they may meet again."""
    _close(session, by, match, CareStatus.LAPSED, reason, now=now)
    trace.record(session, by, "care.lapse", f"care:{match.ref}", now=now, why=reason.value)


def _close(
    session: Session,
    by: Viewer,
    match: CareMatch,
    to: CareStatus,
    reason: CareRefusal,
    *,
    now: datetime,
) -> None:
    advance(session, match, to, by=by, now=now, reason=reason.value)
    match.refusal, match.refused_by, match.decided_on = reason, by.actor, today(now)
    session.flush()


def _exclude(session: Session, match: CareMatch, reason: CareRefusal, *, now: datetime) -> None:
    pair = {"volunteer_id": match.volunteer_id, "child_id": match.child_id}
    session.add(CareExclusion(**pair, reason=reason, since_on=today(now)))
    session.flush()
