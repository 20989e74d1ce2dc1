"""Needs that stay together: one offer takes the whole group in full, or nobody takes any of it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from ortools.sat.python import cp_model

from matching.columns import Ints
from matching.instance import Instance

_EFFORT: Final = 120.0
"""Deterministic time of CP-SAT, so that the same file gives the same answer on every machine."""


@dataclass(frozen=True)
class Part:
    """One component: its pairs (rows of the instance), units on them, value, and CP-SAT's bound."""

    pairs: Ints
    units: Ints
    value: int
    bound: int


def best_together(instance: Instance) -> Part:
    """Solve one component whole; `bound` equals `value` when the search ended."""
    model = _Model(instance)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.linearization_level = 2
    solver.parameters.max_deterministic_time = _EFFORT
    status = solver.solve(model.model)
    units = model.units(solver) if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else model.none()
    value = int(np.dot(units, instance.score))
    bound = value if status == cp_model.OPTIMAL else int(solver.best_objective_bound)
    return Part(np.arange(len(units)), units, value, bound)


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
