"""Due days are a pure function of (rhythm, anchor, n): nothing drifts, nothing is skipped."""

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocabulary.dates import add_months, months_between
from vocabulary.enums import Rhythm
from vocabulary.schedule import (
    STANDARD,
    STEP_MONTHS,
    Scheme,
    due_days,
    due_on,
    first_due,
    next_due,
)

DAYS = st.dates(date(2015, 1, 1), date(2040, 12, 31))
# The days that months disagree about, in the years that matter.
EDGES = st.builds(
    lambda year, month, day: date(year, month, min(day, monthrange(year, month)[1])),
    st.integers(2027, 2032), st.integers(1, 12), st.integers(28, 31),
)  # fmt: skip
SCHEMES = st.builds(Scheme, st.sampled_from(Rhythm), EDGES)


def test_the_31st_returns_after_february() -> None:
    scheme = Scheme(Rhythm.MONTH, date(2027, 12, 31))

    days = [due_on(scheme, n) for n in range(6)]

    assert days == [
        date(2027, 12, 31), date(2028, 1, 31), date(2028, 2, 29), date(2028, 3, 31),
        date(2028, 4, 30), date(2028, 5, 31),
    ]  # fmt: skip


def test_a_leap_day_falls_on_the_28th_in_other_years() -> None:
    scheme = Scheme(Rhythm.YEAR, date(2028, 2, 29))

    days = [due_on(scheme, n) for n in range(5)]

    assert days == [
        date(2028, 2, 29), date(2029, 2, 28), date(2030, 2, 28), date(2031, 2, 28),
        date(2032, 2, 29),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rhythm", "days"),
    [
        (Rhythm.MONTH, [date(2026, m, 1) for m in range(2, 10)]),
        (Rhythm.TERM, [date(2026, 3, 1), date(2026, 9, 1)]),
        (Rhythm.YEAR, [date(2026, 9, 1)]),
    ],
)
def test_the_standard_days_are_those_of_the_scheme(rhythm: Rhythm, days: list[date]) -> None:
    found = due_days(STANDARD[rhythm], start=date(2026, 1, 2), until=date(2026, 9, 1))

    assert list(found) == days


@given(SCHEMES, st.integers(-400, 400))
def test_each_due_day_has_the_anchors_day_or_is_its_months_last(scheme: Scheme, n: int) -> None:
    day = due_on(scheme, n)

    assert months_between(scheme.anchor, day) == STEP_MONTHS[scheme.rhythm] * n
    assert day.day == min(scheme.anchor.day, monthrange(day.year, day.month)[1])


@given(SCHEMES, st.integers(-200, 200))
def test_due_days_only_grow(scheme: Scheme, n: int) -> None:
    assert due_on(scheme, n) < due_on(scheme, n + 1)


@given(SCHEMES, DAYS)
def test_the_first_due_day_is_the_first(scheme: Scheme, day: date) -> None:
    n = first_due(scheme, day)

    assert due_on(scheme, n - 1) < day <= due_on(scheme, n)


@given(SCHEMES, DAYS, st.integers(0, 2000), st.integers(0, 2000))
def test_a_span_is_the_sum_of_its_parts(scheme: Scheme, start: date, one: int, two: int) -> None:
    middle = start + timedelta(days=one)
    end = middle + timedelta(days=two + 1)

    whole = list(due_days(scheme, start=start, until=end))

    parts = [
        *due_days(scheme, start=start, until=middle),
        *due_days(scheme, start=middle + timedelta(days=1), until=end),
    ]
    assert whole == parts
    assert all(start <= day <= end for day in whole)


@given(SCHEMES, DAYS)
def test_the_next_due_day_is_later_and_nothing_lies_between(scheme: Scheme, day: date) -> None:
    after = next_due(scheme, day)

    assert after > day
    assert list(due_days(scheme, start=day + timedelta(days=1), until=after)) == [after]


@given(EDGES, st.integers(-60, 60), st.integers(-60, 60))
def test_months_added_in_two_steps_are_those_added_in_one(day: date, one: int, two: int) -> None:
    stepped = add_months(add_months(day, one), two, anchor_day=day.day)

    assert stepped == add_months(day, one + two)
