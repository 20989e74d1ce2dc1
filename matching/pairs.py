"""Which pairs enter the solver: all permitted ones, or each need's best when there are too many."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matching.columns import Ints, NeedColumns, OfferColumns
from matching.rules import permitted
from matching.scores import Weights, scores

_BLOCK_CELLS = 2_000_000
_DRAW_BITS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Up to `exact_cells` needs x offers every pair is solved; beyond, the best `kept` a need.

    Parts of up to `proved_pairs` pairs are proved whole by CP-SAT within `proof_effort`, which is
    deterministic time and so the same on every machine.
    """

    exact_cells: int = 2_000_000
    kept: int = 60
    proved_pairs: int = 20_000
    proof_effort: float = 2.0


@dataclass(frozen=True)
class Pairs:
    """Permitted pairs as parallel arrays, ordered by need row, then offer row."""

    need: Ints
    offer: Ints
    score: Ints

    def __len__(self) -> int:
        """Count the pairs."""
        return len(self.need)


def permitted_pairs(
    needs: NeedColumns, offers: OfferColumns, *, weights: Weights, limits: Limits, seed: int
) -> Pairs:
    """Return the pairs to solve over; equal scores at the cut are drawn by `seed`, need by need."""
    is_cut = len(needs.row) * len(offers.row) > limits.exact_cells
    kept = limits.kept if is_cut else len(offers.row)
    draws = np.random.default_rng(seed)
    found = [_of_block(block, offers, weights, kept, draws) for block in _blocks(needs, offers)]
    joined = np.concatenate(found, axis=1) if found else np.empty((3, 0), dtype=np.int64)
    return Pairs(need=joined[0], offer=joined[1], score=joined[2])


def _blocks(needs: NeedColumns, offers: OfferColumns) -> Iterator[NeedColumns]:
    height = max(1, _BLOCK_CELLS // max(1, len(offers.row)))
    for start in range(0, len(needs.row), height):
        yield needs.rows(slice(start, start + height))


def _of_block(
    block: NeedColumns,
    offers: OfferColumns,
    weights: Weights,
    kept: int,
    draws: np.random.Generator,
) -> Ints:
    allowed = permitted(block, offers)
    points = scores(block, offers, weights)
    if kept < len(offers.row):
        # Without the draw every need would keep the same few offers out of thousands alike.
        keys = (points << _DRAW_BITS) + draws.integers(1 << _DRAW_BITS, size=points.shape)
        keys[~allowed] = -1
        cut = np.partition(keys, -kept, axis=1)[:, -kept, None]
        allowed &= keys >= cut
    row, column = np.nonzero(allowed)
    return np.stack([block.row[row], offers.row[column], points[row, column]])
