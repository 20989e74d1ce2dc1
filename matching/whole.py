"""Whole sums: from the flow's units to one listed sum per pair, proved best where possible."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from matching.columns import Bools, Ints, listed_floor
from matching.flow import Transport, best_transport
from matching.market import Market
from matching.pairs import Limits


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
    """Search for better whole sums from `hint` on."""
    from matching import searching  # noqa: PLC0415 loading CP-SAT takes half a second, and the flow mostly suffices

    found = searching.search(market, hint, effort=effort)
    if found is None:
        return Outcome(hint, bound, _proof_of(market, hint, bound, Proof.FLOW))
    units = max((_settled(market, found.units), hint), key=market.value_of)
    if found.is_best:
        return Outcome(units, market.value_of(units), Proof.CP_SAT)
    bound = min(bound, found.bound)
    return Outcome(units, bound, _proof_of(market, units, bound, Proof.CP_SAT))


def _settled(market: Market, units: Ints) -> Ints:
    """Raise what an unfinished search cut below what its need still lacks."""
    filling, chosen = _Filling(market), np.flatnonzero(units)
    is_whole = units[chosen] == market.sum_each[market.offer[chosen]]
    filling.give_all(chosen[is_whole])
    filling.give_all(chosen[~is_whole])
    return filling.units
