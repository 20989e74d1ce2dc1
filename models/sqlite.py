"""The one connect hook for SQLite, and our own BEGIN: the driver's autocommit is off."""

import sqlite3
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

BEGIN_OPTION = "weiguang_begin"
PRAGMAS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA busy_timeout = 5000",
    # 16 MiB: the usual 2 hold no banner of a region of 100,000 children.
    "PRAGMA cache_size = -16000",
    # Without this, INSERT OR REPLACE slips past a DELETE trigger.
    "PRAGMA recursive_triggers = ON",
    # Who is forgotten is gone from the file's free pages too.
    "PRAGMA secure_delete = ON",
)


@event.listens_for(Engine, "connect")
def _set_pragmas(connection: Any, _record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(pragma)


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        mode = connection.get_execution_options().get(BEGIN_OPTION, "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {mode}")
