"""How many months the gap fund can carry whom it carries: a pure function, month by month.

The rule: everybody whom it carries today goes on, whoever is known to come joins on his day, and
nothing more comes in. In each month those are paid first whose need has waited longest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from vocabulary.dates import add_months
from vocabulary.enums import Rhythm
from vocabulary.money import Fen
from vocabulary.schedule import STANDARD, STEP_MONTHS, due_days, due_on, first_due

HORIZON_MONTHS = 24


@dataclass(frozen=True, slots=True)
class Burden:
    """What one match asks of the fund: its sum on its due days from a day on, until another."""

    key: int
    fen: Fen
    rhythm: Rhythm
    from_on: date
    until_on: date | None = None

    def falls_due(self, day: date) -> bool:
        """Say whether it wants money on a due day of the monthly scheme."""
        scheme = STANDARD[self.rhythm]
        is_within = self.from_on <= day and (self.until_on is None or day < self.until_on)
        return is_within and due_on(scheme, first_due(scheme, day)) == day

    @property
    def monthly(self) -> Fen:
        """Return what a month of it costs."""
        return Fen(self.fen // STEP_MONTHS[self.rhythm])


@dataclass(frozen=True, slots=True)
class Reach:
    """How many months for each and for all; `fails_on`: the first due day that is out of reach."""

    months: dict[int, int]
    fails_on: dict[int, date]
    in_all: int

    @property
    def first_failure(self) -> date | None:
        """Return the first due day on which somebody would get nothing."""
        return min(self.fails_on.values(), default=None)


def reach(money: int, burdens: Sequence[Burden], *, after: date) -> Reach:
    """Spend the fund's money on what falls due after a day, in the given order."""
    until = add_months(after, HORIZON_MONTHS)
    months = dict.fromkeys((one.key for one in burdens), 0)
    fails: dict[int, date] = {}
    in_all = 0
    for day in due_days(STANDARD[Rhythm.MONTH], start=after + timedelta(days=1), until=until):
        for one in (burden for burden in burdens if burden.key not in fails):
            cost = one.fen if one.falls_due(day) else 0
            if cost > money:
                fails[one.key] = day
            else:
                money -= cost
                months[one.key] += 1
        in_all += not fails
    return Reach(months, fails, in_all)
