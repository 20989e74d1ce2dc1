"""CP-SAT's search for whole sums. Loaded only by who searches: it takes half a second to load."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from ortools.sat.python import cp_model

from matching.families import members_of
from matching.market import Market
from matching.shapes import Ints
from matching.sums import options

_CHEAP: Final = 3
"""Points that an option may cost in the first search."""


@dataclass(frozen=True)
class Found:
    """Units on each pair, whether nothing can be better, and what none can exceed."""

    units: Ints
    is_best: bool
    bound: int


def search(market: Market, hint: Ints, *, effort: float) -> Found | None:
    """Search from `hint` on; one worker, so that the answer never varies. None: nothing found."""
    if market.is_by_place:
        every = np.arange(len(market.need))
        return _search(market, (every, np.ones_like(every)), hint, effort)
    return _by_cost(market, hint, effort)


def _by_cost(market: Market, hint: Ints, effort: float) -> Found:
    """Search among cheap options, then among all that a better plan could hold.

    A plan is worth at most the bound less what each of its options costs, so one that is better
    than the best so far holds none that costs more than this lacks (Nemhauser and Wolsey 1988, II.5).
    """
    every, best, value = options(market), hint, market.value_of(hint)
    within = _CHEAP * market.scale
    while True:
        open_ = np.flatnonzero((every.cost <= within) | (best[every.pair] == every.listed))
        found = _search(market, (every.pair[open_], every.listed[open_]), best, effort)
        if found and market.value_of(found.units) > value:
            best, value = found.units, market.value_of(found.units)
        if within < every.bound - value:
            within = every.bound - value
        elif found and found.is_best:
            return Found(best, is_best=True, bound=value)
        else:
            bound = min(every.bound, found.bound) if found else every.bound
            return Found(best, is_best=False, bound=max(bound, value))


def _search(market: Market, chosen: tuple[Ints, Ints], hint: Ints, effort: float) -> Found | None:
    """Search among these pairs and sums."""
    model = _Model(market, chosen, hint)
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

    def __init__(self, market: Market, chosen: tuple[Ints, Ints], hint: Ints) -> None:
        self.model = cp_model.CpModel()
        self.market = market
        self.pair, self.listed = chosen
        is_hinted = (hint[self.pair] == self.listed).tolist()
        self.literals = [self.model.new_bool_var("") for _ in is_hinted]
        for literal, hinted in zip(self.literals, is_hinted, strict=True):
            self.model.add_hint(literal, hinted)
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
