"""Records of one class as columns, from where a run reads them; a record is made where one is read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final, overload

import numpy as np

from matching.records import BadRecord, Record, stated_fields
from matching.shapes import Bits, Ints, Texts

_AT_ONCE: Final = 4096
_SHAPES: Final[dict[type, dict[str, Any]]] = {}


def _shapes_of(kind: type[Record]) -> dict[str, Any]:
    if kind not in _SHAPES:
        _SHAPES[kind] = {name: stated.shape for name, stated in stated_fields(kind)}
    return _SHAPES[kind]


class Table(Sequence[Any]):
    """So many records of one class; each field is one column (matching/shapes.py)."""

    def __init__(self, kind: type[Record], columns: Mapping[str, Any], count: int) -> None:
        """Take columns that were checked; `of` and `read` check."""
        self.kind, self.columns, self._count = kind, columns, count
        self._shapes = _shapes_of(kind)

    @classmethod
    def of(cls, kind: type[Record], records: Iterable[Any], side: str = "records") -> "Table":
        """Return these records as a table. Raises BadRecord for what is none of this class."""
        if isinstance(records, Table) and records.kind is kind:
            return records
        rows = list(records)
        for at, one in enumerate(rows):
            if not isinstance(one, kind):
                place = f"{side}[{at}]"
                raise BadRecord(place, f"must be a {kind.__name__}")
        values = {name: [getattr(one, name) for one in rows] for name, _ in stated_fields(kind)}
        table, left_out = cls.read(kind, values, len(rows))
        for field in left_out:
            raise BadRecord(field, "stands in no table")
        return table

    @classmethod
    def read(
        cls, kind: type[Record], values: Mapping[str, Any], count: int
    ) -> tuple["Table", dict[str, int]]:
        """Return the records that these columns state, without the bad ones, and why those are.

        Per field a list of values or an array of the column's own numbers; of sets of codes the row
        of each code and the codes. Counted are the rows left out by the first field at fault.
        """
        columns, good, left_out = dict[str, Any](), np.ones(count, dtype=np.bool_), dict[str, int]()
        for name, stated in stated_fields(kind):
            if stated.shape is None:
                raise TypeError(name)
            columns[name], fine = stated.shape.column(values[name], count)
            if not fine.all():
                left_out[f"{kind.side}.{name}"] = int((good & ~fine).sum())
                good &= fine
        table = cls(kind, columns, count)
        return (table if good.all() else table.rows(np.flatnonzero(good))), left_out

    def __len__(self) -> int:
        return self._count

    def narrow(self, name: str) -> Any:
        """Return a field's column as rules read it, in the type in which it is held."""
        column, shape = self.columns[name], self._shapes[name]
        return shape.read(column) if isinstance(shape, Bits) else column

    def numbers(self, name: str) -> Ints:
        """Return the same, wide."""
        found: Ints = self.narrow(name).astype(np.int64)
        return found

    def texts(self, name: str) -> Texts:
        """Return a field's codes as bytes, the empty one for none."""
        found: Texts = self.columns[name]
        return found

    def code(self, row: int) -> str:
        """Return the code of one record."""
        return str(self.columns["code"][row].decode())

    def sets(self, name: str) -> tuple[Ints, Texts]:
        """Return all codes of a field of sets: whose row, and the code, in order."""
        rows, codes = self.columns[name]
        return rows.astype(np.int64), codes

    def values(self, name: str) -> list[Any]:
        """Return a field's values, record by record."""
        return self._values(name, slice(0, self._count))

    def rows(self, chosen: Ints) -> "Table":
        """Return the table of these rows, in this order."""
        columns = {
            name: self._some(column, chosen) if isinstance(column, tuple) else column[chosen]
            for name, column in self.columns.items()
        }
        return Table(self.kind, columns, len(chosen))

    @classmethod
    def joined(cls, one: "Table", other: "Table") -> "Table":
        """Return the records of two tables of one class, one after the other."""
        columns = dict[str, Any]()
        for name, column in one.columns.items():
            theirs = other.columns[name]
            if isinstance(column, tuple):
                rows = np.concatenate([column[0], theirs[0].astype(np.int64) + len(one)])
                columns[name] = (rows, np.concatenate([column[1], theirs[1]]))
            else:
                columns[name] = np.concatenate([column, theirs])
        return cls(one.kind, columns, len(one) + len(other))

    def _some(self, column: tuple[Ints, Texts], chosen: Ints) -> tuple[Ints, Texts]:
        rows, codes = column
        first, last = np.searchsorted(rows, [chosen, chosen + 1])
        length = last - first
        begins = np.cumsum(length) - length
        picked = np.repeat(first - begins, length) + np.arange(int(length.sum()))
        return np.repeat(np.arange(len(chosen), dtype=np.int32), length), codes[picked]

    def _values(self, name: str, part: slice) -> list[Any]:
        shape, column = self._shapes[name], self.columns[name]
        if not isinstance(column, tuple):
            return [shape.value(one) for one in column[part].tolist()]
        rows, codes = column
        cuts = np.searchsorted(rows, np.arange(part.start, part.stop + 1)).tolist()
        return [shape.value(codes[first:last]) for first, last in pairwise(cuts)]

    def _made(self, part: slice) -> Iterator[Any]:
        names = list(self.columns)
        columns = [self._values(name, part) for name in names]
        for values in zip(*columns, strict=True):
            # Every column was checked as the record's own fields are.
            one = object.__new__(self.kind)
            for name, value in zip(names, values, strict=True):
                object.__setattr__(one, name, value)
            yield one

    def __iter__(self) -> Iterator[Any]:
        for start in range(0, self._count, _AT_ONCE):
            yield from self._made(slice(start, min(start + _AT_ONCE, self._count)))

    @overload
    def __getitem__(self, at: int) -> Any: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Any, ...]: ...
    def __getitem__(self, at: int | slice) -> Any:
        if isinstance(at, slice):
            return tuple(self[one] for one in range(*at.indices(self._count)))
        place = range(self._count)[at]
        return next(self._made(slice(place, place + 1)))

    def __eq__(self, other: Any) -> bool:
        if not isinstance(other, Sequence) or len(other) != self._count:
            return False
        return all(mine == theirs for mine, theirs in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]


