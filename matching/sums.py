"""What no plan of whole sums exceeds: its linear programme, a column per pair and listed sum.

A place is a column's whole place, however small the sum: that is nearer to the truth than a flow,
which may split a sum between needs. The programme is solved over few columns, to which others are
added as they pay; its prices are rounded to whole numbers and mended, so that the bound holds
exactly, over every column, whatever the programme left undone.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from matching.columns import best_of_each
from matching.market import Market
from matching.shapes import Bools, Ints

_FIRST: Final = 12
_ROUNDS: Final = 12
_SAME: Final = 1e-6


@dataclass(frozen=True)
class Options:
    """Every pair with each listed sum that it may carry, and what a plan that takes it lacks.

    A plan with an option of a `cost` is worth at most `bound` less that cost.
    """

    pair: Ints
    listed: Ints
    cost: Ints
    bound: int


def options(market: Market) -> Options:
    """Return them with an exact bound, both in the market's own scale."""
    pair, listed = _every(market)
    need, offer = market.need[pair], market.offer[pair]
    is_cut = listed < market.sum_each[offer]
    worth = market.value[pair] * listed
    columns = _Columns(need, offer, listed, is_cut, worth / market.scale)
    limits = (market.units_open, market.places, np.ones_like(market.units_open))
    prices = (_whole(one, market.scale) for one in _prices(columns, limits))
    p, q, r = prices
    cost = p[need] * listed + q[offer] + r[need] * is_cut - worth
    bound = sum(int(np.dot(*one)) for one in zip((p, q, r), limits, strict=True))
    return Options(pair, listed, np.maximum(0, cost), bound - int(cost[cost < 0].sum()))


def _every(market: Market) -> tuple[Ints, Ints]:
    most = np.minimum(market.sum_each[market.offer], market.units_open[market.need])
    fits = most[:, None] >= np.array(market.sums, dtype=np.int64)
    pair, which = np.nonzero(fits)
    return pair, np.array(market.sums, dtype=np.int64)[which]


def _whole(prices: Any, scale: int) -> Ints:
    """Return prices in the market's scale, none below nothing."""
    found: Ints = np.maximum(0, np.round(prices * scale)).astype(np.int64)
    return found


@dataclass(frozen=True)
class _Columns:
    """Per column its ends, units, whether it cuts its offer's sum, and its worth in points."""

    need: Ints
    offer: Ints
    listed: Ints
    is_cut: Bools
    worth: Any

    def only(self, chosen: Ints) -> "_Columns":
        """Return these columns alone."""
        ends = self.need[chosen], self.offer[chosen]
        return _Columns(*ends, self.listed[chosen], self.is_cut[chosen], self.worth[chosen])


def _prices(columns: _Columns, limits: tuple[Ints, ...]) -> tuple[Any, ...]:
    """Return the programme's prices of a unit of each need, of each place, of a need's one cut."""
    chosen = best_of_each(columns.need, columns.worth, _FIRST)
    chosen |= best_of_each(columns.offer, columns.worth, _FIRST)
    p, q, r = (np.zeros(len(one)) for one in limits)
    for _ in range(_ROUNDS):
        p, q, r = _solved(columns.only(np.flatnonzero(chosen)), limits)
        cost = p[columns.need] * columns.listed + q[columns.offer]
        gain = columns.worth - cost - r[columns.need] * columns.is_cut
        more = np.flatnonzero((gain > _SAME) & ~chosen)
        if not len(more):
            break
        chosen[more[best_of_each(columns.need[more], gain[more], _FIRST)]] = True
    return p, q, r


def _solved(columns: _Columns, limits: tuple[Ints, ...]) -> tuple[Any, ...]:
    first = np.cumsum([0, *map(len, limits)])
    each, cuts = np.arange(len(columns.need)), np.flatnonzero(columns.is_cut)
    rows = (columns.need, first[1] + columns.offer, first[2] + columns.need[cuts])
    use = (columns.listed, np.ones(len(each)), np.ones(len(cuts)))
    places = np.concatenate([each, each, cuts])
    matrix = csr_array(
        (np.concatenate(use), (np.concatenate(rows), places)), shape=(first[3], len(each))
    )
    solved = linprog(
        -columns.worth, A_ub=matrix, b_ub=np.concatenate(limits), bounds=(0, 1), method="highs"
    )
    if solved.status:
        return tuple(np.zeros(len(one)) for one in limits)
    return tuple(np.split(np.maximum(0, -solved.ineqlin.marginals), first[1:3]))
