"""Each need's best offers where there are too many to hold every pair.

Where a kind knows what is near, place by place. Else sort by sort: offers that differ in nothing
but their code and the days they waited are of one sort, of which rules and scores are asked once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from matching.blocks import blocks, permitted, score_each, scores
from matching.columns import Columns
from matching.kind import Kind, Weights
from matching.shapes import Bools, Ints
from matching.watching import Watch

_DRAW_BITS = 20
_OWN = ("row", "waiting_days")
"""What two offers of one sort may differ in."""


@dataclass(frozen=True)
class Sorts:
    """One offer of each sort; `members` lists all offers sort by sort, `first` where each begins."""

    examples: Columns
    members: Ints
    first: Ints
    size: Ints


def best_pairs(
    kind: Kind,
    needs: Columns,
    offers: Columns,
    *,
    weights: Weights,
    kept: int,
    seed: int,
    watch: Watch | None = None,
) -> list[Ints]:
    """Return for each need its `kept` best permitted offers, as blocks of (need, offer, score).

    Where more offers score alike than are kept, `seed` draws among them, need by need. A pair that
    is forbidden by itself falls out afterwards, so that its need keeps one offer less.
    """
    draws = np.random.default_rng(seed)
    found = list[Ints]()
    for part, sorts in sorted_parts(kind, needs, offers):
        for block in blocks(part, len(sorts.size)):
            best = _of_block(kind, block, sorts, weights=weights, kept=kept, draws=draws)
            narrow: Any = best.astype(np.int32)  # half the memory where a million keep theirs
            found.append(narrow)
            if watch:
                watch.paired(len(block))
    return [without_apart(block, offers) for block in found]


def sorted_parts(kind: Kind, needs: Columns, offers: Columns) -> Iterator[tuple[Columns, Sorts]]:
    """Yield parts of the needs with the offers that may be permitted, sort by sort."""
    if kind.near is None:
        yield needs, _sorts(offers)
        return
    for need_rows, offer_rows in kind.near(needs, offers):
        yield needs.rows(need_rows), _each(offers.rows(offer_rows))


def _sorts(offers: Columns) -> Sorts:
    names = [name for name in offers.arrays if name not in _OWN]
    facts = np.stack([getattr(offers, name) for name in names], axis=1)
    _, first, of_sort = np.unique(facts, axis=0, return_index=True, return_inverse=True)
    size = np.bincount(of_sort, minlength=len(first))
    return Sorts(
        examples=offers.rows(first),
        members=offers.row[np.argsort(of_sort, kind="stable")],
        first=np.concatenate([[0], np.cumsum(size)[:-1]]).astype(np.int64),
        size=size,
    )


def _each(offers: Columns) -> Sorts:
    """Return every offer as a sort of its own."""
    places = np.arange(len(offers), dtype=np.int64)
    return Sorts(offers, offers.row, places, np.ones(len(offers), dtype=np.int64))


def _of_block(
    kind: Kind,
    block: Columns,
    sorts: Sorts,
    *,
    weights: Weights,
    kept: int,
    draws: np.random.Generator,
) -> Ints:
    allowed = permitted(kind, block, sorts.examples, one_by_one=False)
    if int((allowed @ sorts.size).max(initial=0)) <= kept:
        return _all(kind, block, sorts, allowed, weights)
    points = scores(kind, block, sorts.examples, weights)
    keys = (points << _DRAW_BITS) + draws.integers(1 << _DRAW_BITS, size=points.shape)
    keys[~allowed] = -1
    order = _first(keys, kept)
    ranked = np.take_along_axis(keys, order, axis=1)
    size = np.where(ranked < 0, 0, sorts.size[order])
    before = np.cumsum(size, axis=1) - size
    take = np.clip(kept - before, 0, size)
    row, place = np.nonzero(take)
    chosen = np.stack([row, order[row, place], take[row, place]])
    which, member = _members(sorts, chosen[1:], draws)
    row, sort, _ = chosen[:, which]
    found = np.stack([block.row[row], member, points[row, sort]])
    return found[:, np.lexsort((found[1], found[0]))]


def _all(kind: Kind, block: Columns, sorts: Sorts, allowed: Bools, weights: Weights) -> Ints:
    """Return every permitted pair of a block; only these are asked what they are worth."""
    row, sort = np.nonzero(allowed)
    size = sorts.size[sort]
    points = score_each(kind, block.rows(row), sorts.examples.rows(sort), weights)
    which = np.repeat(np.arange(len(row)), size)
    nth = np.arange(len(which)) - np.repeat(np.cumsum(size) - size, size)
    member = sorts.members[sorts.first[sort[which]] + nth]
    found = np.stack([block.row[row[which]], member, points[which]])
    return found[:, np.lexsort((found[1], found[0]))] if len(which) > len(row) else found


def _first(keys: Ints, kept: int) -> Ints:
    """Return in each row the places of its largest keys, the largest first; enough to fill it."""
    if keys.shape[1] <= 2 * kept:
        return np.argsort(-keys, axis=1, kind="stable")
    best = np.argpartition(-keys, kept, axis=1)[:, :kept]
    best.sort(axis=1)
    order = np.argsort(-np.take_along_axis(keys, best, axis=1), axis=1, kind="stable")
    return np.take_along_axis(best, order, axis=1)


def _members(sorts: Sorts, chosen: Ints, draws: np.random.Generator) -> tuple[Ints, Ints]:
    """Take so many members of each chosen sort, from a place drawn for it; say for which choice."""
    sort, take = chosen
    size = sorts.size[sort]
    start = draws.integers(1 << _DRAW_BITS, size=len(sort)) % size
    which = np.repeat(np.arange(len(sort)), take)
    nth = np.arange(len(which)) - np.repeat(np.cumsum(take) - take, take)
    place = (start[which] + nth) % size[which]
    return which, sorts.members[sorts.first[sort[which]] + place]


def without_apart(pairs: Ints, offers: Columns) -> Ints:
    """Leave out the pairs that are forbidden one by one."""
    most = max(
        int(pairs[1].max(initial=0)), *(int(a.max(initial=0)) for a in offers.apart.values()), 0
    )
    for apart in offers.apart.values():
        if len(apart):
            keys = apart[:, 0] * (most + 1) + apart[:, 1]
            pairs = pairs[:, ~np.isin(pairs[0] * (most + 1) + pairs[1], keys)]
    return pairs
