"""Why this pair and not the next: codes and numbers only; the doors turn them into sentences."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from matching.columns import Columns, Ints
from matching.kind import Kind, Params, Weights
from matching.pairs import Pairs

_SHOWN = 2
_PLACE_BITS = 36


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
    """The other permitted pairs of every need and offer, and where the plan placed them.

    Who comes next, and the points of either, are found for all pairs at once, as columns; only
    what a factor counts is asked pair by pair, and of those factors alone that say something.
    """

    def __init__(
        self,
        kind: Kind,
        needs: Sequence[Any],
        offers: Sequence[Any],
        *,
        pairs: Pairs,
        units: Ints,
        weights: Weights,
        columns: tuple[Columns, Columns] | None = None,
    ) -> None:
        """Find who comes next; `columns` are both sides', where somebody has read them already."""
        self.kind, self.weights = kind, weights
        self._needs, self._offers, self._pairs = needs, offers, pairs
        self._needs_of: defaultdict[int, list[str]] = defaultdict(list)
        self._offers_of: defaultdict[int, list[str]] = defaultdict(list)
        made = np.flatnonzero(units)
        for at in made:
            need, offer = int(pairs.need[at]), int(pairs.offer[at])
            self._needs_of[offer].append(needs[need].code)
            self._offers_of[need].append(offers[offer].code)
        of_need = _best(pairs.need, pairs.score, units, count=len(needs))
        of_offer = _best(pairs.offer, pairs.score, units, count=len(offers))
        others = of_need[:, pairs.need[made]], of_offer[:, pairs.offer[made]]
        every = np.unique(np.concatenate([made, *(one.ravel() for one in others)]))
        self._places = every[every >= 0]
        self._points = self._points_of(self._places, columns)
        self._of_need, self._of_offer = self._lines(of_need), self._lines(of_offer)

    def next_offers(self, at: int) -> tuple[Alternative, ...]:
        """Return the best other offers for this pair's need that the plan did not give it."""
        return self._beside(at, self._of_need[:, self._pairs.need[at]], of_need=True)

    def next_needs(self, at: int) -> tuple[Alternative, ...]:
        """Return the best other needs for this pair's offer that the plan did not give it."""
        return self._beside(at, self._of_offer[:, self._pairs.offer[at]], of_need=False)

    def _lines(self, places: Ints) -> Ints:
        """Return in which line of points these pairs stand, -1 where there is none."""
        lines = np.searchsorted(self._places, places)
        return np.where(places < 0, -1, lines)

    def _points_of(self, places: Ints, columns: tuple[Columns, Columns] | None) -> Ints:
        """Return, place by place, the points of every factor."""
        needs, offers = columns or self.kind.columns(self._needs, self._offers)
        across = needs.rows(self._pairs.need[places]), offers.rows(self._pairs.offer[places])
        found = [factor.block(*across, self.weights) for factor in self.kind.factors]
        wide = np.broadcast_arrays(np.zeros(len(places), dtype=np.int64), *found)[1:]
        return np.stack(wide, axis=1)

    def _beside(self, at: int, lines: Ints, *, of_need: bool) -> tuple[Alternative, ...]:
        line = int(np.searchsorted(self._places, at))
        if line == len(self._places) or self._places[line] != at:
            raise KeyError(at)  # the plan did not make this pair: nobody comes next to it
        kept = self._points[line].tolist()
        return tuple(
            self._alternative(kept, line, of_need=of_need) for line in lines.tolist() if line >= 0
        )

    def _alternative(self, kept: list[int], line: int, *, of_need: bool) -> Alternative:
        other, theirs = int(self._places[line]), self._points[line].tolist()
        row, column = int(self._pairs.need[other]), int(self._pairs.offer[other])
        need, offer = self._needs[row], self._offers[column]
        behind = [
            Lack(factor.code, points, ours - points, factor.plain(need, offer, self.weights)[1])
            for factor, ours, points in zip(self.kind.factors, kept, theirs, strict=True)
            if points < ours
        ]
        behind.sort(key=lambda lack: (-lack.behind, lack.factor))
        code, placed = (
            (offer.code, self._needs_of[column]) if of_need else (need.code, self._offers_of[row])
        )
        return Alternative(code, int(self._pairs.score[other]), tuple(behind), tuple(placed))


def _best(side: Ints, score: Ints, units: Ints, *, count: int) -> Ints:
    """Return for each of one side its best few pairs that are not made, -1 where there is none.

    Those in the plan are no alternative; of equal scores the first that stands comes first.
    """
    keys = (score.astype(np.int64) << _PLACE_BITS) + np.arange(len(score))[::-1]
    keys[units > 0] = -1
    found = np.full((_SHOWN, count), -1, dtype=np.int64)
    for row in found:
        np.maximum.at(row, side, keys)
        is_any = row >= 0
        row[is_any] = len(score) - 1 - (row[is_any] & ((1 << _PLACE_BITS) - 1))
        keys[row[is_any]] = -1
    return found
