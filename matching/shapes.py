"""How a field stands as a column: small numbers, bits and codes, checked a whole column at once.

What a record's own field refuses, its column refuses too, row by row (tests/matching/test_tables.py).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.bytes_]

NONE: Final = -1
"""Stands in a column for what a record leaves open."""
_DIVISION_DIGITS: Final = 12


class Shape(Protocol):
    """How one field's values stand in a column."""

    def column(self, values: Any, rows: int) -> tuple[Any, Bools]:
        """Return the column of some values, and which of its rows are good."""

    def value(self, stored: Any) -> Any:
        """Return what a record holds for a number of the column."""


def small(values: Any) -> Any:
    """Return whole numbers in the smallest type that holds them."""
    values = np.asarray(values)
    if not len(values):
        return values.astype(np.int8)
    least, most = int(values.min()), int(values.max())
    for kind in (np.int8, np.int16, np.int32):
        if np.iinfo(kind).min <= least and most <= np.iinfo(kind).max:
            return values.astype(kind)
    return values.astype(np.int64)


class Numbers:
    """Whole numbers within bounds; None where `may_lack`."""

    def __init__(self, least: int, most: int, *, may_lack: bool = False) -> None:
        self.least, self.most, self.may_lack = least, most, may_lack

    def column(self, values: Any, rows: int) -> tuple[Any, Bools]:
        """Return these values as small numbers, and which of them are good."""
        if not isinstance(values, np.ndarray):
            values, typed = _whole(values, rows, may_lack=self.may_lack)
        else:
            typed = np.full(rows, np.issubdtype(values.dtype, np.integer))
        good = typed & (values >= self.least) & (values <= self.most)
        if self.may_lack:
            good |= typed & (values == NONE)
        return small(np.where(good, values, NONE)), good

    def value(self, stored: Any) -> Any:
        """Return what a record holds."""
        return None if self.may_lack and stored == NONE else stored


def _whole(values: Sequence[Any], rows: int, *, may_lack: bool) -> tuple[Ints, Bools]:
    """Return whole numbers of a list, and which of them are such: no bool, no part, no text.

    A refused one becomes a number below all that count; the number that stands for none is refused.
    """
    good = np.fromiter((type(one) is int for one in values), np.bool_, rows)
    if good.all():
        own = np.clip(np.array(values, dtype=np.object_), -2, 2**40).astype(np.int64)
        return own, good & ~((own == NONE) & may_lack)
    lacks = np.fromiter((one is None for one in values), np.bool_, rows)
    listed = [min(max(one, -2), 2**40) if type(one) is int else NONE for one in values]
    numbers = np.array(listed, dtype=np.int64)
    return numbers, (good & ~((numbers == NONE) & may_lack)) | (lacks & may_lack)


class Listed(Numbers):
    """Whole numbers of a list."""

    def __init__(self, listed: Sequence[int]) -> None:
        super().__init__(min(listed), max(listed))
        self.listed = np.array(listed)

    def column(self, values: Any, rows: int) -> tuple[Any, Bools]:
        """Return these values as small numbers, and which of them are good."""
        column, good = super().column(values, rows)
        return column, good & np.isin(column, self.listed)


class Flags:
    """Yes or no."""

    def column(self, values: Any, rows: int) -> tuple[Any, Bools]:
        """Return these values as small numbers, and which of them are good."""
        if isinstance(values, np.ndarray):
            return values.astype(np.int8), (values == 0) | (values == 1)
        good = np.fromiter((isinstance(one, bool) for one in values), np.bool_, rows)
        return np.fromiter((one is True for one in values), np.int8, rows), good

    def value(self, stored: Any) -> Any:
        """Return what a record holds."""
        return bool(stored)


class Words:
    """One of some words; None where `may_lack`."""

    def __init__(self, words: Sequence[str], *, may_lack: bool) -> None:
        self._word = dict(enumerate(words)) | ({NONE: None} if may_lack else {})
        self._number: Mapping[Any, int] = {word: at for at, word in self._word.items()}

    def column(self, values: Any, rows: int) -> tuple[Any, Bools]:
        """Return these values as small numbers, and which of them are good."""
        unknown = len(self._word) + 1
        if isinstance(values, np.ndarray):
            return values.astype(np.int8), np.isin(values, list(self._word))
        found = np.fromiter((_of(self._number, one, unknown) for one in values), np.int16, rows)
        good = found != unknown
        return np.where(good, found, 0).astype(np.int8), good

    def value(self, stored: Any) -> Any:
        """Return what a record holds."""
        return self._word[stored]


