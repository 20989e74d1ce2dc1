"""CP-SAT's search for whole sums. Loaded only by who searches: it takes half a second to load."""

from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from matching.families import members_of
from matching.market import Market
from matching.shapes import Ints


@dataclass(frozen=True)
class Found:
    """Units on each pair, whether nothing can be better, and what none can exceed."""

    units: Ints
    is_best: bool
    bound: int


def search(market: Market, hint: Ints, *, effort: float) -> Found | None:
    """Search from `hint` on; one worker, so that the answer never varies. None: nothing found."""
    model = _Model(market, hint)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.linearization_level = 2
    solver.parameters.max_deterministic_time = effort
    status = solver.solve(model.model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    bound = int(solver.best_objective_bound) + 1
    return Found(model.units(solver), status == cp_model.OPTIMAL, bound)


class _Model:
    """One literal per pair and listed sum; the rules of the package docstring as constraints."""

    def __init__(self, market: Market, hint: Ints) -> None:
        self.model = cp_model.CpModel()
        self.market = market
        most = np.minimum(market.sum_each[market.offer], market.units_open[market.need])
        options = [
            (pair, listed)
            for pair, units in enumerate(most.tolist())
            for listed in market.sums
            if listed <= units
        ]
        self.pair, self.listed = np.array(options, dtype=np.int64).T
        self.literals = [self.model.new_bool_var("") for _ in options]
        for literal, (pair, listed) in zip(self.literals, options, strict=True):
            self.model.add_hint(literal, int(hint[pair]) == listed)
        self._bind()

    def _bind(self) -> None:
        market, model = self.market, self.model
        need, offer = market.need[self.pair], market.offer[self.pair]
        is_smaller = self.listed < market.sum_each[offer]
        for row, chosen in _groups(need):
            terms = cp_model.LinearExpr.weighted_sum(self._at(chosen), self.listed[chosen].tolist())
            model.add(terms <= int(market.units_open[row]))
            model.add_at_most_one(self._at(chosen[is_smaller[chosen]]))
        for row, chosen in _groups(offer):
            model.add(cp_model.LinearExpr.sum(self._at(chosen)) <= int(market.places[row]))
        for _, chosen in _groups(self.pair):
            model.add_at_most_one(self._at(chosen))
        self._bind_aside(need, offer)
        values = (market.value[self.pair] * self.listed).tolist()
        model.maximize(cp_model.LinearExpr.weighted_sum(self.literals, values))

    def _bind_aside(self, need: Ints, offer: Ints) -> None:
        """One offer takes a whole family, and of those it may take once one at most."""
        market, model = self.market, self.model
        once = np.flatnonzero(market.is_once[need])
        for _, chosen in _groups(offer[once]):
            model.add_at_most_one(self._at(once[chosen]))
        pairs = np.flatnonzero(market.family[need] >= 0)
        size = [len(members) for members in members_of(market.family)]
        for number, chosen in _groups(market.family[need[pairs]]):
            for _, alike in _groups(offer[pairs[chosen]]):
                first, *others = self._at(pairs[chosen[alike]])
                if len(others) + 1 < size[number]:
                    model.add(first == 0)
                for other in others:
                    model.add(other == first)

    def _at(self, chosen: Ints) -> list[cp_model.IntVar]:
        return [self.literals[at] for at in chosen]

    def units(self, solver: cp_model.CpSolver) -> Ints:
        """Return the units on each pair in the solver's answer."""
        taken = np.array([solver.boolean_value(one) for one in self.literals], dtype=np.int64)
        given = np.zeros(len(self.market.need), dtype=np.int64)
        np.add.at(given, self.pair, taken * self.listed)
        return given


def _groups(keys: Ints) -> list[tuple[int, Ints]]:
    """Return each key with the places where it stands."""
    if not len(keys):
        return []
    order = np.argsort(keys, kind="stable")
    cuts = np.flatnonzero(np.diff(keys[order])) + 1
    return [(int(keys[places[0]]), places) for places in np.split(order, cuts)]
