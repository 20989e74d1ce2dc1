"""A banner's school calendar (校历): its holidays, entered by its case staff, and what follows.

What a school would hand over in a holiday is opened on the last batch day before it, each instalment
with its own month. Reminders to schools count the days on which they are open.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import chinese_calendar
from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from models.children import Child
from models.jobs import Period
from models.pledges import Match, PledgeChange
from models.regions import Region
from models.routes import Holiday
from privacy.permissions import Act, require
from privacy.viewers import Viewer, works_in
from services import gate, trace
from services.gate import Card, Part
from services.routes.ways import IN_FORCE
from vocabulary.dates import add_months, first_of_month, today
from vocabulary.enums import ChangeStatus, HolidayKind, MatchStatus, Rhythm, Route
from vocabulary.errors import BadInput, NotPermitted
from vocabulary.schedule import STANDARD, due_days
from vocabulary.school_year import Closed, opens_on

Holidays = Sequence[Closed]
LONGEST_DAYS, AHEAD_MONTHS = 100, 18
# Holidays that follow one another open as one: no instalment is paid out longer before its day.
EARLIEST_MONTHS = 3
_WEEKEND = 5
_STANDS = Holiday.withdrawn_on.is_(None)


def check(
    session: Session, by: Viewer, banner_code: str, closed: Closed, *, on: date
) -> list[Closed]:
    """Return a banner's holidays with a new one. Raises BadInput(from_on or until_on)."""
    require(by, Act.ENTER_CALENDAR)
    if not works_in(by, banner_code):
        raise NotPermitted()
    if closed.until_on < closed.from_on:
        raise BadInput(field="until_on", reason="before_start")
    if (closed.until_on - closed.from_on).days >= LONGEST_DAYS:
        raise BadInput(field="until_on", reason="too_long")
    if closed.until_on < on or closed.from_on > add_months(on, AHEAD_MONTHS):
        raise BadInput(field="from_on", reason="not_between")
    known = holidays(session, [banner_code]).get(banner_code, [])
    _check_beside(closed, known)
    return [*known, closed]


def _check_beside(closed: Closed, known: Holidays) -> None:
    """Refuse what overlaps another holiday, or with its neighbours opens months too early."""
    if any(one.from_on <= closed.until_on and closed.from_on <= one.until_on for one in known):
        raise BadInput(field="from_on", reason="overlaps")
    if any(_opens_too_early(one, [*known, closed]) for one in (*known, closed)):
        raise BadInput(field="until_on", reason="too_far_ahead")


def _opens_too_early(one: Closed, known: Holidays) -> bool:
    last_due = first_of_month(one.until_on)
    first = opens_on(last_due, known) if one.holds(last_due) else last_due
    return last_due > add_months(first, EARLIEST_MONTHS)


def enter(
    session: Session,
    by: Viewer,
    banner_code: str,
    kind: HolidayKind,
    closed: Closed,
    *,
    now: datetime,
) -> str:
    """Write one holiday of a banner's schools; return its ref. Raises as `check`."""
    check(session, by, banner_code, closed, on=today(now))
    row = Holiday(
        banner_code=banner_code,
        kind=kind,
        **closed._asdict(),
        opens_on=closed.from_on,
        entered_by=by.actor,
        entered_on=today(now),
    )
    session.add(row)
    _settle(session, banner_code)
    detail = {"from": closed.from_on.isoformat(), "until": closed.until_on.isoformat()}
    trace.record(session, by, "holiday.enter", f"holiday:{row.ref}", now=now, detail=detail)
    return row.ref


