"""What a donor's wishes take away: asked of the pledge form while it is filled in."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from matching.kinds.pledges import PLEDGES, Need, is_past


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """A donor's wishes as typed into the pledge form; None wishes for nothing.

    `until` is the stage at whose graduation he stops: it takes away those who are past it.
    """

    sex: str | None = None
    stage: str | None = None
    league: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class WishCounts:
    """Children open to a pledge, those who fit, and how many more would without each wish given."""

    pool: int
    fit: int
    takes_away: Mapping[str, int]


def pool_of(needs: Iterable[Need]) -> Counter[tuple[str, str, str]]:
    """Count the needs a pledge could meet, by (sex, stage, league)."""
    return Counter((need.sex, need.stage, need.league) for need in needs if PLEDGES.is_open(need))


def wish_counts(pool: Mapping[tuple[str, str, str], int], wishes: Wishes) -> WishCounts:
    """Return how many of the pool fit, and what each wish given takes away beside the others."""
    missed: Counter[tuple[str, ...]] = Counter()
    for facts, children in pool.items():
        missed[_unmet(wishes, *facts)] += children
    given = [key for key in ("sex", "stage", "league", "until") if getattr(wishes, key) is not None]
    return WishCounts(missed.total(), missed[()], {key: missed[(key,)] for key in given})


def _unmet(wishes: Wishes, sex: str, stage: str, league: str) -> tuple[str, ...]:
    fails = {
        "sex": wishes.sex not in (None, sex),
        "stage": wishes.stage not in (None, stage),
        "league": wishes.league not in (None, league),
        "until": is_past(stage, wishes.until),
    }
    return tuple(key for key, is_unmet in fails.items() if is_unmet)
