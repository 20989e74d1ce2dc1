"""Dual prices of a transport problem: what proves that no assignment exceeds a flow's.

Prices p, q >= 0 bound every assignment by sum(demand * p) + sum(supply * q) + sum(cap * max(0,
value - p - q)); those read off an optimal flow's residual network reach it (linear programming
duality: Ahuja, Magnanti, Orlin, Network Flows, 1993, 9.4).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from matching.columns import ranges
from matching.shapes import Bools, Ints

_FAR = np.iinfo(np.int64).max // 4
_PLAIN: Final = 30
"""Rounds over every pair, in which most end, before it is noted where a distance comes from."""
_FEW: Final = 8
"""Where less than one in so many pairs could shorten a distance, only these are looked at."""


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
    _Distances(flow, need_at, offer_at).relax()
    need_prices = np.maximum(0, np.where(need_at == _FAR, 0, -need_at))
    offer_prices = np.maximum(0, np.where(offer_at == _FAR, 0, offer_at))
    idle = flow.supply[flow.offer] == 0  # costs nothing, so it may ask what it needs to
    least = flow.value - need_prices[flow.need]
    np.maximum.at(offer_prices, flow.offer[idle], least[idle])
    return need_prices, offer_prices


class _Distances:
    """Distances of needs and offers, shortened in place until none changes (Bellman-Ford).

    An offer is looked at when its distance changed, and not before the offer that its distance
    comes from: else a long chain shortens every distance at every step (Cherkassky, Goldberg,
    Radzik, Shortest Paths Algorithms, 1996, on scanning a node's parent first).
    """

    def __init__(self, flow: Flow, need_at: Ints, offer_at: Ints) -> None:
        """Index the pairs by need; those of few offers are picked out only when it is asked for."""
        self.flow, self.need_at, self.offer_at = flow, need_at, offer_at
        self._starts = np.flatnonzero(np.diff(flow.need, prepend=-1))
        self._back = np.flatnonzero(flow.units)
        self._back_first = np.searchsorted(flow.need[self._back], np.arange(len(need_at) + 1))
        self._size = np.bincount(flow.offer, minlength=len(offer_at))
        self._by_offer: Ints | None = None
        # The number after the last offer stands for nobody.
        self._need_from = np.full(len(need_at), len(offer_at))
        self._offer_from = np.full(len(offer_at), len(offer_at))

    def relax(self) -> None:
        """Shorten every distance as far as it goes."""
        if not len(self.flow.need):
            return
        waits = np.append(self._plainly(), False)
        while len(waiting := np.flatnonzero(waits)):
            ready = waiting[~waits[self._offer_from[waiting]]]
            if int(self._size[ready].sum()) * _FEW < len(self.flow.need):
                waits[ready] = False
                needs = self._needs_of(ready)
            else:
                waits[waiting] = False
                needs = self._needs_after_all(is_noted=True)
            waits[self._offers_after(needs)] = True

    def _plainly(self) -> Bools:
        """Shorten a few times over every pair; return which offers changed in the last round."""
        need, value = self.flow.need[self._back], self.flow.value[self._back]
        offer, changed = self.flow.offer[self._back], np.zeros(len(self.offer_at), dtype=np.bool_)
        for _ in range(_PLAIN):
            self._needs_after_all()
            before = self.offer_at.copy()
            np.minimum.at(self.offer_at, offer, self.need_at[need] + value)
            changed = self.offer_at != before
            if not changed.any():
                break
        return changed

    def _needs_after_all(self, *, is_noted: bool = False) -> Ints:
        """Shorten needs by every pair that may carry more; return those that changed."""
        flow = self.flow
        reach = np.where(flow.is_full, _FAR, self.offer_at[flow.offer])
        reach = np.where(reach == _FAR, _FAR, reach - flow.value)
        rows, nearest = flow.need[self._starts], np.minimum.reduceat(reach, self._starts)
        changed = nearest < self.need_at[rows]
        rows = rows[changed]
        self.need_at[rows] = nearest[changed]
        if not is_noted:
            return rows
        ends = np.append(self._starts[1:], len(reach))
        pairs = ranges(self._starts[changed], ends[changed])
        pairs = pairs[reach[pairs] == self.need_at[flow.need[pairs]]]
        self._need_from[flow.need[pairs]] = flow.offer[pairs]
        return rows

    def _needs_of(self, offers: Ints) -> Ints:
        """Shorten needs by the pairs of these offers alone; return those that changed."""
        if self._by_offer is None:
            self._by_offer = np.argsort(self.flow.offer, kind="stable")
            self._first = np.append(0, np.cumsum(self._size))
        pairs = self._by_offer[ranges(self._first[offers], self._first[offers + 1])]
        pairs = pairs[~self.flow.is_full[pairs]]
        rows, by = self.flow.need[pairs], self.flow.offer[pairs]
        reach = self.offer_at[by] - self.flow.value[pairs]
        return _shortened(self.need_at, self._need_from, rows, reach=reach, by=by)

    def _offers_after(self, needs: Ints) -> Ints:
        """Shorten offers by what these needs were given; return those that changed."""
        pairs = self._back[ranges(self._back_first[needs], self._back_first[needs + 1])]
        rows, by = self.flow.offer[pairs], self.flow.need[pairs]
        reach = self.need_at[by] + self.flow.value[pairs]
        by = self._need_from[by]
        return _shortened(self.offer_at, self._offer_from, rows, reach=reach, by=by)


def _shortened(distance: Ints, come_from: Ints, rows: Ints, *, reach: Ints, by: Ints) -> Ints:
    """Shorten these rows in place, and note by whom; return those that changed, each once."""
    nearer = np.flatnonzero(reach < distance[rows])
    rows, reach = rows[nearer], reach[nearer]
    np.minimum.at(distance, rows, reach)
    is_nearest = reach == distance[rows]
    come_from[rows[is_nearest]] = by[nearer[is_nearest]]
    return np.unique(rows)
