"""The only two ways a state changes (law 13)."""

from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Select, Update, bindparam, insert, literal, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from models.base import Base
from models.trace import StateChange
from privacy.viewers import Viewer
from vocabulary.errors import AlreadyDecided
from vocabulary.lifecycles import check_step, sources_of


def advance(
    session: Session, record: Any, to: StrEnum, *, by: Viewer, now: datetime, reason: str = ""
) -> None:
    """Move one record to `to` by a conditional UPDATE and keep the step.

    Raises WrongState when the table has no such step, AlreadyDecided when somebody was first.
    """
    session.flush()
    current = record.status
    check_step(current, to)
    table: type[Base] = type(record)
    connection = session.connection()
    step = {"of_key": record.id, "from_status": current, "to_status": to}
    if connection.execute(_move(table), step).rowcount != 1:
        raise AlreadyDecided()
    set_committed_value(record, "status", to)
    kept = {
        "kind": table.__tablename__,
        "record_id": record.id,
        "from_state": current,
        "to_state": to,
        "at": now,
        "by": by.actor,
        "reason": reason,
    }
    connection.execute(_KEEP, kept)


_KEEP = insert(StateChange.__table__)  # type: ignore[arg-type]


@cache
def _move(table: type[Base]) -> Update:
    """Write once what moves one record of a table: built anew, it costs more than it does."""
    column: Any = table.__table__.c
    kind = column.status.type
    was = column.status == bindparam("from_status", type_=kind)
    return (
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
    names = ["kind", "record_id", "from_state", "to_state", "at", "by", "reason"]
    kept = session.execute(insert(StateChange).from_select(names, movable))
    session.execute(
        update(table)
        .where(model.id.in_(ids), model.status.in_(sources_of(to)))
        .values(status=to)
        .execution_options(synchronize_session="fetch")
    )
    return int(kept.rowcount)  # type: ignore[attr-defined]
