"""Which pairs enter the solver: all permitted ones, or each need's best when there are too many."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.blocks import blocks, permitted, scores
from matching.candidates import best_pairs
from matching.columns import Columns, Ints
from matching.families import families_of, of_families
from matching.kind import Kind, Weights
from matching.watching import Watch


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


@dataclass(frozen=True)
class Sides:
    """Both sides of a run as columns, and per need its family's number, -1 for none."""

    kind: Kind
    needs: Columns
    offers: Columns
    family: Ints
    is_once: Ints

    @classmethod
    def of(cls, kind: Kind, needs: Sequence[object], offers: Sequence[object]) -> "Sides":
        """Read the records in their order."""
        family, is_once = families_of(kind, needs)
        return cls(kind, *kind.columns(needs, offers), family, is_once)


def permitted_pairs(
    sides: Sides, *, weights: Weights, limits: Limits, seed: int, watch: Watch | None = None
) -> Pairs:
    """Return the pairs to solve over; equal scores at the cut are drawn by `seed`, need by need.

    A family's pairs are those with an offer that may take all of it. Raises Stopped.
    """
    kind, needs, offers = sides.kind, sides.needs, sides.offers
    watch = watch or Watch(())
    alone = needs.rows(np.flatnonzero(sides.family < 0)) if (sides.family >= 0).any() else needs
    kept = limits.kept if is_cut(sides, limits) else len(offers)
    if is_cut(sides, limits) or kind.near:
        found = best_pairs(kind, alone, offers, weights=weights, kept=kept, seed=seed, watch=watch)
    else:
        found = []
        for block in blocks(alone, len(offers)):
            found.append(_of_block(kind, block, offers, weights))
            watch.paired(len(block))
    found += of_families(
        kind, needs, offers, sides.family, is_once=sides.is_once, weights=weights, kept=kept
    )
    if len(alone) < len(needs):
        watch.paired(len(needs) - len(alone))
    joined = np.concatenate(found, axis=1) if found else np.empty((3, 0), dtype=np.int64)
    if (sides.family >= 0).any() or kind.near:
        keys = joined[0] * max(1, len(offers)) + joined[1]
        joined = joined[:, np.argsort(keys, kind="stable")]
    return Pairs(need=joined[0], offer=joined[1], score=joined[2])


def is_cut(sides: Sides, limits: Limits) -> bool:
    """Tell whether there are too many pairs to solve them all."""
    return len(sides.needs) * len(sides.offers) > limits.exact_cells


def _of_block(kind: Kind, block: Columns, offers: Columns, weights: Weights) -> Ints:
    allowed, points = permitted(kind, block, offers), scores(kind, block, offers, weights)
    row, column = np.nonzero(allowed)
    return np.stack([block.row[row], offers.row[column], points[row, column]])
