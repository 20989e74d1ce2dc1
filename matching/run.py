"""A run: its records in their order, the pairs they permit, and each part's solution."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from matching.blocks import permitted, scores
from matching.certified import Certificate
from matching.kind import Kind, Weights
from matching.market import Market, markets
from matching.pairs import Limits, Pairs, Sides, permitted_pairs, with_more
from matching.priced import completed
from matching.shapes import Ints
from matching.tables import Table, check_unique, rows_of
from matching.watching import Progress, Watch
from matching.whole import Outcome, best_whole

_NOTHING: Final = np.empty(0, dtype=np.int64)
Stays = Mapping[tuple[str, str], int]
"""Points a unit more for a pair, by the codes of its need and its offer."""


@dataclass(frozen=True)
class Run:
    """The records in the run's own order, their columns and the permitted pairs."""

    kind: Kind
    needs: Table
    offers: Table
    sides: Sides
    pairs: Pairs
    stay: Ints
    weights: Weights
    seed: int
    watch: Watch


def prepare(  # noqa: PLR0913 one run: each is named at the call
    kind: Kind,
    needs: Iterable[Any],
    offers: Iterable[Any],
    *,
    weights: Weights,
    limits: Limits,
    seed: int,
    stays: Stays,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Run:
    """Put the records in order and find their pairs. Raises BadRecord, or Stopped."""
    need_table = _in_order(kind.need, needs, "needs", seed)
    offer_table = _in_order(kind.offer, offers, "offers", seed)
    sides = Sides.of(kind, need_table, offer_table)
    banners = need_table.numbers("banner") if "banner" in need_table.columns else None
    watch = Watch(len(need_table), progress, stop, banners=banners)
    pairs = permitted_pairs(sides, weights=weights, limits=limits, seed=seed, watch=watch)
    stay: Ints = np.broadcast_to(np.int64(0), len(pairs))  # takes no memory
    if stays:
        pairs, stay = _stayed(sides, pairs, _rows(need_table, offer_table, stays), weights)
    if pairs.is_cut:
        pairs, stay = completed(sides, pairs, stay, weights=weights, watch=watch)
    return Run(kind, need_table, offer_table, sides, pairs, stay, weights, seed, watch)


def _in_order(kind: type[Any], given: Iterable[Any], side: str, seed: int) -> Table:
    """Put those who waited longest first, and those who waited alike in an order drawn by seed."""
    table = Table.of(kind, given, side)
    check_unique(side, table)
    by_code = np.argsort(table.texts("code"), kind="stable")
    order = by_code[np.random.default_rng([seed, len(side)]).permutation(len(table))]
    return table.rows(order[np.argsort(-table.numbers("waiting_days")[order], kind="stable")])


def _rows(needs: Table, offers: Table, stays: Stays) -> dict[tuple[int, int], int]:
    """Return the pairs that shall rather stay, by their rows; who is not in this run stays out."""
    asked = sorted(stays)
    ends = np.array([[need, offer] for need, offer in asked], dtype=np.bytes_).reshape(-1, 2)
    rows = (rows_of(side.texts("code"), ends[:, at]) for at, side in enumerate((needs, offers)))
    found = zip(*(some.tolist() for some in rows), asked, strict=True)
    return {(row, column): stays[pair] for row, column, pair in found if min(row, column) >= 0}


def _stayed(
    sides: Sides, pairs: Pairs, stays: Mapping[tuple[int, int], int], weights: Weights
) -> tuple[Pairs, Ints]:
    """Add the pairs that shall rather stay, where a rule allows them still."""
    across = max(1, len(sides.offers))
    keys = pairs.need.astype(np.int64) * across + pairs.offer
    asked = np.array([need * across + offer for need, offer in stays], dtype=np.int64)
    missing = np.setdiff1d(asked, keys).tolist()
    more = np.array([_pair(sides, key, weights) for key in missing], dtype=np.int64).reshape(-1, 4)
    pairs, _ = with_more(pairs, more[more[:, 3] > 0, :3].T)
    keys = np.append(pairs.need.astype(np.int64) * across + pairs.offer, -1)
    place = np.searchsorted(keys[:-1], asked)
    stands = np.flatnonzero(keys[place] == asked)
    stay = np.zeros(len(pairs), dtype=np.int64)
    stay[place[stands]] = np.array(list(stays.values()), dtype=np.int64)[stands]
    return pairs, stay


def _pair(sides: Sides, key: int, weights: Weights) -> tuple[int, int, int, bool]:
    """Return a pair's ends, score, and whether it is permitted; a family's are listed already."""
    row, column = divmod(key, max(1, len(sides.offers)))
    need = sides.needs.rows(np.array([row]))
    offer = sides.offers.rows(np.array([column]))
    fits = permitted(sides.kind, need, offer)[0, 0] and sides.family[row] < 0
    return row, column, int(scores(sides.kind, need, offer, weights)[0, 0]), bool(fits)


def solve(run: Run, limits: Limits) -> tuple[list[tuple[Market, Outcome]], Ints]:
    """Return each independent part with its solution, and the units on every pair.

    Raises Stopped.
    """
    solved: list[tuple[Market, Outcome]] = []
    units: Any = np.zeros(len(run.pairs), dtype=np.int16)
    has_pair = np.zeros(len(run.needs), dtype=np.bool_)
    has_pair[run.pairs.need] = True
    run.watch.without_pairs(np.flatnonzero(~has_pair))
    for market in markets(run.sides, run.pairs, run.stay):
        outcome = best_whole(market, limits)
        units[market.origin] = outcome.units
        solved.append((_without_pairs(market), replace(outcome, units=_NOTHING)))
        given = np.bincount(market.need, weights=outcome.units, minlength=len(market.need_rows))
        run.watch.solved(market.need_rows, given.astype(np.int64))
    return solved, units


def _without_pairs(market: Market) -> Market:
    """Return what a proof needs of a part: a run of a million holds no pair twice."""
    return replace(market, need=_NOTHING, offer=_NOTHING, value=_NOTHING, origin=_NOTHING)


def certificate(run: Run, solved: Sequence[tuple[Market, Outcome]], units: Ints) -> Certificate:
    """Return what proves these units best."""
    need_price, offer_price = np.zeros(len(run.needs), int), np.zeros(len(run.offers), int)
    need_part = np.full(len(run.needs), len(solved), dtype=np.int64)
    offer_part = np.full(len(run.offers), len(solved), dtype=np.int64)
    for at, (market, outcome) in enumerate(solved):
        need_price[market.need_rows], need_part[market.need_rows] = outcome.need_prices, at
        offer_price[market.offer_rows], offer_part[market.offer_rows] = outcome.offer_prices, at
    return Certificate(
        kind=run.kind,
        needs=run.needs,
        offers=run.offers,
        weights=run.weights,
        seed=run.seed,
        need=run.pairs.need,
        offer=run.pairs.offer,
        score=run.pairs.score,
        stay=run.stay,
        units=units,
        need_price=need_price,
        offer_price=offer_price,
        need_part=need_part,
        offer_part=offer_part,
        scale=np.array([*(market.scale for market, _ in solved), 1]),
        bound=np.array([*(outcome.bound for _, outcome in solved), 0]),
        is_searched=np.array([*(outcome.is_searched for _, outcome in solved), 0]),
        is_cut=run.pairs.is_cut,
    )