def withdraw(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Take a holiday back; what was opened for it stays opened. Safe to repeat."""
    require(by, Act.ENTER_CALENDAR)
    row = gate.row(session, by, Holiday, Holiday.ref == ref)
    if row.withdrawn_on is not None:
        return
    row.withdrawn_on = today(now)
    _settle(session, row.banner_code)
    trace.record(session, by, "holiday.withdraw", f"holiday:{ref}", now=now)


def _settle(session: Session, banner_code: str) -> None:
    """Say of each holiday which batch day comes last before it and those it follows on."""
    session.flush()
    mine = (Holiday.banner_code == banner_code, _STANDS)
    rows = session.scalars(select(Holiday).where(*mine)).all()
    closed = [Closed(row.from_on, row.until_on) for row in rows]
    for row in rows:
        row.opens_on = opens_on(row.from_on, closed)
    session.flush()


def listing(session: Session, viewer: Viewer, *, now: datetime) -> list[Card]:
    """List the holidays of the viewer's banners that are not over, by banner and day."""
    require(viewer, Act.ENTER_CALENDAR)
    parts = {"banner": Part(Region, Region.code == Holiday.banner_code, ("name",))}
    where = (_STANDS, Holiday.until_on >= add_months(today(now), -6))
    order = (Holiday.banner_code, Holiday.from_on)
    found = gate.cards(session, viewer, Holiday, parts=parts, where=where, order_by=order)
    return [
        card.and_also(
            months=months_in(Closed(card["from_on"], card["until_on"])),
            is_over=card["until_on"] < today(now),
        )
        for card in found
    ]


def months_in(closed: Closed) -> list[date]:
    """Return the months whose instalments fall due in a holiday."""
    return list(due_days(STANDARD[Rhythm.MONTH], start=closed.from_on, until=closed.until_on))


def preview(
    session: Session, viewer: Viewer, banner_code: str, closed: Closed, *, now: datetime
) -> Card:
    """Say what a holiday would do: which months come when, to how many children by their school."""
    known = check(session, viewer, banner_code, closed, on=today(now))
    pupils = select(func.count(Child.id.distinct())).join(Match, Match.child_id == Child.id)
    count = session.scalar(
        pupils.where(
            Child.banner_code == banner_code,
            Match.status == MatchStatus.ACTIVE,
            IN_FORCE == Route.SCHOOL,
        )
    )
    first = opens_on(closed.from_on, known)
    return Card(
        {
            "months": months_in(closed),
            "opens_on": first,
            "is_late": first < first_of_month(today(now)),
            "children": count or 0,
        }
    )


def holidays(session: Session, banners: Sequence[str] | None = None) -> Mapping[str, list[Closed]]:
    """Return when schools are closed, by banner; of all banners without a list."""
    wanted = [_STANDS] if banners is None else [_STANDS, Holiday.banner_code.in_(banners)]
    rows = session.execute(
        select(Holiday.banner_code, Holiday.from_on, Holiday.until_on)
        .where(*wanted)
        .order_by(Holiday.from_on)
    )
    found: dict[str, list[Closed]] = {}
    for code, first, last in rows:
        found.setdefault(code, []).append(Closed(first, last))
    return found


def closed_for(
    route: Route, region_code: str, known: Mapping[str, Sequence[Closed]]
) -> Sequence[Closed]:
    """Return when the hand of a batch is closed: a school in its banner's holidays, others never."""
    banner = f"{region_code[:6]}000000"
    return known.get(banner, ()) if route is Route.SCHOOL else ()


def is_school_day(day: date, closed: Sequence[Closed] = ()) -> bool:
    """Say whether schools work on a day; years the calendar does not know go by the week."""
    if any(one.holds(day) for one in closed):
        return False
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < _WEEKEND


def school_days_since(sent_on: date, on: date, closed: Sequence[Closed] = ()) -> int:
    """Count the school days after `sent_on` up to and with `on`."""
    days = (sent_on + timedelta(days=n) for n in range(1, (on - sent_on).days + 1))
    return sum(is_school_day(day, closed) for day in days)


def reaches(session: Session, *, on: date) -> date:
    """Return the last day that may be opened by a day: itself, or the end of a holiday before it.

    That is one whose last batch day has come.
    """
    last = session.scalar(select(func.max(Holiday.until_on)).where(_STANDS, Holiday.opens_on <= on))
    return on if last is None else max(on, last)


def comes_early(on: ColumnElement[date] | date) -> ColumnElement[bool]:
    """Say in SQL that a due day lies in a holiday whose last batch day has come, for a pupil.

    Never where the donor's wish for that day still waits: what he pauses or stops is not opened,
    nor by the fund in his place what he takes up again.
    """
    own = aliased(Match)
    its = select(own.pledge_id).where(own.need_id == Match.need_id).correlate(Match)
    stands_in = Match.stands_in_for_id.is_not(None)
    waits = or_(
        _waits(PledgeChange.pledge_id == Match.pledge_id),
        and_(stands_in, _waits(PledgeChange.pledge_id.in_(its))),
    )
    return (
        exists()
        .where(
            Child.id == Match.child_id,
            IN_FORCE == Route.SCHOOL,
            Holiday.banner_code == Child.banner_code,
            _STANDS,
            Holiday.opens_on <= on,
            Period.due_on.between(Holiday.from_on, Holiday.until_on),
            ~waits,
        )
        .correlate(Match, Period)
    )


def _waits(whose: ColumnElement[bool]) -> ColumnElement[bool]:
    """Say in SQL that a donor's wish for the due day, or one before it, waits for its own day."""
    return (
        exists()
        .where(
            whose,
            PledgeChange.status == ChangeStatus.WAITING,
            PledgeChange.effective_on <= Period.due_on,
        )
        .correlate(Match, Period)
    )
