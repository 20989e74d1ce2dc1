"""One table's share of a question to the gate: what is selected for a kind of viewer, how it reads.

Both are worked out once. A row's flags say which audiences hold on it; which fields these see is
kept by flags, so that a card is one look-up and one copy.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, or_

from models.base import Base, Condition
from models.somebody import Kind, stand_in
from privacy.disclosure import Audience, Derived, audiences_of
from services.probing import probed

Values = Sequence[Any]
Fields = tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where in the row the seen fields stand, and what is computed from which values."""

    plain: tuple[tuple[str, int], ...]
    computed: tuple[tuple[str, Derived, tuple[int, ...]], ...]

    def read(self, values: Values) -> dict[str, Any]:
        fields = {name: values[at] for name, at in self.plain}
        for name, derived, needs in self.computed:
            fields[name] = derived.compute(*(values[at] for at in needs))
        return fields


@dataclass(frozen=True, slots=True)
class Shape:
    """Columns and audience flags of one table in the order in which they are selected."""

    seen: Mapping[str, frozenset[Audience]]
    derived: Mapping[str, Derived]
    needed: tuple[str, ...]
    audiences: tuple[Audience, ...]
    selected: tuple[ColumnElement[Any], ...]
    plans: dict[tuple[Any, ...], _Plan | None] = field(default_factory=dict)

    def read(self, values: Values) -> dict[str, Any] | None:
        """Return the fields whose audience holds on this row; None when none holds."""
        flags = tuple(values[len(self.needed) :])
        if flags not in self.plans:
            self.plans[flags] = self._plan(flags)
        plan = self.plans[flags]
        return None if plan is None else plan.read(values)

    def _plan(self, flags: tuple[Any, ...]) -> _Plan | None:
        holding = {a for a, holds in zip(self.audiences, flags, strict=True) if holds}
        if not holding:
            return None
        at = {name: place for place, name in enumerate(self.needed)}
        return _Plan(
            tuple((name, at[name]) for name, seen in self.seen.items() if seen & holding),
            tuple(
                (name, value, tuple(at[need] for need in value.needs))
                for name, value in self.derived.items()
                if value.audiences & holding
            ),
        )


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
    plain = [getattr(table, column).label(f"{name}.{column}") for column in needed]
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
