"""Records as numpy columns, in the run's own order, so rules and scores work on whole blocks."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from matching.records import stated_fields
from matching.shapes import Bools, Ints, small
from matching.tables import Table


class Columns:
    """One array per stated field, read as an attribute; a block is the same over fewer rows.

    `row` is each record's place in the run. `apart` says of the offers which pairs are forbidden
    one by one: for each such rule (need row, offer row) in order. Arrays are held as narrow as their
    numbers allow, and read wide, so that no rule counts beyond its type.
    """

    def __init__(
        self,
        arrays: Mapping[str, Any],
        apart: Mapping[str, Ints],
        cut: Callable[[str], Any] | None = None,
    ) -> None:
        """Keep the arrays; `cut` is made of each only when it is asked for."""
        self.arrays, self.apart, self._cut = arrays, apart, cut
        self._narrow: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Ints:
        if name.startswith("_") or name not in self.__dict__["arrays"]:
            raise AttributeError(name)
        found: Ints = self.narrow(name).astype(np.int64)
        self.__dict__[name] = found
        return found

    def narrow(self, name: str) -> Any:
        """Return an array in the type in which it is held."""
        if self._cut is None:
            return self.arrays[name]
        if name not in self._narrow:
            self._narrow[name] = self._cut(name)
        return self._narrow[name]

    def __len__(self) -> int:
        """Count the records."""
        return len(self.narrow("row"))

    def rows(self, chosen: Ints | slice) -> "Columns":
        """Return the block of the chosen rows."""
        return Columns(self.arrays, self.apart, lambda name: self.narrow(name)[chosen])

    def upright(self) -> "Columns":
        """Return the columns as a vertical block, to be met by offers lying across."""
        return Columns(self.arrays, self.apart, lambda name: self.narrow(name)[:, None])


def columns_of(
    table: Table,
    more: Mapping[str, Any],
    apart: Mapping[str, Iterable[tuple[int, int]] | Ints] | None = None,
) -> Columns:
    """Read a table in its order; `more` are columns that no single field gives."""
    arrays: dict[str, Any] = {"row": np.arange(len(table), dtype=np.int32)}
    for name, stated in stated_fields(table.kind):
        if stated.is_column:
            arrays[name] = table.narrow(name)
    arrays |= {name: small(values) for name, values in more.items()}
    pairs = {rule: in_pairs(found) for rule, found in (apart or {}).items()}
    return Columns(arrays, pairs)


def in_pairs(found: Iterable[tuple[int, int]] | Ints) -> Ints:
    """Return (need row, offer row) couples in order, each once."""
    given = found if isinstance(found, np.ndarray) else list(found)
    couples = np.array(given, dtype=np.int64).reshape(-1, 2)
    across = int(couples[:, 1].max(initial=0)) + 1
    keys = np.unique(couples[:, 0] * across + couples[:, 1])
    return np.stack(np.divmod(keys, across), axis=1)


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


def best_of_each(keys: Ints, worth: Any, most: int) -> Bools:
    """Mark the `most` entries worth most of each key."""
    order = np.lexsort((-worth, keys))
    begins = np.flatnonzero(np.diff(keys[order], prepend=-1))
    rank = np.arange(len(keys)) - np.repeat(begins, np.diff(begins, append=len(keys)))
    marked = np.zeros(len(keys), dtype=np.bool_)
    marked[order[rank < most]] = True
    return marked
