"""Records as numpy columns, in the run's own order, so rules and scores work on whole blocks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
import numpy.typing as npt

from matching.records import (
    LISTED_UNITS,
    RHYTHMS,
    SEXES,
    STAGES,
    Need,
    Offer,
    check_unique,
    division_prefix,
)

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

NONE = -1
"""Stands for an absent wish."""


@dataclass(frozen=True)
class NeedColumns:
    """One entry per need; a block is the same columns over fewer rows."""

    row: Ints
    units_open: Ints
    sex: Ints
    stage: Ints
    league: Ints
    banner: Ints
    urgency: Ints
    waiting_days: Ints
    is_verified: Ints
    has_consent: Ints
    months_left: Ints

    @classmethod
    def of(cls, needs: Sequence[Need]) -> Self:
        """Read the records in their order."""
        plain = (
            "units_open",
            "urgency",
            "waiting_days",
            "is_verified",
            "has_consent",
            "months_left",
        )
        return cls(
            row=np.arange(len(needs), dtype=np.int64),
            sex=_ints([SEXES.index(need.sex) for need in needs]),
            stage=_ints([STAGES.index(need.stage) for need in needs]),
            league=_ints([int(need.league) for need in needs]),
            banner=_ints([int(need.banner[:6]) for need in needs]),
            **{name: _ints([getattr(need, name) for need in needs]) for name in plain},
        )

    def rows(self, chosen: Ints | slice) -> "NeedColumns":
        """Return the block of the chosen rows."""
        return NeedColumns(**{one.name: getattr(self, one.name)[chosen] for one in fields(self)})

    def upright(self) -> "NeedColumns":
        """Return the columns as a vertical block, to be met by offers lying across."""
        return NeedColumns(**{one.name: getattr(self, one.name)[:, None] for one in fields(self)})


@dataclass(frozen=True)
class OfferColumns:
    """One entry per offer; `excluded` lists (need row, offer row) pairs, sorted by need row."""

    row: Ints
    places: Ints
    units_per_child: Ints
    wish_sex: Ints
    wish_stage: Ints
    wish_league: Ints
    last_stage: Ints
    scope: Ints
    scope_divisor: Ints
    rhythm: Ints
    waiting_days: Ints
    excluded: Ints

    @classmethod
    def of(cls, offers: Sequence[Offer], *, need_rows: Mapping[str, int]) -> Self:
        """Read the records in their order; exclusions of needs outside this run are dropped."""
        prefixes = [division_prefix(offer.scope or "") for offer in offers]
        return cls(
            row=np.arange(len(offers), dtype=np.int64),
            places=_ints([offer.places for offer in offers]),
            units_per_child=_ints([offer.units_per_child for offer in offers]),
            wish_sex=_ints([_place(SEXES, offer.wish_sex) for offer in offers]),
            wish_stage=_ints([_place(STAGES, offer.wish_stage) for offer in offers]),
            wish_league=_ints([int(offer.wish_league or NONE) for offer in offers]),
            last_stage=_ints([STAGES.index(offer.until or STAGES[-1]) for offer in offers]),
            scope=_ints([int(prefix or 0) for prefix in prefixes]),
            scope_divisor=_ints([10 ** (6 - len(prefix)) for prefix in prefixes]),
            rhythm=_ints([RHYTHMS.index(offer.rhythm) for offer in offers]),
            waiting_days=_ints([offer.waiting_days for offer in offers]),
            excluded=_exclusions(offers, need_rows),
        )


def rows_of(needs: Sequence[Need]) -> dict[str, int]:
    """Return each code's row; a code that stands twice is refused."""
    check_unique("needs", (need.code for need in needs))
    return {need.code: row for row, need in enumerate(needs)}


def listed_floor(units: Ints) -> Ints:
    """Return, entry by entry, the largest listed sum within `units`, 0 when there is none."""
    listed = np.array((0, *LISTED_UNITS), dtype=np.int64)
    return listed[np.searchsorted(listed, units, side="right") - 1]


def pair_sums(needs: NeedColumns, offers: OfferColumns) -> Ints:
    """Return `records.pair_units` for every pair of a block."""
    return listed_floor(np.minimum(needs.units_open, offers.units_per_child))


def _exclusions(offers: Sequence[Offer], need_rows: Mapping[str, int]) -> Ints:
    found = [
        (need_rows[code], row)
        for row, offer in enumerate(offers)
        for code in offer.excluded
        if code in need_rows
    ]
    return np.array(sorted(found), dtype=np.int64).reshape(-1, 2)


def _ints(values: Sequence[int]) -> Ints:
    return np.array(values, dtype=np.int64)


def _place(names: Sequence[str], name: str | None) -> int:
    return NONE if name is None else names.index(name)
