"""Which needs have lost a sponsor, or are carried by the gap fund: read with all they were given."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from matching.kinds.pledges import LISTED_UNITS
from models.children import Child, Need
from models.pledges import Match, PledgeChange
from services.pairing.market import MATCHABLE
from services.pledges import terms
from vocabulary.dates import add_months
from vocabulary.enums import ChangeKind, ChangeStatus, MatchStatus, NeedKind, NeedStatus
from vocabulary.lapses import LATELY_MONTHS, Pause, Span, Sponsorship, spans
from vocabulary.money import UNIT
from vocabulary.schedule import STEP_MONTHS

_APPROVED = (MatchStatus.ACTIVE, MatchStatus.ENDED)
_STANDS = Match.stands_in_for_id.is_not(None)
_LONGEST = max(STEP_MONTHS.values())


@dataclass(frozen=True, slots=True)
class Lapse:
    """A need, what was given for it, and the fund's own matches of it, oldest first."""

    need: Need
    is_open: bool
    given: Sequence[Sponsorship]
    own: Sequence[Match]

    @property
    def running(self) -> Match | None:
        """Return the fund's match that still goes on."""
        return next((one for one in self.own if one.status is MatchStatus.ACTIVE), None)

    def spans(self, months: Iterable[date], *, carried: int) -> list[Span]:
        """Return what is to be covered of these months."""
        if not self.is_open:
            return []
        units = (self.need.monthly_fen or 0) // UNIT
        return spans(units, self.given, months, carried=carried, listed=LISTED_UNITS)


def find(session: Session, *, on: date, has_money: bool) -> list[Lapse]:
    """Return the needs that the fund carries; with money, those too that it may have to."""
    carried = select(Match.need_id).where(_STANDS, Match.status == MatchStatus.ACTIVE)
    wanted = [Need.id.in_(carried)]
    if has_money:
        wanted += [Need.id.in_(select(Match.need_id).where(one)) for one in _may_have_lapsed(on)]
    needs = session.execute(
        select(Need, Child.status)
        .join(Child, Child.id == Need.child_id)
        .where(Need.kind == NeedKind.FINANCIAL, or_(*wanted))
        .order_by(Need.id)
    ).all()
    matches = _matches(session, {need.id for need, _ in needs})
    pauses = _pauses(session, {one.pledge_id for found in matches.values() for one in found})
    return [_lapse(need, status, matches.get(need.id, ()), pauses) for need, status in needs]


def _may_have_lapsed(on: date) -> tuple[ColumnElement[bool], ...]:
    """Say in SQL what may have lapsed lately; which days it covers, vocabulary/lapses.py says."""
    long_ago = add_months(on, -LATELY_MONTHS - _LONGEST)
    paused = select(PledgeChange.pledge_id).where(
        _IS_PAUSE,
        PledgeChange.effective_on <= on,
        or_(PledgeChange.until_on.is_(None), PledgeChange.until_on > long_ago),
    )
    return (
        and_(Match.status == MatchStatus.ENDED, ~_STANDS, Match.ends_on > long_ago),
        and_(Match.status.in_(_APPROVED), ~_STANDS, Match.pledge_id.in_(paused)),
    )


_IS_PAUSE = and_(PledgeChange.kind == ChangeKind.PAUSE, PledgeChange.status == ChangeStatus.APPLIED)


def _matches(session: Session, needs: Collection[int]) -> Mapping[int, list[Match]]:
    found: dict[int, list[Match]] = {}
    query = select(Match).where(
        Match.need_id.in_(needs), Match.status.in_(_APPROVED), Match.starts_on.is_not(None)
    )
    for match in session.scalars(query.order_by(Match.starts_on, Match.id)):
        found.setdefault(match.need_id or 0, []).append(match)
    return found


def _pauses(session: Session, pledges: Collection[int]) -> Mapping[int, list[Pause]]:
    found: dict[int, list[Pause]] = {}
    query = select(PledgeChange.pledge_id, PledgeChange.effective_on, PledgeChange.until_on)
    for key, first, until in session.execute(
        query.where(_IS_PAUSE, PledgeChange.pledge_id.in_(pledges))
    ):
        found.setdefault(key, []).append((first, until))
    return found


def _lapse(
    need: Need, status: object, matches: Sequence[Match], pauses: Mapping[int, list[Pause]]
) -> Lapse:
    given = [
        Sponsorship(
            one.id,
            one.starts_on,
            one.ends_on,
            one.rhythm,
            terms.units_for(one.instalment_fen, one.rhythm),
            pauses.get(one.pledge_id, ()),
            one.pledge_id,
        )
        for one in matches
        if one.stands_in_for_id is None and one.starts_on is not None
    ]
    is_open = need.status is NeedStatus.OPEN and status in MATCHABLE
    own = [one for one in matches if one.stands_in_for_id is not None]
    return Lapse(need, is_open, given, own)
