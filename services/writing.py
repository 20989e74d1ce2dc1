"""Transactions that write begin IMMEDIATE, so that two writers queue instead of colliding."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.sqlite import BEGIN_OPTION


def begin_writing(session: Session) -> None:
    """Open the session's transaction as a writer's; it must not have begun already."""
    session.connection(execution_options={BEGIN_OPTION: "IMMEDIATE"})


def insert_into(session: Session, table: Any) -> Any:
    """Return the dialect's own INSERT, which knows ON CONFLICT."""
    return insert_of(session.get_bind().dialect.name, table)


def insert_of(dialect: str, table: Any) -> Any:
    """Return a dialect's INSERT by its name, for a statement that is written once."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
