"""Which pairs enter the solver: all permitted ones, or each need's best when there are too many."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from matching.blocks import blocks, every_pair
from matching.candidates import best_pairs
from matching.columns import Columns
from matching.families import families_of, of_families
from matching.kind import Kind, Weights
from matching.shapes import Ints
from matching.tables import Table
from matching.watching import Watch

Block = list[Ints]
"""Some pairs: need rows, offer rows and scores."""
_JOINED: Final = 200_000
"""Pairs of blocks that are joined to one piece while more are sought."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Up to `exact_cells` needs x offers every pair is solved; beyond, the best `kept` a need.

    A kind that knows what is near has every pair solved as long as no more than `held_pairs` are
    permitted. Parts of up to `proved_pairs` pairs are proved whole by CP-SAT within `proof_effort`,
    which is deterministic time and so the same on every machine; where sums are not to be split,
    parts of up to `bounded_pairs` are at least bounded by the linear programme of that search.
    """

    exact_cells: int = 2_000_000
    held_pairs: int = 60_000_000
    kept: int = 60
    proved_pairs: int = 60_000
    bounded_pairs: int = 500_000
    proof_effort: float = 2.0


@dataclass(frozen=True)
class Pairs:
    """Permitted pairs as parallel arrays, ordered by need row, then offer row.

    `is_cut` says that these are only the best of each need.
    """

    need: Ints
    offer: Ints
    score: Ints
    is_cut: bool = False

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
    def of(cls, kind: Kind, needs: Iterable[object], offers: Iterable[object]) -> "Sides":
        """Read the records in their order."""
        table = Table.of(kind.need, needs, "needs")
        family, is_once = families_of(kind, table)
        return cls(kind, *kind.columns(table, offers), family, is_once)


def permitted_pairs(
    sides: Sides, *, weights: Weights, limits: Limits, seed: int, watch: Watch | None = None
) -> Pairs:
    """Return the pairs to solve over; equal scores at the cut are drawn by `seed`, need by need.

    A family's pairs are those with an offer that may take all of it. Raises Stopped.
    """
    kind, needs, offers = sides.kind, sides.needs, sides.offers
    watch = watch or Watch(len(needs))
    found = _every(sides, weights, limits, watch)
    if found is not None:
        return _whole_families(sides, _not_apart(sides, _ordered(found, len(needs))))
    watch.again()
    alone = needs.rows(np.flatnonzero(sides.family < 0)) if (sides.family >= 0).any() else needs
    cut = best_pairs(kind, alone, offers, weights=weights, kept=limits.kept, seed=seed, watch=watch)
    cut += of_families(
        kind, needs, offers, sides.family, is_once=sides.is_once, weights=weights, kept=limits.kept
    )
    watch.paired(len(needs) - len(alone))
    return replace(_ordered([list(block) for block in cut], len(needs)), is_cut=True)


def _every(sides: Sides, weights: Weights, limits: Limits, watch: Watch) -> list[Block] | None:
    """Return every permitted pair, block by block; None where they are too many to hold."""
    needs, offers = sides.needs, sides.offers
    is_small = len(needs) * len(offers) <= limits.exact_cells
    if not is_small and sides.kind.near is None:
        return None
    found, few, held = list[Block](), list[Ints](), 0
    for block, across in _near(sides):
        few.append(every_pair(sides.kind, block, across, weights))
        held += few[-1].shape[1]
        if not is_small and held > limits.held_pairs:
            return None
        if sum(one.shape[1] for one in few) > _JOINED:
            found.append(_joined(few))
            few.clear()
        watch.paired(len(block))
    return [*found, _joined(few)] if few else found


def _near(sides: Sides) -> Iterator[tuple[Columns, Columns]]:
    """Yield blocks of needs with the offers that may be near; nobody else is."""
    needs, offers = sides.needs, sides.offers
    if sides.kind.near is None:
        parts = iter([(needs, offers)])
    else:
        found = sides.kind.near(needs, offers)
        parts = ((needs.rows(rows), offers.rows(across)) for rows, across in found)
    for part, across in parts:
        yield from ((block, across) for block in blocks(part, len(across)))


def _joined(few: Sequence[Ints]) -> Block:
    """Return blocks as one, each column by itself: large pieces go back when they are freed."""
    return [np.concatenate(column) for column in zip(*few, strict=True)]


def _ordered(found: list[Block], needs: int) -> Pairs:
    """Join blocks, in each of which its needs stand in order, to pairs in order; empties them."""
    first = np.zeros(needs + 1, dtype=np.int64)
    runs = [np.flatnonzero(np.diff(block[0], prepend=-1)) for block in found]
    each = [np.diff(starts, append=len(b[0])) for b, starts in zip(found, runs, strict=True)]
    rows = [block.pop(0)[starts] for block, starts in zip(found, runs, strict=True)]
    for own, length in zip(rows, each, strict=True):
        first[own + 1] = length
    np.cumsum(first, out=first)
    moved = [first[own] - starts for own, starts in zip(rows, runs, strict=True)]
    offer, score = (_in_place(found, moved, each, int(first[-1])) for _ in range(2))
    need: Any = np.repeat(np.arange(needs, dtype=np.int32), np.diff(first))
    return Pairs(need, offer, score)


def _in_place(found: list[Block], moved: list[Ints], each: list[Ints], size: int) -> Any:
    """Take the next column out of every block and put it where its needs' pairs stand."""
    joined = np.empty(size, dtype=np.int32)
    for block, by, length in zip(found, moved, each, strict=True):
        column = block.pop(0)
        joined[np.arange(len(column)) + np.repeat(by, length)] = column
    return joined


