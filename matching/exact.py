"""The best total assignment of an instance, with what proves it.

Choose whole x >= 0 on the pairs to make the sum of score * x largest, such that a need gets at most
its units and an offer gives at most its capacity. Prices p, q >= 0 with p_need + q_offer >= score
on every pair bound every assignment by sum(units * p) + sum(capacity * q); the flow's own prices
reach it (matching/prices.py). Needs together are no flow: where the flow parts them, CP-SAT solves
that component and its bound is the proof.
"""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from matching.component import Component
from matching.flow import Transport, best_transport
from matching.instance import Instance
from matching.prices import Flow, prices
from matching.shapes import Bools, Ints


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
    for chosen in _parted(instance, units):
        part = _searched(_within(instance, chosen))
        units[chosen] = part.units
        parts.append(replace(part, pairs=np.flatnonzero(chosen)))
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


def _parted(instance: Instance, units: Ints) -> list[Bools]:
    """Return the pairs of each component where the flow served apart what stays together."""
    if not instance.groups:
        return []
    label = _labels(instance)
    apart = {label[group[0]] for group in instance.groups if not _together(instance, units, group)}
    return [label[instance.need] == one for one in sorted(apart)]


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


def _together(instance: Instance, units: Ints, group: tuple[int, ...]) -> bool:
    """Tell whether one offer serves the whole group in full, or nobody serves any of it."""
    members = list(group)
    chosen = np.isin(instance.need, members) & (units > 0)
    served = instance.need[chosen]
    if not len(served):
        return True
    is_one = len(np.unique(instance.offer[chosen])) == 1 and len(served) == len(members)
    return is_one and bool((units[chosen] == instance.units[served]).all())


def _within(instance: Instance, chosen: Bools) -> Instance:
    """Return the instance with the chosen pairs only; rows keep their numbers."""
    return replace(
        instance,
        need=instance.need[chosen],
        offer=instance.offer[chosen],
        score=instance.score[chosen],
        groups=tuple(
            group for group in instance.groups if np.isin(group, instance.need[chosen]).any()
        ),
    )
