"""Rules beside the flow's own: families stay together, and some needs an offer takes once.

Only where every pair carries one unit. What a flow broke is mended by settling the needs concerned
one by one and flowing again over the rest; a search then proves or betters it (matching/whole.py).
"""

import numpy as np

from matching.families import members_of
from matching.flow import Transport, best_transport
from matching.market import Market
from matching.shapes import Ints


def holds(market: Market, units: Ints) -> bool:
    """Tell whether these units keep the rules beside the flow's own."""
    return not len(_parted(market, units)) and not len(_crowded(market, units))


def mended(market: Market, flow: Ints) -> Ints:
    """Return a plan near the flow that keeps every rule."""
    rest, units = Rest(market), flow
    while True:
        parted, crowded = _parted(market, units), _crowded(market, units)
        if not len(parted) and not len(crowded):
            return units
        for number in parted:
            rest.settle(rest.members[number])
        for offer in crowded:
            rest.keep_one(int(offer), units)
        units = rest.taken + _flow(rest)


class Rest:
    """What is settled so far, and which pairs may still be made beside it."""

    def __init__(self, market: Market) -> None:
        """Index the pairs by need, in which order they stand, and by offer."""
        self.market = market
        self.members = members_of(market.family)
        self.places = market.places.copy()
        self.units_open = market.units_open.copy()
        self.taken = np.zeros(len(market.need), dtype=np.int64)
        self.is_open = np.ones(len(market.need), dtype=np.bool_)
        self._of_need = np.searchsorted(market.need, np.arange(len(market.units_open) + 1))
        self._by_offer = np.argsort(market.offer, kind="stable")
        ordered = market.offer[self._by_offer]
        self._of_offer = np.searchsorted(ordered, np.arange(len(market.places) + 1))
        self._is_once = market.is_once.copy()
        for members in self.members:
            self._is_once[members] |= market.is_once[members].any()

    def of_need(self, need: int) -> Ints:
        """Return the pairs of a need."""
        return np.arange(self._of_need[need], self._of_need[need + 1])

    def of_offer(self, offer: int) -> Ints:
        """Return the pairs of an offer."""
        return self._by_offer[self._of_offer[offer] : self._of_offer[offer + 1]]

    def settle(self, members: Ints) -> None:
        """Give the family to the offer worth most that may still take it all, or to none."""
        pairs = np.concatenate([self.of_need(int(need)) for need in members])
        pairs = pairs[self.is_open[pairs]]
        offers, of_pair = np.unique(self.market.offer[pairs], return_inverse=True)
        worth = np.bincount(of_pair, weights=self.market.value[pairs])
        fits = (np.bincount(of_pair) == len(members)) & (self.places[offers] >= len(members))
        for need in members:
            self.is_open[self.of_need(int(need))] = False
        if fits.any():
            best = offers[np.argmax(np.where(fits, worth, -1))]
            self.take(pairs[self.market.offer[pairs] == best])

    def keep_one(self, offer: int, units: Ints) -> None:
        """Of several needs that an offer takes once, keep the one worth most."""
        pairs = self.of_offer(offer)
        rivals = pairs[(units[pairs] > 0) & self.market.is_once[self.market.need[pairs]]]
        rivals = rivals[self.is_open[rivals]]
        if not len(rivals) or self.places[offer] < 1:
            return
        best = rivals[np.argmax(self.market.value[rivals])]
        family = int(self.market.family[self.market.need[best]])
        if family >= 0:
            self.settle(self.members[family])
        else:
            self.take(best[None])

    def take(self, pairs: Ints) -> None:
        """Make these pairs of one offer, and leave out what may not be beside them."""
        market, offer = self.market, int(self.market.offer[pairs[0]])
        self.taken[pairs] = 1
        self.is_open[pairs] = False
        self.places[offer] -= len(pairs)
        self.units_open[market.need[pairs]] -= 1
        for need in market.need[pairs]:
            if self.units_open[need] == 0:
                self.is_open[self.of_need(int(need))] = False
        if market.is_once[market.need[pairs]].any():
            others = self.of_offer(offer)
            self.is_open[others[self._is_once[market.need[others]]]] = False


def _parted(market: Market, units: Ints) -> Ints:
    """Return the families of which one offer takes some and another or none the rest."""
    made = np.flatnonzero((units > 0) & (market.family[market.need] >= 0))
    family, offer = market.family[market.need[made]], market.offer[made]
    size = np.bincount(market.family[market.family >= 0], minlength=1)
    got = np.bincount(family, minlength=len(size))
    first = np.full(len(size), -1, dtype=np.int64)
    first[family] = offer
    wrong = np.zeros(len(size), dtype=np.bool_)
    wrong[family] = got[family] < size[family]
    wrong[family[offer != first[family]]] = True
    return np.flatnonzero(wrong)


def _crowded(market: Market, units: Ints) -> Ints:
    """Return the offers that take more than one of those they may take once."""
    made = np.flatnonzero((units > 0) & market.is_once[market.need])
    return np.flatnonzero(np.bincount(market.offer[made], minlength=len(market.places)) > 1)


def _flow(rest: Rest) -> Ints:
    market, pairs = rest.market, np.flatnonzero(rest.is_open)
    units = np.zeros(len(market.need), dtype=np.int64)
    problem = Transport(
        supply=rest.places,
        demand=rest.units_open,
        offer=market.offer[pairs],
        need=market.need[pairs],
        cap=np.ones(len(pairs), dtype=np.int64),
        value=market.value[pairs],
    )
    units[pairs] = best_transport(problem)
    return units
