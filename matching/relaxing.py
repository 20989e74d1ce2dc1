"""What no assignment with groups exceeds: its linear programme, a column per pair and per group.

A column is a single pair of a need outside every group, or a group with an offer that can serve
all of it. The programme is solved over few columns; its prices are rounded to whole numbers and
mended, so that the bound holds exactly, over every column, whatever the programme left undone.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from matching.columns import best_of_each
from matching.instance import MOST_TOTAL, Instance
from matching.shapes import Ints

_FINEST: Final = 1 << 10
"""Prices, costs and bound are in this part of a point, or in coarser ones where scores are huge."""
_MOST: Final = 2**60
NEVER: Final = 2**61
"""What a pair costs that no plan may take: its offer cannot serve the whole group."""
_FIRST: Final = 12
_ROUNDS: Final = 12
_SAME: Final = 1e-6


@dataclass(frozen=True)
class Relaxed:
    """Per pair what a plan that takes it lacks at least to the bound; both times `scale`."""

    cost: Ints
    bound: int
    scale: int
    needs: int


@dataclass(frozen=True)
class _Columns:
    """Per column its taker (a need, or after all needs a group), offer, worth a unit, and use.

    A column carries up to `most` units of `taker`, each of which takes `use` of the offer.
    """

    taker: Ints
    offer: Ints
    worth: Ints
    use: Ints
    demand: Ints
    of_pair: Ints


def relaxation(instance: Instance) -> Relaxed:
    """Return an exact bound, and what each pair costs beside it."""
    columns = _columns(instance)
    scale = _scale(instance, columns)
    if not scale:
        return Relaxed(np.zeros(len(columns.of_pair), dtype=np.int64), MOST_TOTAL, 1, 1)
    q = np.ceil(_offer_prices(columns, instance.capacity) * scale - _SAME).astype(np.int64)
    worth = columns.worth * scale - q[columns.offer] * columns.use
    p = np.zeros(len(columns.demand), dtype=np.int64)
    np.maximum.at(p, columns.taker, worth)
    bound = int(np.dot(p, columns.demand) + np.dot(q, instance.capacity))
    cost = np.full(len(columns.of_pair), NEVER)
    may = columns.of_pair >= 0
    cost[may] = (p[columns.taker] - worth)[columns.of_pair[may]]
    return Relaxed(cost, bound, scale, len(np.unique(instance.need)))


def _scale(instance: Instance, columns: _Columns) -> int:
    """Return the finest scale at which no sum of prices leaves 64 bits, 0 where each would."""
    units = int(instance.units.sum()) + int(instance.capacity.sum()) + 1
    highest = int(np.abs(columns.worth).max(initial=1))
    return min(_FINEST, _MOST // (units * highest))


def _columns(instance: Instance) -> _Columns:
    needs, group = len(instance.needs), np.full(len(instance.needs), -1, dtype=np.int64)
    for name, members in enumerate(instance.groups):
        group[list(members)] = name
    alone = np.flatnonzero(group[instance.need] < 0)
    kin = np.flatnonzero(group[instance.need] >= 0)
    units = instance.units[instance.need[kin]]
    number = group[instance.need[kin]]
    keys = number * len(instance.offers) + instance.offer[kin]
    keys, which = np.unique(keys, return_inverse=True)
    couple, offer = np.divmod(keys, len(instance.offers))
    worth, use, least = np.zeros((3, len(keys)), dtype=np.int64)
    np.add.at(worth, which, instance.score[kin] * units)
    np.add.at(use, which, units)
    np.add.at(least, which, units > 0)
    size = np.bincount(group[group >= 0], minlength=len(instance.groups))
    may = (least == size[couple]) & (use <= instance.capacity[offer])
    place = np.where(may, len(alone) + np.cumsum(may) - 1, -1)
    of_pair = np.empty(len(instance.need), dtype=np.int64)
    of_pair[alone], of_pair[kin] = np.arange(len(alone)), place[which]
    ones = np.ones(len(alone), dtype=np.int64)
    return _Columns(
        taker=np.concatenate([instance.need[alone], needs + couple[may]]),
        offer=np.concatenate([instance.offer[alone], offer[may]]),
        worth=np.concatenate([instance.score[alone], worth[may]]),
        use=np.concatenate([ones, use[may]]),
        demand=np.concatenate([np.where(group < 0, instance.units, 0), np.ones_like(size)]),
        of_pair=of_pair,
    )


def _offer_prices(columns: _Columns, capacity: Ints) -> np.ndarray:
    """Return the offers' prices of the programme, to which columns are added as they pay."""
    q, chosen = np.zeros(len(capacity)), np.zeros(len(columns.worth), dtype=np.bool_)
    chosen[best_of_each(columns.taker, columns.worth, _FIRST)] = True
    chosen[best_of_each(columns.offer, columns.worth // columns.use, _FIRST)] = True
    for _ in range(_ROUNDS):
        p, q = _solved(columns, capacity, np.flatnonzero(chosen))
        gain = columns.worth - p[columns.taker] - q[columns.offer] * columns.use
        more = np.flatnonzero((gain > _SAME * np.maximum(1, np.abs(columns.worth))) & ~chosen)
        if not len(more):
            break
        chosen[more[best_of_each(columns.taker[more], gain[more], _FIRST)]] = True
    return q


def _solved(columns: _Columns, capacity: Ints, chosen: Ints) -> tuple[np.ndarray, np.ndarray]:
    takers, size = len(columns.demand), len(chosen)
    rows = np.concatenate([columns.taker[chosen], takers + columns.offer[chosen]])
    each = np.concatenate([np.ones(size), columns.use[chosen]])
    places = np.concatenate([np.arange(size), np.arange(size)])
    matrix = csr_array((each, (rows, places)), shape=(takers + len(capacity), size))
    limits = np.concatenate([columns.demand, capacity])
    if not size:
        return np.zeros(takers), np.zeros(len(capacity))
    solved = linprog(-columns.worth[chosen], A_ub=matrix, b_ub=limits, method="highs")
    if solved.status:
        return np.zeros(takers), np.zeros(len(capacity))
    prices = np.maximum(0, -solved.ineqlin.marginals)
    return prices[:takers], prices[takers:]
