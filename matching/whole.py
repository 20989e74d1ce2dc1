"""Whole sums: from the flow's units to one listed sum per pair, proved best where possible."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from ortools.sat.python import cp_model

from matching.columns import Bools, Ints, listed_floor
from matching.flow import Transport, best_transport
from matching.market import Market
from matching.pairs import Limits
from matching.records import LISTED_UNITS


class Proof(StrEnum):
    """What shows that nothing better exists: the flow, CP-SAT, or only how far it could be."""

    FLOW = "flow"
    CP_SAT = "cp_sat"
    BOUND = "bound"


@dataclass(frozen=True)
class Outcome:
    """Units on each pair of one market, an upper bound on its objective, and the proof."""

    units: Ints
    bound: int
    proof: Proof


class _Filling:
    """What is given so far, and what each pair may still carry."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.units = np.zeros(len(market.need), dtype=np.int64)
        self.units_open = market.units_open.copy()
        self.places = market.places.copy()
        self.has_smaller = np.zeros(len(market.units_open), dtype=np.bool_)

    def room(self, at: int | slice = slice(None)) -> Ints:
        """Return the listed sum each of these pairs may carry now, 0 for none."""
        need, offer = self.market.need[at], self.market.offer[at]
        chosen = self.market.sum_each[offer]
        fitting = listed_floor(np.minimum(chosen, self.units_open[need]))
        is_free = (self.units[at] == 0) & (self.places[offer] > 0)
        may_carry: Bools = is_free & ((fitting == chosen) | ~self.has_smaller[need])
        return np.where(may_carry, fitting, 0)

    def give_all(self, pairs: Ints) -> bool:
        """Give each pair what it may carry, the most valuable first; tell whether any could."""
        value = self.market.value[pairs] * self.room()[pairs]
        before = int(self.places.sum())
        for pair in pairs[np.argsort(-value, kind="stable")].tolist():
            self._give(pair, int(self.room(pair)))
        return int(self.places.sum()) < before

    def _give(self, pair: int, units: int) -> None:
        if units == 0:
            return
        need, offer = self.market.need[pair], self.market.offer[pair]
        self.units[pair] = units
        self.units_open[need] -= units
        self.places[offer] -= 1
        self.has_smaller[need] |= units < self.market.sum_each[offer]


def best_whole(market: Market, limits: Limits) -> Outcome:
    """Return the best whole sums: by flow alone where rounding loses nothing, else by CP-SAT."""
    empty = _Filling(market)
    bound = market.value_of(_flow(empty, empty.room()))
    units = max((_by_rest(market), _by_rounds(market)), key=market.value_of)
    if market.value_of(units) == bound:
        return Outcome(units, bound, Proof.FLOW)
    if len(units) <= limits.proved_pairs:
        return _searched(market, units, bound=bound, effort=limits.proof_effort)
    return Outcome(units, bound, _proof_of(market, units, bound, Proof.FLOW))


def _proof_of(market: Market, units: Ints, bound: int, proof: Proof) -> Proof:
    """Return `proof` when the score reaches its bound, though ties may be open, else BOUND."""
    is_reached = market.value_of(units) // market.scale == bound // market.scale
    return proof if is_reached else Proof.BOUND


def _flow(filling: _Filling, room: Ints) -> Ints:
    """Return the best units if every sum could be split: no whole sums reach more."""
    market, pairs = filling.market, np.flatnonzero(room)
    problem = Transport(
        supply=filling.places * market.sum_each,
        demand=filling.units_open,
        offer=market.offer[pairs],
        need=market.need[pairs],
        cap=room[pairs],
        value=market.value[pairs],
    )
    return _spread(best_transport(problem), pairs, len(room))


def _by_rest(market: Market) -> Ints:
    """Round the flow: keep its whole sums, flow again over the rest until nothing is left."""
    filling = _Filling(market)
    while (room := filling.room()).any():
        flow = _flow(filling, room)
        whole = np.flatnonzero((flow > 0) & (flow == room))
        if not filling.give_all(whole):
            filling.give_all(np.flatnonzero(flow))
    return filling.units


def _by_rounds(market: Market) -> Ints:
    """Give every need its best single pledge in one flow of places, then share what is left."""
    filling = _Filling(market)
    while (room := filling.room()).any():
        pairs = np.flatnonzero(room)
        problem = Transport(
            supply=filling.places,
            demand=np.minimum(filling.units_open, 1),
            offer=market.offer[pairs],
            need=market.need[pairs],
            cap=np.ones(len(pairs), dtype=np.int64),
            value=market.value[pairs] * room[pairs],
        )
        filling.give_all(pairs[best_transport(problem) > 0])
    return filling.units


def _spread(units: Ints, pairs: Ints, length: int) -> Ints:
    spread = np.zeros(length, dtype=np.int64)
    spread[pairs] = units
    return spread


def _searched(market: Market, hint: Ints, *, bound: int, effort: float) -> Outcome:
    """Search for better whole sums from `hint` on; one worker, so that the answer never varies."""
    model = _Model(market, hint)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.linearization_level = 2
    solver.parameters.max_deterministic_time = effort
    status = solver.solve(model.model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Outcome(hint, bound, _proof_of(market, hint, bound, Proof.FLOW))
    units = max((_settled(market, model.units(solver)), hint), key=market.value_of)
    if status == cp_model.OPTIMAL:
        return Outcome(units, market.value_of(units), Proof.CP_SAT)
    bound = min(bound, int(solver.best_objective_bound) + 1)
    return Outcome(units, bound, _proof_of(market, units, bound, Proof.CP_SAT))


def _settled(market: Market, units: Ints) -> Ints:
    """Raise what an unfinished search cut below what its need still lacks."""
    filling, chosen = _Filling(market), np.flatnonzero(units)
    is_whole = units[chosen] == market.sum_each[market.offer[chosen]]
    filling.give_all(chosen[is_whole])
    filling.give_all(chosen[~is_whole])
    return filling.units


class _Model:
    """One literal per pair and listed sum; the rules of the package docstring as constraints."""

    def __init__(self, market: Market, hint: Ints) -> None:
        self.model = cp_model.CpModel()
        self.market = market
        most = np.minimum(market.sum_each[market.offer], market.units_open[market.need])
        options = [
            (pair, listed)
            for pair, units in enumerate(most.tolist())
            for listed in LISTED_UNITS
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
        values = (market.value[self.pair] * self.listed).tolist()
        model.maximize(cp_model.LinearExpr.weighted_sum(self.literals, values))

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
    order = np.argsort(keys, kind="stable")
    cuts = np.flatnonzero(np.diff(keys[order])) + 1
    return [(int(keys[places[0]]), places) for places in np.split(order, cuts)]
