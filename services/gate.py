"""The one gate: every record leaves a service as a card of the fields its viewer may see.

A table's standings are used twice: for the rows (any condition holds) and for the fields (their
audience's condition holds on that row).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, exists, false, func, literal, or_, select
from sqlalchemy.orm import Session

from models.base import Base, Condition
from models.children import Child
from models.incidents import Honey
from privacy.disclosure import Audience, Derived, audiences_of
from privacy.viewers import Viewer
from vocabulary.enums import Role
from vocabulary.errors import NotFound

_BAIT = "?bait"
OPENINGS = "honey_openings"
T = TypeVar("T", bound=Base)


class Card(Mapping[str, Any]):
    """A read-only mapping of permitted fields. A field that is not there is hidden, not empty."""

    __slots__ = ("_fields",)

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self._fields = dict(fields)

    def __getitem__(self, name: str) -> Any:
        return self._fields[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __repr__(self) -> str:
        return f"Card({', '.join(self._fields)})"

    def has(self, name: str) -> bool:
        """Say whether the viewer sees the field."""
        return name in self._fields

    def and_also(self, **more: Any) -> "Card":
        """Return a card with values that a service computed for this very viewer."""
        return Card({**self._fields, **more})


@dataclass(frozen=True, slots=True)
class Part:
    """A table joined beside the main one; its card hangs under the part's name, or is absent."""

    table: type[Base]
    on: Condition
    fields: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class _Shape:
    """One table's share of a query: its columns, derived values and audience flags."""

    name: str
    columns: Mapping[str, frozenset[Audience]]
    derived: Mapping[str, Derived]
    flags: Mapping[Audience, Condition]

    def selected(self, table: type[Base]) -> list[ColumnElement[Any]]:
        plain = [getattr(table, c).label(f"{self.name}.{c}") for c in sorted(self._needed())]
        flags = [cond.label(f"{self.name}?{a.value}") for a, cond in self.flags.items()]
        return plain + flags

    def _needed(self) -> set[str]:
        return set(self.columns).union(*(d.needs for d in self.derived.values()))

    def card(self, row: Mapping[str, Any]) -> dict[str, Any] | None:
        """Build the fields whose audience holds on this row; None when none holds."""
        standing = {a for a in self.flags if row[f"{self.name}?{a.value}"]}
        if not standing:
            return None
        fields = {c: row[f"{self.name}.{c}"] for c, seen in self.columns.items() if seen & standing}
        for name, value in self.derived.items():
            if value.audiences & standing:
                fields[name] = value.compute(*(row[f"{self.name}.{c}"] for c in value.needs))
        return fields


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


def _shape(name: str, table: type[Base], viewer: Viewer, wanted: Sequence[str] | None) -> _Shape:
    flags = table.standings(viewer)
    possible = frozenset(flags)
    columns, derived = _declared(table)

    def keep(field: str, audiences: frozenset[Audience]) -> bool:
        return bool(audiences & possible) and (wanted is None or field in wanted)

    return _Shape(
        name,
        {c: seen for c, seen in columns.items() if keep(c, seen)},
        {d: value for d, value in derived.items() if keep(d, value.audiences)},
        flags,
    )


def cards(
    session: Session,
    viewer: Viewer,
    table: type[Base],
    *,
    parts: Mapping[str, Part] | None = None,
    fields: tuple[str, ...] | None = None,
    where: Sequence[Condition] = (),
    order_by: Sequence[Any] = (),
    limit: int | None = None,
    offset: int | None = None,
) -> list[Card]:
    """Return the cards of the rows the viewer stands near, in one statement.

    `where` and `order_by` are the service's; a caller sorts by nothing that its viewer cannot see.
    """
    parts = parts or {}
    main = _shape("", table, viewer, fields)
    if not main.flags:
        return []
    bait = _bait(table)
    shapes = {name: _shape(name, part.table, viewer, part.fields) for name, part in parts.items()}
    columns = main.selected(table)
    for name, part in parts.items():
        columns += shapes[name].selected(part.table)
    query: Select[Any] = select(*(columns or [literal(1)]), *bait).select_from(table)
    for part in parts.values():
        query = query.outerjoin(part.table, part.on)
    query = query.where(or_(false(), *main.flags.values()), *where).order_by(*order_by).limit(limit)
    query = query.offset(offset)
    found = session.execute(query).mappings().all()
    if bait and len(found) == 1 and found[0][_BAIT]:
        note_opening(session, viewer, "child")
    return [_card(row, main, shapes) for row in found]


def _bait(table: type[Base]) -> list[ColumnElement[Any]]:
    """Ask beside the row whether it is a honey record; a list of several is no opening of one."""
    if table is not Child:
        return []
    return [exists(select(Honey.id).where(Honey.child_id == Child.id)).label(_BAIT)]


def note_opening(session: Session, viewer: Viewer, kind: str) -> None:
    """Note that somebody opened a honey record; the door tells it (services/honey.py)."""
    if not viewer.has(Role.ENGINE):
        session.info.setdefault(OPENINGS, []).append((viewer, kind))


def _card(row: Any, main: _Shape, shapes: Mapping[str, _Shape]) -> Card:
    fields = main.card(row) or {}
    for name, shape in shapes.items():
        part = shape.card(row)
        if part is not None:
            fields[name] = Card(part)
    return Card(fields)


def card(
    session: Session,
    viewer: Viewer,
    table: type[Base],
    *where: Condition,
    parts: Mapping[str, Part] | None = None,
    fields: tuple[str, ...] | None = None,
) -> Card:
    """Return the one card that fits. Raises NotFound when it is absent or hidden, alike."""
    found = cards(session, viewer, table, parts=parts, fields=fields, where=where, limit=2)
    if len(found) != 1:
        raise NotFound()
    return found[0]


def count(session: Session, viewer: Viewer, table: type[Base], *where: Condition) -> int:
    """Count the rows the viewer stands near."""
    flags = table.standings(viewer)
    if not flags:
        return 0
    query = select(func.count()).select_from(table).where(or_(false(), *flags.values()), *where)
    return session.scalar(query) or 0


def rows(
    session: Session,
    viewer: Viewer,
    table: type[T],
    *where: Condition,
    order_by: Sequence[Any] = (),
) -> Sequence[T]:
    """Return the rows the viewer stands near, for an operation to work on inside its service."""
    flags = table.standings(viewer)
    if not flags:
        return []
    query = select(table).where(or_(false(), *flags.values()), *where).order_by(*order_by)
    return session.scalars(query).all()


def row(session: Session, viewer: Viewer, table: type[T], *where: Condition) -> T:
    """Return a row for an operation to work on; it must not leave the service.

    Raises NotFound unless the viewer stands near it.
    """
    flags = table.standings(viewer)
    bait = _bait(table)
    query = select(table, *bait).where(or_(false(), *flags.values()), *where)
    found = session.execute(query).all() if flags else []
    if len(found) != 1:
        raise NotFound()
    if bait and found[0][1]:
        note_opening(session, viewer, "child")
    only: T = found[0][0]
    return only
