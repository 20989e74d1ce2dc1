"""How many families a batch is asked of, and which: a stated error, and a draw to be made again."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil

MARGIN_POINTS = (
    10  # what the share of "all is well" of a league's term may be wrong by, 19 times in 20
)
MONTHS_A_TERM = 6
_Z = Fraction(196, 100)  # 95 % of a normal distribution
_SPREAD = Fraction(1, 4)  # p(1 - p) where it is widest: nothing is assumed about the answers


def size_for(population: int, *, margin_points: int = MARGIN_POINTS) -> int:
    """Return how many of a finite population to ask so that a share is known within the margin.

    n0 = z^2 p(1-p) / d^2; n = n0 / (1 + (n0 - 1) / N), rounded up. Source: W. G. Cochran, Sampling
    Techniques, 3rd ed., Wiley 1977, section 4.4, formulas (4.1) and (4.2).
    """
    if population <= 0:
        return 0
    endless = _Z**2 * _SPREAD / Fraction(margin_points, 100) ** 2
    return min(population, ceil(endless / (1 + (endless - 1) / population)))


@dataclass(frozen=True, slots=True)
class Before:
    """What a month's earlier draws of the league came to, and where in a step the month began."""

    listed: int = 0
    asked: int = 0
    start: Fraction = Fraction(0)


def start_of(seed: str) -> Fraction:
    """Return where in [0, 1) a month begins, from the seed of its first draw.

    Without it the first batch of every month would be rounded up: a school of one pupil that always
    comes first could foretell that it is drawn.
    """
    digest = hashlib.sha256(f"{seed}:start".encode()).digest()
    return Fraction(int.from_bytes(digest), 1 << 8 * len(digest))


def size_of_batch(before: Before, *, listed: int, term: int, least: int) -> int:
    """Return how many of a batch's lines are drawn.

    Over a month's batches the sum keeps within one of the share that the `term`'s size asks for.
    `least` is 1 for a school that was not asked about this term.
    """
    share = Fraction(size_for(term), term) if term else Fraction(0)
    wanted = ceil(share * (before.listed + listed) - before.start) - before.asked
    return min(listed, max(wanted, least, 0))


def drawn(seed: str, refs: Sequence[str], size: int) -> list[str]:
    """Return the drawn refs: those whose digest under the seed is lowest, in the order of digests.

    Anybody with seed and list gets the same; without the seed every set is equally likely.
    """
    return sorted(refs, key=lambda ref: hashlib.sha256(f"{seed}:{ref}".encode()).digest())[:size]


def term_of(month: date) -> tuple[date, date]:
    """Return the first month of the school term that holds a month, and the first one after it."""
    if 3 <= month.month <= 8:  # noqa: PLR2004 March to August
        return date(month.year, 3, 1), date(month.year, 9, 1)
    first = month.year if month.month >= 9 else month.year - 1  # noqa: PLR2004 September
    return date(first, 9, 1), date(first + 1, 3, 1)
