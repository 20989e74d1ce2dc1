"""What may be published of a count: DESIGN.md's rule for every number that a stranger reads.

Region and leagues are rounded to tens, below ten it is only said that it is. Anything finer needs
ten people of three schools and is rounded to five. A number that could be worked out from the
others is hidden too: by structure (no hidden part stands alone beside a known whole), and then by
trial (`Knowledge`: what a reader of all releases can bound).
"""

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field

from vocabulary.enums import FigureState
from vocabulary.rounding import FEWEST

FEWEST_SCHOOLS = 3
TENS, FIVES = 10, 5
VAGUE = 5
"""A hidden count stays one of at least so many possible ones."""
MOST = 10**9
WHOLE = ""


@dataclass(frozen=True, slots=True)
class Count:
    """What is true of one part: things counted, and for finer parts the people and schools behind."""

    things: int
    people: int | None = None
    schools: int | None = None

    @property
    def may_stand(self) -> bool:
        """Say whether the number is large enough, and of enough people and schools, to be shown."""
        people = self.things if self.people is None else self.people
        schools = FEWEST_SCHOOLS if self.schools is None else self.schools
        return min(self.things, people) >= FEWEST and schools >= FEWEST_SCHOOLS


@dataclass(frozen=True, slots=True)
class Published:
    """What stands on the page for one part."""

    state: FigureState
    number: int | None = None

    def bounds(self, step: int) -> tuple[int, int]:
        """Return the least and the most that the true count can be."""
        match self.state:
            case FigureState.SHOWN:
                number = self.number or 0
                return max(FEWEST, number - step // 2), number + (step - 1) // 2
            case FigureState.FEW:
                return 0, FEWEST - 1
            case FigureState.WITHHELD:
                return 0, MOST


def rounded(things: int, step: int) -> int:
    """Return the nearest multiple of the step, halves upwards."""
    return (things + step // 2) // step * step


def _whole(things: int) -> Published:
    if things < FEWEST:
        return Published(FigureState.FEW)
    return Published(FigureState.SHOWN, rounded(things, TENS))


def _parts(counts: Mapping[str, Count], *, step: int, kept: int) -> dict[str, Published]:
    """Show what may stand but the `kept` smallest. In fives nothing tells few from withheld."""
    standing = [key for key, count in counts.items() if count.may_stand]
    standing.sort(key=lambda key: (counts[key].things, key))
    shown = set(standing[kept:])
    return {key: _part(count, step, is_shown=key in shown) for key, count in counts.items()}


def _part(count: Count, step: int, *, is_shown: bool) -> Published:
    if is_shown:
        return Published(FigureState.SHOWN, rounded(count.things, step))
    is_few = step == TENS and count.things < FEWEST
    return Published(FigureState.FEW if is_few else FigureState.WITHHELD)


def _least_kept(counts: Mapping[str, Count]) -> int:
    """Return how many parts to keep back beside those that may not stand, by structure alone.

    What is hidden together is itself a part that subtraction gives: it is nothing at all, or at
    least two parts with ten things between them.
    """
    small = [c.things for c in counts.values() if not c.may_stand and c.things]
    standing = sorted(c.things for c in counts.values() if c.may_stand)
    kept = 0
    while small and kept < len(standing) and (len(small) == 1 or sum(small) < FEWEST):
        small.append(standing[kept])
        kept += 1
    return kept


@dataclass
class Knowledge:
    """What a reader of every release can bound: parts, and sums that hold between them."""

    bounds: dict[str, tuple[int, int]] = field(default_factory=dict)
    sums: list[tuple[str, Sequence[str]]] = field(default_factory=list)

    def learn(self, key: str, bounds: tuple[int, int]) -> None:
        """Take in what is published of one count."""
        low, high = self.bounds.get(key, (0, MOST))
        self.bounds[key] = max(low, bounds[0]), min(high, bounds[1])

    def relate(self, whole: str, its_parts: Iterable[str]) -> None:
        """Take in that a whole is the sum of its parts."""
        self.sums.append((whole, tuple(its_parts)))

    def told(self, whole: str, parts: Mapping[str, Published], *, step: int) -> "Knowledge":
        """Return what is known after the parts of a whole are published."""
        after = deepcopy(self)
        for key, one in parts.items():
            after.learn(key, one.bounds(step))
        if parts:
            after.relate(whole, parts)
        return after

    def narrowed(self) -> dict[str, tuple[int, int]]:
        """Return the bounds after every sum was used until nothing moves."""
        known = dict(self.bounds)
        for _, its_parts in self.sums:
            for key in its_parts:
                known.setdefault(key, (0, MOST))
        moved = True
        while moved:
            moved = any([_use(known, whole, its_parts) for whole, its_parts in self.sums])
        return known

    def is_vague(self, hidden: Iterable[str]) -> bool:
        """Say whether every hidden count stays one of several possible ones."""
        known = self.narrowed()
        return all(known[key][1] - known[key][0] + 1 >= VAGUE for key in hidden)


def _use(known: dict[str, tuple[int, int]], whole: str, its_parts: Sequence[str]) -> bool:
    """Narrow a whole by its parts and each part by the rest; say whether anything moved."""
    lows = sum(known[key][0] for key in its_parts)
    highs = sum(known[key][1] for key in its_parts)
    low, high = known.get(whole, (0, MOST))
    low, high = max(low, lows), min(high, highs)
    moved = known.get(whole) != (low, high)
    known[whole] = low, high
    for key in its_parts:
        own = known[key]
        new = max(own[0], low - (highs - own[1])), min(own[1], high - (lows - own[0]))
        if new != own:
            known[key], moved = new, True
    return moved


def by_month(counts: Mapping[str, Count]) -> tuple[Published, dict[str, Published]]:
    """Publish a whole and its parts in tens; the whole is withheld if nothing less will do."""
    whole = _whole(sum(count.things for count in counts.values()))
    for kept in range(_least_kept(counts), len(counts) + 1):
        shown = _parts(counts, step=TENS, kept=kept)
        reader = Knowledge({WHOLE: whole.bounds(TENS)})
        if reader.told(WHOLE, _known(counts, shown), step=TENS).is_vague(_hidden(counts, shown)):
            return whole, shown
    return Published(FigureState.WITHHELD), _parts(counts, step=TENS, kept=_least_kept(counts))


def by_quarter(
    counts: Mapping[str, Count], *, of: str, reader: Knowledge, hidden: Sequence[str]
) -> tuple[dict[str, Published], Knowledge]:
    """Publish the finer parts of one whole in fives; return what a reader knows after it, too.

    `hidden` are earlier hidden counts, which the new numbers must leave as vague as before.
    """
    for kept in range(_least_kept(counts), len(counts) + 1):
        shown = _parts(counts, step=FIVES, kept=kept)
        after = reader.told(of, _known(counts, shown), step=FIVES)
        if after.is_vague([*hidden, *_hidden(counts, shown)]):
            return shown, after
    return _parts(counts, step=FIVES, kept=len(counts)), reader


def _known(counts: Mapping[str, Count], shown: Mapping[str, Published]) -> dict[str, Published]:
    """Leave out where there is nobody: the reader is taken to know that."""
    return {key: one for key, one in shown.items() if counts[key].things}


def _hidden(counts: Mapping[str, Count], shown: Mapping[str, Published]) -> list[str]:
    known = _known(counts, shown)
    return [key for key, one in known.items() if one.state is not FigureState.SHOWN]
