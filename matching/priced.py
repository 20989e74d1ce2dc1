"""Where each need kept only its best pairs: the prices tell which of the others could matter.

The flow over the pairs kept gives every need and offer a price. A pair left out that is worth more
than both prices could better the plan, so it is added and the flow runs again, until there is none:
then the flow's bound holds over every permitted pair (Dantzig and Wolfe 1960).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np

from matching.blocks import blocks, permitted, score_each
from matching.candidates import Sorts, sorted_parts, without_apart
from matching.certified import MOST_DAYS
from matching.columns import best_of_each
from matching.families import fitting
from matching.kind import Weights
from matching.market import markets, scale_of
from matching.pairs import Pairs, Sides, with_more
from matching.shapes import Ints
from matching.watching import Watch
from matching.whole import relaxed

_MORE: Final = 20
"""So many pairs of a need are added at once, and of a sort at least looked at."""
_APART: Final = 7919
_NOTHING: Final = np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class _Prices:
    """What a unit of each need and offer costs, in this part of a point."""

    scale: int
    needs: Ints
    offers: Ints

    def gain(self, pairs: Ints) -> Ints:
        """Return by how much each (need, offer, score) is worth more than its prices.

        Days waited decide among equal scores of the pairs kept; no other pair comes in by them.
        """
        need, offer, score = pairs
        found: Ints = score * self.scale - self.needs[need] - self.offers[offer]
        return found


def completed(
    sides: Sides, pairs: Pairs, stay: Ints, *, weights: Weights, watch: Watch
) -> tuple[Pairs, Ints]:
    """Add every pair left out that could better the plan; `stay` stands beside the pairs."""
    while True:
        watch.again()
        more = _uncovered(sides, pairs, _priced(sides, pairs, stay), weights, watch)
        if not more.shape[1]:
            return pairs, stay
        pairs, order = with_more(pairs, more)
        stay = np.append(stay, np.zeros(more.shape[1], dtype=np.int64))[order]


def _priced(sides: Sides, pairs: Pairs, stay: Ints) -> _Prices:
    """Let the flow run over the pairs kept, at one scale for all."""
    days = (int(one.waiting_days.max(initial=0)) for one in (sides.needs, sides.offers))
    supply = sides.offers.places * sides.offers.units_per_child
    scale = scale_of(sum(min(one, MOST_DAYS) for one in days), sides.needs.units_open, supply)
    needs, offers = (np.zeros(len(one), dtype=np.int64) for one in (sides.needs, sides.offers))
    for market in markets(sides, pairs, stay, scale=scale):
        outcome = relaxed(market)
        needs[market.need_rows] = outcome.need_prices
        offers[market.offer_rows] = outcome.offer_prices
    return _Prices(scale, needs, offers)


def _uncovered(sides: Sides, pairs: Pairs, prices: _Prices, weights: Weights, watch: Watch) -> Ints:
    """Return pairs left out that are worth more than their prices, the best few of each need."""
    across = max(1, len(sides.offers))
    kept = np.append(pairs.need.astype(np.int64) * across + pairs.offer, -1)
    found = [np.empty((3, 0), dtype=np.int64)]
    every = chain(_alone(sides, prices, weights, watch), _families(sides, prices, weights))
    for some in every:
        keys = some[0] * across + some[1]
        more = some[:, kept[np.searchsorted(kept[:-1], keys)] != keys]
        is_kin = sides.family[more[0]] >= 0  # a family's pairs come in together
        drawn = (more[0] * _APART + more[1] * _APART**2) % prices.scale  # not all ask for the same
        found.append(more[:, is_kin | best_of_each(more[0], prices.gain(more) + drawn, _MORE)])
    return np.concatenate(found, axis=1)


def _alone(sides: Sides, prices: _Prices, weights: Weights, watch: Watch) -> Iterator[Ints]:
    """Yield such pairs, kept or not, of needs that stay together with no other."""
    kind, most = sides.kind, _MORE + sides.needs.units_open + _forbidden(sides)
    alone = sides.needs.rows(np.flatnonzero(sides.family < 0))
    for part, sorts in sorted_parts(kind, alone, sides.offers):
        cheap = _cheapest_first(sorts, prices)
        for block in blocks(part, len(sorts.size)):
            row, sort = np.nonzero(permitted(kind, block, sorts.examples, one_by_one=False))
            score = score_each(kind, block.rows(row), sorts.examples.rows(sort), weights)
            first = np.stack([block.row[row], cheap.members[sorts.first[sort]], score])
            pays = prices.gain(first) > 0
            some = _members(first[:, pays], sort[pays], cheap, most)
            yield without_apart(some[:, prices.gain(some) > 0], sides.offers)
            watch.paired(len(block))


def _forbidden(sides: Sides) -> Ints:
    """Return how many offers are forbidden each need one by one."""
    rows = np.concatenate([apart[:, 0] for apart in sides.offers.apart.values()] or [_NOTHING])
    return np.bincount(rows, minlength=len(sides.needs))


@dataclass(frozen=True)
class _Cheap:
    """Sorts whose members stand in order of their price, and how many cost as little as the first."""

    sorts: Sorts
    members: Ints
    alike: Ints


def _cheapest_first(sorts: Sorts, prices: _Prices) -> _Cheap:
    of_sort = np.repeat(np.arange(len(sorts.size)), sorts.size)
    members = sorts.members[np.lexsort((prices.offers[sorts.members], of_sort))]
    cost = prices.offers[members]
    is_least = cost == cost[sorts.first[of_sort]]
    return _Cheap(sorts, members, np.bincount(of_sort[is_least], minlength=len(sorts.size)))


def _members(first: Ints, sort: Ints, cheap: _Cheap, most: Ints) -> Ints:
    """Return for each need and sort (`first`: with its cheapest) the pairs with its cheapest members.

    `most` are looked at: a pair that is kept and yet pays carries all it may, so a need has no more
    of these than units; some more are forbidden it one by one. Of those that cost the same each need
    begins elsewhere, so that not all ask for the same.
    """
    take = np.minimum(cheap.sorts.size[sort], most[first[0]])
    which = np.repeat(np.arange(len(sort)), take)
    nth = np.arange(len(which)) - np.repeat(np.cumsum(take) - take, take)
    need, alike = first[0, which], cheap.alike[sort[which]]
    nth = np.where(nth < alike, (nth + need * _APART) % alike, nth)
    return np.stack([need, cheap.members[cheap.sorts.first[sort[which]] + nth], first[2, which]])


def _families(sides: Sides, prices: _Prices, weights: Weights) -> Iterator[Ints]:
    """Yield the pairs of each family with the best offers that one of it pays for."""
    of_them = sides.needs, sides.offers, sides.family
    every = fitting(sides.kind, *of_them, is_once=sides.is_once, weights=weights)
    for members, able, points in every:
        rows = np.repeat(members, len(able))
        found = np.stack([rows, np.tile(able, len(members)), points.ravel()])
        pays = (prices.gain(found).reshape(points.shape) > 0).any(axis=0)
        yield found[:, np.tile(pays, len(members))]
