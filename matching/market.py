"""One independent part of a run: needs and offers that some chain of permitted pairs connects."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from matching.certified import MOST_DAYS
from matching.columns import Bools, Ints
from matching.families import renumbered
from matching.pairs import Pairs, Sides


@dataclass(frozen=True)
class Market:
    """Needs and offers renumbered from 0; per pair its ends, value a unit and place in the run.

    `value` is the score times `scale` plus the days both sides waited: ties of the total score go
    to those who waited longest, and never outweigh one point. `need_rows` and `offer_rows` are the
    run's own numbers. Needs of one `family` (-1: none) are taken by one offer or by none; an offer
    takes one need at most that `is_once`. A pair carries one of `sums`.
    """

    sums: tuple[int, ...]
    units_open: Ints
    family: Ints
    is_once: Bools
    places: Ints
    sum_each: Ints
    need: Ints
    offer: Ints
    value: Ints
    scale: int
    origin: Ints
    need_rows: Ints
    offer_rows: Ints

    @property
    def is_by_place(self) -> bool:
        """Tell whether every pair carries one unit: then a flow is a whole plan as it stands."""
        return self.sums == (1,)

    def listed_floor(self, units: Ints) -> Ints:
        """Return, entry by entry, the largest of the sums within `units`, 0 when there is none."""
        if len(self.sums) == 1:
            return np.where(units >= self.sums[0], self.sums[0], 0)
        listed = np.array((0, *self.sums), dtype=np.int64)
        return listed[np.searchsorted(listed, units, side="right") - 1]

    def value_of(self, units: Ints) -> int:
        """Return the objective of these units on the pairs."""
        return int(np.dot(self.value, units))


def markets(sides: Sides, pairs: Pairs, stays: Ints) -> Iterator[Market]:
    """Return the independent parts, in the run's order; `stays` are points more for a pair."""
    labels = _labels(sides, pairs)
    order = np.argsort(labels, kind="stable")
    cuts = np.flatnonzero(np.diff(labels[order])) + 1
    for origin in np.split(order, cuts):
        if len(origin):
            yield _market(sides, pairs, origin, stays)


def _labels(sides: Sides, pairs: Pairs) -> Ints:
    """Give each pair the least need row its part holds; a family is one part."""
    needs, offers = len(sides.needs), len(sides.offers)
    size = needs + offers + int(sides.family.max(initial=-1)) + 1
    members = np.flatnonzero(sides.family >= 0)
    ends = np.concatenate([needs + pairs.offer, needs + offers + sides.family[members]])
    rows = np.concatenate([pairs.need, members])
    graph = coo_array((np.ones(len(rows), dtype=np.int8), (rows, ends)), shape=(size, size))
    part = connected_components(graph.tocsr(), directed=False)[1]
    least = np.full(size, needs, dtype=np.int64)
    np.minimum.at(least, part[:needs], np.arange(needs))
    labels: Ints = least[part[pairs.need]]
    return labels


def _market(sides: Sides, pairs: Pairs, origin: Ints, stays: Ints) -> Market:
    needs, offers = sides.needs, sides.offers
    need_rows, need = np.unique(pairs.need[origin], return_inverse=True)
    offer_rows, offer = np.unique(pairs.offer[origin], return_inverse=True)
    units_open = needs.units_open[need_rows]
    sum_each = offers.units_per_child[offer_rows]
    places = np.minimum(offers.places[offer_rows], len(need_rows))
    waited = np.minimum(needs.waiting_days[need_rows], MOST_DAYS)[need]
    waited = waited + np.minimum(offers.waiting_days[offer_rows], MOST_DAYS)[offer]
    most_units = min(int(units_open.sum()), int((places * sum_each).sum()))
    scale = int(waited.max()) * most_units + 1
    return Market(
        sums=sides.kind.sums,
        units_open=units_open,
        family=renumbered(sides.family[need_rows]),
        is_once=sides.is_once[need_rows] > 0,
        places=places,
        sum_each=sum_each,
        need=need,
        offer=offer,
        value=(pairs.score[origin] + stays[origin]) * scale + waited,
        scale=scale,
        origin=origin,
        need_rows=need_rows,
        offer_rows=offer_rows,
    )
