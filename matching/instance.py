"""A researcher's instance: needs with units, offers with capacity, scored pairs, needs together.

    {"needs": [{"id", "units"}], "offers": [{"id", "capacity"}],
     "pairs": [[need, offer, score], ...], "together": [[need, need], ...]}

An id is a text or a whole number; 7 and "7" are the same id. Every fault names its place.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from operator import mul
from typing import Any, Final

import numpy as np

from matching.shapes import Ints

MOST_SCORE: Final = 10**15
MOST_UNITS: Final = 10**12
MOST_TOTAL: Final = 2**62
_SHOWN: Final = 30
_FILE: Final = "the file"
_PAIRS: Final = "pairs"
_PAIR = 3
_COUPLE = 2

Id = str | int


class BadInstance(ValueError):
    """What is wrong, and where in the file."""

    def __init__(self, place: str, fault: str) -> None:
        """Keep both for whoever shows it."""
        super().__init__(f"{place}: {fault}")
        self.place = place
        self.fault = fault


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
    given = _object(_FILE, _parsed(text))
    for key in given.keys() - {"needs", "offers", "pairs", "together"}:
        raise BadInstance(str(key), "is not known; there are needs, offers, pairs and together")
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


def _parsed(text: str) -> object:
    try:
        return json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise BadInstance(place, f"is no JSON: {error.msg}") from error
    except BadInstance:
        raise
    except ValueError as error:  # Python reads no number beyond 4300 digits
        raise BadInstance(_FILE, "holds a number of too many digits") from error
    except RecursionError as error:
        raise BadInstance(_FILE, "is nested too deeply") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Read an object in which no key stands twice."""
    read = dict(pairs)
    if len(read) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise BadInstance(_FILE, f"the key {twice!r} stands twice in one object")
    return read


def _side(given: Mapping[str, Any], side: str, count: str) -> list[tuple[Id, int]]:
    """Return (id, count) in order of id."""
    rows = _list(side, given.get(side))
    if not rows:
        raise BadInstance(side, "is empty; there must be at least one")
    found: dict[str, tuple[Id, int]] = {}
    for place, row in enumerate(rows):
        at = f"{side}[{place}]"
        one = _object(at, row)
        name = _id(f"{at}.id", one.get("id"))
        if str(name) in found:
            raise BadInstance(at, f"the id {name!r} stands twice")
        found[str(name)] = name, _count(f"{at}.{count}", one.get(count))
    return [found[key] for key in sorted(found)]


def _pairs(given: Mapping[str, Any], needs: Mapping[str, int], offers: Mapping[str, int]) -> Ints:
    """Return need rows, offer rows and scores."""
    rows = _list(_PAIRS, given.get(_PAIRS))
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
        need, offer, score = _tuple(at, row, _PAIR, "[need, offer, score]")
        ends = _row(f"{at}[0]", need, needs, "need"), _row(f"{at}[1]", offer, offers, "offer")
        if ends in found:
            raise BadInstance(at, f"need {need!r} and offer {offer!r} stand twice")
        found[ends] = _score(f"{at}[2]", score)
    listed = [(*ends, score) for ends, score in found.items()]
    return np.array(listed, dtype=np.int64).reshape(-1, _PAIR).T


def _groups(given: Mapping[str, Any], needs: Mapping[str, int]) -> tuple[tuple[int, ...], ...]:
    group_of: dict[int, set[int]] = {}
    for place, row in enumerate(_list("together", given.get("together", []))):
        at = f"together[{place}]"
        couple = _tuple(at, row, _COUPLE, "[need, need]")
        one, other = (_row(f"{at}[{end}]", name, needs, "need") for end, name in enumerate(couple))
        if one == other:
            raise BadInstance(at, f"names need {couple[0]!r} twice")
        joined = group_of.get(one, {one}) | group_of.get(other, {other})
        group_of.update(dict.fromkeys(joined, joined))
    return tuple(sorted({tuple(sorted(group)) for group in group_of.values()}))


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
    row = rows.get(str(_id(place, name)))
    if row is None:
        raise BadInstance(place, f"there is no {kind} {name!r}")
    return row


def _id(place: str, name: object) -> Id:
    if isinstance(name, bool) or not isinstance(name, str | int) or name == "":
        raise BadInstance(place, "an id must be a text or a whole number")
    return name


def _count(place: str, count: object) -> int:
    number = _whole(place, count)
    if not 0 <= number <= MOST_UNITS:
        raise BadInstance(place, f"must be 0 to {MOST_UNITS}, not {_said(number)}")
    return number


def _score(place: str, score: object) -> int:
    number = _whole(place, score)
    if abs(number) > MOST_SCORE:
        raise BadInstance(place, f"must lie within {MOST_SCORE} of 0, not {_said(number)}")
    return number


def _said(number: int) -> str:
    written = str(number)
    return written if len(written) <= _SHOWN else f"a number of {len(written)} digits"


def _whole(place: str, number: object) -> int:
    """Take 3 and 3.0; the optimum is exact only in whole numbers."""
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise BadInstance(place, f"must be a whole number, not {json.dumps(number)}")
    if isinstance(number, float) and not isfinite(number):
        raise BadInstance(place, f"must be a whole number, not {number}")
    if isinstance(number, float) and not number.is_integer():
        raise BadInstance(place, f"must be a whole number, not {number}; scale the file up")
    return int(number)


def _list(place: str, value: object) -> list[Any]:
    if not isinstance(value, list):
        raise BadInstance(place, "must be a list")
    return value


def _object(place: str, value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadInstance(place, "must be an object")
    return value


def _tuple(place: str, value: object, length: int, shape: str) -> list[Any]:
    if not isinstance(value, list) or len(value) != length:
        raise BadInstance(place, f"must be {shape}")
    return value


def _ints(values: Sequence[int]) -> Ints:
    return np.array(values, dtype=np.int64)
