"""How much of a child's general profile a donor reads: no more than fits five listed children.

Words are dropped in a fixed order, the league first, then the stage. Who is told coarser words is
in turn one of five who are: a class of a few would tell that these are the rare ones.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from typing import NamedTuple, TypeVar

FEWEST_ALIKE = 5
STEP = 5

Key = TypeVar("Key", bound=Hashable)


class Profile(NamedTuple):
    """A stage and a league; None where nothing is said."""

    stage: str | None
    league: str | None


Drop = Callable[[Profile], Profile]


def coarsened(children: Mapping[Profile, int]) -> dict[Profile, Profile]:
    """Return for each profile the words that are said of it.

    Every set of words is said of five children at least, or nothing is said at all.
    """
    said = {profile: profile for profile in children}
    for drop in (_without_league, _without_stage):
        _gather(said, children, drop)
    return said


def _without_league(words: Profile) -> Profile:
    return Profile(words.stage, None)


def _without_stage(_: Profile) -> Profile:
    return Profile(None, None)


def _gather(said: dict[Profile, Profile], children: Mapping[Profile, int], drop: Drop) -> None:
    """Say coarser words of every class below five, and of the smallest beside it that lifts them."""
    sizes = _sizes(said, children)
    for coarse in sorted({drop(words) for words in sizes}, key=repr):
        inside = sorted(
            (words for words in sizes if drop(words) == coarse),
            key=lambda words: (sizes[words], repr(words)),
        )
        together = 0
        for words in inside:
            if sizes[words] >= FEWEST_ALIKE and (together == 0 or together >= FEWEST_ALIKE):
                break
            together += sizes[words]
            _say(said, words, coarse)


def _say(said: dict[Profile, Profile], words: Profile, coarse: Profile) -> None:
    for profile, own in said.items():
        if own == words:
            said[profile] = coarse


def _sizes(said: Mapping[Profile, Profile], children: Mapping[Profile, int]) -> Counter[Profile]:
    sizes: Counter[Profile] = Counter()
    for profile, count in children.items():
        sizes[said[profile]] += count
    return sizes


def in_fives(pool: Mapping[Key, int]) -> Counter[Key]:
    """Return the pool in multiples of five, so that every run of it in order is right within four.

    Each number is one of a running count rounded down: where it is none there are up to four, where
    it is five between one and nine. Whatever is summed up of these tells no more than they do.
    """
    steps: Counter[Key] = Counter()
    running = 0
    for key in sorted(pool, key=repr):
        before, running = running // STEP, running + pool[key]
        steps[key] = (running // STEP - before) * STEP
    return steps
