"""Needs that stay together: which offers may take a whole family."""

from collections.abc import Iterator

import numpy as np

from matching.blocks import permitted, scores
from matching.columns import Columns
from matching.kind import Kind, Weights
from matching.shapes import Ints
from matching.tables import Table


def families_of(kind: Kind, needs: Table) -> tuple[Ints, Ints]:
    """Return each need's family, -1 for none, and whether an offer takes one like it only once.

    Families are numbered in the order in which they first stand; who is alone in one has none.
    """
    once = needs.numbers(kind.once) if kind.once else np.zeros(len(needs), dtype=np.int64)
    family = np.full(len(needs), -1, dtype=np.int64)
    if kind.together is None:
        return family, once
    names = needs.texts(kind.together)
    rows = np.flatnonzero(names != b"")
    _, first, which, size = np.unique(
        names[rows], return_index=True, return_inverse=True, return_counts=True
    )
    shared = size[which] > 1
    family[rows[shared]] = np.unique(first[which][shared], return_inverse=True)[1]
    return family, once


def members_of(family: Ints) -> list[Ints]:
    """Return the rows of each family."""
    order = np.argsort(family, kind="stable")
    order = order[family[order] >= 0]
    return np.split(order, np.flatnonzero(np.diff(family[order])) + 1) if len(order) else []


def fitting(
    kind: Kind, needs: Columns, offers: Columns, family: Ints, *, is_once: Ints, weights: Weights
) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Yield each family's rows, the offers that may take all of it, and what each pair scores."""
    for members in members_of(family):
        if is_once[members].sum() > 1:
            continue
        block = needs.rows(members)
        fits = permitted(kind, block, offers).all(axis=0) & (offers.places >= len(members))
        able = np.flatnonzero(fits)
        yield members, able, scores(kind, block, offers, weights)[:, able]


def of_families(
    kind: Kind,
    needs: Columns,
    offers: Columns,
    family: Ints,
    *,
    is_once: Ints,
    weights: Weights,
    kept: int,
) -> list[Ints]:
    """Return for each family its `kept` best offers that may take all of it."""
    found = []
    every = fitting(kind, needs, offers, family, is_once=is_once, weights=weights)
    for members, able, points in every:
        best = np.sort(np.argsort(-points.sum(axis=0), kind="stable")[:kept])
        for row, score in zip(members, points[:, best], strict=True):
            found.append(np.stack([np.full(len(best), row), able[best], score]))
    return found


def renumbered(family: Ints) -> Ints:
    """Return a part's families numbered from 0; -1 stays none."""
    is_one = family >= 0
    _, numbers = np.unique(family[is_one], return_inverse=True)
    renumbered = np.full(len(family), -1, dtype=np.int64)
    renumbered[is_one] = numbers
    return renumbered
