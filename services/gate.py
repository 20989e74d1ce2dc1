"""The one gate: every record leaves a service as a card of the fields its viewer may see.

A table's standings are used twice: for the rows (any condition holds) and for the fields (their
audience's condition holds on that row; services/shapes.py). How a question becomes one statement
stands in services/questions.py.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Generic, NoReturn, TypeVar

from sqlalchemy import ScalarSelect, false, func, or_, select
from sqlalchemy.orm import Session

from models.base import Base, Condition
from models.somebody import Kind, filled, kind_of
from privacy.viewers import Viewer
from services.prepared import Ready
from services.probing import probed
from services.questions import Part, Question, Wanted, bait_of, written, written_once
from services.shapes import near
from services.stood import seen_as
from vocabulary.enums import Role
from vocabulary.errors import NotFound

__all__ = [
    "OPENINGS",
    "Card",
    "Part",
    "Question",
    "Wanted",
    "Which",
    "ask",
    "card",
    "cards",
    "count",
    "note_opening",
    "row",
    "rows",
    "rows_each",
    "tally",
    "written_once",
]

OPENINGS = "honey_openings"
T = TypeVar("T", bound=Base)


def _read_only(*_given: Any, **_named: Any) -> NoReturn:
    raise TypeError


class Card(dict[str, Any]):
    """A read-only mapping of permitted fields. A field that is not there is hidden, not empty."""

    __slots__ = ()
    __setitem__ = __delitem__ = __ior__ = _read_only
    clear = pop = popitem = setdefault = update = _read_only

    def __repr__(self) -> str:
        return f"Card({', '.join(self)})"

    def has(self, name: str) -> bool:
        """Say whether the viewer sees the field."""
        return name in self

    def and_also(self, **more: Any) -> "Card":
        """Return a card with values that a service computed for this very viewer."""
        return Card(self, **more)


def ask(session: Session, viewer: Viewer, question: Question, **given: Any) -> list[Card]:
    """Return the cards of the rows the viewer stands near, in one statement."""
    if question.statement is None:
        return []
    session.flush()  # what the caller has added is asked for too; no row becomes an object here
    values = {**filled(viewer), **given}
    ready, connection = question.ready, session.connection()
    found = (
        ready.fetch(connection, values)
        if ready
        else connection.execute(question.statement, values).all()
    )
    if question.bait is not None and len(found) == 1 and found[0][-1]:
        note_opening(session, viewer, question.bait)
    return [_card(row, question) for row in found]


def _card(row: Any, question: Question) -> Card:
    fields: dict[str, Any] = {}
    for seen in question.sheet.seen(row):
        if seen.name:
            fields[seen.name] = Card(seen.read(row))
        else:
            fields.update(seen.read(row))
    for at, name in enumerate(question.beside, start=question.sheet.width):
        fields[name] = row[at]
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
    return ask(session, viewer, written(kind_of(viewer), wanted))


def note_opening(session: Session, viewer: Viewer, kind: str) -> None:
    """Note that somebody opened a honey record; the door tells it (services/oversight/honey.py)."""
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
    asked = [seen_as(kind_of(viewer), one) for one in where]
    query = select(func.count()).select_from(table).where(standing, *asked)
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


class Which(Generic[T]):
    """A question written once for `rows_each`: parameters stand where its values will."""

    def __init__(self, table: type[T], *where: Condition) -> None:
        self.table = table
        self._where = where
        self._kept: dict[Kind, Ready | None] = {}

    def near(self, kind: Kind) -> Ready | None:
        """Return the question after the keys of what a kind of viewer stands near."""
        if kind not in self._kept:
            standing, key = near(self.table, kind, is_probed=True), self.table.__table__.c.id
            query = None if standing is None else select(key).where(standing, *self._where)
            self._kept[kind] = None if query is None else Ready(query.order_by(key))
        return self._kept[kind]


def rows_each(
    session: Session, which: Which[T], asked: Sequence[tuple[Viewer, Mapping[str, Any]]]
) -> list[list[T]]:
    """Return for each of several viewers, and his values, the rows that he stands near.

    Each looks with his own eyes, at keys alone; the rows themselves are read in one statement.
    """
    session.flush()
    connection, keys = session.connection(), []
    for viewer, values in asked:
        ready = which.near(kind_of(viewer))
        rows = ready.fetch(connection, {**filled(viewer), **values}) if ready else ()
        keys.append([row[0] for row in rows])
    table: Any = which.table
    query = select(table).where(table.id.in_({key for own in keys for key in own}))
    found = {one.id: one for one in session.scalars(query)} if any(keys) else {}
    return [[found[key] for key in own] for own in keys]


def row(session: Session, viewer: Viewer, table: type[T], *where: Condition) -> T:
    """Return a row for an operation to work on; it must not leave the service.

    Raises NotFound unless the viewer stands near it.
    """
    standing, bait = near(table, kind_of(viewer), is_probed=True), bait_of(table)
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
