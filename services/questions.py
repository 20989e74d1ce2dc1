"""What is asked of the gate, and how it becomes one statement for a kind of viewer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, wraps
from typing import Any, Concatenate, ParamSpec

from sqlalchemy import ColumnElement, Select, Subquery, exists, select, true

from models.base import Base, Condition
from models.children import Child
from models.incidents import Honey
from models.somebody import Kind, kind_of, stand_in
from privacy.viewers import Viewer
from services.prepared import Ready
from services.shapes import Sheet, near, shape_of
from services.stood import joined_as, seen_as

_BAIT = "?bait"
P = ParamSpec("P")


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
    that a service counts in SQL for this very viewer, added to each card. What has an `offset` is a
    page of a list.
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
    alongside: Subquery | None = None
    """What was counted once for all rows: a table of one row, whose columns stand beside too."""


@dataclass(frozen=True, slots=True)
class Question:
    """A statement for a kind of viewer, and how its rows become cards; no statement, no cards.

    `bait` is the kind of record of which the last column tells whether it is a honey record.
    """

    statement: Select[Any] | None
    sheet: Sheet
    beside: tuple[str, ...]
    bait: str | None
    ready: Ready | None = None


def written(kind: Kind, wanted: Wanted) -> Question:
    """Write a question for a kind of viewer."""
    standing = near(wanted.table, kind, is_probed=wanted.few)
    if standing is None:
        return Question(None, Sheet({}), (), bait=None)
    tables = {"": (wanted.table, wanted.fields)}
    tables |= {name: (part.table, part.fields) for name, part in wanted.parts.items()}
    shapes = {name: shape_of(name, table, kind, only) for name, (table, only) in tables.items()}
    columns = [column for shape in shapes.values() for column in shape.selected]
    beside = dict(wanted.beside) | (
        dict(wanted.alongside.c) if wanted.alongside is not None else {}
    )
    counted = [value.label(name) for name, value in beside.items()]
    # A page of a list is no opening, however few fit it: a filter found them, and nobody's look.
    bait = bait_of(wanted.table) if wanted.offset is None else []
    query = select(*columns, *counted, *bait).select_from(wanted.table)
    for part in wanted.parts.values():
        query = query.outerjoin(part.table, joined_as(kind, part.table, part.on))
    if wanted.alongside is not None:
        query = query.outerjoin(wanted.alongside, true())
    where, order_by = (
        [seen_as(kind, one) for one in asked] for asked in (wanted.where, wanted.order_by)
    )
    query = query.where(standing, *where).order_by(*order_by)
    query = query.limit(wanted.limit).offset(wanted.offset)
    return Question(query, Sheet(shapes), tuple(beside), bait="child" if bait else None)


def written_once(
    write: Callable[Concatenate[Viewer, P], Wanted],
) -> Callable[Concatenate[Viewer, P], Question]:
    """Keep a question for each kind of viewer: writing one costs more than asking it.

    `write` is shown a stand-in, so it cannot put a person into the statement: what differs from
    one asking to the next is a bindparam() that `ask` fills in.
    """

    @lru_cache(maxsize=256)
    def kept(kind: Kind, *args: P.args, **kwargs: P.kwargs) -> Question:
        question = written(kind, write(stand_in(kind), *args, **kwargs))
        return replace(question, ready=Ready(question.statement))

    @wraps(write)
    def question(viewer: Viewer, /, *args: P.args, **kwargs: P.kwargs) -> Question:
        return kept(kind_of(viewer), *args, **kwargs)  # type: ignore[arg-type]

    return question


def bait_of(table: type[Base]) -> list[ColumnElement[Any]]:
    """Ask beside the row whether it is a honey record; a list of several is no opening of one."""
    if table is not Child:
        return []
    return [exists(select(Honey.id).where(Honey.child_id == Child.id)).label(_BAIT)]
