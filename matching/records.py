"""What a record may hold: stated fields, checked at birth. Codes, bands and counts, no person."""

import re
from collections.abc import Callable, Sequence
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, ClassVar, Final

import numpy as np

from matching.codes import Codes, CodeSets, is_code, is_identity
from matching.shapes import Bits, Bools, Divisions, Flags, Listed, Numbers, Shape, Words

MOST: Final = 100_000

_DIVISION = re.compile(r"\d{12}", re.ASCII)
_SCOPE = re.compile(r"\d{2}|\d{4}|\d{6}|\d{6}0{6}", re.ASCII)
_REGION_DIGITS: Final = 2
_BANNER_DIGITS: Final = 6
_STATED: Final = "stated"


class BadRecord(ValueError):
    """A record the engine refuses; the message names field and fault, never a refused text."""

    def __init__(self, field: str, fault: str) -> None:
        """Keep both for whoever shows it."""
        super().__init__(f"{field}: {fault}")
        self.field = field
        self.fault = fault


Check = Callable[[str, Any], None]


@dataclass(frozen=True, slots=True)
class Stated:
    """How a field is checked, and how it stands in a table; `is_column`: rules read it as numbers."""

    check: Check
    shape: Shape | None = None
    is_column: bool = True


_FIELDS: Final[dict[type, tuple[tuple[str, Stated], ...]]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record whose fields are stated by the functions below; it refuses what they do not allow."""

    side: ClassVar[str] = "record"

    def __post_init__(self) -> None:
        """Refuse identities, unknown words and numbers out of range."""
        for name, stated in stated_fields(type(self)):
            stated.check(f"{self.side}.{name}", getattr(self, name))


def stated_fields(kind: type[Record]) -> tuple[tuple[str, Stated], ...]:
    """Return the fields of a class of records, by name."""
    if kind not in _FIELDS:
        _FIELDS[kind] = tuple((one.name, one.metadata[_STATED]) for one in fields(kind))
    return _FIELDS[kind]


def coded(*, default: Any = MISSING) -> Any:
    """State a random code; with a default of None it may be absent."""
    check = _check_code if default is None else check_code
    return _stated(check, Codes(may_lack=default is None), default, is_column=False)


def codes() -> Any:
    """State a set of codes, by default none."""

    def check(place: str, value: Any) -> None:
        _check_set(place, value)
        for one in value:
            check_code(place, one)

    return _stated(check, CodeSets(), frozenset(), is_column=False)


def count(
    *,
    at_least: int = 0,
    at_most: int = MOST,
    default: Any = MISSING,
    is_column: bool = True,
) -> Any:
    """State a whole number; with a default of None it may be absent."""

    def check(place: str, value: Any) -> None:
        if value is not None or default is not None:
            check_count(place, value, at_least=at_least, at_most=at_most)

    shape = Numbers(at_least, at_most, may_lack=default is None)
    return _stated(check, shape, default, is_column=is_column)


def listed(numbers: Sequence[int]) -> Any:
    """State one of some whole numbers."""

    def check(place: str, value: Any) -> None:
        if isinstance(value, bool) or value not in numbers:
            raise BadRecord(place, f"must be one of {', '.join(map(str, numbers))}")

    return _stated(check, Listed(numbers), MISSING)


def flag(*, default: Any = MISSING) -> Any:
    """State a yes or no."""

    def check(place: str, value: Any) -> None:
        if not isinstance(value, bool):
            raise BadRecord(place, "must be true or false")

    return _stated(check, Flags(), default)


def one_of(words: Sequence[str], *, default: Any = MISSING) -> Any:
    """State one of some words; with a default of None it may be absent."""

    def check(place: str, value: Any) -> None:
        if (value is not None or default is not None) and value not in words:
            raise BadRecord(place, f"must be one of {', '.join(words)}")

    return _stated(check, Words(words, may_lack=default is None), default)


def some_of(
    words: Sequence[str], *, is_any_when_empty: bool = False, default: Any = MISSING
) -> Any:
    """State a set of words, in a column one bit each."""
    shape = Bits(words, is_any_when_empty=is_any_when_empty)

    def check(place: str, value: Any) -> None:
        _check_set(place, value)
        if not value <= shape.bit.keys():
            raise BadRecord(place, f"must be some of {', '.join(words)}")

    return _stated(check, shape, default)


def division(*, digits: int = _BANNER_DIGITS, default: Any = MISSING) -> Any:
    """State a division of 12 digits, of which `digits` may say something: 6 down to a banner."""

    def check(place: str, value: Any) -> None:
        if value is None and default is None:
            return
        if not isinstance(value, str) or not _DIVISION.fullmatch(value):
            raise BadRecord(place, "a division is 12 digits")
        if value[digits:].strip("0"):
            raise BadRecord(place, f"nothing finer than its first {digits} digits may be given")

    return _stated(check, Divisions(digits, may_lack=default is None), default)


def scoped() -> Any:
    """State a division inside which an offer stays: 2, 4, 6 or 12 digits, by default anywhere."""

    def check(place: str, value: Any) -> None:
        if value is not None and not (isinstance(value, str) and _SCOPE.fullmatch(value)):
            raise BadRecord(place, "a region, league or banner is 2, 4, 6 or 12 digits")

    shape = Codes(may_lack=True, is_good=_are_scopes)
    return _stated(check, shape, None, is_column=False)


def own(check: Check) -> Any:
    """State a field of weights by a check of its own; it stands in no table."""
    return _stated(check, None, MISSING)


def _stated(check: Check, shape: Shape | None, default: Any, *, is_column: bool = True) -> Any:
    return field(default=default, metadata={_STATED: Stated(check, shape, is_column)})


def check_code(place: str, value: Any) -> None:
    """Refuse what is no random code: a name, a phone, an identity number."""
    if not is_code(value):
        raise BadRecord(place, "a code is 1 to 64 of A-Z a-z 0-9 . _ : - (never a name)")
    if is_identity(value):
        raise BadRecord(place, "looks like a phone or identity number; use a random code")


def check_count(place: str, value: Any, *, at_least: int = 0, at_most: int = MOST) -> None:
    """Refuse what is no whole number within the bounds."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadRecord(place, "must be a whole number")
    if not at_least <= value <= at_most:
        raise BadRecord(place, f"must be {at_least} to {at_most}, not {value}")


def division_prefix(scope: str) -> str:
    """Return the 0, 2, 4 or 6 digits every division inside `scope` begins with."""
    prefix = scope[:_BANNER_DIGITS]
    while len(prefix) > _REGION_DIGITS and prefix.endswith("00"):
        prefix = prefix[:-2]
    return prefix


def _are_scopes(values: Sequence[str]) -> Bools:
    return np.array([_SCOPE.fullmatch(one) is not None for one in values], dtype=np.bool_)


def _check_code(place: str, value: Any) -> None:
    if value is not None:
        check_code(place, value)


def _check_set(place: str, value: Any) -> None:
    if not isinstance(value, frozenset):
        raise BadRecord(place, "must be a frozenset")
