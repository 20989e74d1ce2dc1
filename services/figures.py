"""Figures for the public: region and leagues, by the month, in tens; below ten 不足 10.

They stand as of the last month that is over, so that nobody finds one child by comparing two days.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.children import Child
from models.pledges import Match
from models.stipends import Stipend
from services import pledges
from vocabulary.dates import add_months, first_of_month, today
from vocabulary.enums import ChildStatus, MatchStatus
from vocabulary.rounding import in_words, to_tens

_STEPS = (10, 50, 100, 200)


@dataclass(frozen=True, slots=True)
class Totals:
    """Rounded words; `month` is the first day of the month they are for, `as_of` its last."""

    month: date
    as_of: date
    handed_over: str
    confirmed: str
    supported: str
    waiting: str


@dataclass(frozen=True, slots=True)
class League:
    """One league's rounded words; `value` and `step` (0-4) draw the map: never the exact number."""

    name: str
    waiting: str
    supported: str
    handed_over: str
    confirmed: str
    value: int
    step: int
    is_small: bool


def public_totals(session: Session, *, now: datetime) -> Totals | None:
    """Return the region's figures for the last full month; None before the first hand-over."""
    month, as_of = _last_month(now)
    if session.scalar(select(func.min(Stipend.handed_over_on))) is None:
        return None
    counts = _counts(session, month, as_of)
    sums = {name: sum(by_league.values()) for name, by_league in counts.items()}
    return Totals(month, as_of, **{name: in_words(count) for name, count in sums.items()})


def public_leagues(session: Session, *, now: datetime) -> Sequence[League]:
    """Return the twelve leagues' figures for the last full month, by code."""
    counts = _counts(session, *_last_month(now))
    return [_league(name, code, counts) for code, name in pledges.leagues(session)]


def _league(name: str, code: str, counts: Mapping[str, Mapping[str, int]]) -> League:
    waiting = to_tens(counts["waiting"].get(code, 0)) or 0
    words = {kind: in_words(by_league.get(code, 0)) for kind, by_league in counts.items()}
    step = sum(waiting >= least for least in _STEPS)
    is_small = len(set(words.values())) == 1 and not waiting
    return League(name, value=waiting, step=step, is_small=is_small, **words)


def _last_month(now: datetime) -> tuple[date, date]:
    this = first_of_month(today(now))
    return add_months(this, -1), this - timedelta(days=1)


def _counts(session: Session, month: date, as_of: date) -> dict[str, dict[str, int]]:
    """Count by league: instalments in the month, children on its last day."""
    listed, supported = _children(session, as_of)
    return {
        "handed_over": _instalments(session, Stipend.handed_over_on, month, as_of),
        "confirmed": _instalments(session, Stipend.confirmed_on, month, as_of),
        "supported": supported,
        "waiting": {code: max(0, n - supported.get(code, 0)) for code, n in listed.items()},
    }


def _instalments(
    session: Session, day: InstrumentedAttribute[date | None], month: date, as_of: date
) -> dict[str, int]:
    rows = session.execute(
        select(Child.league_code, func.count())
        .join(Match, Match.child_id == Child.id)
        .join(Stipend, Stipend.match_id == Match.id)
        .where(day.between(month, as_of))
        .group_by(Child.league_code)
    )
    return {code: count for code, count in rows}


def _children(session: Session, as_of: date) -> tuple[dict[str, int], dict[str, int]]:
    """Count the children on the list on a day, and those of them with a sponsor."""
    on_list = and_(
        Child.status.in_((ChildStatus.OPEN, ChildStatus.SUPPORTED, ChildStatus.ENDED)),
        Child.verified_on <= as_of,
        or_(Child.ended_on.is_(None), Child.ended_on > as_of),
    )
    return _by_league(session, on_list), _by_league(
        session, and_(on_list, Child.id.in_(_supported_on(as_of)))
    )


def _supported_on(as_of: date) -> ColumnElement[int]:
    return (
        select(Match.child_id)
        .where(
            Match.status.in_((MatchStatus.ACTIVE, MatchStatus.ENDED)),
            Match.starts_on <= as_of,
            or_(Match.ends_on.is_(None), Match.ends_on > as_of),
        )
        .scalar_subquery()
    )


def _by_league(session: Session, where: ColumnElement[bool]) -> dict[str, int]:
    rows = session.execute(
        select(Child.league_code, func.count()).where(where).group_by(Child.league_code)
    )
    return {code: count for code, count in rows}
