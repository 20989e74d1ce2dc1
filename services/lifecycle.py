"""The only two ways a state changes (law 13)."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, insert, literal, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from models.base import Base
from models.trace import StateChange
from privacy.viewers import Viewer
from services.prepared import Ready
from vocabulary.errors import AlreadyDecided
from vocabulary.lifecycles import check_step, sources_of

# A record, where it goes, and who moves it.
Step = tuple[Any, StrEnum, Viewer]


def advance(
    session: Session, record: Any, to: StrEnum, *, by: Viewer, now: datetime, reason: str = ""
) -> None:
    """Move one record to `to` by a conditional UPDATE and keep the step.

    Raises WrongState when the table has no such step, AlreadyDecided when somebody was first.
    """
    advance_each(session, [(record, to, by)], now=now, reason=reason)


def advance_each(
    session: Session, steps: Sequence[Step], *, now: datetime, reason: str = ""
) -> None:
    """Move records of one table, each where and by whom it says: all or none, as `advance` does."""
    session.flush()
    for record, to, _ in steps:
        check_step(record.status, to)
    if not steps:
        return
    connection = session.connection()
    table: type[Base] = type(steps[0][0])
    moves = [
        {"of_key": record.id, "from_status": record.status, "to_status": to}
        for record, to, _ in steps
    ]
    if _move(table).run(connection, *moves).rowcount != len(moves):
        raise AlreadyDecided()
    same = {"kind": table.__tablename__, "at": now, "reason": reason}
    kept = [
        {
            **same,
            "record_id": move["of_key"],
            "from_state": move["from_status"],
            "to_state": to,
            "by": by.actor,
        }
        for move, (_, to, by) in zip(moves, steps, strict=True)
    ]
    _KEEP.run(connection, *kept)
    for record, to, _ in steps:
        set_committed_value(record, "status", to)


_NAMES = ("kind", "record_id", "from_state", "to_state", "at", "by", "reason")
_KEEP = Ready(
    insert(StateChange.__table__).values({name: bindparam(name) for name in _NAMES})  # type: ignore[arg-type]
)


@cache
def _move(table: type[Base]) -> Ready:
    """Write once what moves one record of a table: built anew, it costs more than it does."""
    column: Any = table.__table__.c
    kind = column.status.type
    was = column.status == bindparam("from_status", type_=kind)
    return Ready(
        update(table.__table__)  # type: ignore[arg-type]
        .where(column.id == bindparam("of_key"), was)
        .values(status=bindparam("to_status", type_=kind))
    )


def advance_all(
    session: Session,
    table: type[Base],
    ids: Select[Any],
    to: StrEnum,
    *,
    by: Viewer,
    now: datetime,
    reason: str = "",
) -> int:
    """Move every record of the set that may step to `to`; return how many moved."""
    model: Any = table
    movable = select(
        literal(table.__tablename__),
        model.id,
        model.status,
        literal(to.value),
        literal(now, type_=StateChange.__table__.c.at.type),
        literal(by.actor),
        literal(reason),
    ).where(model.id.in_(ids), model.status.in_(sources_of(to)))
    kept = session.execute(insert(StateChange).from_select(_NAMES, movable))
    session.execute(
        update(table)
        .where(model.id.in_(ids), model.status.in_(sources_of(to)))
        .values(status=to)
        .execution_options(synchronize_session="fetch")
    )
    return int(kept.rowcount)  # type: ignore[attr-defined]
