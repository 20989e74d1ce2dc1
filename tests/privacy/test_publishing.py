"""No hidden number is worked out from what is published: whole populations, and linear programs.

The reader of these tests knows the rule, which parts have nobody, and every release; what he can
bound is asked of a solver and of nothing of ours.
"""

from dataclasses import dataclass, field
from random import Random

import numpy as np
from scipy.optimize import linprog

from privacy.publishing import (
    FIVES,
    MOST,
    TENS,
    VAGUE,
    Count,
    Knowledge,
    Published,
    by_month,
    by_quarter,
)
from tests.plugins.examples import for_seeds
from vocabulary.enums import FigureState
from vocabulary.rounding import FEWEST

SHOWN, FEW, WITHHELD = FigureState.SHOWN, FigureState.FEW, FigureState.WITHHELD
ROUNDS = 150


@dataclass
class Reader:
    """What stands on the pages as a linear program."""

    bounds: dict[str, tuple[int, int]] = field(default_factory=dict)
    sums: list[tuple[str, list[str]]] = field(default_factory=list)

    def possible(self, key: str) -> tuple[int, int]:
        """Return the least and the most that a count can be, all releases joined."""
        names = sorted(self.bounds)
        at = {name: n for n, name in enumerate(names)}
        rows = np.zeros((len(self.sums), len(names)))
        for n, (whole, its_parts) in enumerate(self.sums):
            rows[n, at[whole]] = -1
            for part in its_parts:
                rows[n, at[part]] = 1
        found = []
        for sign in (1, -1):
            wanted = np.zeros(len(names))
            wanted[at[key]] = sign
            limits = [
                (low, None if high >= MOST else high) for low, high in map(self.bounds.get, names)
            ]
            solved = linprog(wanted, A_eq=rows, b_eq=np.zeros(len(rows)), bounds=limits)
            assert solved.status in (0, 3), solved.message
            found.append(sign * solved.fun if solved.status == 0 else MOST)
        return int(np.ceil(found[0] - 1e-6)), int(np.floor(found[1] + 1e-6))


def hidden_of(shown, counts):
    return [key for key, one in shown.items() if counts[key] and one.state is not SHOWN]


def a_month(dice):
    """Leagues as they may be: most empty or small, a few large."""
    sizes = (0, 0, 1, 2, 4, 7, 9, 10, 11, 14, 15, 19, 24, 60, 300)
    return {f"L{n}": dice.choice(sizes) for n in range(dice.choice((1, 2, 3, 5, 12)))}


@for_seeds(ROUNDS)
def test_no_small_league_is_worked_out_of_a_month(seed):
    counts = a_month(Random(seed))
    whole, shown = by_month({key: Count(things) for key, things in counts.items()})
    known = {key: one for key, one in shown.items() if counts[key]}
    if not known:
        return
    reader = Reader({key: one.bounds(TENS) for key, one in known.items()}, [("", [*known])])
    reader.bounds[""] = whole.bounds(TENS)

    for key in hidden_of(shown, counts):
        least, most = reader.possible(key)
        assert least <= counts[key] <= most
        assert most - least + 1 >= VAGUE


@for_seeds(ROUNDS)
def test_every_shown_number_is_the_nearest_ten_and_few_means_few(seed):
    counts = a_month(Random(seed))
    _, shown = by_month({key: Count(things) for key, things in counts.items()})

    for key, one in shown.items():
        if one.state is SHOWN:
            assert counts[key] >= FEWEST
            assert abs(one.number - counts[key]) <= TENS // 2
        assert (one.state is FEW) == (counts[key] < FEWEST)


@for_seeds(ROUNDS)
def test_what_is_hidden_together_is_never_one_small_part(seed):
    counts = a_month(Random(seed))
    _, shown = by_month({key: Count(things) for key, things in counts.items()})
    hidden = [counts[key] for key in hidden_of(shown, counts)]

    if any(one.state is SHOWN for one in shown.values()):
        assert not hidden or (len(hidden) > 1 and sum(hidden) >= FEWEST)


