"""Why this pair and not the next: codes and numbers only; the doors turn them into sentences."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from matching.columns import Ints
from matching.kind import Kind, Params, Weights
from matching.pairs import Pairs

_SHOWN = 2


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


class Rivals:
    """The other permitted pairs of every need and offer, and where the plan placed them."""

    def __init__(
        self,
        kind: Kind,
        needs: Sequence[Any],
        offers: Sequence[Any],
        *,
        pairs: Pairs,
        units: Ints,
        weights: Weights,
    ) -> None:
        """Index the pairs by offer; by need they are in order already."""
        self.kind, self.weights = kind, weights
        self._needs, self._offers, self._pairs, self._units = needs, offers, pairs, units
        self._by_offer = np.argsort(pairs.offer, kind="stable")
        self._offer_keys = pairs.offer[self._by_offer]
        self._needs_of: defaultdict[int, list[str]] = defaultdict(list)
        self._offers_of: defaultdict[int, list[str]] = defaultdict(list)
        for at in np.flatnonzero(units):
            need, offer = int(pairs.need[at]), int(pairs.offer[at])
            self._needs_of[offer].append(needs[need].code)
            self._offers_of[need].append(offers[offer].code)

    def next_offers(self, at: int) -> tuple[Alternative, ...]:
        """Return the best other offers for this pair's need that the plan did not give it."""
        need = self._pairs.need[at]
        first, last = np.searchsorted(self._pairs.need, [need, need + 1])
        return tuple(
            self._alternative(at, other, self._offers[row].code, self._needs_of[row])
            for other in self._best(np.arange(first, last))
            for row in (int(self._pairs.offer[other]),)
        )

    def next_needs(self, at: int) -> tuple[Alternative, ...]:
        """Return the best other needs for this pair's offer that the plan did not give it."""
        offer = self._pairs.offer[at]
        first, last = np.searchsorted(self._offer_keys, [offer, offer + 1])
        return tuple(
            self._alternative(at, other, self._needs[row].code, self._offers_of[row])
            for other in self._best(self._by_offer[first:last])
            for row in (int(self._pairs.need[other]),)
        )

    def _best(self, candidates: Ints) -> list[int]:
        """Return the best few not in the plan; those in it are no alternative."""
        left = candidates[self._units[candidates] == 0]
        order = np.argsort(-self._pairs.score[left], kind="stable")[:_SHOWN]
        return [int(at) for at in left[order]]

    def _alternative(self, at: int, other: int, code: str, placed: list[str]) -> Alternative:
        behind = lacks(self.kind, self._records(at), self._records(other), self.weights)
        return Alternative(code, int(self._pairs.score[other]), behind, tuple(placed))

    def _records(self, at: int) -> tuple[Any, Any]:
        return self._needs[self._pairs.need[at]], self._offers[self._pairs.offer[at]]
