"""The gap fund stands in for a sponsor who paused or ended, month by month, until another begins.

Nobody decides it and nobody owes it back: the child was approved once, consent is asked on every due
day as always. The fund's match is like any other, so that school and family see no difference; it
covers no need (services/pairing/market.py), so that a successor is sought in the same night.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.children import Child
from models.pledges import Match, Pledge
from models.stipends import Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import trace
from services.earmarks.purse import Use, open_purse
from services.fund import bridging, lapsed
from services.fund.lapsed import Lapse
from services.lifecycle import advance
from services.pairing import match_ends
from services.routes import calendar
from vocabulary.dates import add_months, first_of_month, today
from vocabulary.enums import MatchStatus, PledgeKind, PledgeStatus, Rhythm
from vocabulary.lapses import LATELY_MONTHS, Span
from vocabulary.money import UNIT, Fen
from vocabulary.schedule import STANDARD, due_days

CODE_NAME = "爱心备用金"
_REASON = "gap fund"


def stand_in(session: Session, by: Viewer, *, on: date, now: datetime) -> int:
    """End what another sponsor covers by now, begin what the fund can pay; return how many began.

    Safe to repeat. Months of which nothing was paid lately are made up for, those before are not.
    """
    require(by, Act.RUN_STIPENDS)
    purse = open_purse(session)
    # What is due already and has no money comes first.
    purse.free -= bridging.waiting_fen(session, on=on, now=now) if purse.free > 0 else 0
    lapses = lapsed.find(session, on=on, has_money=purse.has_money)
    days = _Days(on, calendar.reaches(session, on=on))
    begun: list[tuple[Lapse, Span]] = []
    for lapse in lapses:
        begun += [(lapse, span) for span in _reconcile(session, by, lapse, days, now=now)]
    begun.sort(key=lambda one: (one[1].starts_on, one[0].need.since_on, one[0].need.id))
    count = 0
    for lapse, span in begun:
        child = session.get_one(Child, lapse.need.child_id)
        if purse.take(span.units * UNIT * span.months, Use(child.id, child.sex)):
            count += 1
            _begin(session, by, lapse, span, now=now)
    return count


class _Days(NamedTuple):
    """The run's day, and the last one that it may open: before a holiday that lies ahead."""

    on: date
    reach: date


def _reconcile(
    session: Session, by: Viewer, lapse: Lapse, days: _Days, *, now: datetime
) -> list[Span]:
    """End the fund's match on the first month that is not its own; return what is to begin.

    Before a holiday months ahead are opened: those in which a sponsor is back are his alone.
    """
    running, on = lapse.running, days.on
    if running is None:
        months = _free_months(lapse, on=on)
        carried = _carried(lapse, months)
        is_late = not carried and not any(
            one.has_lapsed_lately(first_of_month(on)) for one in lapse.given
        )
        return [] if is_late else _bounded(lapse, lapse.spans(months, carried=carried), days)
    months = _months(_next_month(session, running), days.reach)
    if not months and lapse.is_open:
        return []
    wanted = lapse.spans(months, carried=_units(running))
    goes_on = bool(wanted) and wanted[0].starts_on == months[0] and _is_same(wanted[0], running)
    first = wanted.pop(0).ends_on if goes_on else (months or [add_months(first_of_month(on), 1)])[0]
    if first is not None:
        match_ends.end_stand_in(session, by, running, on=first, now=now)
    return wanted


def _bounded(lapse: Lapse, found: list[Span], days: _Days) -> list[Span]:
    """Let the last span end before the first month ahead that is not the same."""
    ahead = _months(days.on + timedelta(days=1), days.reach)
    if not (found and ahead) or found[-1].ends_on is not None:
        return found
    last = found.pop()
    then = lapse.spans(ahead, carried=last.units)
    goes_on = then and (then[0].starts_on, then[0].units) == (ahead[0], last.units)
    return [*found, replace(last, ends_on=then[0].ends_on if goes_on else ahead[0])]


def _is_same(span: Span, match: Match) -> bool:
    return span.units == _units(match)


def _units(match: Match) -> int:
    return match.instalment_fen // UNIT


def _months(start: date, on: date) -> list[date]:
    return list(due_days(STANDARD[Rhythm.MONTH], start=start, until=on))


def _free_months(lapse: Lapse, *, on: date) -> list[date]:
    """Return the last months but those that the fund covered already."""
    lately = _months(add_months(first_of_month(on), 1 - LATELY_MONTHS), on)
    return [month for month in lately if not _had(lapse, month)]


def _had(lapse: Lapse, month: date) -> int:
    """Return the units that the fund covered of a month."""
    return sum(
        _units(one)
        for one in lapse.own
        if one.starts_on is not None
        and one.starts_on <= month
        and (one.ends_on is None or month < one.ends_on)
    )


def _carried(lapse: Lapse, months: Sequence[date]) -> int:
    return _had(lapse, add_months(months[0], -1)) if months else 0


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
        pledge_id=own_pledge(session, now=now).id,
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


def own_pledge(session: Session, *, now: datetime) -> Pledge:
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
