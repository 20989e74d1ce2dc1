"""Whatever is decided, entered and answered in whatever order: each month comes once, none is lost.

The seed stands in the test's name: one command replays it.
"""

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.children import Child
from models.routes import Holiday
from models.stipends import Batch, Stipend
from services.batches import batches, returns
from services.checking import checks
from services.routes import calendar, cards, deciding
from services.routes.deciding import Way
from tests.factories import BANNER, a_school, viewer
from tests.services.routes.worlds import CARD, DESK, FIRST, a_card, a_pupil, lines, morning
from vocabulary.dates import add_months, at
from vocabulary.enums import BatchStatus, HolidayKind, Role, Route, RouteReason
from vocabulary.errors import AlreadyDecided, BadInput, NotFound
from vocabulary.school_year import Closed

BEGINS = date(2026, 9, 1)
WAYS = (Route.SCHOOL, Route.VILLAGE, Route.OFFICE, Route.CARD, Route.PERSONAL)
CHECKS = {
    "ways", "batches", "one_stipend", "due_against_done", "opened_by_runs", "ledger_against_facts",
    "whose_postings", "balances", "fact_dates", "accounts_of_done",
}  # fmt: skip
Step = Callable[[Session, Child, date, random.Random], None]


def _decide(session: Session, child: Child, day: date, luck: random.Random) -> None:
    ahead = timedelta(days=luck.choice((0, 0, 7, 40)))
    way = Way(luck.choice(WAYS), RouteReason.FAMILY_WISH, day + ahead)
    deciding.decide(session, FIRST, child.ref, way, now=at(day))


def _fear(_session: Session, child: Child, _day: date, _luck: random.Random) -> None:
    child.in_danger = not child.in_danger


def _send(session: Session, _child: Child, day: date, _luck: random.Random) -> None:
    open_ones = list(session.scalars(select(Batch.ref).where(Batch.status == BatchStatus.OPEN)))
    full = batches.totals(session, open_ones)
    # Refused, the desk's whole act is undone, as a request is.
    with suppress(AlreadyDecided, NotFound), session.begin_nested():
        batches.send_all(session, DESK, [ref for ref in open_ones if ref in full], now=at(day))


def _bounce(session: Session, _child: Child, day: date, luck: random.Random) -> None:
    sent = session.scalars(select(Batch).where(Batch.status == BatchStatus.SENT)).all()
    if sent:
        desk = viewer(Role.COLLECTING_DESK)
        returns.bounce(session, luck.choice(sent), on=day, by=desk, now=at(day))


def _close(session: Session, _child: Child, day: date, luck: random.Random) -> None:
    first = day + timedelta(days=luck.randint(3, 40))
    closed = Closed(first, first + timedelta(days=luck.randint(0, 70)))
    calendar.enter(session, FIRST, BANNER, HolidayKind.OTHER, closed, now=at(day))


def _open_again(session: Session, _child: Child, day: date, _luck: random.Random) -> None:
    for row in session.scalars(select(Holiday).where(Holiday.withdrawn_on.is_(None))).all():
        calendar.withdraw(session, FIRST, row.ref, now=at(day))


STEPS: tuple[Step, ...] = (_decide, _decide, _decide, _fear, _send, _bounce, _close, _open_again)


@pytest.mark.parametrize("seed", range(12))
def test_no_instalment_is_lost_or_doubled(session: Session, seed: int) -> None:
    luck, day = random.Random(seed), BEGINS + timedelta(days=4)
    child, _ = a_pupil(session, a_school(session))
    a_card(session, child, CARD, on=BEGINS)
    for _ in range(14):
        day += timedelta(days=luck.randint(0, 25))
        with suppress(BadInput):
            luck.choice(STEPS)(session, child, day, luck)
        morning(session, day)
    last = add_months(day.replace(day=1), 4)
    morning(session, last)

    stands = session.scalars(select(Stipend.due_on).order_by(Stipend.due_on)).all()

    assert len(stands) == len(set(stands))
    assert [due for due in stands if due <= last] == _months(last)
    held = {due for due, _, _ in lines(session, child)}
    waits = [due for due in stands if due not in held]
    assert not waits or _has_no_card(session, child)
    report = checks.report(session, viewer(Role.AUDITOR), now=at(last, 13))
    assert [one for one in report["checks"] if one["name"] in CHECKS and one["count"]] == []


def _months(last: date) -> list[date]:
    months = [BEGINS]
    while months[-1] < last:
        months.append(add_months(months[-1], 1))
    return months


def _has_no_card(session: Session, child: Child) -> bool:
    """Whose card failed waits for its staff, on their list: nobody decided by whom instead."""
    its_way = child.route is Route.CARD and not child.in_danger
    return its_way and cards.usable(session, child.id) is None
