"""A successor takes the place of sponsors whose money has run dry, on its own first due day.

A month that is paid for already, by a term's instalment or on the very day of approval, is not his.
"""

from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.children import Need
from models.pledges import Match
from models.stipends import Stipend
from privacy.viewers import Viewer
from services import market, terms, trace
from vocabulary.dates import add_months
from vocabulary.enums import MatchStatus, Rhythm
from vocabulary.money import UNIT
from vocabulary.schedule import STANDARD, STEP_MONTHS, due_on, first_due

_LONGEST = max(STEP_MONTHS.values())


def begins_on(session: Session, successor: Match, *, on: date) -> date:
    """Return the day from which an approved match is to pay: `on`, or where the paid spans end.

    Only as far as it has no room beside them. A term that nobody has paid keeps no successor
    waiting beyond its first month: the fund leaves it alone from then on (services/bridging.py), and
    what its own sponsor pays for it after all comes on top.
    """
    gone, staying = _parted(session, successor)
    room = _units_of_need(session, successor) - sum(map(_units, staying))
    opened = _opened(session, successor, {one.id for one in gone}, since=on)
    first = _first_due(successor.rhythm, on)
    while over := [(end, units) for end, units in opened if end > first]:
        if sum(units for _, units in over) <= room:
            break
        on = min(end for end, _ in over)
        first = _first_due(successor.rhythm, on)
    return on


def _opened(
    session: Session, successor: Match, gone: set[int], *, since: date
) -> list[tuple[date, int]]:
    """Return until when, with how many units, matches that do not stay have opened a need's months."""
    does_not_stay = or_(
        Match.id.in_(gone), Match.stands_in_for_id.is_not(None), Match.status == MatchStatus.ENDED
    )
    rows = session.execute(
        select(Stipend.due_on, Stipend.is_funded, Match.rhythm, Match.instalment_fen)
        .join(Match, Match.id == Stipend.match_id)
        .where(
            Match.need_id == successor.need_id,
            Match.id != successor.id,
            Stipend.cancelled_on.is_(None),
            Stipend.due_on > add_months(since, -_LONGEST),
            does_not_stay,
        )
    )
    return [
        (add_months(due, STEP_MONTHS[rhythm] if is_funded else 1), terms.units_for(fen, rhythm))
        for due, is_funded, rhythm, fen in rows
    ]


def let_go(session: Session, by: Viewer, successor: Match, *, now: datetime) -> int:
    """End the dry matches of a need that an approved match leaves no room for; return how many.

    Until its first due day they stand, and the gap fund pays for them: no month is paid twice, none
    is left out.
    """
    gone, _ = _parted(session, successor)
    first = _first_due(successor.rhythm, successor.starts_on or date.max)
    for match in gone:
        _end(session, by, match, on=first, now=now)
    return len(gone)


def _parted(session: Session, successor: Match) -> tuple[list[Match], list[Match]]:
    """Return the need's sponsors that an approved match leaves no room for, and those that stay."""
    live = (Match.need_id == successor.need_id, Match.status == MatchStatus.ACTIVE)
    found = session.scalars(select(Match).where(*live, market.IS_GIVEN).order_by(Match.id)).all()
    staying = [one for one in found if one.dry_on is None or one.id == successor.id]
    room = _units_of_need(session, successor) - sum(map(_units, staying))
    gone = []
    for match in (one for one in found if one not in staying):
        if _units(match) <= room:
            room -= _units(match)
            staying.append(match)
        else:
            gone.append(match)
    return gone, staying


def _units(match: Match) -> int:
    return terms.units_for(match.instalment_fen, match.rhythm)


def _units_of_need(session: Session, match: Match) -> int:
    need = session.get(Need, match.need_id) if match.need_id else None
    return ((need.monthly_fen or 0) if need else 0) // UNIT


def _first_due(rhythm: Rhythm, on: date) -> date:
    scheme = STANDARD[rhythm]
    return due_on(scheme, first_due(scheme, on))


def _end(session: Session, by: Viewer, match: Match, *, on: date, now: datetime) -> None:
    match.ends_on = min(on, match.ends_on) if match.ends_on else on
    session.flush()
    subject = f"match:{match.child_ref}"
    trace.record(session, by, "match.hand_on", subject, now=now)
