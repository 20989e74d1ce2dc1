"""Why this pair and not the next: codes and numbers only; the doors turn them into sentences."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np

from matching.kind import Factor, Kind, Params, Part, Weights
from matching.pairs import Pairs
from matching.reasons import Reasons
from matching.shapes import Ints, Texts
from matching.tables import Table

_KEPT: Final = 200_000


def best_of(reasons: Iterable[Mapping[str, Any]]) -> str | None:
    """Return in one short code what carries most points: "waiting", "urgency:3", "wish:sex,stage"."""
    best = max(reasons, key=lambda part: part["points"], default=None)
    if best is None:
        return None
    said = {"urgency": "level", "language": "language"}.get(best["factor"])
    more = best[said] if said else ",".join(best.get("met", ()))
    return f"{best['factor']}:{more}".removesuffix(":")


@dataclass(frozen=True, slots=True)
class Lack:
    """One factor in which an alternative stands behind: its own points, and how far behind."""

    factor: str
    points: int
    behind: int
    params: Params

    def as_dict(self) -> dict[str, object]:
        """Return the lack as it is stored: {"factor", "points", "behind", **params}."""
        return {
            "factor": self.factor,
            "points": self.points,
            "behind": self.behind,
            **self.params,
        }


@dataclass(frozen=True, slots=True)
class Alternative:
    """The next best of one side: its score in this place, what it lacked, whom the plan gave it.

    An alternative that lacks nothing was given where it adds more to the whole.
    """

    code: str
    score: int
    lacks: tuple[Lack, ...]
    placed_with: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """Return the alternative as it is stored, JSON types only."""
        return {
            "code": self.code,
            "score": self.score,
            "lacks": [lack.as_dict() for lack in self.lacks],
            "placed_with": [*self.placed_with],
        }


def lacks(
    kind: Kind, kept: tuple[Any, Any], other: tuple[Any, Any], weights: Weights
) -> tuple[Lack, ...]:
    """Return every factor in which `other` has fewer points than `kept`, the widest gap first."""
    both = zip(kind.parts_of(*kept, weights), kind.parts_of(*other, weights), strict=True)
    behind = [
        Lack(theirs.factor, theirs.points, ours.points - theirs.points, theirs.params)
        for ours, theirs in both
        if theirs.points < ours.points
    ]
    return tuple(sorted(behind, key=lambda lack: (-lack.behind, lack.factor)))


class Told:
    """Draws a plan's pairs with their reasons, one when it is read.

    The points are those the run counted; what they count is read off the records as the run saw
    them.
    """

    def __init__(
        self,
        kind: Kind,
        needs: Table,
        offers: Table,
        *,
        pairs: Pairs,
        units: Ints,
        weights: Weights,
        reasons: Reasons,
    ) -> None:
        """Keep what a pair is drawn from."""
        self.kind, self.weights = kind, weights
        self._pairs, self._reasons, self._points = pairs, reasons, reasons.points
        self._made = np.flatnonzero(units)
        by_offer = self._made[np.argsort(pairs.offer[self._made], kind="stable")]
        need_codes, offer_codes = needs.texts("code"), offers.texts("code")
        self._placed_needs = pairs.offer[by_offer], need_codes[pairs.need[by_offer]]
        self._placed_offers = pairs.need[self._made], offer_codes[pairs.offer[self._made]]
        # Whoever came next to one comes next to others as well.
        self._need, self._offer = (lru_cache(_KEPT)(side.__getitem__) for side in (needs, offers))

    def parts(self, at: int) -> tuple[Part, ...]:
        """Return every factor's part of this pair."""
        own = self._points[self._reasons.made[self._number(at)]].tolist()
        need, offer = self._ends(at)
        return tuple(
            Part(one.code, points, getattr(self.weights, one.code), self._params(one, need, offer))
            for one, points in zip(self.kind.factors, own, strict=True)
        )

    def next_offers(self, at: int) -> tuple[Alternative, ...]:
        """Return the best other offers for this pair's need that the plan did not give it."""
        return self._beside(at, self._reasons.next_offers, of_need=True)

    def next_needs(self, at: int) -> tuple[Alternative, ...]:
        """Return the best other needs for this pair's offer that the plan did not give it."""
        return self._beside(at, self._reasons.next_needs, of_need=False)

    def _number(self, at: int) -> int:
        number = int(np.searchsorted(self._made, at))
        if number == len(self._made) or self._made[number] != at:
            raise KeyError(at)  # the plan did not make this pair: nobody comes next to it
        return number

    def _ends(self, at: int) -> tuple[Any, Any]:
        return self._need(int(self._pairs.need[at])), self._offer(int(self._pairs.offer[at]))

    def _params(self, factor: Factor, need: Any, offer: Any) -> Params:
        return factor.plain(need, offer, self.weights)[1]

    def _beside(self, at: int, others: Ints, *, of_need: bool) -> tuple[Alternative, ...]:
        number = self._number(at)
        kept = self._points[self._reasons.made[number]].tolist()
        lines = others[:, number].tolist()
        return tuple(self._alternative(kept, one, of_need=of_need) for one in lines if one >= 0)

    def _alternative(self, kept: list[int], line: int, *, of_need: bool) -> Alternative:
        other, theirs = int(self._reasons.place[line]), self._points[line].tolist()
        need, offer = self._ends(other)
        behind = [
            Lack(factor.code, points, ours - points, self._params(factor, need, offer))
            for factor, ours, points in zip(self.kind.factors, kept, theirs, strict=True)
            if points < ours
        ]
        behind.sort(key=lambda lack: (-lack.behind, lack.factor))
        placed = (
            _of(self._placed_needs, self._pairs.offer[other])
            if of_need
            else _of(self._placed_offers, self._pairs.need[other])
        )
        code = offer.code if of_need else need.code
        return Alternative(code, int(self._pairs.score[other]), tuple(behind), placed)


def _of(placed: tuple[Ints, Texts], one: int) -> tuple[str, ...]:
    """Return with whom the plan placed one of a side."""
    rows, codes = placed
    first, last = np.searchsorted(rows, [one, one + 1])
    return tuple(code.decode() for code in codes[first:last].tolist())
