"""From records to a plan: order, pairs, independent parts, whole sums, reasons."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from matching.columns import Ints, NeedColumns, OfferColumns, rows_of
from matching.explain import Alternative, Rivals
from matching.market import markets
from matching.pairs import Limits, Pairs, permitted_pairs
from matching.records import Need, Offer, check_unique
from matching.rules import Removed, removals
from matching.scores import Part, Weights, parts_of
from matching.whole import Proof, best_whole

Record = TypeVar("Record", Need, Offer)

_BLOCK_CELLS = 1_000_000


@dataclass(frozen=True, slots=True)
class Pair:
    """One proposal: `units` x 50 yuan a month; `score` is per unit and the sum of its parts."""

    need: str
    offer: str
    units: int
    score: int
    parts: tuple[Part, ...]
    next_offers: tuple[Alternative, ...]
    next_needs: tuple[Alternative, ...]

    @property
    def runner_up(self) -> Alternative | None:
        """Return the offer that fits this need next best, None when no other is permitted."""
        return self.next_offers[0] if self.next_offers else None


@dataclass(frozen=True, slots=True)
class Unmatched:
    """An open need that got nothing: offers that fit yet went elsewhere, what rules removed."""

    need: str
    fitting: int
    removed: tuple[Removed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One best total assignment: `total` is the sum of score x units, `bound` what none can exceed.

    `proof` is the weakest of its parts'; `is_cut` says that only the best pairs a need were solved.
    """

    pairs: tuple[Pair, ...]
    unmatched_needs: tuple[Unmatched, ...]
    unplaced_offers: tuple[str, ...]
    total: int
    bound: int
    proof: Proof
    is_cut: bool
    weights: Weights
    seed: int


@dataclass(frozen=True)
class _Run:
    """The records in the run's own order, their columns and the permitted pairs."""

    needs: Sequence[Need]
    offers: Sequence[Offer]
    need_columns: NeedColumns
    offer_columns: OfferColumns
    pairs: Pairs


def propose(
    needs: Iterable[Need],
    offers: Iterable[Offer],
    *,
    weights: Weights | None = None,
    seed: int = 0,
    limits: Limits | None = None,
) -> Plan:
    """Return the best total assignment; the same for any order of the records.

    Ties go to those who waited longest, then by an order drawn from `seed`. Raises BadRecord.
    """
    weights, limits = weights or Weights(), limits or Limits()
    run = _run(needs, offers, weights, limits, seed)
    units, bound, proof = _solve(run, limits)
    return Plan(
        pairs=_proposals(run, units, weights),
        unmatched_needs=_unmatched(run, units),
        unplaced_offers=_unplaced(run, units),
        total=int(np.dot(units, run.pairs.score)),
        bound=bound,
        proof=proof,
        is_cut=len(run.needs) * len(run.offers) > limits.exact_cells,
        weights=weights,
        seed=seed,
    )


def _run(
    needs: Iterable[Need], offers: Iterable[Offer], weights: Weights, limits: Limits, seed: int
) -> _Run:
    need_list, offer_list = _in_order(needs, "needs", seed), _in_order(offers, "offers", seed)
    need_columns = NeedColumns.of(need_list)
    offer_columns = OfferColumns.of(offer_list, need_rows=rows_of(need_list))
    pairs = permitted_pairs(need_columns, offer_columns, weights=weights, limits=limits, seed=seed)
    return _Run(need_list, offer_list, need_columns, offer_columns, pairs)


def _in_order(records: Iterable[Record], side: str, seed: int) -> list[Record]:
    """Put those who waited longest first, and those who waited alike in an order drawn by seed."""
    given = list(records)
    check_unique(side, (one.code for one in given))
    by_code = sorted(given, key=lambda one: one.code)
    drawn = np.random.default_rng([seed, len(side)]).permutation(len(by_code))
    return sorted((by_code[at] for at in drawn), key=lambda one: -one.waiting_days)


def _solve(run: _Run, limits: Limits) -> tuple[Ints, int, Proof]:
    units = np.zeros(len(run.pairs), dtype=np.int64)
    bound, proofs = 0, [Proof.FLOW]
    for market in markets(run.need_columns, run.offer_columns, run.pairs):
        outcome = best_whole(market, limits)
        units[market.origin] = outcome.units
        # The bound counts waiting days below one point of score: whole points are what it proves.
        bound += outcome.bound // market.scale
        proofs.append(outcome.proof)
    return units, bound, max(proofs, key=list(Proof).index)


def _proposals(run: _Run, units: Ints, weights: Weights) -> tuple[Pair, ...]:
    """Return the pairs made, those whose need waited longest first."""
    rivals = Rivals(run.needs, run.offers, run.pairs, units, weights)
    return tuple(_proposal(run, int(at), int(units[at]), rivals) for at in np.flatnonzero(units))


def _proposal(run: _Run, at: int, units: int, rivals: Rivals) -> Pair:
    need, offer = run.needs[run.pairs.need[at]], run.offers[run.pairs.offer[at]]
    return Pair(
        need=need.code,
        offer=offer.code,
        units=units,
        score=int(run.pairs.score[at]),
        parts=parts_of(need, offer, rivals.weights),
        next_offers=rivals.next_offers(at),
        next_needs=rivals.next_needs(at),
    )


def _unmatched(run: _Run, units: Ints) -> tuple[Unmatched, ...]:
    given = np.bincount(run.pairs.need, weights=units, minlength=len(run.needs))
    rows = np.flatnonzero((given == 0) & (run.need_columns.units_open > 0))
    height = max(1, _BLOCK_CELLS // max(1, len(run.offers)))
    found: list[Unmatched] = []
    for start in range(0, len(rows), height):
        block = rows[start : start + height]
        counts, fitting = removals(run.need_columns.rows(block), run.offer_columns)
        found += [
            Unmatched(run.needs[row].code, int(fits), removed)
            for row, removed, fits in zip(block, counts, fitting, strict=True)
        ]
    return tuple(found)


def _unplaced(run: _Run, units: Ints) -> tuple[str, ...]:
    given = np.bincount(run.pairs.offer, weights=units, minlength=len(run.offers))
    return tuple(run.offers[int(row)].code for row in np.flatnonzero(given == 0))
