"""Rules and scores over whole blocks of needs (upright) and offers (across)."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from matching.columns import Columns
from matching.kind import Kind, Removed, Weights
from matching.shapes import Bools, Ints
from matching.tables import Table

CELLS: Final = 1_000_000


def blocks(needs: Columns, across: int) -> Iterator[Columns]:
    """Return the needs in blocks of rows, so that a block by so many columns stays small."""
    height = max(1, CELLS // max(1, across))
    if len(needs) <= height:
        yield needs
        return
    for start in range(0, len(needs), height):
        yield needs.rows(slice(start, start + height))


def permitted(kind: Kind, needs: Columns, offers: Columns, *, one_by_one: bool = True) -> Bools:
    """Return which pairs of the block break no rule.

    Without `one_by_one` the rules that forbid single pairs are left for later.
    """
    upright = needs.upright()
    allowed = np.ones((len(needs), len(offers)), dtype=np.bool_)
    for rule in kind.all_rules:
        if rule.mask or (one_by_one and len(offers.apart[rule.code])):
            allowed &= rule.over(upright, offers)
    return allowed


def keep_rules(kind: Kind, needs: Table, offers: Table, rows: Ints, columns: Ints) -> Bools:
    """Tell of each pair of rows whether it breaks no rule at all."""
    of_needs, of_offers = kind.columns(needs, offers)
    across = of_needs.rows(rows), of_offers.rows(columns)
    keeps = np.ones(len(rows), dtype=np.bool_)
    for rule in kind.all_rules:
        if rule.mask:
            keeps &= rule.mask(*across)
        else:
            apart, size = of_offers.apart[rule.code], max(1, len(offers))
            keeps &= ~np.isin(rows * size + columns, apart[:, 0] * size + apart[:, 1])
    return keeps


def every_pair(kind: Kind, needs: Columns, offers: Columns, weights: Weights) -> Ints:
    """Return the block's permitted pairs as (need row, offer row, score), in order.

    The rules that forbid single pairs are left for later.
    """
    allowed = permitted(kind, needs, offers, one_by_one=False)
    row, column = np.divmod(np.flatnonzero(allowed), max(1, len(offers)))
    points = score_each(kind, needs.rows(row), offers.rows(column), weights)
    return np.stack([needs.row[row], offers.row[column], points]).astype(np.int32)


def scores(kind: Kind, needs: Columns, offers: Columns, weights: Weights) -> Ints:
    """Return `score_of` for every pair of the block."""
    upright = needs.upright()
    total = np.zeros((len(needs), len(offers)), dtype=np.int64)
    for factor in kind.factors:
        total += factor.block(upright, offers, weights)
    return total


def score_each(kind: Kind, needs: Columns, offers: Columns, weights: Weights) -> Ints:
    """Return `score_of` for each need with the offer beside it."""
    total = np.zeros(len(needs), dtype=np.int64)
    for factor in kind.factors:
        total += factor.block(needs, offers, weights)
    return total


def removals(kind: Kind, needs: Columns, offers: Columns) -> tuple[list[tuple[Removed, ...]], Ints]:
    """Return for each need of the block what each rule removes, and how many offers fit."""
    shape, upright = (len(needs), len(offers)), needs.upright()
    failed = np.zeros(shape, dtype=np.int64)
    which = np.zeros(shape, dtype=np.int64)
    removed = []
    for at, rule in enumerate(kind.all_rules):
        fails = ~np.broadcast_to(rule.over(upright, offers), shape)
        removed.append(fails.sum(axis=1))
        failed += fails
        which += at * fails
    alone = [((failed == 1) & (which == at)).sum(axis=1) for at in range(len(kind.all_rules))]
    counts = [
        tuple(
            Removed(rule.code, int(removed[at][row]), int(alone[at][row]))
            for at, rule in enumerate(kind.all_rules)
            if removed[at][row]
        )
        for row in range(shape[0])
    ]
    return counts, (failed == 0).sum(axis=1)
