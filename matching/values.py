"""What a file of JSON holds, value by value: taken, or refused with its place."""

import json
from math import isfinite
from typing import Any, Final

MOST_SCORE: Final = 10**15
MOST_UNITS: Final = 10**12
FILE: Final = "the file"
_SHOWN: Final = 30
_LONGEST: Final = 80
_DIGITS: Final = 4000

Id = str | int


class BadInstance(ValueError):
    """What is wrong, and where in the file."""

    def __init__(self, place: str, fault: str) -> None:
        """Keep both for whoever shows it."""
        super().__init__(f"{place}: {fault}")
        self.place = place
        self.fault = fault


def parsed(text: str) -> object:
    """Read a text as JSON; a key twice in one object is refused."""
    try:
        try:
            return json.loads(text, object_pairs_hook=_once)
        except (json.JSONDecodeError, BadInstance):
            raise
        except ValueError:  # Python reads no number beyond 4300 digits: its place is sought below
            return json.loads(text, object_pairs_hook=_once, parse_int=_shortened)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise BadInstance(place, f"is no JSON: {error.msg}") from error
    except RecursionError as error:
        raise BadInstance(FILE, "is nested too deeply") from error


def _shortened(written: str) -> int:
    """Read a number of no more digits than Python takes; what is cut is far beyond every limit."""
    return int(written[:_DIGITS])


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Read an object in which no key stands twice."""
    read = dict(pairs)
    if len(read) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise BadInstance(FILE, f"the key {named(twice)} stands twice in one object")
    return read


def id_of(place: str, name: object) -> Id:
    """Take a text or a whole number."""
    if isinstance(name, bool) or not isinstance(name, str | int) or name == "":
        raise BadInstance(place, "an id must be a text or a whole number")
    return name


def count_of(place: str, count: object) -> int:
    """Take how many units there are, none included."""
    number = _whole(place, count)
    if not 0 <= number <= MOST_UNITS:
        raise BadInstance(place, f"must be 0 to {MOST_UNITS}, not {_said(number)}")
    return number


def score_of(place: str, score: object) -> int:
    """Take what a unit is worth, below nothing included."""
    number = _whole(place, score)
    if abs(number) > MOST_SCORE:
        raise BadInstance(place, f"must lie within {MOST_SCORE} of 0, not {_said(number)}")
    return number


def _said(number: int) -> str:
    written = str(number)
    return written if len(written) <= _SHOWN else f"a number of over {_SHOWN} digits"


def named(name: object) -> str:
    """Return an id as it may be shown: escaped, and not longer than a line."""
    written = repr(name)
    return written if len(written) <= _LONGEST else f"{written[:_LONGEST]}..."


def _whole(place: str, number: object) -> int:
    """Take 3 and 3.0; the optimum is exact only in whole numbers."""
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise BadInstance(place, f"must be a whole number, not {_written(number)}")
    if isinstance(number, float) and not isfinite(number):
        raise BadInstance(place, f"must be a whole number, not {_written(number)}")
    if isinstance(number, float) and not number.is_integer():
        raise BadInstance(place, f"must be a whole number, not {number}; scale the file up")
    return int(number)


def _written(value: object) -> str:
    """Return a value as the file writes it, not longer than a line."""
    try:
        written = json.dumps(value)
    except RecursionError:
        return "something nested"
    return written if len(written) <= _LONGEST else f"{written[:_LONGEST]}..."


def list_of(place: str, value: object) -> list[Any]:
    """Take a list."""
    if not isinstance(value, list):
        raise BadInstance(place, "must be a list")
    return value


def object_of(place: str, value: object) -> dict[str, Any]:
    """Take an object."""
    if not isinstance(value, dict):
        raise BadInstance(place, "must be an object")
    return value


def tuple_of(place: str, value: object, length: int, shape: str) -> list[Any]:
    """Take a list of so many values; `shape` says which."""
    if not isinstance(value, list) or len(value) != length:
        raise BadInstance(place, f"must be {shape}")
    return value
