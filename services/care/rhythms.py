"""How often a volunteer and her child meet, as they agreed."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from models.care import CareMatch
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from vocabulary.enums import CareStatus, VisitRhythm
from vocabulary.errors import AlreadyDecided

DAYS: Mapping[VisitRhythm | None, int] = {
    VisitRhythm.WEEK: 7,
    VisitRhythm.FORTNIGHT: 14,
    VisitRhythm.MONTH: 31,
    # Before they agreed nothing was promised: a month, the longest of the three.
    None: 31,
}


def agree(session: Session, by: Viewer, ref: str, rhythm: VisitRhythm, *, now: datetime) -> None:
    """Keep what the two agreed, in the trial or later. Raises AlreadyDecided for a pair that ended."""
    require(by, Act.NOTE_CARE_ANSWER)
    match = gate.row(session, by, CareMatch, CareMatch.ref == ref)
    if match.status not in (CareStatus.TRIAL, CareStatus.ACTIVE):
        raise AlreadyDecided()
    match.rhythm = rhythm
    session.flush()
    trace.record(session, by, "care.rhythm", f"care:{ref}", now=now, why=rhythm.value)
