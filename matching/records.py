"""What a record may hold: stated fields, checked at birth. Codes, bands and counts, no person."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, ClassVar, Final

NONE: Final = -1
"""Stands in a column for what a record leaves open."""
MOST: Final = 100_000

_CODE = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_IDENTITY = re.compile(
    r"\d{11,}"
    r"|[A-Za-z]{0,3}-?(?:86)?1[3-9]\d{9}[A-Za-z]{0,3}"
    r"|(?:.*[._:-])?(?:(?:86)?1[3-9]\d{9}|\d{15}|\d{17}[\dXx])(?:[._:-].*)?"
)
_DIVISION = re.compile(r"\d{12}", re.ASCII)
_SCOPE = re.compile(r"(?:\d{2}|\d{4}|\d{6}|\d{6}0{6})?", re.ASCII)
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
Column = Callable[[Any], int]


@dataclass(frozen=True, slots=True)
class Stated:
    """How a field is checked, and how it becomes a number; None where it becomes none."""

    check: Check
    column: Column | None


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
    return _stated(_check_code, None, default)


def codes() -> Any:
    """State a set of codes, by default none."""

    def check(place: str, value: Any) -> None:
        _check_set(place, value)
        for one in value:
            check_code(place, one)

    return _stated(check, None, frozenset())


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

    column = (lambda value: NONE if value is None else value) if is_column else None
    return _stated(check, column, default)


def flag(*, default: Any = MISSING) -> Any:
    """State a yes or no."""

    def check(place: str, value: Any) -> None:
        if not isinstance(value, bool):
            raise BadRecord(place, "must be true or false")

    return _stated(check, int, default)


def one_of(words: Sequence[str], *, default: Any = MISSING) -> Any:
    """State one of some words; with a default of None it may be absent."""
    number = {word: at for at, word in enumerate(words)}

    def check(place: str, value: Any) -> None:
        if (value is not None or default is not None) and value not in number:
            raise BadRecord(place, f"must be one of {', '.join(words)}")

    return _stated(check, lambda value: number.get(value, NONE), default)


def some_of(
    words: Sequence[str], *, is_any_when_empty: bool = False, default: Any = MISSING
) -> Any:
    """State a set of words, in a column one bit each."""
    bit = {word: 1 << at for at, word in enumerate(words)}

    def check(place: str, value: Any) -> None:
        _check_set(place, value)
        if not value <= bit.keys():
            raise BadRecord(place, f"must be some of {', '.join(words)}")

    every = sum(bit.values()) if is_any_when_empty else 0
    return _stated(check, lambda value: sum(bit[one] for one in value) or every, default)


def division(*, digits: int = _BANNER_DIGITS, default: Any = MISSING) -> Any:
    """State a division of 12 digits, of which `digits` may say something: 6 down to a banner."""

    def check(place: str, value: Any) -> None:
        if value is None and default is None:
            return
        if not isinstance(value, str) or not _DIVISION.fullmatch(value):
            raise BadRecord(place, "a division is 12 digits")
        if value[digits:].strip("0"):
            raise BadRecord(place, f"nothing finer than its first {digits} digits may be given")

    return _stated(check, lambda value: NONE if value is None else int(value[:digits]), default)


def scoped() -> Any:
    """State a division inside which an offer stays: 2, 4, 6 or 12 digits, by default anywhere."""
    return _stated(lambda place, value: _check_scope(place, value or ""), None, None)


def own(check: Check, column: Column | None = None, *, default: Any = MISSING) -> Any:
    """State a field by a check of its own."""
    return _stated(check, column, default)


def _stated(check: Check, column: Column | None, default: Any) -> Any:
    return field(default=default, metadata={_STATED: Stated(check, column)})


def check_unique(place: str, given: Iterable[str]) -> None:
    """Refuse a code that stands twice, naming its place."""
    seen: set[str] = set()
    for at, one in enumerate(given):
        if one in seen:
            raise BadRecord(place, f"the code at place {at} ({one}) stands twice")
        seen.add(one)


def check_code(place: str, value: Any) -> None:
    """Refuse what is no random code: a name, a phone, an identity number."""
    if not isinstance(value, str) or not _CODE.fullmatch(value):
        raise BadRecord(place, "a code is 1 to 64 of A-Z a-z 0-9 . _ : - (never a name)")
    if _IDENTITY.fullmatch(value):
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


def _check_scope(place: str, value: Any) -> None:
    if not isinstance(value, str) or not _SCOPE.fullmatch(value):
        raise BadRecord(place, "a region, league or banner is 2, 4, 6 or 12 digits")


def _check_code(place: str, value: Any) -> None:
    if value is not None:
        check_code(place, value)


def _check_set(place: str, value: Any) -> None:
    if not isinstance(value, frozenset):
        raise BadRecord(place, "must be a frozenset")