def with_more(pairs: Pairs, more: Ints) -> tuple[Pairs, Ints]:
    """Return the pairs with these (need, offer, score) in order, and where each stood before."""
    columns = zip((pairs.need, pairs.offer, pairs.score), more, strict=True)
    need, offer, score = (np.concatenate([own, new.astype(np.int32)]) for own, new in columns)
    order = np.lexsort((offer, need))
    return replace(pairs, need=need[order], offer=offer[order], score=score[order]), order


def _kept(pairs: Pairs, leaves: Ints) -> Pairs:
    """Return the pairs without those at these places."""
    if not len(leaves):
        return pairs
    stays = np.ones(len(pairs), dtype=np.bool_)
    stays[leaves] = False
    return Pairs(pairs.need[stays], pairs.offer[stays], pairs.score[stays], pairs.is_cut)


def _not_apart(sides: Sides, pairs: Pairs) -> Pairs:
    """Leave out the pairs that are forbidden one by one."""
    across = max(1, len(sides.offers))
    listed = [apart for apart in sides.offers.apart.values() if len(apart)]
    if not listed:
        return pairs
    apart = np.concatenate(listed)
    is_named = np.zeros(len(sides.needs), dtype=np.bool_)
    is_named[apart[:, 0]] = True
    named = np.flatnonzero(is_named[pairs.need])
    keys = pairs.need[named].astype(np.int64) * across + pairs.offer[named]
    return _kept(pairs, named[np.isin(keys, apart[:, 0] * across + apart[:, 1])])


def _whole_families(sides: Sides, pairs: Pairs) -> Pairs:
    """Leave out of a family's pairs those with an offer that may not take all of it."""
    family, across = sides.family, max(1, len(sides.offers))
    kin = np.flatnonzero(family[pairs.need] >= 0)
    if not len(kin):
        return pairs
    members = family[family >= 0]
    size, once = np.bincount(members), np.bincount(members, weights=sides.is_once[family >= 0])
    number, offer = family[pairs.need[kin]], pairs.offer[kin]
    _, which, fits = np.unique(number * across + offer, return_inverse=True, return_counts=True)
    takes = (fits[which] == size[number]) & (sides.offers.places[offer] >= size[number])
    return _kept(pairs, kin[~(takes & (once[number] <= 1))])
