"""One independent part of a run: needs and offers that some chain of permitted pairs connects."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from matching.certified import MOST_DAYS
from matching.columns import ranges
from matching.families import renumbered
from matching.pairs import Pairs, Sides
from matching.shapes import Bools, Ints

_AT_ONCE: Final = 4_000_000
"""Pairs that are looked at together, so that a run of a million children stays small."""


@dataclass(frozen=True)
class Market:
    """Needs and offers renumbered from 0; per pair its ends, value a unit and place in the run.

    `value` is the score times `scale` plus the days both sides waited: ties of the total score go
    to those who waited longest, and never outweigh one point. `need_rows` and `offer_rows` are the
    run's own numbers. Needs of one `family` (-1: none) are taken by one offer or by none; an offer
    takes one need at most that `is_once`. A pair carries one of `sums`. `is_cut`: pairs were left
    out that are worth no more than the flow's prices.
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
    is_cut: bool = False

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


def markets(
    sides: Sides, pairs: Pairs, stays: Ints, *, scale: int | None = None
) -> Iterator[Market]:
    """Return the independent parts, in the run's order; `stays` are points more for a pair.

    Each has a scale of its own where none is given. With one for all, needs of another part may
    ask for an offer: one with a place more than its own part has needs is free.
    """
    first = np.searchsorted(pairs.need, np.arange(len(sides.needs) + 1))
    need_part, offer_part = _parts(sides, pairs, first)
    needs = np.flatnonzero(np.diff(first))
    offers = np.flatnonzero(np.bincount(pairs.offer, minlength=len(sides.offers)))
    in_needs = np.split(*_by_part(needs, need_part))
    in_offers = np.split(*_by_part(offers, offer_part))
    place = np.empty(len(sides.offers), dtype=np.int64)
    for offer_rows in in_offers:
        place[offer_rows] = np.arange(len(offer_rows))
    for need_rows, offer_rows in zip(in_needs, in_offers, strict=True):
        if len(need_rows):
            origin = ranges(first[need_rows], first[need_rows + 1])
            value = pairs.score[origin].astype(np.int64) + stays[origin]
            ends = (need_rows, offer_rows)
            own = np.searchsorted(need_rows, pairs.need[origin]), place[pairs.offer[origin]]
            yield _market(sides, value, origin, own, ends=ends, scale=scale, is_cut=pairs.is_cut)


def scale_of(days: int, units_open: Ints, supply: Ints) -> int:
    """Return so large a scale that no plan's days waited, at most so many a unit, outweigh a point."""
    return days * min(int(units_open.sum()), int(supply.sum())) + 1


def _by_part(rows: Ints, part: Ints) -> tuple[Ints, Ints]:
    """Return the rows part by part, and where the second and each later one begins."""
    order = rows[np.argsort(part[rows], kind="stable")]
    return order, np.flatnonzero(np.diff(part[order])) + 1


def _parts(sides: Sides, pairs: Pairs, first: Ints) -> tuple[Ints, Ints]:
    """Give each need and offer the least need row its part holds; a family is one part.

    Two pairs a need join most; then whatever the others still join, which are far fewer.
    """
    needs, offers = len(sides.needs), len(sides.offers)
    has = np.flatnonzero(np.diff(first))
    few = np.concatenate([first[has], first[has + 1] - 1])
    members = np.flatnonzero(sides.family >= 0)
    size = needs + offers + int(sides.family.max(initial=-1)) + 1
    rows = np.concatenate([pairs.need[few], members])
    ends = np.concatenate([needs + pairs.offer[few], needs + offers + sides.family[members]])
    part = _joined(rows, ends, size)
    for start in range(0, len(pairs), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        rows, ends = part[pairs.need[some]], part[needs + pairs.offer[some]]
        apart = np.flatnonzero(rows != ends)
        if len(apart):
            part = _joined(rows[apart], ends[apart], size)[part]
    least = np.full(size, needs, dtype=np.int64)
    np.minimum.at(least, part[:needs], np.arange(needs))
    return least[part[:needs]], least[part[needs : needs + offers]]


def _joined(rows: Ints, ends: Ints, size: int) -> Ints:
    """Return each node's component."""
    graph = coo_array((np.ones(len(rows), dtype=np.int32), (rows, ends)), shape=(size, size))
    found: Ints = connected_components(graph.tocsr(), directed=False)[1]
    return found


def _market(
    sides: Sides,
    points: Ints,
    origin: Ints,
    own: tuple[Ints, Ints],
    *,
    ends: tuple[Ints, Ints],
    scale: int | None,
    is_cut: bool,
) -> Market:
    (need, offer), (need_rows, offer_rows) = own, ends
    needs, offers = sides.needs, sides.offers
    units_open, sum_each = needs.units_open[need_rows], offers.units_per_child[offer_rows]
    most = len(need_rows) + (scale is not None)
    places = np.minimum(offers.places[offer_rows], most)
    waited = np.minimum(needs.waiting_days[need_rows], MOST_DAYS)[need]
    waited = waited + np.minimum(offers.waiting_days[offer_rows], MOST_DAYS)[offer]
    scale = scale or scale_of(int(waited.max()), units_open, places * sum_each)
    return Market(
        sums=sides.kind.sums,
        units_open=units_open,
        family=renumbered(sides.family[need_rows]),
        is_once=sides.is_once[need_rows] > 0,
        places=places,
        sum_each=sum_each,
        need=need,
        offer=offer,
        value=points * scale + waited,
        scale=scale,
        origin=origin,
        need_rows=need_rows,
        offer_rows=offer_rows,
        is_cut=is_cut,
    )
