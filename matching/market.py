"""One independent part of a run: needs and offers that some chain of permitted pairs connects."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matching.columns import Ints, NeedColumns, OfferColumns
from matching.pairs import Pairs

_MOST_DAYS = 1_000


@dataclass(frozen=True)
class Market:
    """Needs and offers renumbered from 0; per pair its ends, value a unit and place in the run.

    `value` is the score times `scale` plus the days both sides waited: ties of the total score go
    to those who waited longest, and never outweigh one point.
    """

    units_open: Ints
    places: Ints
    sum_each: Ints
    need: Ints
    offer: Ints
    value: Ints
    scale: int
    origin: Ints

    def value_of(self, units: Ints) -> int:
        """Return the objective of these units on the pairs."""
        return int(np.dot(self.value, units))


def markets(needs: NeedColumns, offers: OfferColumns, pairs: Pairs) -> Iterator[Market]:
    """Return the independent parts, in the run's order."""
    labels = _labels(pairs, needs=len(needs.row), offers=len(offers.row))
    order = np.argsort(labels, kind="stable")
    cuts = np.flatnonzero(np.diff(labels[order])) + 1
    for origin in np.split(order, cuts):
        if len(origin):
            yield _market(needs, offers, pairs, origin)


def _labels(pairs: Pairs, *, needs: int, offers: int) -> Ints:
    """Give each pair the least need row its part holds, by spreading the least until all agree."""
    of_need = np.arange(needs, dtype=np.int64)
    while True:
        of_offer = np.full(offers, needs, dtype=np.int64)
        np.minimum.at(of_offer, pairs.offer, of_need[pairs.need])
        spread = of_need.copy()
        np.minimum.at(spread, pairs.need, of_offer[pairs.offer])
        spread = spread[spread]
        if np.array_equal(spread, of_need):
            return of_need[pairs.need]
        of_need = spread


def _market(needs: NeedColumns, offers: OfferColumns, pairs: Pairs, origin: Ints) -> Market:
    need_rows, need = np.unique(pairs.need[origin], return_inverse=True)
    offer_rows, offer = np.unique(pairs.offer[origin], return_inverse=True)
    units_open = needs.units_open[need_rows]
    sum_each = offers.units_per_child[offer_rows]
    places = np.minimum(offers.places[offer_rows], len(need_rows))
    waited = np.minimum(needs.waiting_days[need_rows], _MOST_DAYS)[need]
    waited = waited + np.minimum(offers.waiting_days[offer_rows], _MOST_DAYS)[offer]
    most_units = min(int(units_open.sum()), int((places * sum_each).sum()))
    scale = int(waited.max()) * most_units + 1
    return Market(
        units_open=units_open,
        places=places,
        sum_each=sum_each,
        need=need,
        offer=offer,
        value=pairs.score[origin] * scale + waited,
        scale=scale,
        origin=origin,
    )
