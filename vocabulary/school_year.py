"""School holidays and batch days: when what falls due in a holiday is handed out. Pure.

Batches are made on the first of a month. What is due while schools are closed goes into the last
batch before; it keeps its own month.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from vocabulary.dates import first_of_month

_DAY = timedelta(days=1)
RETURN_DAYS = 10
"""School days within which a hand sends back what it could not deliver."""


class Closed(NamedTuple):
    """Days on which schools are closed, both counted."""

    from_on: date
    until_on: date

    def holds(self, day: date) -> bool:
        """Say whether a day lies in it."""
        return self.from_on <= day <= self.until_on


def last_batch_before(from_on: date) -> date:
    """Return the last batch day before a holiday begins."""
    return first_of_month(from_on - _DAY)


def opens_on(due_on: date, closed: Sequence[Closed]) -> date:
    """Return the day on which what is due on a day is handed to a school.

    Holidays that follow one another without a batch day between them count as one.
    """
    day = due_on
    while one := next((one for one in closed if one.holds(day)), None):
        day = last_batch_before(one.from_on)
    return day


def nth_day_after(start: date, n: int, *, counts: Callable[[date], bool]) -> date:
    """Return the n-th day after `start` that counts."""
    day = start
    while n > 0:
        day += _DAY
        n -= counts(day)
    return day


def nth_day_before(end: date, n: int, *, counts: Callable[[date], bool]) -> date:
    """Return the day of which `end` is the n-th day after that counts."""
    day = end
    while n > 0:
        n -= counts(day)
        day -= _DAY
    return day


def term_ends_on(day: date) -> date:
    """Return the last day of the school term that a day lies in: 31 January or 31 July."""
    if day.month >= 8:  # noqa: PLR2004 August begins a school year
        return date(day.year + 1, 1, 31)
    return date(day.year, 1 if day.month == 1 else 7, 31)
