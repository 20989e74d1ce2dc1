"""The gap fund stands in for a sponsor who paused or ended, month by month, until another begins.

Nobody decides it and nobody owes it back: the child was approved once, consent is asked on every due
day as always. The fund's match is like any other, so that school and family see no difference; it
covers no need (services/market.py), so that a successor is sought in the same night.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from matching.records import LISTED_UNITS
from models.children import Child, Need
from models.pledges import Match, Pledge, PledgeChange
from models.stipends import Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import bridging, match_ends, terms, trace
from services.lifecycle import advance
from services.market import MATCHABLE
from vocabulary.dates import add_months, first_of_month, today
from vocabulary.enums import (
    ChangeKind,
    ChangeStatus,
    MatchStatus,
    NeedKind,
    NeedStatus,
    PledgeKind,
    PledgeStatus,
    Rhythm,
)
from vocabulary.lapses import LATELY_MONTHS, Pause, Span, Sponsorship, spans
from vocabulary.money import UNIT, Fen
from vocabulary.schedule import STANDARD, STEP_MONTHS, due_days

CODE_NAME = "爱心备用金"
_APPROVED = (MatchStatus.ACTIVE, MatchStatus.ENDED)
_STANDS = Match.stands_in_for_id.is_not(None)
_REASON = "gap fund"
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

    def spans(self, months: Iterable[date], *, is_carried: bool) -> list[Span]:
        """Return what is to be covered of these months."""
        if not self.is_open:
            return []
        units = (self.need.monthly_fen or 0) // UNIT
        return spans(units, self.given, months, is_carried=is_carried, listed=LISTED_UNITS)


def stand_in(session: Session, by: Viewer, *, on: date, now: datetime) -> int:
    """End what another sponsor covers by now, begin what the fund can pay; return how many began.

    Safe to repeat. Months of which nothing was paid lately are made up for, those before are not.
    """
    require(by, Act.RUN_STIPENDS)
    money = int(bridging.balance(session))
    money -= _waiting(session) if money > 0 else 0
    lapses = find(session, on=on, has_money=money > 0)
    begun: list[tuple[Lapse, Span]] = []
    for lapse in lapses:
        begun += [(lapse, span) for span in _reconcile(session, by, lapse, on=on, now=now)]
    begun.sort(key=lambda one: (one[1].starts_on, one[0].need.since_on, one[0].need.id))
    count = 0
    for lapse, span in begun:
        cost = span.units * UNIT * span.months
        if cost <= money:
            money -= cost
            count += 1
            _begin(session, by, lapse, span, now=now)
    return count


def _waiting(session: Session) -> int:
    """Sum up what is due already and has no money: it comes first."""
    return session.scalar(select(func.sum(Stipend.amount_fen)).where(bridging.IS_SHORT)) or 0


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
        )
        for one in matches
        if one.stands_in_for_id is None and one.starts_on is not None
    ]
    is_open = need.status is NeedStatus.OPEN and status in MATCHABLE
    own = [one for one in matches if one.stands_in_for_id is not None]
    return Lapse(need, is_open, given, own)


def _reconcile(
    session: Session, by: Viewer, lapse: Lapse, *, on: date, now: datetime
) -> list[Span]:
    """End the fund's match on the first month that is not its own; return what is to begin."""
    running = lapse.running
    if running is None:
        months = _free_months(lapse, on=on)
        is_carried = _is_carried(lapse, months)
        is_late = not is_carried and not any(
            one.has_lapsed_lately(first_of_month(on)) for one in lapse.given
        )
        return [] if is_late else lapse.spans(months, is_carried=is_carried)
    months = _months(_next_month(session, running), on)
    if not months and lapse.is_open:
        return []
    wanted = lapse.spans(months, is_carried=True)
    goes_on = bool(wanted) and wanted[0].starts_on == months[0] and _is_same(wanted[0], running)
    first = wanted.pop(0).ends_on if goes_on else (months or [add_months(first_of_month(on), 1)])[0]
    if first is not None:
        match_ends.end_stand_in(session, by, running, on=first, now=now)
    return wanted


def _is_same(span: Span, match: Match) -> bool:
    return span.units * UNIT == match.instalment_fen


def _months(start: date, on: date) -> list[date]:
    return list(due_days(STANDARD[Rhythm.MONTH], start=start, until=on))


def _free_months(lapse: Lapse, *, on: date) -> list[date]:
    """Return the last months but those that the fund covered already."""
    lately = _months(add_months(first_of_month(on), 1 - LATELY_MONTHS), on)
    return [month for month in lately if not _had(lapse, month)]


def _had(lapse: Lapse, month: date) -> bool:
    return any(
        one.starts_on is not None
        and one.starts_on <= month
        and (one.ends_on is None or month < one.ends_on)
        for one in lapse.own
    )


def _is_carried(lapse: Lapse, months: Sequence[date]) -> bool:
    return bool(months) and _had(lapse, add_months(months[0], -1))


def _next_month(session: Session, match: Match) -> date:
    """Return the first month of a running match that is not opened yet."""
    last = session.scalar(select(func.max(Stipend.due_on)).where(Stipend.match_id == match.id))
    return add_months(last, 1) if last else match.starts_on or date.max


def _begin(session: Session, by: Viewer, lapse: Lapse, span: Span, *, now: datetime) -> None:
    place_of = max(
        (one for one in lapse.given if one.has_lapsed(span.starts_on)),
        key=lambda one: (one.has_lapsed_lately(span.starts_on), one.starts_on, one.key),
    )
    match = Match(
        pledge_id=_own_pledge(session, now=now).id,
        child_id=lapse.need.child_id,
        region_code=session.get_one(Child, lapse.need.child_id).region_code,
        need_id=lapse.need.id,
        instalment_fen=Fen(span.units * UNIT),
        rhythm=Rhythm.MONTH,
        code_name=CODE_NAME,
        proposed_on=today(now),
        proposed_by=by.actor,
        decided_by=by.actor,
        decided_on=today(now),
        starts_on=span.starts_on,
        ends_on=span.ends_on,
        stands_in_for_id=place_of.key,
    )
    session.add(match)
    session.flush()
    advance(session, match, MatchStatus.ACTIVE, by=by, now=now, reason=_REASON)
    trace.record(session, by, "match.stand_in", f"match:{match.child_ref}", now=now)
    if span.ends_on is not None:
        match_ends.end_stand_in(session, by, match, on=span.ends_on, now=now)


def _own_pledge(session: Session, *, now: datetime) -> Pledge:
    """Return the fund's own pledge, made when it is first needed: nobody stands behind it."""
    known = session.scalar(select(Pledge).where(Pledge.kind == PledgeKind.BRIDGE))
    if known is not None:
        return known
    pledge = Pledge(
        kind=PledgeKind.BRIDGE,
        instalment_fen=UNIT,
        rhythm=Rhythm.MONTH,
        status=PledgeStatus.CONFIRMED,
        offered_on=today(now),
        confirmed_on=today(now),
    )
    session.add(pledge)
    session.flush()
    return pledge
