"""What proves a run: its records, the pairs kept, what was made, and the prices that bound it.

Packed to bytes for whoever keeps it; `matching/verify.py` judges it without the solver.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from matching.columns import Columns
from matching.explain import Told
from matching.kind import Kind, Weights
from matching.kinds import KINDS
from matching.packing import packed, unpacked
from matching.pairs import Pairs
from matching.reasons import Reasons, reasons_of
from matching.shapes import Bools, Ints
from matching.tables import Table

MOST_DAYS: Final = 1_000
"""Days waited that count among equal scores; more count no more."""
_EVERY: Final = slice(None)


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """Records in the run's order, and parallel arrays over pairs, needs, offers and parts.

    Per pair kept: `need` and `offer` (rows), `score`, `units` made, and `stay`, points more a unit
    for a pair that somebody was shown already. Per need and offer: its price and its part; who has
    no pair is in the last one. Per part: `scale` (a point's worth beside a day waited), `bound` on
    (score + stay) x scale + days, and whether CP-SAT gave it instead of the prices. `reasons` say
    why each pair made and not the next; a run of before has none, and they are found anew. `is_cut`:
    permitted pairs were left out that are worth no more than their prices.
    """

    kind: Kind
    needs: Table
    offers: Table
    weights: Weights
    seed: int
    need: Ints
    offer: Ints
    score: Ints
    stay: Ints
    units: Ints
    need_price: Ints
    offer_price: Ints
    need_part: Ints
    offer_part: Ints
    scale: Ints
    bound: Ints
    is_searched: Ints
    reasons: Reasons | None = None
    is_cut: bool = False

    def __post_init__(self) -> None:
        """Take lists of records too."""
        object.__setattr__(self, "needs", Table.of(self.kind.need, self.needs, "needs"))
        object.__setattr__(self, "offers", Table.of(self.kind.offer, self.offers, "offers"))

    def values(self, some: slice = _EVERY) -> Ints:
        """Return what a unit on each pair is worth: its points, then the days both sides waited."""
        days = (np.minimum(one.numbers("waiting_days"), MOST_DAYS) for one in self._sides())
        ends = self.need[some], self.offer[some]
        waited = [own[rows] for own, rows in zip(days, ends, strict=True)]
        scale = self.scale[self.need_part[ends[0]]]
        return (self.score[some] + self.stay[some]) * scale + sum(waited)

    def most_units(self, some: slice = _EVERY) -> Ints:
        """Return what each pair could carry if nobody else gave."""
        open_, each = self.demand()[self.need[some]], self._sum_each()[self.offer[some]]
        listed = np.array((0, *self.kind.sums), dtype=np.int64)
        return listed[np.searchsorted(listed, np.minimum(open_, each), side="right") - 1]

    def demand(self) -> Ints:
        """Return the units each need lacks."""
        return self.needs.numbers("units_open")

    def supply(self) -> Ints:
        """Return the units each offer has for the needs of its part, a need once."""
        size = np.bincount(self.need_part, minlength=len(self.scale))
        places = np.minimum(self.kind.places(self.offers), size[self.offer_part])
        return places * self._sum_each()

    def total(self) -> int:
        """Return the points of all that was made."""
        made = np.flatnonzero(self.units)
        return int(np.dot(self.score[made].astype(np.int64), self.units[made].astype(np.int64)))

    def stayed(self) -> int:
        """Return the points that what was made has for staying as somebody was shown it."""
        made = np.flatnonzero(self.units)
        return int(np.dot(self.stay[made], self.units[made].astype(np.int64)))

    def made(self) -> list[tuple[str, str, int]]:
        """Return need, offer and units of every pair made, by their codes."""
        made = np.flatnonzero(self.units)
        needs = self.needs.texts("code")[self.need[made]].astype(str).tolist()
        offers = self.offers.texts("code")[self.offer[made]].astype(str).tolist()
        return list(zip(needs, offers, self.units[made].tolist(), strict=True))

    def is_met(self) -> Bools:
        """Say of each need whether it got anything."""
        met = np.zeros(len(self.needs), dtype=np.bool_)
        met[self.need[self.units > 0]] = True
        return met

    def told(self) -> Told:
        """Return what draws the pairs made, by the points that the run counted."""
        pairs = Pairs(self.need, self.offer, self.score)
        return Told(
            self.kind,
            self.needs,
            self.offers,
            pairs=pairs,
            units=self.units,
            weights=self.weights,
            reasons=self.reasons or self.explained(self.kind.columns(*self._sides())),
        )

    def explained(self, columns: tuple[Columns, Columns]) -> Reasons:
        """Return why each pair made and not the next, found anew from both sides' columns."""
        pairs = Pairs(self.need, self.offer, self.score)
        return reasons_of(self.kind, columns, pairs, self.units, self.weights)

    def _sides(self) -> tuple[Table, Table]:
        return self.needs, self.offers

    def _sum_each(self) -> Ints:
        return self.offers.numbers("units_per_child")

    def pack(self) -> bytes:
        """Return the certificate, its reasons with it, as one compressed file of plain arrays."""
        return packed(self)

    @classmethod
    def unpack(cls, given: bytes, kinds: Mapping[str, Kind] = KINDS) -> Self:
        """Read what `pack` wrote. Raises ValueError, KeyError or BadRecord where it is damaged."""
        return cls(**unpacked(given, kinds))
