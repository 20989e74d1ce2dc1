"""Needs that stay together: one offer takes the whole group in full, or nobody takes any of it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import numpy as np
from ortools.sat.python import cp_model

from matching.component import Component
from matching.flow import NotSolved
from matching.instance import MOST_TOTAL, Instance
from matching.relaxing import NEVER, relaxation
from matching.shapes import Ints

_EXACT: Final = 2**53
_EFFORT: Final = 120.0
"""Deterministic time of CP-SAT, so that the same file gives the same answer on every machine."""
_A_NEED: Final = 3
"""Pairs a need, the cheapest of the component, over which the first search goes."""
_FEW: Final = 0.25
"""Up to this share of the pairs it pays to search in steps; beyond, once over all that may count."""


def best_together(instance: Instance) -> Component:
    """Solve one component whole; `bound` equals `value` when the search ended.

    A plan falls short of the relaxation's bound by at least what each column it takes costs. So
    the search is over cheap columns first; once a better plan could take none of the others, they
    are left out for good (reduced-cost fixing: Nemhauser and Wolsey 1988, II.5).
    """
    relaxed = relaxation(instance)
    cost, most = relaxed.cost, int(relaxed.cost[relaxed.cost < NEVER].max(initial=0))
    within = (
        int(np.partition(cost, few)[few]) if (few := _A_NEED * relaxed.needs) < len(cost) else most
    )
    while True:
        within = min(within, most)
        open_ = np.flatnonzero(cost <= within)
        found = _search(_only(instance, open_))
        lacking = relaxed.bound - (found.value + 1) * relaxed.scale
        if within >= min(lacking, most):
            units = np.zeros(len(cost), dtype=np.int64)
            units[open_] = found.units
            other = (relaxed.bound - within - 1) // relaxed.scale if within < most else 0
            bound = max(found.value, min(max(found.bound, other), relaxed.bound // relaxed.scale))
            return Component(np.arange(len(units)), units, found.value, bound)
        wider = 4 * (within + relaxed.scale)
        within = min(lacking, wider if (cost <= wider).mean() < _FEW else lacking)


def _only(instance: Instance, pairs: Ints) -> Instance:
    need, offer, score = (getattr(instance, name)[pairs] for name in ("need", "offer", "score"))
    return replace(instance, need=need, offer=offer, score=score)


def _search(instance: Instance) -> Component:
    model = _Model(instance)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.linearization_level = 2
    solver.parameters.max_deterministic_time = _EFFORT
    status = solver.solve(model.model)
    if status in (cp_model.MODEL_INVALID, cp_model.INFEASIBLE):  # nothing at all is always allowed
        raise NotSolved(solver.status_name(status))
    if status == cp_model.UNKNOWN:  # cut short before anything was known: its bound says nothing
        return Component(np.arange(len(instance.need)), model.none(), 0, MOST_TOTAL)
    units = model.units(solver)
    value = int(np.dot(units, instance.score))
    bound = value if status == cp_model.OPTIMAL else _whole(solver.best_objective_bound)
    return Component(np.arange(len(units)), units, value, bound)


def _whole(bound: float) -> int:
    """Return a bound that no rounding of a large number has lowered."""
    return int(bound) if abs(bound) < _EXACT else int(np.nextafter(bound, np.inf)) + 1


class _Model:
    """A literal per group and offer that can serve all of it; whole units on every other pair."""

    def __init__(self, instance: Instance) -> None:
        self.model = cp_model.CpModel()
        self.instance = instance
        self._on_pair: dict[int, tuple[cp_model.IntVar, int]] = {}
        group_of = {row: at for at, group in enumerate(instance.groups) for row in group}
        shared: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        for pair, (need, offer) in enumerate(self._ends()):
            if need in group_of:
                shared[group_of[need], offer].append(pair)
            else:
                most = min(int(instance.units[need]), int(instance.capacity[offer]))
                self._on_pair[pair] = self.model.new_int_var(0, most, ""), 1
        self._share(shared)
        self._bind()

    def _ends(self) -> Iterable[tuple[int, int]]:
        return zip(self.instance.need.tolist(), self.instance.offer.tolist(), strict=True)

    def _share(self, shared: dict[tuple[int, int], list[int]]) -> None:
        literals: defaultdict[int, list[cp_model.IntVar]] = defaultdict(list)
        for (group, _), pairs in shared.items():
            members = self.instance.groups[group]
            if len(pairs) < len(members) or not self.instance.units[list(members)].all():
                continue
            literal = self.model.new_bool_var("")
            literals[group].append(literal)
            for pair in pairs:
                self._on_pair[pair] = literal, int(self.instance.units[self.instance.need[pair]])
        for choices in literals.values():
            self.model.add_at_most_one(choices)

    def _bind(self) -> None:
        needs: defaultdict[int, list[cp_model.LinearExprT]] = defaultdict(list)
        offers: defaultdict[int, list[cp_model.LinearExprT]] = defaultdict(list)
        worth: list[cp_model.LinearExprT] = []
        ends = list(self._ends())
        for pair, (variable, each) in self._on_pair.items():
            need, offer = ends[pair]
            needs[need].append(variable * each)
            offers[offer].append(variable * each)
            worth.append(variable * each * int(self.instance.score[pair]))
        for need, terms in needs.items():
            self.model.add(sum(terms) <= int(self.instance.units[need]))
        for offer, terms in offers.items():
            self.model.add(sum(terms) <= int(self.instance.capacity[offer]))
        self.model.maximize(sum(worth))

    def units(self, solver: cp_model.CpSolver) -> Ints:
        """Return the units on each pair in the solver's answer."""
        units = self.none()
        for pair, (variable, each) in self._on_pair.items():
            units[pair] = solver.value(variable) * each
        return units

    def none(self) -> Ints:
        """Return no units on any pair: always allowed."""
        return np.zeros(len(self.instance.need), dtype=np.int64)
