"""Why each pair of a plan and not the next: points as columns, found for a whole run at once.

What a factor counts is read off both records when somebody reads a pair (matching/explain.py).
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from matching.columns import Columns
from matching.kind import Kind, Weights
from matching.pairs import Pairs
from matching.shapes import Ints, small

SHOWN: Final = 2
"""So many that came next are kept on either side of a pair."""
_PLACE_BITS: Final = 36
_AT_ONCE: Final = 4_000_000


@dataclass(frozen=True)
class Reasons:
    """A line for every pair that was made or came next: its place among all, each factor's points.

    Per pair made, in order: its own line, and the lines of who came next on either side, the best
    first, -1 for nobody.
    """

    place: Any
    points: Any
    made: Any
    next_offers: Any
    next_needs: Any


def reasons_of(
    kind: Kind, columns: tuple[Columns, Columns], pairs: Pairs, units: Ints, weights: Weights
) -> Reasons:
    """Find who comes next to every pair of a plan, and the points of them all."""
    needs, offers = columns
    made = np.flatnonzero(units)
    of_need = _best(pairs.need, pairs.score, units, count=len(needs))
    of_offer = _best(pairs.offer, pairs.score, units, count=len(offers))
    others = of_need[:, pairs.need[made]], of_offer[:, pairs.offer[made]]
    every = np.unique(np.concatenate([made, *(one.ravel() for one in others)]))
    places = every[every >= 0]
    return Reasons(
        place=places,
        points=_points(kind, columns, (pairs.need[places], pairs.offer[places]), weights),
        made=np.searchsorted(places, made).astype(np.int32),
        next_offers=_lines(places, others[0]),
        next_needs=_lines(places, others[1]),
    )


def _lines(places: Ints, asked: Ints) -> Any:
    return np.where(asked < 0, -1, np.searchsorted(places, asked)).astype(np.int32)


def _points(
    kind: Kind, columns: tuple[Columns, Columns], ends: tuple[Ints, Ints], weights: Weights
) -> Any:
    """Return, line by line, the points of every factor."""
    across = columns[0].rows(ends[0]), columns[1].rows(ends[1])
    found = [factor.block(*across, weights) for factor in kind.factors]
    wide = np.broadcast_arrays(np.zeros(len(ends[0]), dtype=np.int64), *found)[1:]
    return small(np.stack(wide, axis=1)) if len(ends[0]) else np.zeros((0, len(found)), np.int8)


def _best(side: Ints, score: Ints, units: Ints, *, count: int) -> Ints:
    """Return for each of one side its best few pairs that are not made, -1 where there is none.

    Those in the plan are no alternative; of equal scores the first that stands comes first.
    """
    last = len(score) - 1
    found = np.full((SHOWN, count), -1, dtype=np.int64)
    for at, row in enumerate(found):
        for start in range(0, len(score), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            places = np.arange(start, min(start + _AT_ONCE, len(score)))
            keys = (score[part].astype(np.int64) << _PLACE_BITS) + (last - places)
            keys[units[part] > 0] = -1
            for earlier in found[:at]:
                keys[earlier[side[part]] == places] = -1
            np.maximum.at(row, side[part], keys)
        is_any = row >= 0
        row[is_any] = last - (row[is_any] & ((1 << _PLACE_BITS) - 1))
    return found
