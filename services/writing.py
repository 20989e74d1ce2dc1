"""Transactions that write begin IMMEDIATE, so that two writers queue instead of colliding."""

from sqlalchemy.orm import Session

from models.sqlite import BEGIN_OPTION


def begin_writing(session: Session) -> None:
    """Open the session's transaction as a writer's; it must not have begun already."""
    session.connection(execution_options={BEGIN_OPTION: "IMMEDIATE"})
