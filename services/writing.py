"""Transactions that write begin IMMEDIATE, so that two writers queue instead of colliding."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.sqlite import BEGIN_OPTION


def begin_writing(session: Session) -> None:
    """Open the session's transaction as a writer's; it must not have begun already."""
    session.connection(execution_options={BEGIN_OPTION: "IMMEDIATE"})


def insert_into(session: Session, table: Any) -> Any:
    """Return the dialect's own INSERT, which knows ON CONFLICT."""
    return insert_of(session.get_bind().dialect.name, table)


def add_once(session: Session, table: Any, values: Mapping[str, object], *, key: str) -> bool:
    """Insert a row unless one of its key stands; say whether it was added.

    Asked before: SQLite's guard against REPLACE refuses a second row where a conflict would add none.
    """
    own = table.c[key]
    if session.scalar(select(own).where(own == values[key])) is not None:
        return False
    kept = insert_into(session, table).values(values).on_conflict_do_nothing()
    return int(session.connection().execute(kept).rowcount) == 1


def insert_of(dialect: str, table: Any) -> Any:
    """Return a dialect's INSERT by its name, for a statement that is written once."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
