"""Triggers that make a table append-only: declared beside the table, made anew after migrations.

Batch migrations silently drop triggers, so `install` runs after every upgrade and
`missing` compares the database's with the declared list.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from sqlalchemy import Connection, Table, inspect, text


class Declared(NamedTuple):
    """One trigger: its name, the table it guards and the event it refuses."""

    name: str
    table: str
    event: str


class _Dialect(NamedTuple):
    """How a kind of database says it; `found` asks for names and what `create` and `adds` give."""

    create: str
    drop: str
    found: str
    adds: str = ""
    before: str = ""


_REFUSES = "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END"
_DIALECTS = {
    "sqlite": _Dialect(
        create="""CREATE TRIGGER {name} BEFORE {event} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END""",
        drop="DROP TRIGGER IF EXISTS {name}",
        found="SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
    ),
    # A switched-off trigger, or another body of the function, differs from what is declared.
    "postgresql": _Dialect(
        create="CREATE TRIGGER {name} BEFORE {event} ON {table}"
        " FOR EACH {each} EXECUTE FUNCTION refuse_change()",
        drop="DROP TRIGGER IF EXISTS {name} ON {table}",
        adds=f" O {_REFUSES}",
        found="""SELECT t.tgname AS name, REPLACE(pg_get_triggerdef(t.oid), ' ON public.', ' ON ')
            || ' ' || CAST(t.tgenabled AS text) || ' ' || p.prosrc AS sql
            FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal""",
        before=f"CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql"
        f" AS $${_REFUSES}$$",
    ),
}
_EVENTS = {"sqlite": ("UPDATE", "DELETE"), "postgresql": ("UPDATE", "DELETE", "TRUNCATE")}
_guarded: list[str] = []


def append_only(table: Table) -> None:
    """Let the database itself refuse UPDATE and DELETE (and so REPLACE and TRUNCATE) on the table."""
    _guarded.append(table.name)


def declared(dialect: str = "sqlite") -> list[Declared]:
    """Return the triggers that a kind of database must have."""
    return [
        Declared(f"append_only_{table}_{event.lower()}", table, event)
        for table in _guarded
        for event in _EVENTS[dialect]
    ]


def install(connection: Connection) -> None:
    """Make anew every declared trigger whose table exists."""
    spoken, tables = _spoken(connection), set(inspect(connection).get_table_names())
    if spoken.before:
        connection.execute(text(spoken.before))
    for one in declared(connection.dialect.name):
        if one.table in tables:
            drop(connection, one)
            make(connection, one)


def make(connection: Connection, one: Declared) -> None:
    """Create one declared trigger."""
    connection.execute(text(created(one, connection.dialect.name)))


def drop(connection: Connection, one: Declared) -> None:
    """Drop one declared trigger, if it is there."""
    connection.execute(text(dropped(one, connection.dialect.name)))


def drop_of(connection: Connection, table: str) -> None:
    """Drop all of a table's triggers."""
    for one in declared(connection.dialect.name):
        if one.table == table:
            drop(connection, one)


def created(one: Declared, dialect: str = "sqlite") -> str:
    """Return the statement that makes a trigger."""
    return _said(_DIALECTS[dialect].create, one)


def dropped(one: Declared, dialect: str = "sqlite") -> str:
    """Return the statement that drops a trigger, if it is there."""
    return _said(_DIALECTS[dialect].drop, one)


@contextmanager
def lifted(connection: Connection, table: str) -> Iterator[None]:
    """Let a change of keys seal a table's rows anew, within one transaction."""
    drop_of(connection, table)
    yield
    for one in declared(connection.dialect.name):
        if one.table == table:
            make(connection, one)


def missing(connection: Connection) -> list[str]:
    """Return the names of declared triggers that are absent or differ in the database."""
    present, spoken = _present(connection), _spoken(connection)
    return [
        one.name
        for one in declared(connection.dialect.name)
        if present.get(one.name) != created(one, connection.dialect.name) + spoken.adds
    ]


def strange(connection: Connection) -> list[str]:
    """Return the names of triggers that nobody declared: code of a stranger in the database."""
    known = {one.name for one in declared(connection.dialect.name)}
    return [name for name in _present(connection) if name not in known]


def _present(connection: Connection) -> Mapping[str, str]:
    return {row.name: row.sql for row in connection.execute(text(_spoken(connection).found))}


def _spoken(connection: Connection) -> _Dialect:
    return _DIALECTS[connection.dialect.name]


def _said(words: str, one: Declared) -> str:
    each = "STATEMENT" if one.event == "TRUNCATE" else "ROW"
    return words.format(name=one.name, table=one.table, event=one.event, each=each)
