"""Which months of a need nobody covers any more: a pure function of the sponsorships it has had.

A sponsor's due day pays a whole span: a term's pays six months. The gap fund steps in month by month,
whatever the sponsor's rhythm was, and only for what was lost: the most that sponsors covered in one of
the last months, or they and the fund together in the month before, less what they cover now; never
more than is open. What a sponsor lowered by his own will is not lost: his earlier months count with
the units of his latest terms, and the rest waits for the matcher.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from vocabulary.dates import add_months
from vocabulary.enums import Rhythm
from vocabulary.schedule import STANDARD, due_days, due_on, first_due

LATELY_MONTHS = 3
"""Who has gone without for longer waits in the queue like every other child."""
Pause = tuple[date, date | None]


@dataclass(frozen=True, slots=True)
class Sponsorship:
    """One match of a need: its days (`ends_on`: the first not covered), units a month, pauses.

    `pledge`: new terms make a new match of the same pledge.
    """

    key: int
    starts_on: date
    ends_on: date | None
    rhythm: Rhythm
    units: int
    pauses: Sequence[Pause] = ()
    pledge: int | None = None

    def pays_on(self, day: date) -> bool:
        """Say whether a due day of its rhythm is its own."""
        is_within = self.starts_on <= day and (self.ends_on is None or day < self.ends_on)
        return is_within and not any(a <= day and (b is None or day < b) for a, b in self.pauses)

    def covers(self, month: date) -> bool:
        """Say whether the due day whose span holds the month is its own."""
        scheme = STANDARD[self.rhythm]
        n = first_due(scheme, month)
        due = due_on(scheme, n)
        return self.pays_on(due if due == month else due_on(scheme, n - 1))

    def has_lapsed(self, month: date) -> bool:
        """Say whether it paid before and does not cover the month."""
        before = due_days(STANDARD[self.rhythm], start=self.starts_on, until=month)
        return not self.covers(month) and any(self.pays_on(day) for day in before)

    def has_lapsed_lately(self, month: date) -> bool:
        """Say whether it lapsed in the last months."""
        back = (add_months(month, -n) for n in range(1, LATELY_MONTHS + 1))
        return not self.covers(month) and any(map(self.covers, back))


@dataclass(frozen=True, slots=True)
class Span:
    """Months that the fund covers with so many units; `ends_on` None while it goes on."""

    starts_on: date
    ends_on: date | None
    units: int
    months: int


def spans(
    need_units: int,
    given: Sequence[Sponsorship],
    months: Iterable[date],
    *,
    carried: int,
    listed: Sequence[int],
) -> list[Span]:
    """Return what the fund is to cover of these months, in order.

    `carried`: the units it covered in the month before the first; `listed`: those a child may get.
    """
    found: list[Span] = []
    last = None
    for month in months:
        units = _wanted(need_units, given, month, carried=carried, listed=listed)
        carried, last = units, month
        if not units:
            continue
        follows = found and found[-1].ends_on == month and found[-1].units == units
        before = found.pop() if follows else Span(month, None, units, 0)
        found.append(Span(before.starts_on, add_months(month, 1), units, before.months + 1))
    if found and last is not None and found[-1].ends_on == add_months(last, 1):
        end = found.pop()
        found.append(Span(end.starts_on, None, end.units, end.months))
    return found


def _wanted(
    need_units: int,
    given: Sequence[Sponsorship],
    month: date,
    *,
    carried: int,
    listed: Sequence[int],
) -> int:
    if not carried and not any(one.has_lapsed_lately(month) for one in given):
        return 0
    if not any(one.has_lapsed(month) for one in given):
        return 0
    covered = sum(one.units for one in given if one.covers(month))
    most = min(_had(given, month, carried=carried) - covered, need_units - covered)
    return max((units for units in listed if units <= most), default=0)


def _had(given: Sequence[Sponsorship], month: date, *, carried: int) -> int:
    """Return the units that the need had lately, but for what sponsors lowered themselves."""
    latest: dict[int | None, Sponsorship] = {}
    for one in sorted(given, key=lambda one: (one.starts_on, one.key)):
        if one.pledge is not None and one.starts_on <= month:
            latest[one.pledge] = one
    lately = [
        sum(
            min(one.units, latest.get(one.pledge, one).units) for one in given if one.covers(before)
        )
        for before in (add_months(month, -n) for n in range(1, LATELY_MONTHS + 1))
    ]
    return max(*lately, lately[0] + carried)
