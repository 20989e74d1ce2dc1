"""A successor takes the place of sponsors whose money has run dry, on its own first due day."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.children import Need
from models.pledges import Match
from privacy.viewers import Viewer
from services import market, terms, trace
from vocabulary.enums import MatchStatus
from vocabulary.money import UNIT
from vocabulary.schedule import STANDARD, due_on, first_due


def let_go(session: Session, by: Viewer, successor: Match, *, now: datetime) -> int:
    """End the dry matches of a need that an approved match leaves no room for; return how many.

    Until its first due day they stand, and the gap fund pays for them: no month is paid twice, none
    is left out.
    """
    live = (Match.need_id == successor.need_id, Match.status == MatchStatus.ACTIVE)
    found = session.scalars(select(Match).where(*live, market.IS_GIVEN).order_by(Match.id))
    matches = [(match, match.dry_on is None) for match in found]
    room = _units_of_need(session, successor) - sum(
        _units(one) for one, covers in matches if covers
    )
    gone = 0
    for match, covers in matches:
        if covers or match.id == successor.id:
            continue
        if _units(match) <= room:
            room -= _units(match)
            continue
        _end(session, by, match, on=_begins(successor), now=now)
        gone += 1
    return gone


def _units(match: Match) -> int:
    return terms.units_for(match.instalment_fen, match.rhythm)


def _units_of_need(session: Session, match: Match) -> int:
    need = session.get(Need, match.need_id) if match.need_id else None
    return ((need.monthly_fen or 0) if need else 0) // UNIT


def _begins(match: Match) -> date:
    scheme = STANDARD[match.rhythm]
    return due_on(scheme, first_due(scheme, match.starts_on or date.max))


def _end(session: Session, by: Viewer, match: Match, *, on: date, now: datetime) -> None:
    match.ends_on = min(on, match.ends_on) if match.ends_on else on
    session.flush()
    subject = f"match:{match.child_ref}"
    trace.record(session, by, "match.hand_on", subject, now=now)
