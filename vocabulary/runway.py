"""How far money paid ahead reaches: a pure function of what falls due and what is there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from vocabulary.dates import add_months, first_of_month, months_between
from vocabulary.enums import Rhythm
from vocabulary.money import Fen
from vocabulary.schedule import STEP_MONTHS


@dataclass(frozen=True, slots=True)
class Due:
    """One instalment that will want money: of which match, on which day, how much.

    A gift has no rhythm: it pays for no month.
    """

    match: str
    on: date
    amount: Fen
    rhythm: Rhythm | None

    @property
    def last_month(self) -> date | None:
        """Return the last month that this instalment is for."""
        return last_month(self.on, self.rhythm) if self.rhythm else None


@dataclass(frozen=True, slots=True)
class Runway:
    """What is covered, through which month, and what has to be paid next.

    `lacking` says of each due day from the first uncovered one on how much it lacks.
    """

    covered: frozenset[tuple[str, date]]
    through: date | None
    next_on: date | None
    next_amount: Fen
    lacking: Sequence[tuple[date, Fen]] = ()

    def owed(self, on: date) -> Fen:
        """Return what all due days through a day lack together."""
        return Fen(sum(fen for day, fen in self.lacking if day <= on))

    def days_owed(self, on: date) -> int:
        """Count the due days through a day whose money is not there."""
        return sum(day <= on for day, _ in self.lacking)


def last_month(due_on: date, rhythm: Rhythm) -> date:
    """Return the last month of the span that an instalment pays for."""
    return add_months(first_of_month(due_on), STEP_MONTHS[rhythm] - 1)


def reach(money: Fen, dues: Iterable[Due], *, paid_through: date | None) -> Runway:
    """Spend money on what falls due, day by day; a day is covered whole or not at all."""
    covered: set[tuple[str, date]] = set()
    through, left = paid_through, money
    lacking: list[tuple[date, Fen]] = []
    for day, group in groupby(sorted(dues, key=lambda d: (d.on, d.match)), key=lambda d: d.on):
        same_day = list(group)
        amount = Fen(sum(due.amount for due in same_day))
        if lacking or amount > left:
            lacking.append((day, Fen(amount - left)))
            left = Fen(0)
            continue
        left = Fen(left - amount)
        covered |= {(due.match, due.on) for due in same_day}
        for ends in filter(None, (due.last_month for due in same_day)):
            through = max(ends, through or ends)
    next_on, next_amount = lacking[0] if lacking else (None, Fen(0))
    return Runway(frozenset(covered), through, next_on, next_amount, lacking)


def months_left(through: date | None, *, on: date) -> int:
    """Count the months after this one that are paid for."""
    return max(0, months_between(on, through)) if through else 0
