"""Dual prices of a transport problem: what proves that no assignment exceeds a flow's.

Prices p, q >= 0 bound every assignment by sum(demand * p) + sum(supply * q) + sum(cap * max(0,
value - p - q)); those read off an optimal flow's residual network reach it (linear programming
duality: Ahuja, Magnanti, Orlin, Network Flows, 1993, 9.4).
"""

from dataclasses import dataclass

import numpy as np

from matching.columns import Bools, Ints

_FAR = np.iinfo(np.int64).max // 4


@dataclass(frozen=True)
class Flow:
    """An optimal flow: its pairs in order of need, the units on each, which may carry no more."""

    supply: Ints
    demand: Ints
    offer: Ints
    need: Ints
    value: Ints
    units: Ints
    is_full: Bools


def prices(flow: Flow) -> tuple[Ints, Ints]:
    """Return the needs' and the offers' prices: distances in the residual network."""
    given = np.zeros(len(flow.supply), dtype=np.int64)
    np.add.at(given, flow.offer, flow.units)
    got = np.zeros(len(flow.demand), dtype=np.int64)
    np.add.at(got, flow.need, flow.units)
    offer_at = np.where(given < flow.supply, 0, _FAR)
    need_at = np.where(got > 0, 0, _FAR)
    _relax(flow, need_at, offer_at)
    need_prices = np.maximum(0, np.where(need_at == _FAR, 0, -need_at))
    offer_prices = np.maximum(0, np.where(offer_at == _FAR, 0, offer_at))
    idle = flow.supply[flow.offer] == 0  # costs nothing, so it may ask what it needs to
    least = flow.value - need_prices[flow.need]
    np.maximum.at(offer_prices, flow.offer[idle], least[idle])
    return need_prices, offer_prices


def _relax(flow: Flow, need_at: Ints, offer_at: Ints) -> None:
    """Shorten distances until none changes (Bellman-Ford over whole columns), in place."""
    if not len(flow.need):
        return
    starts = np.flatnonzero(np.diff(flow.need, prepend=-1))
    used = np.flatnonzero(flow.units)
    while True:
        reach = np.where(flow.is_full, _FAR, offer_at[flow.offer])
        nearest = np.minimum.reduceat(np.where(reach == _FAR, _FAR, reach - flow.value), starts)
        rows = flow.need[starts]
        need_at[rows] = np.minimum(need_at[rows], nearest)
        before = offer_at.copy()
        back = need_at[flow.need[used]] + flow.value[used]
        np.minimum.at(offer_at, flow.offer[used], back)
        if np.array_equal(before, offer_at):
            return
