"""The one gate: every record leaves a service as a card of the fields its viewer may see.

A table's standings are used twice: for the rows (any condition holds) and for the fields (their
audience's condition holds on that row; services/shapes.py).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import ColumnElement, ScalarSelect, Select, exists, false, func, or_, select
from sqlalchemy.orm import Session

from models.base import Base, Condition
from models.children import Child
from models.incidents import Honey
from models.somebody import Kind, filled, kind_of, stand_in
from privacy.viewers import Viewer
from services.prepared import Prepared, fetched
from services.probing import probed
from services.shapes import Shape, near, shape_of
from vocabulary.enums import Role
from vocabulary.errors import NotFound

_BAIT = "?bait"
OPENINGS = "honey_openings"
T = TypeVar("T", bound=Base)
P = ParamSpec("P")


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
class Wanted:
    """A question to a table: whose rows with which parts, fields and order.

    `where` and `order_by` are the service's; a caller sorts by nothing that its viewer cannot see.
    `few` rows are found by what `where` says, not by where the viewer stands. `beside` are values
    that a service counts in SQL for this very viewer, added to each card.
    """

    table: type[Base]
    parts: Mapping[str, Part] = field(default_factory=dict)
    fields: tuple[str, ...] | None = None
    where: Sequence[Condition] = ()
    order_by: Sequence[Any] = ()
    limit: int | None = None
    offset: int | None = None
    few: bool = False
    beside: Mapping[str, ColumnElement[Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """A statement for a kind of viewer, and how its rows become cards; no statement, no cards."""

    statement: Select[Any] | None
    shapes: tuple[tuple[str, Shape], ...]
    beside: tuple[str, ...]
    has_bait: bool
    kept: dict[str, Prepared | None] | None = None


def _write(kind: Kind, wanted: Wanted) -> Question:
    standing = near(wanted.table, kind, is_probed=wanted.few)
    if standing is None:
        return Question(None, (), (), has_bait=False)
    tables = {"": (wanted.table, wanted.fields)}
    tables |= {name: (part.table, part.fields) for name, part in wanted.parts.items()}
    shapes = {name: shape_of(name, table, kind, only) for name, (table, only) in tables.items()}
    columns = [column for shape in shapes.values() for column in shape.selected]
    counted = [value.label(name) for name, value in wanted.beside.items()]
    bait = _bait(wanted.table)
    query = select(*columns, *counted, *bait).select_from(wanted.table)
    for part in wanted.parts.values():
        query = query.outerjoin(part.table, part.on)
    query = query.where(standing, *wanted.where).order_by(*wanted.order_by)
    query = query.limit(wanted.limit).offset(wanted.offset)
    return Question(query, tuple(shapes.items()), tuple(wanted.beside), has_bait=bool(bait))


def written_once(
    write: Callable[Concatenate[Viewer, P], Wanted],
) -> Callable[Concatenate[Viewer, P], Question]:
    """Keep a question for each kind of viewer: writing one costs more than asking it.

    `write` is shown a stand-in, so it cannot put a person into the statement: what differs from
    one asking to the next is a bindparam() that `ask` fills in.
    """

    @lru_cache(maxsize=256)
    def written(kind: Kind, *args: P.args, **kwargs: P.kwargs) -> Question:
        return replace(_write(kind, write(stand_in(kind), *args, **kwargs)), kept={})

    @wraps(write)
    def question(viewer: Viewer, /, *args: P.args, **kwargs: P.kwargs) -> Question:
        return written(kind_of(viewer), *args, **kwargs)  # type: ignore[arg-type]

    return question


def ask(session: Session, viewer: Viewer, question: Question, **given: Any) -> list[Card]:
    """Return the cards of the rows the viewer stands near, in one statement."""
    if question.statement is None:
        return []
    session.flush()  # what the caller has added is asked for too; no row becomes an object here
    values = {**filled(viewer), **given}
    found = fetched(session.connection(), question.statement, values, kept=question.kept)
    if question.has_bait and len(found) == 1 and found[0][-1]:
        note_opening(session, viewer, "child")
    return [_card(row, question) for row in found]


def _card(row: Any, question: Question) -> Card:
    fields: dict[str, Any] = {}
    at = 0
    for name, shape in question.shapes:
        after = at + len(shape.selected)
        found = shape.read(row[at:after])
        at = after
        if found is not None:
            fields.update({name: Card(found)} if name else found)
    for name in question.beside:
        fields[name] = row[at]
        at += 1
    return Card(fields)


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
    few: bool = False,
) -> list[Card]:
    """Return the cards of the rows the viewer stands near, in one statement; see `Wanted`."""
    wanted = Wanted(table, parts or {}, fields, where, order_by, limit, offset, few)
    return ask(session, viewer, _write(kind_of(viewer), wanted))


def _bait(table: type[Base]) -> list[ColumnElement[Any]]:
    """Ask beside the row whether it is a honey record; a list of several is no opening of one."""
    if table is not Child:
        return []
    return [exists(select(Honey.id).where(Honey.child_id == Child.id)).label(_BAIT)]


def note_opening(session: Session, viewer: Viewer, kind: str) -> None:
    """Note that somebody opened a honey record; the door tells it (services/honey.py)."""
    if not viewer.has(Role.ENGINE):
        session.info.setdefault(OPENINGS, []).append((viewer, kind))


def card(
    session: Session,
    viewer: Viewer,
    table: type[Base],
    *where: Condition,
    parts: Mapping[str, Part] | None = None,
    fields: tuple[str, ...] | None = None,
) -> Card:
    """Return the one card that fits. Raises NotFound when it is absent or hidden, alike."""
    found = cards(
        session, viewer, table, parts=parts, fields=fields, where=where, limit=2, few=True
    )
    if len(found) != 1:
        raise NotFound()
    return found[0]


def tally(viewer: Viewer, table: type[Base], *where: Condition) -> ScalarSelect[int]:
    """Count in SQL the rows the viewer stands near, for a question that is written once."""
    near_him = probed(or_(false(), *table.standings(viewer).values()))
    return select(func.count()).select_from(table).where(near_him, *where).scalar_subquery()


def count(session: Session, viewer: Viewer, table: type[Base], *where: Condition) -> int:
    """Count the rows the viewer stands near."""
    standing = near(table, kind_of(viewer))
    if standing is None:
        return 0
    query = select(func.count()).select_from(table).where(standing, *where)
    return session.scalar(query, filled(viewer)) or 0


def rows(
    session: Session,
    viewer: Viewer,
    table: type[T],
    *where: Condition,
    order_by: Sequence[Any] = (),
) -> Sequence[T]:
    """Return the rows the viewer stands near, for an operation to work on inside its service."""
    standing = near(table, kind_of(viewer))
    if standing is None:
        return []
    query = select(table).where(standing, *where).order_by(*order_by)
    return session.scalars(query, filled(viewer)).all()


def row(session: Session, viewer: Viewer, table: type[T], *where: Condition) -> T:
    """Return a row for an operation to work on; it must not leave the service.

    Raises NotFound unless the viewer stands near it.
    """
    standing, bait = near(table, kind_of(viewer), is_probed=True), _bait(table)
    if standing is None:
        raise NotFound()
    query = select(table, *bait).where(standing, *where)
    found = session.execute(query, filled(viewer)).all()
    if len(found) != 1:
        raise NotFound()
    if bait and found[0][1]:
        note_opening(session, viewer, "child")
    only: T = found[0][0]
    return only
