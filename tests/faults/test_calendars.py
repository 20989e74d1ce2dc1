"""Whatever the calendar and the machine do from 2027 to 2032: each due day of each match is opened once,
under its own day, and the months do not depend on when or how often the machine ran.
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from extensions import db
from jobs.run import Run
from jobs.stipends import open_and_fund
from models.children import Consent
from models.jobs import SetAside
from models.pledges import Match
from models.stipends import Stipend
from privacy import viewers
from services.checking import checks
from tests.factories import a_child, a_match, a_pledge, a_school
from tests.faults.processes import let_go
from tests.plugins import databases
from tests.plugins.examples import PROFILE
from tests.services.test_standing_in import paused
from vocabulary import clock
from vocabulary.dates import add_months, at, today
from vocabulary.enums import MatchStatus, Rhythm, SetAsideReason

pytestmark = [pytest.mark.faults, pytest.mark.slow]
FIRST, LAST = date(2027, 1, 1), date(2032, 12, 31)
LONG_AGO = date(2026, 12, 1)
EXAMPLES = 150 if PROFILE == "full" else 20

# Ends of months, leap days, the first days of terms and years, and any other.
EDGES = st.builds(
    lambda year, month, day: min(add_months(date(year, month, 1), 1) - timedelta(days=1),
                                 date(year, month, 28) + timedelta(days=day - 28)),
    st.integers(2027, 2032), st.integers(1, 12), st.integers(28, 31),
)  # fmt: skip
FIRSTS = st.builds(date, st.integers(2027, 2032), st.sampled_from([1, 2, 3, 9, 10]), st.just(1))
DAYS = st.one_of(EDGES, FIRSTS, st.just(date(2028, 2, 29)), st.dates(FIRST, LAST))


@dataclass(frozen=True)
class Plan:
    """One match as it will be: when it begins and ends, and when it is paused."""

    rhythm: Rhythm
    starts: date
    ends: date | None
    pause: tuple[date, date] | None
    consent_ends: date | None

    def due(self, until: date) -> Iterator[tuple[date, bool]]:
        """Yield each due day and whether it is opened, counted by hand: no code of the house."""
        months = {Rhythm.MONTH: range(1, 13), Rhythm.TERM: (3, 9), Rhythm.YEAR: (9,)}[self.rhythm]
        for day in (date(year, month, 1) for year in range(2027, 2033) for month in months):
            if self.starts <= day <= until and (self.ends is None or day < self.ends):
                yield day, not self._is_paused(day) and self._has_consent(day)

    def _is_paused(self, day: date) -> bool:
        return self.pause is not None and self.pause[0] <= day < self.pause[1]

    def _has_consent(self, day: date) -> bool:
        return self.consent_ends is None or day < self.consent_ends


def between(first: date, days: int) -> date:
    return first + timedelta(days=days)


SPANS = st.integers(1, 900)
PLANS = st.builds(
    lambda rhythm, starts, lasts, pause, ends: Plan(
        rhythm,
        starts,
        between(starts, lasts) if lasts else None,
        (pause[0], between(*pause)) if pause else None,
        ends,
    ),
    st.sampled_from(Rhythm),
    DAYS,
    st.none() | SPANS,
    st.none() | st.tuples(FIRSTS, st.integers(20, 400)),
    st.none() | DAYS,
)
RUNS = st.lists(DAYS, min_size=1, max_size=6)


@pytest.fixture
def afresh(app: Flask, tmp_path: Path) -> Callable[[], Session]:
    """Give an empty database anew for every example."""
    home = Path(app.instance_path)
    let_go()
    databases.put(home, tmp_path)

    def again() -> Session:
        db.session.remove()
        let_go()
        databases.put(tmp_path, home)
        return db.session()

    return again


def entered(session: Session, plans: list[Plan]) -> list[Match]:
    school = a_school(session)
    made = []
    for n, plan in enumerate(plans):
        pledge, _ = a_pledge(session, f"138{n:08d}", rhythm=plan.rhythm, offered_on=LONG_AGO)
        match = a_match(session, pledge, a_child(session, school), rhythm=plan.rhythm)
        match.starts_on, match.decided_on, match.ends_on = plan.starts, LONG_AGO, plan.ends
        if plan.ends is not None:
            match.status = MatchStatus.ENDED
        if plan.pause is not None:
            paused(session, match, *plan.pause)
        for consent in session.scalars(select(Consent).where(Consent.child_id == match.child_id)):
            consent.given_on, consent.withdrawn_on = LONG_AGO, plan.consent_ends
        made.append(match)
    session.commit()
    return made


def lived(session: Session, days: list[date]) -> None:
    """Run on these days in this order: gaps are a machine that was off, a day back its clock."""
    for day in days:
        with clock.moved_to(at(day, 6)):
            Run(session, "stipends", period=day).execute(open_and_fund)


@given(st.lists(PLANS, min_size=1, max_size=4), RUNS)
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
def test_every_due_day_is_opened_once_whenever_the_machine_ran(
    afresh: Callable[[], Session], plans: list[Plan], days: list[date]
) -> None:
    session = afresh()
    made = entered(session, plans)
    until = max(days)

    lived(session, [*days, until])

    for match, plan in zip(made, plans, strict=True):
        mine = select(Stipend.due_on).where(Stipend.match_id == match.id)
        opened = sorted(session.scalars(mine.order_by(Stipend.due_on)))
        assert opened == [day for day, is_open in plan.due(until) if is_open]
        aside = select(SetAside.due_on).where(
            SetAside.match_id == match.id, SetAside.resolved_on.is_(None)
        )
        assert set(session.scalars(aside)) == {d for d, is_open in plan.due(until) if not is_open}
    with_reason = select(SetAside.reason).distinct()
    assert set(session.scalars(with_reason)) <= {SetAsideReason.PAUSED, SetAsideReason.NO_CONSENT}


def test_twelve_a_year_for_six_years_whatever_day_it_was_promised(
    afresh: Callable[[], Session],
) -> None:
    """Stepped day by day from 28 January to 2 March of each year, and then month by month."""
    session = afresh()
    starts = [date(2027, 1, day) for day in (28, 29, 30, 31)] + [date(2028, 2, 29)]
    made = entered(session, [Plan(Rhythm.MONTH, day, None, None, None) for day in starts])
    days = [date(2027, 1, 28) + timedelta(days=n) for n in range(34)]
    days += [date(2028, 2, 27) + timedelta(days=n) for n in range(5)]
    days += [add_months(date(2028, 4, 30), n, anchor_day=31) for n in range(0, 57, 4)]

    lived(session, [*days, LAST])

    for match, start in zip(made, starts, strict=True):
        years = Counter(
            day.year for day in session.scalars(select(Stipend.due_on).filter_by(match_id=match.id))
        )
        full = {year: 12 for year in range(start.year + 1, 2033)}
        assert {year: count for year, count in years.items() if year > start.year} == full
        assert years[start.year] == 12 - start.month


@contextmanager
def server_in(zone: str) -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    time.tzset()
    try:
        yield
    finally:
        os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
        time.tzset()


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/New_York"])
def test_the_month_begins_at_midnight_of_inner_mongolia_wherever_the_server_stands(
    afresh: Callable[[], Session], zone: str
) -> None:
    session = afresh()
    entered(session, [Plan(Rhythm.MONTH, date(2027, 11, 15), None, None, None)])
    found = []
    with server_in(zone):
        for minutes in (-30, -1, 0, 30):  # around midnight that begins 1 December
            instant = at(date(2027, 12, 1), 0) + timedelta(minutes=minutes)
            with clock.moved_to(instant):
                Run(session, "stipends", period=today(clock.now())).execute(open_and_fund)
            found.append(session.scalar(select(func.count(Stipend.id))))

    assert found == [0, 0, 1, 1]
    assert session.scalars(select(Stipend.due_on)).all() == [date(2027, 12, 1)]


def test_six_years_with_two_long_silences_agree_with_the_books(
    afresh: Callable[[], Session],
) -> None:
    session = afresh()
    plans = [Plan(rhythm, FIRST, None, None, None) for rhythm in Rhythm]
    entered(session, plans)
    days = [date(2027, 1, 1), date(2027, 4, 2), date(2029, 8, 31), date(2029, 9, 1), LAST]

    lived(session, days)

    report = checks.report(session, viewers.console(), now=_evening(LAST))
    assert [line for one in report["checks"] for line in one["findings"]] == []
    assert session.scalar(select(func.count(Stipend.id))) == 72 + 12 + 6


def _evening(day: date) -> datetime:
    return at(day, 20)
