"""Whole sums: from the flow's units to one listed sum per pair, proved best where possible."""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from matching import aside
from matching.flow import Transport, best_transport
from matching.market import Market
from matching.pairs import Limits
from matching.prices import Flow, prices
from matching.shapes import Bools, Ints


class Proof(StrEnum):
    """What shows that nothing better exists: the flow, CP-SAT, or only how far it could be."""

    FLOW = "flow"
    CP_SAT = "cp_sat"
    BOUND = "bound"


@dataclass(frozen=True)
class Outcome:
    """Units on each pair of one market, an upper bound on its objective, and the proof.

    `is_searched`: the bound is lower than what the prices show, by CP-SAT or its linear programme.
    """

    units: Ints
    bound: int
    proof: Proof
    need_prices: Ints
    offer_prices: Ints
    is_searched: bool = False


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
        fitting = self.market.listed_floor(np.minimum(chosen, self.units_open[need]))
        is_free = (self.units[at] == 0) & (self.places[offer] > 0)
        return np.where(is_free & ((fitting == chosen) | ~self.has_smaller[need]), fitting, 0)

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
    outcome = relaxed(market)
    flow, bound = outcome.units, outcome.bound
    if market.is_by_place:
        return outcome if aside.holds(market, flow) else _beside(market, outcome, limits)
    units = _by_rest(market, flow)
    if market.value_of(units) < bound:
        units = max((units, _by_rounds(market)), key=market.value_of)
    outcome = replace(outcome, units=units)
    if market.value_of(units) == bound:
        return outcome
    if len(units) <= limits.proved_pairs:
        return _searched(market, outcome, effort=limits.proof_effort)
    if len(units) <= limits.bounded_pairs and not market.is_cut:
        return _bounded(market, outcome)
    return replace(outcome, proof=_proof_of(market, units, bound, Proof.FLOW))


def relaxed(market: Market) -> Outcome:
    """Return the flow that may split every sum, and its prices: no whole sums reach more."""
    empty = _Filling(market)
    room = empty.room()
    flow = _flow(empty, room)
    return Outcome(flow, market.value_of(flow), Proof.FLOW, *_prices(market, flow, room))


def _beside(market: Market, outcome: Outcome, limits: Limits) -> Outcome:
    """Keep the rules beside the flow: mend it, leave out what cannot be in a better plan, search.

    Whoever is in a plan costs it at least her reduced cost, so a pair whose reduced cost exceeds
    what the mended plan lacks to the bound is in none that is better.
    """
    units = aside.mended(market, outcome.units)
    lacking = outcome.bound - market.value_of(units)
    cost = outcome.need_prices[market.need] + outcome.offer_prices[market.offer] - market.value
    open_ = np.flatnonzero((cost <= lacking) | (units > 0))
    mended = replace(outcome, units=units)
    if lacking == 0:
        return mended
    if len(open_) > limits.proved_pairs:
        return replace(mended, proof=_proof_of(market, units, outcome.bound, Proof.FLOW))
    part, found = left(market, open_), np.zeros(len(units), dtype=np.int64)
    searched = _searched(part, replace(mended, units=units[open_]), effort=limits.proof_effort)
    found[open_] = searched.units
    return replace(searched, units=found)


def left(market: Market, pairs: Ints | Bools) -> Market:
    """Return the market with these pairs only; needs and offers keep their numbers."""
    names = ("need", "offer", "value", "origin")
    return replace(market, **{name: getattr(market, name)[pairs] for name in names})


def _prices(market: Market, units: Ints, room: Ints) -> tuple[Ints, Ints]:
    return prices(
        Flow(
            supply=market.places * market.sum_each,
            demand=market.units_open,
            offer=market.offer,
            need=market.need,
            value=market.value,
            units=units,
            is_full=units == room,
        )
    )


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


def _by_rest(market: Market, flow: Ints) -> Ints:
    """Round the flow: keep its whole sums, flow again over the rest until nothing is left."""
    filling = _Filling(market)
    room = filling.room()
    while room.any():
        whole = np.flatnonzero((flow > 0) & (flow == room))
        if not filling.give_all(whole):
            filling.give_all(np.flatnonzero(flow))
        room = filling.room()
        flow = _flow(filling, room)
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


def _searched(market: Market, rounded: Outcome, *, effort: float) -> Outcome:
    """Search for better whole sums from the rounded flow's on."""
    from matching import searching  # noqa: PLC0415 loading CP-SAT takes half a second, and the flow mostly suffices

    hint, bound = rounded.units, rounded.bound
    found = searching.search(market, hint, effort=effort)
    if found is None:
        return replace(rounded, proof=_proof_of(market, hint, bound, Proof.FLOW))
    better = found.units if market.is_by_place else _settled(market, found.units)
    units = max((better, hint), key=market.value_of)
    if market.is_cut:  # the search says nothing of the pairs left out; the flow's bound does
        return replace(rounded, units=units, proof=_proof_of(market, units, bound, Proof.FLOW))
    bound = market.value_of(units) if found.is_best else min(bound, found.bound)
    return _lowered(market, replace(rounded, units=units), bound)


def _bounded(market: Market, rounded: Outcome) -> Outcome:
    """Bound a part too large to search by the linear programme in which a sum takes a whole place."""
    from matching import sums  # noqa: PLC0415 scipy's solver loads as long, and is as rarely needed

    return _lowered(market, rounded, min(rounded.bound, sums.options(market).bound))


def _lowered(market: Market, outcome: Outcome, bound: int) -> Outcome:
    """Return the plan under a bound that may be lower than its prices'."""
    bound = max(bound, market.value_of(outcome.units))
    proof = _proof_of(market, outcome.units, bound, Proof.CP_SAT)
    is_searched = bound < outcome.bound or proof is Proof.CP_SAT
    return replace(outcome, bound=bound, proof=proof, is_searched=is_searched)


def _settled(market: Market, units: Ints) -> Ints:
    """Raise what an unfinished search cut below what its need still lacks."""
    filling, chosen = _Filling(market), np.flatnonzero(units)
    is_whole = units[chosen] == market.sum_each[market.offer[chosen]]
    filling.give_all(chosen[is_whole])
    filling.give_all(chosen[~is_whole])
    return filling.units
