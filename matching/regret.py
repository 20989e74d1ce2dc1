"""What the whole loses when one pair is forbidden or forced: its market is solved once more."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from matching.aside import Rest
from matching.certified import Certificate
from matching.families import families_of, renumbered
from matching.market import Market
from matching.pairs import Limits
from matching.shapes import Bools, Ints
from matching.tables import Table
from matching.whole import Proof, best_whole, left

_AT_ONCE: Final = Limits(proved_pairs=20_000)
"""What somebody waits for: a page asks for several such plans."""


@dataclass(frozen=True, slots=True)
class Regret:
    """Points the whole loses; exact when both plans are proved best over every permitted pair."""

    points: int
    is_exact: bool


def forbidden(proof: Certificate, need: str, offer: str, *, limits: Limits | None = None) -> Regret:
    """Return what the whole loses without this pair. Raises KeyError for a pair not kept."""
    market, at = _market_of(proof, need, offer)
    others = np.arange(len(market.need)) != at
    row = market.need[at]
    if market.family[row] >= 0:  # without one of a family the whole family is not with this offer
        is_kin = market.family[market.need] == market.family[row]
        others &= ~(is_kin & (market.offer == market.offer[at]))
    return _lost(proof, market, [_solved(market, others, limits)])


def forced(proof: Certificate, need: str, offer: str, *, limits: Limits | None = None) -> Regret:
    """Return what the whole loses if this pair must be. Raises KeyError for a pair not kept."""
    market, at = _market_of(proof, need, offer)
    if market.is_by_place:
        return _lost(proof, market, [_beside(market, at, limits)])
    row, column = market.need[at], market.offer[at]
    most = min(int(market.units_open[row]), int(market.sum_each[column]))
    sums = [listed for listed in market.sums if listed <= most]
    return _lost(proof, market, [_with(market, at, units, limits) for units in sums])


def _market_of(proof: Certificate, need: str, offer: str) -> tuple[Market, int]:
    """Return the pair's market, built anew from the certificate, and the pair's place in it."""
    row, column = _row(proof.needs, need), _row(proof.offers, offer)
    found = np.flatnonzero((proof.need == row) & (proof.offer == column))
    if not len(found):
        raise KeyError(need, offer)
    market = _market(proof, int(proof.need_part[row]))
    return market, int(np.searchsorted(market.origin, found[0]))


def _row(table: Table, code: str) -> int:
    """Return where a code stands, -1 for nowhere."""
    found = np.flatnonzero(table.texts("code") == code.encode())
    return int(found[0]) if len(found) else -1


def _market(proof: Certificate, part: int) -> Market:
    origin = np.flatnonzero(proof.need_part[proof.need] == part)
    need_rows, need = np.unique(proof.need[origin], return_inverse=True)
    offer_rows, offer = np.unique(proof.offer[origin], return_inverse=True)
    sum_each = proof.offers.numbers("units_per_child")[offer_rows]
    family, is_once = families_of(proof.kind, proof.needs)
    return Market(
        sums=proof.kind.sums,
        units_open=proof.demand()[need_rows],
        family=renumbered(family[need_rows]),
        is_once=is_once[need_rows] > 0,
        places=proof.supply()[offer_rows] // sum_each,
        sum_each=sum_each,
        need=need,
        offer=offer,
        value=proof.values()[origin],
        scale=int(proof.scale[part]),
        origin=origin,
        need_rows=need_rows,
        offer_rows=offer_rows,
    )


def _lost(proof: Certificate, market: Market, found: list[tuple[int, bool]]) -> Regret:
    now = market.value_of(proof.units[market.origin]) // market.scale
    best = max(value for value, _ in found) // market.scale
    bound = int(proof.bound[proof.need_part[market.need_rows[0]]]) // market.scale
    is_exact = now == bound and all(is_best for _, is_best in found)
    return Regret(now - best, is_exact and not proof.is_cut)


def _solved(market: Market, kept: Bools | Ints, limits: Limits | None) -> tuple[int, bool]:
    """Return the best value over these pairs only, and whether nothing exceeds it."""
    part = left(market, kept)
    outcome = best_whole(part, limits or _AT_ONCE)
    return part.value_of(outcome.units), outcome.proof is not Proof.BOUND


def _beside(market: Market, at: int, limits: Limits | None) -> tuple[int, bool]:
    """Return the best value with this pair, its family with it, and whether nothing exceeds it."""
    rest, own = Rest(market), market.family[market.need[at]]
    members = rest.members[own] if own >= 0 else market.need[[at]]
    is_taken = np.isin(market.need, members) & (market.offer == market.offer[at])
    rest.take(np.flatnonzero(is_taken))
    family = _without(market.family, members)
    beside = replace(market, units_open=rest.units_open, places=rest.places, family=family)
    value, is_best = _solved(beside, rest.is_open, limits)
    return value + market.value_of(rest.taken), is_best


def _without(family: Ints, members: Ints) -> Ints:
    """Return the families without one whose needs are settled."""
    others = family.copy()
    others[members] = -1
    return renumbered(others)


def _with(market: Market, at: int, units: int, limits: Limits | None) -> tuple[int, bool]:
    """Return the best value with these units on the pair, and whether nothing exceeds it."""
    row, column = int(market.need[at]), int(market.offer[at])
    left, places = market.units_open.copy(), market.places.copy()
    left[row] -= units
    places[column] -= 1
    kept = np.arange(len(market.need)) != at
    if units < market.sum_each[column]:  # a need's sum is cut once: the rest of it takes whole sums
        kept &= (market.need != row) | (market.sum_each[market.offer] <= left[row])
    value, is_best = _solved(replace(market, units_open=left, places=places), kept, limits)
    return value + units * int(market.value[at]), is_best
