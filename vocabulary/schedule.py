"""When instalments fall due: a pure function of (rhythm, the scheme's anchor, n).

Due days belong to the scheme, never to the donor (law 6): monthly the 1st, term 1 March and
1 September, yearly 1 September; a scheme may choose other days.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import count

from vocabulary.dates import add_months
from vocabulary.enums import Rhythm

STEP_MONTHS = {Rhythm.MONTH: 1, Rhythm.TERM: 6, Rhythm.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Scheme:
    """A rhythm and its anchor: one due day from which all others follow."""

    rhythm: Rhythm
    anchor: date


STANDARD = {
    Rhythm.MONTH: Scheme(Rhythm.MONTH, date(2000, 1, 1)),
    Rhythm.TERM: Scheme(Rhythm.TERM, date(2000, 3, 1)),
    Rhythm.YEAR: Scheme(Rhythm.YEAR, date(2000, 9, 1)),
}


def due_on(scheme: Scheme, n: int) -> date:
    """Return the n-th due day, n = 0 at the anchor; negative n lie before it."""
    step = STEP_MONTHS[scheme.rhythm] * n
    return add_months(scheme.anchor, step, anchor_day=scheme.anchor.day)


def first_due(scheme: Scheme, on_or_after: date) -> int:
    """Return the n of the first due day on or after the given day."""
    anchor, step = scheme.anchor, STEP_MONTHS[scheme.rhythm]
    months = (on_or_after.year - anchor.year) * 12 + on_or_after.month - anchor.month
    n = months // step
    while due_on(scheme, n) < on_or_after:
        n += 1
    return n


def due_days(scheme: Scheme, *, start: date, until: date) -> Iterator[date]:
    """Yield the due days from `start` through `until`, both counted in."""
    for n in count(first_due(scheme, start)):
        day = due_on(scheme, n)
        if day > until:
            return
        yield day


def next_due(scheme: Scheme, after: date) -> date:
    """Return the first due day later than `after`."""
    n = first_due(scheme, after)
    day = due_on(scheme, n)
    return day if day > after else due_on(scheme, n + 1)


def after_count(
    scheme: Scheme, *, start: date, number: int, is_skipped: Callable[[date], bool]
) -> date:
    """Return the first day no longer covered when `number` due days from `start` are given."""
    n, left = first_due(scheme, start), number
    while left > 0:
        left -= not is_skipped(due_on(scheme, n))
        n += 1
    return due_on(scheme, n)