@dataclass
class Quarter:
    """Three months of leagues and the banners in them, published as the house does it."""

    dice: Random

    def __post_init__(self):
        self.leagues = [f"L{n}" for n in range(self.dice.choice((1, 2, 4)))]
        self.banners = {
            f"{league}B{n}": [self.dice.choice((0, 1, 3, 6, 10, 12, 17, 40)) for _ in range(3)]
            for league in self.leagues
            for n in range(self.dice.choice((1, 2, 3, 5)))
        }
        self.schools = {key: self.dice.choice((1, 2, 3, 5)) for key in self.banners}
        self.truth, self.reader, self.hidden = {}, Reader(), []
        knows, earlier = self._months()
        self._quarter(knows, earlier)

    def _learn(self, key, one, step, truth):
        self.truth[key] = truth
        self.reader.bounds[key] = one.bounds(step)
        if one.state is not SHOWN and truth:
            self.hidden.append(key)

    def _months(self):
        knows, earlier = Knowledge(), []
        for month in range(3):
            counts = {
                league: sum(n[month] for key, n in self.banners.items() if key.startswith(league))
                for league in self.leagues
            }
            whole, shown = by_month({key: Count(n) for key, n in counts.items()})
            for key, one in {"": whole, **shown}.items():
                self._learn(f"{month}:{key}", one, TENS, counts.get(key, sum(counts.values())))
                knows.learn(f"{month}:{key}", one.bounds(TENS))
                if one.state is not SHOWN:
                    earlier.append(f"{month}:{key}")
            its = (f"{month}:", [f"{month}:{key}" for key in self.leagues])
            knows.relate(*its)
            self.reader.sums.append(its)
        for league in self.leagues:
            knows.relate(league, [f"{month}:{league}" for month in range(3)])
        return knows, earlier

    def _quarter(self, knows, earlier):
        for league in self.leagues:
            inside = {key: sum(n) for key, n in self.banners.items() if key.startswith(league)}
            counts = {key: Count(n, n, self.schools[key]) for key, n in inside.items()}
            shown, knows = by_quarter(counts, of=league, reader=knows, hidden=earlier)
            self.reader.bounds[league] = (0, MOST)
            self.truth[league] = sum(inside.values())
            self.reader.sums.append((league, [f"{month}:{league}" for month in range(3)]))
            for key, one in shown.items():
                self._learn(key, one, FIVES, inside[key])
            if inside:
                self.reader.sums.append((league, [*inside]))


@for_seeds(60)
def test_three_months_and_their_quarter_joined_give_no_hidden_number(seed):
    quarter = Quarter(Random(seed))

    for key in quarter.hidden:
        least, most = quarter.reader.possible(key)
        assert least <= quarter.truth[key] <= most
        assert most - least + 1 >= VAGUE, key


@for_seeds(60)
def test_a_banner_that_is_shown_has_ten_people_of_three_schools(seed):
    quarter = Quarter(Random(seed))
    shown = [key for key in quarter.banners if key not in quarter.hidden and quarter.truth[key]]

    assert all(quarter.truth[key] >= FEWEST and quarter.schools[key] >= 3 for key in shown)


@for_seeds(60)
def test_two_months_subtracted_tell_no_hidden_change(seed):
    """Children counted on two days: a hidden league's change is as vague as its two counts."""
    dice = Random(seed)
    first = a_month(dice)
    second = {key: max(0, n + dice.choice((-1, 0, 0, 1, 1, 2))) for key, n in first.items()}
    reader, hidden = Reader(), []
    for day, counts in enumerate((first, second)):
        whole, shown = by_month({key: Count(n) for key, n in counts.items()})
        for key, one in {"": whole, **shown}.items():
            reader.bounds[f"{day}:{key}"] = one.bounds(TENS)
        reader.sums.append((f"{day}:", [f"{day}:{key}" for key in counts]))
        hidden.append(set(hidden_of(shown, counts)))
    for key in first:
        reader.bounds[f"moved:{key}"] = (-MOST, MOST)
        reader.sums.append((f"1:{key}", [f"0:{key}", f"moved:{key}"]))

    for key in hidden[0] & hidden[1]:
        reader.bounds[f"moved:{key}"] = (-MOST + 1, MOST - 1)
        least, most = reader.possible(f"moved:{key}")
        assert least <= second[key] - first[key] <= most
        assert most - least + 1 >= VAGUE


def test_two_in_hidden_parts_would_be_given_by_the_whole():
    """The plain case in numbers: 1 + 1 hidden beside a shown 40 is one more hidden."""
    _, shown = by_month({"a": Count(1), "b": Count(1), "c": Count(40), "d": Count(60)})

    assert [shown[key].state for key in "abcd"] == [FEW, FEW, WITHHELD, SHOWN]


def test_the_whole_itself_is_withheld_where_nothing_less_will_do():
    """Two nines: eighteen is written 20, and leaves six to nine for each."""
    whole, shown = by_month({"a": Count(9), "b": Count(9)})

    assert whole == Published(WITHHELD)
    assert {one.state for one in shown.values()} == {FEW}
