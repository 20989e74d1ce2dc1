"""Triggers that make a table append-only: declared beside the table, made anew after migrations.

Batch migrations silently drop triggers, so `install` runs after every upgrade and
`missing` compares the database's with the declared list.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Table, inspect, text

_declared: dict[str, str] = {}
_SQLITE = """CREATE TRIGGER {name} BEFORE {event} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""


def append_only(table: Table) -> None:
    """Let the database itself refuse UPDATE and DELETE (and so REPLACE) on the table."""
    for event in ("UPDATE", "DELETE"):
        name = f"append_only_{table.name}_{event.lower()}"
        _declared[name] = _SQLITE.format(name=name, event=event, table=table.name)


def install(connection: Connection) -> None:
    """Make anew every declared trigger whose table exists."""
    tables = set(inspect(connection).get_table_names())
    for name, statement in _declared.items():
        if statement.split(" ON ")[1].split()[0] not in tables:
            continue
        connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
        connection.execute(text(statement))


@contextmanager
def lifted(connection: Connection, table: str) -> Iterator[None]:
    """Let a change of keys seal a table's rows anew, within one transaction."""
    mine = [name for name, sql in _declared.items() if f" ON {table}\n" in sql]
    for name in mine:
        connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
    yield
    for name in mine:
        connection.execute(text(_declared[name]))


def missing(connection: Connection) -> list[str]:
    """Return the names of declared triggers that are absent or differ in the database."""
    found = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    present = {row.name: row.sql for row in found}
    return [name for name, sql in _declared.items() if present.get(name) != sql]


def strange(connection: Connection) -> list[str]:
    """Return the names of triggers that nobody declared: code of a stranger in the database."""
    found = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
    return [row.name for row in found if row.name not in _declared]
