"""One pledge of several givers: each payment is divided among them, and the oldest money is used first.

To the fen: what somebody's part was used for is his, and all parts add up to what came and what went.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from vocabulary.money import Fen, split

ITSELF = 0
"""The unit or group as a whole: whose money it is while nobody is on its list."""

Parts = Mapping[int, Fen]


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment, and what each giver (by key) had said to give a time when it came."""

    on: date
    fen: Fen
    shares: Mapping[int, int]

    @property
    def parts(self) -> dict[int, Fen]:
        """Return each giver's part: by largest remainder, so that the parts add up."""
        given = {key: fen for key, fen in sorted(self.shares.items()) if fen > 0}
        if not given:
            return {ITSELF: self.fen}
        parts = split(self.fen, list(given.values()))
        return {key: part for key, part in zip(given, parts, strict=True) if part}


@dataclass(frozen=True, slots=True)
class Moved:
    """Money used (above zero) or come back (below), and what it was for."""

    on: date
    fen: int
    about: Hashable


def of_moves(paid: Sequence[Paid], moved: Sequence[Moved]) -> list[dict[int, int]]:
    """Return for each move what it took from each giver; what comes back goes to whom it came from."""
    left = [dict(one.parts) for one in paid]
    taken: dict[Hashable, list[list[tuple[int, dict[int, Fen]]]]] = {}
    found: list[dict[int, int]] = []
    for one in moved:
        if one.fen > 0:
            takes = _take(left, one.fen)
            taken.setdefault(one.about, []).append(takes)
            found.append(_added(takes, 1))
        else:
            takes = taken[one.about].pop() if taken.get(one.about) else []
            found.append(_give_back(left, takes, -one.fen))
    return found


def _take(left: list[dict[int, Fen]], fen: int) -> list[tuple[int, dict[int, Fen]]]:
    """Take a sum from the oldest payments, from each of its givers by what he has left there."""
    takes = []
    for place, parts in enumerate(left):
        there = sum(parts.values())
        if fen and there:
            now = min(fen, there)
            shared = split(Fen(now), list(parts.values()))
            takes.append((place, dict(zip(parts, shared, strict=True))))
            for key, part in takes[-1][1].items():
                parts[key] = Fen(parts[key] - part)
            fen -= now
    return [*takes, *([(-1, {ITSELF: Fen(fen)})] if fen else [])]


def _give_back(
    left: list[dict[int, Fen]], takes: list[tuple[int, dict[int, Fen]]], fen: int
) -> dict[int, int]:
    """Put a sum back where it was taken; another sum than that is nobody's but the whole's."""
    if sum(_added(takes, 1).values()) != fen:
        left.append({ITSELF: Fen(fen)})
        return {ITSELF: -fen}
    for place, parts in takes:
        for key, part in parts.items():
            if place >= 0:
                left[place][key] = Fen(left[place][key] + part)
    return _added(takes, -1)


def _added(takes: list[tuple[int, dict[int, Fen]]], sign: int) -> dict[int, int]:
    summed: dict[int, int] = {}
    for _, parts in takes:
        for key, part in parts.items():
            if part:
                summed[key] = summed.get(key, 0) + sign * part
    return summed
