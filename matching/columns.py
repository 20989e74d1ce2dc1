"""Records as numpy columns, in the run's own order, so rules and scores work on whole blocks."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.records import Record, stated_fields

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class Columns:
    """One array per stated field, read as an attribute; a block is the same over fewer rows.

    `row` is each record's place in the run. `apart` says of the offers which pairs are forbidden
    one by one: for each such rule (need row, offer row) in order.
    """

    def __init__(
        self,
        arrays: Mapping[str, Ints],
        apart: Mapping[str, Ints],
        cut: Callable[[str], Ints] | None = None,
    ) -> None:
        """Keep the arrays; `cut` is made of each only when it is asked for."""
        self.arrays, self.apart, self._cut = arrays, apart, cut

    def __getattr__(self, name: str) -> Ints:
        if name.startswith("_") or name not in self.__dict__["arrays"]:
            raise AttributeError(name)
        found: Ints = self._cut(name) if self._cut else self.arrays[name]
        self.__dict__[name] = found
        return found

    def __len__(self) -> int:
        """Count the records."""
        return len(self.row)

    def rows(self, chosen: Ints | slice) -> "Columns":
        """Return the block of the chosen rows."""
        return Columns(self.arrays, self.apart, lambda name: getattr(self, name)[chosen])

    def upright(self) -> "Columns":
        """Return the columns as a vertical block, to be met by offers lying across."""
        return Columns(self.arrays, self.apart, lambda name: getattr(self, name)[:, None])


def columns_of(
    kind: type[Record],
    records: Sequence[Any],
    more: Mapping[str, Sequence[int]],
    apart: Mapping[str, Iterable[tuple[int, int]]] | None = None,
) -> Columns:
    """Read records of one class in their order; `more` are columns that no single field gives."""
    arrays = {"row": np.arange(len(records), dtype=np.int64)}
    for name, stated in stated_fields(kind):
        if stated.column:
            read = stated.column
            values = (read(getattr(one, name)) for one in records)
            arrays[name] = np.fromiter(values, dtype=np.int64, count=len(records))
    arrays |= {name: np.array(values, dtype=np.int64) for name, values in more.items()}
    pairs = {rule: in_pairs(found) for rule, found in (apart or {}).items()}
    return Columns(arrays, pairs)


def in_pairs(found: Iterable[tuple[int, int]]) -> Ints:
    """Return (need row, offer row) couples in order, each once."""
    return np.array(sorted(set(found)), dtype=np.int64).reshape(-1, 2)


def not_apart(rule: str, needs: Columns, offers: Columns) -> Bools:
    """Return the mask of a rule that forbids pairs one by one."""
    pairs, rows, across = offers.apart[rule], needs.row.ravel(), offers.row.ravel()
    allowed = np.ones((len(rows), len(across)), dtype=np.bool_)
    first, last = np.searchsorted(pairs[:, 0], [rows, rows + 1])
    for at in np.flatnonzero(last > first):
        places = np.searchsorted(across, pairs[first[at] : last[at], 1])
        places = np.minimum(places, len(across) - 1)
        hit = across[places] == pairs[first[at] : last[at], 1]
        allowed[at, places[hit]] = False
    return allowed


def ranges(first: Ints, last: Ints) -> Ints:
    """Return every number of these ranges, one after the other."""
    length = last - first
    begins = np.cumsum(length) - length
    numbers: Ints = np.repeat(first - begins, length) + np.arange(int(length.sum()))
    return numbers
