"""Matches under a decision that was made already: one that follows another, one of a single due day."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from models.children import Child
from models.pledges import Match
from privacy.viewers import Viewer
from services.lifecycle import advance
from vocabulary.enums import MatchStatus, Rhythm

# The pair, why it was made and who said yes: decided once, whatever is given from then on.
_TAKEN_OVER = (
    "pledge_id", "child_id", "need_id", "instalment_fen", "rhythm", "code_name", "proposed_on",
    "proposed_by", "score", "reasons", "best_reason", "runners_up", "decided_by", "decided_on",
    "ends_on",
)  # fmt: skip


def follow(
    session: Session, by: Viewer, match: Match, *, now: datetime, reason: str, **other: Any
) -> Match:
    """Begin the match that follows another; `other` holds the columns that differ, `starts_on` first."""
    taken_over = {name: getattr(match, name) for name in _TAKEN_OVER}
    following = _placed(session, Match(**taken_over | other))
    advance(session, following, MatchStatus.ACTIVE, by=by, now=now, reason=reason)
    return following


def once(
    session: Session, by: Viewer, match: Match, *, on: date, now: datetime, reason: str
) -> Match:
    """Begin a match for one due day alone, and end it as soon as it stands."""
    match.rhythm = Rhythm.MONTH
    match.starts_on, match.ends_on = on, on + timedelta(days=1)
    _placed(session, match)
    for step in (MatchStatus.ACTIVE, MatchStatus.ENDED):
        advance(session, match, step, by=by, now=now, reason=reason)
    return match


def _placed(session: Session, match: Match) -> Match:
    match.region_code = session.get_one(Child, match.child_id).region_code
    session.add(match)
    session.flush()
    return match
