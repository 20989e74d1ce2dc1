"""One table's share of a question to the gate: what is selected for a kind of viewer, how it reads.

Both are worked out once. A row's flags say which audiences hold on it; which fields these see is
kept by flags, so that a card is one look-up and one copy.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, or_

from models.base import Base, Condition
from models.somebody import Kind, stand_in
from privacy.disclosure import Audience, Derived, audiences_of
from services.probing import probed
from services.stood import seen_as

Values = Sequence[Any]
Fields = tuple[str, ...] | None


class Seen(NamedTuple):
    """What is seen of one table on rows that look alike: which fields, and how they are read."""

    name: str
    fields: tuple[str, ...]
    values: Callable[[Values], Values]
    computed: tuple[tuple[str, Derived, Callable[[Values], Values]], ...]

    def read(self, row: Values) -> Iterable[tuple[str, Any]]:
        """Return the seen fields of one row, each with its value."""
        plain = zip(self.fields, self.values(row), strict=True)
        if not self.computed:
            return plain
        return [*plain, *((name, one.compute(*needed(row))) for name, one, needed in self.computed)]


@dataclass(frozen=True, slots=True)
class Shape:
    """Columns and audience flags of one table in the order in which they are selected."""

    seen: Mapping[str, frozenset[Audience]]
    derived: Mapping[str, Derived]
    needed: tuple[str, ...]
    audiences: tuple[Audience, ...]
    selected: tuple[ColumnElement[Any], ...]

    def shown(self, name: str, flags: Values, *, first: int) -> Seen | None:
        """Return the fields whose audience holds; None when none holds. `first` is its place."""
        holding = {a for a, holds in zip(self.audiences, flags, strict=True) if holds}
        if not holding:
            return None
        at = {field: place for place, field in enumerate(self.needed, start=first)}
        plain = tuple(field for field, seen in self.seen.items() if seen & holding)
        computed = tuple(
            (field, value, _picked([at[need] for need in value.needs]))
            for field, value in self.derived.items()
            if value.audiences & holding
        )
        return Seen(name, plain, _picked([at[field] for field in plain]), computed)


class Sheet:
    """The shapes of one question side by side, as they stand in each of its rows."""

    def __init__(self, shapes: Mapping[str, Shape]) -> None:
        self._shapes, at = [], 0
        for name, shape in shapes.items():
            self._shapes.append((name, shape, at))
            at += len(shape.selected)
        self.width = at
        """Where what is counted beside the shapes begins."""
        self._flags = _picked([n for one in self._shapes for n in _flags_of(*one[1:])])
        self._known: dict[Values, tuple[Seen, ...]] = {}

    def seen(self, row: Values) -> tuple[Seen, ...]:
        """Return what is seen of each table on a row, by the audiences that hold on it."""
        flags = self._flags(row)
        known = self._known.get(flags)
        if known is None:
            known = self._known[flags] = tuple(self._look(row))
        return known

    def _look(self, row: Values) -> Iterator[Seen]:
        for name, shape, first in self._shapes:
            flags = [row[at] for at in _flags_of(shape, first)]
            found = shape.shown(name, flags, first=first)
            if found is not None:
                yield found


def _flags_of(shape: Shape, first: int) -> range:
    return range(first + len(shape.needed), first + len(shape.selected))


def _picked(places: Sequence[int]) -> Callable[[Values], Values]:
    """Return what picks the values at these places out of a row."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda row: tuple([row[at] for at in places])


@lru_cache(maxsize=1024)
def near(table: type[Base], kind: Kind, *, is_probed: bool = False) -> Condition | None:
    """Return the condition that a viewer of a kind stands near a row; None when he never does.

    Probed it is asked of each row that something else has found (services/probing.py).
    """
    flags = table.standings(stand_in(kind))
    if not flags:
        return None
    somewhere = or_(*flags.values())
    return probed(somewhere) if is_probed else somewhere


@lru_cache(maxsize=1024)
def shape_of(name: str, table: type[Base], kind: Kind, wanted: Fields) -> Shape:
    """Return the shape of what a kind of viewer may see of a table's wanted fields."""
    flags = table.standings(stand_in(kind))
    columns, derived = _declared(table)
    possible = frozenset(flags)

    def kept(fields: Mapping[str, frozenset[Audience]]) -> dict[str, frozenset[Audience]]:
        asked = fields if wanted is None else [one for one in fields if one in wanted]
        return {one: fields[one] for one in asked if fields[one] & possible}

    seen = kept(columns)
    shown = {one: derived[one] for one in kept({n: d.audiences for n, d in derived.items()})}
    needed = tuple(sorted(set(seen).union(*(value.needs for value in shown.values()))))
    plain = [seen_as(kind, getattr(table, column)).label(f"{name}.{column}") for column in needed]
    asked = [probed(holds).label(f"{name}?{a.value}") for a, holds in flags.items()]
    return Shape(seen, shown, needed, tuple(flags), (*plain, *asked))


@cache
def _declared(table: type[Base]) -> tuple[dict[str, frozenset[Audience]], dict[str, Derived]]:
    columns = {
        attribute.key: audiences_of(attribute.columns[0].info) or frozenset()
        for attribute in table.__mapper__.column_attrs
    }
    derived = {
        name: value
        for kind in reversed(table.__mro__)
        for name, value in vars(kind).items()
        if isinstance(value, Derived)
    }
    return columns, derived