def bits(kind: type[Record], field: str) -> Mapping[str, int]:
    """Return the bit of each word of a field that holds a set of words."""
    found: Mapping[str, int] = _shapes_of(kind)[field].bit
    return found


def rows_of(codes: Texts, asked: Texts) -> Ints:
    """Return in which row of `codes` each one asked for stands, -1 for nowhere."""
    if not len(codes):
        return np.full(len(asked), -1, dtype=np.int64)
    order = np.argsort(codes, kind="stable")
    ordered = codes[order]
    places = np.minimum(np.searchsorted(ordered, asked), len(codes) - 1)
    return np.where((ordered[places] == asked) & (asked != b""), order[places], -1)


def check_unique(side: str, table: Table) -> None:
    """Refuse a code that stands twice, naming its place."""
    codes = table.texts("code")
    _, first = np.unique(codes, return_index=True)
    if len(first) < len(codes):
        again = np.ones(len(codes), dtype=np.bool_)
        again[first] = False
        at = int(np.flatnonzero(again)[0])
        code = codes[at].decode()
        raise BadRecord(side, f"the code at place {at} ({code}) stands twice")


def matching_rows(of_needs: tuple[Ints, Texts], of_offers: tuple[Ints, Texts]) -> Ints:
    """Return each (need row, offer row) of which both sets hold one code."""
    (rows, codes), (others, theirs) = of_needs, of_offers
    order = np.argsort(theirs, kind="stable")
    first = np.searchsorted(theirs[order], codes, side="left")
    length = np.searchsorted(theirs[order], codes, side="right") - first
    begins = np.cumsum(length) - length
    found = order[np.repeat(first - begins, length) + np.arange(int(length.sum()))]
    return np.stack([np.repeat(rows, length), others[found]], axis=1)
