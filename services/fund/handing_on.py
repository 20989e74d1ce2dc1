"""A successor takes the place of sponsors whose money has run dry, on its own first due day.

A month that is paid for already, by a term's instalment or on the very day of approval, is not his.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.children import Child, Need
from models.pledges import Match, Pledge
from models.stipends import Stipend
from privacy.viewers import Viewer
from services import gate, trace
from services.pairing import market
from services.pledges import terms
from vocabulary.dates import add_months, today
from vocabulary.enums import MatchStatus, PledgeEnd, Rhythm
from vocabulary.money import UNIT
from vocabulary.schedule import STANDARD, STEP_MONTHS, due_on, first_due

_LONGEST = max(STEP_MONTHS.values())


@dataclass(frozen=True, slots=True)
class Span:
    """From when an approved match is to pay, the first day it no longer covers, its first due day."""

    starts_on: date
    ends_on: date | None
    first_due: date

    @property
    def is_empty(self) -> bool:
        """Say whether nothing is left to pay: all of it is paid, or the graduation comes before."""
        return self.ends_on is not None and self.first_due >= self.ends_on


def span_of(session: Session, match: Match, pledge: Pledge, child: Child, *, on: date) -> Span:
    """Return what a match, approved on a day, is to pay for.

    A number of times is counted from its beginning; a graduation is the child's, as of today.
    """
    starts_on = begins_on(session, match, on=on)
    counted_from = starts_on if pledge.until is PledgeEnd.COUNT else on
    ends_on = terms.ends_on(pledge, child, starts_on=counted_from)
    return Span(starts_on, ends_on, _first_due(match.rhythm, starts_on))


def outlook(session: Session, viewer: Viewer, ref: str, *, now: datetime) -> Span:
    """Return what a proposal is to pay for if it is approved now, for the approval desk."""
    match = gate.row(session, viewer, Match, Match.child_ref == ref)
    child = session.get_one(Child, match.child_id)
    pledge = session.get_one(Pledge, match.pledge_id)
    return span_of(session, match, pledge, child, on=today(now))


def begins_on(session: Session, successor: Match, *, on: date) -> date:
    """Return the day from which an approved match is to pay: `on`, or where the paid spans end.

    Only as far as it has no room beside them. A term that nobody has paid keeps no successor
    waiting beyond its first month: the fund leaves it alone from then on (services/fund/bridging.py), and
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
    staying += [] if successor in staying else [successor]  # a proposal that is looked at
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
