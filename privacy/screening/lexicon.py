"""How a sentence divides into everyday words, and what any other reading of it would cost.

Costs are -ln of how often a word is used, so they add up along a sentence and the lowest sum is
the likeliest reading. What no everyday words explain is dear: names and places are found there.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain

from privacy.screening.folding import ONE
from privacy.screening.lists import banners, lines, words

HAN_RUN = re.compile(rf"{ONE}+")
_LONGEST = 6
_UNKNOWN = 14.5  # a character no word list has
_SAME = 1e-6  # sums of the same costs in another order
_SAID_HERE = 11.0  # a word of our own lists: not frequent everywhere, but in these letters


@dataclass(frozen=True, slots=True)
class Reading:
    """What each beginning and each end of a run of Han characters costs at best."""

    before: tuple[float, ...]  # of run[:i]
    after: tuple[float, ...]  # of run[i:]

    def dearth(self, start: int, end: int) -> float:
        """Return how much dearer everyday words are than a blank in the place of the piece."""
        return self.before[-1] - self.before[start] - self.after[end]


@cache
def costs() -> dict[str, float]:
    """Return what every word and single character costs."""
    found: dict[str, float] = {}
    for line in lines("lexicon"):
        cost, *some = line.split()
        found.update(dict.fromkeys(some, float(cost)))
    for word in chain(words("ordinary"), words("cities"), words("famous"), banners()):
        if len(word) > 1:
            found[word] = min(found.get(word, _SAID_HERE), _SAID_HERE)
    return found


@lru_cache(maxsize=2048)
def reading(run: str) -> Reading:
    """Return the reading of a run of Han characters."""
    every, size = costs(), len(run)
    ending: list[list[tuple[int, float]]] = [[] for _ in range(size + 1)]
    after = [0.0] * (size + 1)
    for start in range(size - 1, -1, -1):
        best = after[start + 1] + every.get(run[start], _UNKNOWN)
        ending[start + 1].append((start, every.get(run[start], _UNKNOWN)))
        for end in range(start + 2, min(size, start + _LONGEST) + 1):
            cost = every.get(run[start:end])
            if cost is not None:
                ending[end].append((start, cost))
                best = min(best, after[end] + cost)
        after[start] = best
    before = [0.0] * (size + 1)
    for end in range(1, size + 1):
        before[end] = min(before[start] + cost for start, cost in ending[end])
    return Reading(tuple(before), tuple(after))


def is_word(text: str) -> bool:
    """Say whether it is said every day."""
    return text in costs()


@lru_cache(maxsize=2048)
def split(run: str) -> tuple[int, ...]:
    """Return where the words of the likeliest reading begin, and where the last one ends."""
    read, every, at, size = reading(run), costs(), 0, len(run)
    found = [0]
    while at < size:
        for end in range(min(size, at + _LONGEST), at, -1):
            cost = every.get(run[at:end], _UNKNOWN if end == at + 1 else None)
            if cost is not None and abs(read.after[end] + cost - read.after[at]) < _SAME:
                break
        at = end
        found.append(at)
    return tuple(found)
