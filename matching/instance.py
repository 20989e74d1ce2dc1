"""A researcher's instance: needs with units, offers with capacity, scored pairs, needs together.

    {"needs": [{"id", "units"}], "offers": [{"id", "capacity"}],
     "pairs": [[need, offer, score], ...], "together": [[need, need], ...]}

An id is a text or a whole number; 7 and "7" are the same id. Every fault names its place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import mul
from typing import Any, Final

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from matching.shapes import Ints
from matching.values import (
    FILE,
    MOST_SCORE,
    BadInstance,
    Id,
    count_of,
    id_of,
    list_of,
    named,
    object_of,
    parsed,
    score_of,
    tuple_of,
)

MOST_TOTAL: Final = 2**62
_PAIRS: Final = "pairs"
_PAIR = 3
_COUPLE = 2


@dataclass(frozen=True)
class Instance:
    """Both sides in order of id; pairs as parallel arrays, ordered by need row, then offer row.

    `groups` holds the rows of needs that stay together: one offer takes them all, whole, or none.
    A need of no units is served by nobody, and so is whoever stays together with it.
    """

    needs: tuple[Id, ...]
    units: Ints
    offers: tuple[Id, ...]
    capacity: Ints
    need: Ints
    offer: Ints
    score: Ints
    groups: tuple[tuple[int, ...], ...]


def read(text: str) -> Instance:
    """Read an instance; the order of rows in the file changes nothing. Raises BadInstance."""
    given = object_of(FILE, parsed(text))
    for key in given.keys() - {"needs", "offers", "pairs", "together"}:
        raise BadInstance(named(key), "is not known; there are needs, offers, pairs and together")
    needs = _side(given, "needs", "units")
    offers = _side(given, "offers", "capacity")
    need_rows, offer_rows = _rows(needs), _rows(offers)
    pairs = _pairs(given, need_rows, offer_rows)
    instance = Instance(
        needs=tuple(name for name, _ in needs),
        units=_ints([count for _, count in needs]),
        offers=tuple(name for name, _ in offers),
        capacity=_ints([count for _, count in offers]),
        need=pairs[0],
        offer=pairs[1],
        score=pairs[2],
        groups=_groups(given, need_rows),
    )
    _check_total(instance)
    return instance


def _side(given: Mapping[str, Any], side: str, count: str) -> list[tuple[Id, int]]:
    """Return (id, count) in order of id."""
    rows = list_of(side, given.get(side))
    if not rows:
        raise BadInstance(side, "is empty; there must be at least one")
    found: dict[str, tuple[Id, int]] = {}
    for place, row in enumerate(rows):
        at = f"{side}[{place}]"
        one = object_of(at, row)
        name = id_of(f"{at}.id", one.get("id"))
        if str(name) in found:
            raise BadInstance(at, f"the id {named(name)} stands twice")
        found[str(name)] = name, count_of(f"{at}.{count}", one.get(count))
    return [found[key] for key in sorted(found)]


def _pairs(given: Mapping[str, Any], needs: Mapping[str, int], offers: Mapping[str, int]) -> Ints:
    """Return need rows, offer rows and scores."""
    rows = list_of(_PAIRS, given.get(_PAIRS))
    found = _at_once(rows, needs, offers)
    if found is None:
        found = _one_by_one(rows, needs, offers)
    return found[:, np.lexsort((found[1], found[0]))]


def _at_once(rows: list[Any], needs: Mapping[str, int], offers: Mapping[str, int]) -> Ints | None:
    """Read all pairs as columns; None where anything is not plain, so that its place is sought."""
    if not rows or set(map(type, rows)) != {list} or set(map(len, rows)) != {_PAIR}:
        return None
    named, offered, scores = zip(*rows, strict=True)
    if set(map(type, scores)) != {int} or max(map(abs, scores)) > MOST_SCORE:
        return None
    ends = [_found(named, needs), _found(offered, offers)]
    if any(None in one for one in ends):
        return None
    found = np.array([*ends, scores], dtype=np.int64)
    keys = np.sort(found[0] * len(offers) + found[1])
    return None if (keys[1:] == keys[:-1]).any() else found


def _found(names: Sequence[Any], rows: Mapping[str, int]) -> list[int | None]:
    """Return each name's row, None where there is none or where it is no id at all."""
    types = set(map(type, names))
    if types == {str}:
        return [rows.get(name) for name in names]
    return [rows.get(str(name)) for name in names] if types <= {str, int} else [None]


def _one_by_one(rows: list[Any], needs: Mapping[str, int], offers: Mapping[str, int]) -> Ints:
    """Read pair by pair and refuse the first that is wrong, with its place."""
    found: dict[tuple[int, int], int] = {}
    for place, row in enumerate(rows):
        at = f"pairs[{place}]"
        need, offer, score = tuple_of(at, row, _PAIR, "[need, offer, score]")
        ends = _row(f"{at}[0]", need, needs, "need"), _row(f"{at}[1]", offer, offers, "offer")
        if ends in found:
            raise BadInstance(at, f"need {named(need)} and offer {named(offer)} stand twice")
        found[ends] = score_of(f"{at}[2]", score)
    listed = [(*ends, score) for ends, score in found.items()]
    return np.array(listed, dtype=np.int64).reshape(-1, _PAIR).T


def _groups(given: Mapping[str, Any], needs: Mapping[str, int]) -> tuple[tuple[int, ...], ...]:
    couples = []
    for place, row in enumerate(list_of("together", given.get("together", []))):
        at = f"together[{place}]"
        couple = tuple_of(at, row, _COUPLE, "[need, need]")
        one, other = (_row(f"{at}[{end}]", name, needs, "need") for end, name in enumerate(couple))
        if one == other:
            raise BadInstance(at, f"names need {named(couple[0])} twice")
        couples.append((one, other))
    return _joined(_ints(couples).reshape(-1, _COUPLE).T, len(needs))


def _joined(couples: Ints, needs: int) -> tuple[tuple[int, ...], ...]:
    """Return the groups that couples make: who stays with whom stays with all of theirs."""
    graph = coo_array((np.ones_like(couples[0]), tuple(couples)), shape=(needs, needs))
    label = connected_components(graph, directed=False)[1]
    members = np.unique(couples)
    members = members[np.argsort(label[members], kind="stable")]
    cuts = np.flatnonzero(np.diff(label[members])) + 1
    return tuple(sorted(tuple(group.tolist()) for group in np.split(members, cuts) if len(group)))


def _check_total(instance: Instance) -> None:
    """Refuse what 64 bits may not hold; each side alone bounds the total, by its highest scores."""
    most = min(
        _most(instance.units, instance.need, instance.score),
        _most(instance.capacity, instance.offer, instance.score),
    )
    if most >= MOST_TOTAL:
        raise BadInstance(_PAIRS, "units times scores may exceed 2^62; use smaller scores")


def _most(counts: Ints, rows: Ints, scores: Ints) -> int:
    highest = np.zeros(len(counts), dtype=np.int64)
    np.maximum.at(highest, rows, np.abs(scores))
    return sum(map(mul, counts.tolist(), highest.tolist()))  # numbers of Python never overflow


def _rows(side: Sequence[tuple[Id, int]]) -> dict[str, int]:
    return {str(name): row for row, (name, _) in enumerate(side)}


def _row(place: str, name: object, rows: Mapping[str, int], kind: str) -> int:
    row = rows.get(str(id_of(place, name)))
    if row is None:
        raise BadInstance(place, f"there is no {kind} {named(name)}")
    return row


def _ints(values: Sequence[Any]) -> Ints:
    return np.array(values, dtype=np.int64)
