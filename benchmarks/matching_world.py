"""A region of children and volunteers for the benchmarks, by dice."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np

from matching import CareNeed, Volunteer
from matching.kinds.volunteers import CARE, LANGUAGES, TIMES
from matching.tables import Table

_CHILDREN_A_BANNER = 970
_ACROSS = 32
_TOWNSHIPS = 12
_AT_ONCE = 50_000
_SETS = {
    words: [
        frozenset(word for at, word in enumerate(words) if bits >> at & 1)
        for bits in range(1 << len(words))
    ]
    for words in (CARE, LANGUAGES, TIMES)
}


def a_region(
    children: int, *, seed: int = 0, volunteers: int | None = None
) -> tuple[list[Any], list[Any]]:
    """Return so many care needs and, by default, two volunteers for five of them, 1 to 3 places each."""
    dice = np.random.default_rng(seed)
    banners = max(1, children // _CHILDREN_A_BANNER)  # more children are more land
    return (
        [CareNeed(**one) for one in _needs(dice, children, banners)],
        [Volunteer(**one) for one in _offers(dice, volunteers or children * 2 // 5, banners)],
    )


def as_tables(children: int) -> tuple[Table, Table]:
    """Return the same region as columns, as a run reads it: records by themselves weigh far more."""
    dice, banners = np.random.default_rng(0), max(1, children // _CHILDREN_A_BANNER)
    return (
        _table(CareNeed, _needs(dice, children, banners)),
        _table(Volunteer, _offers(dice, children * 2 // 5, banners)),
    )


def _table(kind: type[Any], records: Iterator[dict[str, Any]]) -> Table:
    joined = Table.of(kind, [])
    while some := [kind(**one) for one in islice(records, _AT_ONCE)]:
        joined = Table.joined(joined, Table.of(kind, some))
    return joined


def _where(dice: Any, count: int, banners: int) -> Iterator[dict[str, Any]]:
    banner = dice.integers(banners, size=count)
    township = dice.integers(_TOWNSHIPS, size=count)
    lat = 2000 + (banner // _ACROSS) * 130 + (township // 4) * 22
    lon = 9800 + (banner % _ACROSS) * 230 + (township % 4) * 36
    names = [f"15{at + 100:04d}000000" for at in range(banners)]
    within = [
        [f"15{at + 100:04d}{one + 100}000" for one in range(_TOWNSHIPS)] for at in range(banners)
    ]
    for b, t, x, y in zip(
        banner.tolist(), township.tolist(), lat.tolist(), lon.tolist(), strict=True
    ):
        yield {"banner": names[b], "township": within[b][t], "lat": x, "lon": y}


def _needs(dice: Any, count: int, banners: int) -> Iterator[dict[str, Any]]:
    asks = 1 << dice.integers(len(CARE) - 2, size=count)
    more = np.where(dice.random(count) < 0.4, 1 << dice.integers(len(CARE), size=count), 0)
    facts = zip(
        (asks | more).tolist(),
        dice.choice(("F", "M"), size=count).tolist(),
        dice.integers(3, 17, size=count).tolist(),
        dice.choice(("zh", "zh", "mn"), size=count).tolist(),
        dice.integers(0, 16, size=count).tolist(),
        dice.integers(0, 4, size=count).tolist(),
        dice.integers(0, 400, size=count).tolist(),
        _where(dice, count, banners),
        strict=True,
    )
    for at, (asked, sex, age, language, times, urgency, days, where) in enumerate(facts):
        yield {
            "code": f"n-{at:07d}",
            "asks": _SETS[CARE][asked],
            "sex": sex,
            "age": age,
            "language": language,
            "times": _SETS[TIMES][times],
            "urgency": urgency,
            "waiting_days": days,
            "is_verified": True,
            "has_consent": True,
            **where,
        }


def _offers(dice: Any, count: int, banners: int) -> Iterator[dict[str, Any]]:
    facts = zip(
        dice.integers(1, 4, size=count).tolist(),
        dice.choice(("F", "F", "F", "F", "M"), size=count).tolist(),
        dice.integers(1, 1 << len(CARE), size=count).tolist(),
        dice.integers(1, 4, size=count).tolist(),
        dice.integers(0, 16, size=count).tolist(),
        dice.choice((25, 30, 40), size=count).tolist(),
        dice.integers(0, 100, size=count).tolist(),
        _where(dice, count, banners),
        strict=True,
    )
    for at, (places, sex, skills, speaks, times, reach, days, where) in enumerate(facts):
        yield {
            "code": f"v-{at:07d}",
            "places": places,
            "sex": sex,
            "skills": _SETS[CARE][skills],
            "languages": _SETS[LANGUAGES][speaks],
            "times": _SETS[TIMES][times],
            "reach_km": reach,
            "is_cleared": True,
            "is_trained": True,
            "waiting_days": days,
            **where,
        }