def _of(known: Mapping[Any, int], one: Any, unknown: int) -> int:
    return known.get(one, unknown) if one is None or isinstance(one, str) else unknown


class Bits:
    """A set of some words, one bit each; where it is empty `reads` may mean all."""

    def __init__(self, words: Sequence[str], *, is_any_when_empty: bool) -> None:
        self.bit = {word: 1 << at for at, word in enumerate(words)}
        self._every = sum(self.bit.values())
        self._empty = self._every if is_any_when_empty else 0
        self._sets: dict[int, frozenset[str]] = {}

    def of(self, words: Any) -> int:
        """Return the bits of a set, NONE for what is none of these words."""
        if not isinstance(words, frozenset) or not words <= self.bit.keys():
            return NONE
        return sum(self.bit[one] for one in words)

    def column(self, values: Any, rows: int) -> tuple[Any, Bools]:
        """Return these values as small numbers, and which of them are good."""
        if not isinstance(values, np.ndarray):
            known: dict[Any, int] = {}
            values = np.fromiter((self._known(known, one) for one in values), np.int64, rows)
        good = (values >= 0) & (values <= self._every)
        return small(np.where(good, values, 0)), good

    def _known(self, known: dict[Any, int], one: Any) -> int:
        if not isinstance(one, frozenset):
            return NONE
        if one not in known:
            known[one] = self.of(one)
        return known[one]

    def value(self, stored: Any) -> Any:
        """Return what a record holds."""
        if stored not in self._sets:
            self._sets[stored] = frozenset(w for w, bit in self.bit.items() if stored & bit)
        return self._sets[stored]

    def read(self, column: Any) -> Any:
        """Return the column as rules read it."""
        return np.where(column == 0, self._empty, column) if self._empty else column


class Divisions:
    """Divisions of 12 digits of which so many say something; None where `may_lack`."""

    def __init__(self, digits: int, *, may_lack: bool) -> None:
        self.digits, self.may_lack = digits, may_lack

    def column(self, values: Any, rows: int) -> tuple[Any, Bools]:
        """Return these values as small numbers, and which of them are good."""
        lacks = np.zeros(rows, dtype=np.bool_)
        if isinstance(values, np.ndarray) and values.dtype.kind == "i":
            least = NONE if self.may_lack else 0
            return values.astype(np.int32), (values >= least) & (values < 10**self.digits)
        if not isinstance(values, np.ndarray):
            lacks = np.fromiter((one is None for one in values), np.bool_, rows)
            values = _as_bytes(values, _DIVISION_DIGITS + 1)
        figures = np.zeros((rows, _DIVISION_DIGITS + 1), dtype=np.uint8)
        width = min(values.dtype.itemsize, _DIVISION_DIGITS + 1)
        if rows and width:
            seen = np.ascontiguousarray(values).view(np.uint8).reshape(rows, -1)
            figures[:, :width] = seen[:, :width]
        said, rest = figures[:, : self.digits], figures[:, self.digits : _DIVISION_DIGITS]
        good = ((said >= ord("0")) & (said <= ord("9"))).all(axis=1)
        good &= (rest == ord("0")).all(axis=1) & (figures[:, _DIVISION_DIGITS] == 0)
        powers = 10 ** np.arange(self.digits - 1, -1, -1, dtype=np.int64)
        numbers = (said.astype(np.int64) - ord("0")) @ powers
        numbers = np.where(good, numbers, NONE).astype(np.int32)
        return numbers, good | (lacks & self.may_lack)

    def value(self, stored: Any) -> Any:
        """Return what a record holds."""
        return None if stored == NONE else str(stored).zfill(self.digits).ljust(12, "0")


def _as_bytes(values: Sequence[Any], most: int) -> Texts:
    """Return texts as bytes; what is no plain text of at most so many signs becomes a sign alone."""
    plain = [
        one if isinstance(one, str) and len(one) <= most and one.isascii() else "" for one in values
    ]
    return np.array(plain, dtype=f"S{most}")
