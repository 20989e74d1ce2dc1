"""Mongolian names as Chinese writes them, by the sound of their syllables.

Every character costs what it costs in the names we know; a row of them that is far cheaper than
any everyday words would be is a name, of a person or of a place.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache
from math import log

from privacy.screening.lexicon import HAN_RUN, Reading, reading
from privacy.screening.lists import words
from privacy.screening.people import around

_PRIOR, _ENOUGH = 8.0, 1.0
_FAMILIES = tuple("包白金何韩吴鲍佟席敖孟杜涂康王李张陈赵梁宝齐")
_COMPOSED, _UNKNOWN = 2.0, 99.0
_LISTED = 14.0  # a name we know, however usual its syllables are
_SHORTEST, _LONGEST = 2, 9
_DEAREST, _MOST_GAIN = 9.5, 22.0  # no words around speak louder for a name
# Syllables that are everyday Chinese words as well: they add nothing to the likeness.
_EVERYDAY = frozenset("花都天长小满信山里黑金喜双寿命意如出力来文东大铁永荣旺新云乐和顺通代车热")


@cache
def _syllables() -> dict[str, float]:
    """Return what each character costs inside a Mongolian name."""
    count = Counter("".join(words("mongol") | words("mongol_parts")))
    whole = sum(count.values())
    return {
        one: _DEAREST if one in _EVERYDAY else min(_DEAREST, -log(many / whole))
        for one, many in count.items()
    }


def find(text: str) -> Iterator[tuple[int, int, float]]:
    """Yield where such names stand, and how far each is beyond doubt."""
    known = _syllables()
    for run in HAN_RUN.finditer(text):
        read, at = reading(run[0]), 0
        for row in _row().finditer(run[0]):
            if row.start() < at:
                continue
            best = max(_in_row(text, run, row.span(), read, known), default=None)
            if best and best[0] > 0:
                at = best[2]
                first = best[1] - _has_family(run[0], best[1])
                yield run.start() + first, run.start() + best[2], best[0]


def _has_family(run: str, start: int) -> bool:
    """Say whether a family name usual among Mongols stands before it: 包乌日汗."""
    before = run[start - 1 : start] if start else ""
    return before in _FAMILIES and (start == 1 or run[start - 2] in "叫是和跟与给找的人员桌")


@lru_cache(maxsize=4096)
def _known(name: str) -> float:
    """Return what a name we know costs at most, or one made of two parts we know."""
    if name in words("mongol"):
        return _LISTED
    parts = words("mongol") | words("mongol_parts")
    both = any(name[:at] in parts and name[at:] in parts for at in range(2, len(name)))
    return _LISTED + _COMPOSED if both else _UNKNOWN


@cache
def _row() -> re.Pattern[str]:
    return re.compile(f"[{''.join(sorted(_syllables()))}]{{2,}}")


def _in_row(
    text: str, run: re.Match[str], row: tuple[int, int], read: Reading, known: dict[str, float]
) -> Iterator[tuple[float, int, int]]:
    """Yield every piece of a row of syllables with how sure it is a name."""
    low, high = row
    for start in range(low, high - 1):
        cost = _PRIOR + known[run[0][start]]
        for end in range(start + 2, min(high, start + _LONGEST) + 1):
            cost += known[run[0][end - 1]]
            sure = read.dearth(start, end) - min(cost, _known(run[0][start:end])) - _ENOUGH
            if sure > -_MOST_GAIN and len(set(run[0][start:end])) > 1:
                yield sure + around(text, run.start() + start, run.start() + end), start, end
