"""The best total assignment of an instance, with what proves it.

Choose whole x >= 0 on the pairs to make the sum of score * x largest, such that a need gets at most
its units and an offer gives at most its capacity. Prices p, q >= 0 with p_need + q_offer >= score
on every pair bound every assignment by sum(units * p) + sum(capacity * q); the flow's own prices
reach it (matching/prices.py). Needs together are no flow: where the flow parts them, CP-SAT solves
that component and its bound is the proof.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from matching.columns import ranges
from matching.component import Component
from matching.flow import Transport, best_transport
from matching.instance import Instance
from matching.prices import Flow, prices
from matching.shapes import Ints

Groups = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Solution:
    """Units on each pair; prices per need and offer; the parts that stand on CP-SAT instead."""

    units: Ints
    total: int
    need_prices: Ints
    offer_prices: Ints
    parts: tuple[Component, ...]

    @property
    def is_optimal(self) -> bool:
        """Tell whether the proof is whole: CP-SAT may have stopped at its limit."""
        return all(part.value == part.bound for part in self.parts)


def solve(instance: Instance) -> Solution:
    """Return the best total assignment; the same for any order of the file's rows."""
    units = _flow(instance)
    need_prices, offer_prices = _prices(instance, units)
    parts = []
    for pairs, groups in _parted(instance, units):
        part = _searched(_within(instance, pairs, groups))
        units[pairs] = part.units
        parts.append(replace(part, pairs=pairs))
    total = int(np.dot(units, instance.score))
    return Solution(units, total, need_prices, offer_prices, tuple(parts))


def _searched(instance: Instance) -> Component:
    from matching.together import best_together  # noqa: PLC0415 loading CP-SAT takes half a second, and the flow mostly suffices

    return best_together(instance)


def _flow(instance: Instance) -> Ints:
    worth = np.flatnonzero(instance.score > 0)
    need, offer = instance.need[worth], instance.offer[worth]
    cap = np.minimum(instance.units[need], instance.capacity[offer])
    problem = Transport(
        supply=_within_reach(instance.capacity, offer, cap),
        demand=_within_reach(instance.units, need, cap),
        offer=offer,
        need=need,
        cap=cap,
        value=instance.score[worth],
    )
    units = np.zeros(len(instance.need), dtype=np.int64)
    units[worth] = best_transport(problem)
    return units


def _within_reach(counts: Ints, rows: Ints, cap: Ints) -> Ints:
    """Return no more than each row's pairs could carry: a huge capacity stands for no limit."""
    most = np.zeros(len(counts), dtype=np.int64)
    np.add.at(most, rows, cap)
    return np.minimum(counts, most)


def _prices(instance: Instance, units: Ints) -> tuple[Ints, Ints]:
    """Return an optimal flow's prices; a pair has no bound of its own but those of its ends."""
    is_full = np.zeros(len(units), dtype=np.bool_)
    return prices(
        Flow(
            supply=instance.capacity,
            demand=instance.units,
            offer=instance.offer,
            need=instance.need,
            value=instance.score,
            units=units,
            is_full=is_full,
        )
    )


def _parted(instance: Instance, units: Ints) -> Iterator[tuple[Ints, Groups]]:
    """Yield pairs and groups of each component where the flow served apart what stays together."""
    if not instance.groups:
        return
    label = _labels(instance)
    groups = defaultdict(list)
    for group in instance.groups:
        groups[int(label[group[0]])].append(group)
    first = np.searchsorted(instance.need, np.arange(len(instance.needs) + 1))
    of_pair = label[instance.need]
    order = np.argsort(of_pair, kind="stable")
    of_pair = of_pair[order]
    for one, some in sorted(groups.items()):
        if not all(_together(instance, units, group, first) for group in some):
            begin, end = np.searchsorted(of_pair, (one, one + 1))
            yield order[begin:end], tuple(some)


def _labels(instance: Instance) -> Ints:
    """Return one number per need: its component, joined by pairs and by groups."""
    needs = len(instance.needs)
    couples = [(a, b) for group in instance.groups for a, b in pairwise(group)]
    first, second = np.array(couples, dtype=np.int64).T
    rows = np.concatenate([instance.need, first])
    columns = np.concatenate([needs + instance.offer, second])
    size = needs + len(instance.offers)
    graph = coo_array((np.ones(len(rows), dtype=np.int8), (rows, columns)), shape=(size, size))
    return np.asarray(connected_components(graph, directed=False)[1][:needs], dtype=np.int64)


def _together(instance: Instance, units: Ints, group: tuple[int, ...], first: Ints) -> bool:
    """Tell whether one offer serves the whole group in full, or nobody serves any of it."""
    members = np.array(group)
    pairs = ranges(first[members], first[members + 1])
    chosen = pairs[units[pairs] > 0]
    if not len(chosen):
        return True
    is_one = len(np.unique(instance.offer[chosen])) == 1 and len(chosen) == len(members)
    return is_one and bool((units[chosen] == instance.units[instance.need[chosen]]).all())


def _within(instance: Instance, pairs: Ints, groups: Groups) -> Instance:
    """Return one component alone, its needs and offers numbered from 0."""
    members = np.array([row for group in groups for row in group], dtype=np.int64)
    needs = np.union1d(instance.need[pairs], members)
    offers, offer = np.unique(instance.offer[pairs], return_inverse=True)
    return Instance(
        needs=tuple(instance.needs[row] for row in needs.tolist()),
        units=instance.units[needs],
        offers=tuple(instance.offers[row] for row in offers.tolist()),
        capacity=instance.capacity[offers],
        need=np.searchsorted(needs, instance.need[pairs]),
        offer=offer,
        score=instance.score[pairs],
        groups=tuple(tuple(np.searchsorted(needs, group).tolist()) for group in groups),
    )
