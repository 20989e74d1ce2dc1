"""Triggers that make a table append-only: declared beside the table, made anew after migrations.

Batch migrations silently drop triggers, so `install` runs after every upgrade and
`missing` compares the database's with the declared list.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from sqlalchemy import Connection, PrimaryKeyConstraint, Table, UniqueConstraint, inspect, text


class Declared(NamedTuple):
    """One trigger: its name, the table it guards and the event it refuses."""

    name: str
    table: str
    event: str
    # In SQL, of the NEW row: which inserts are refused. Empty where every change of rows is.
    unless: str = ""
    # What whoever tries is told, where it is not the name.
    says: str = ""


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
        found="""SELECT t.tgname AS name,
            REPLACE(REPLACE(pg_get_triggerdef(t.oid), ' ON public.', ' ON '), ' ON vault.', ' ON ')
            || ' ' || CAST(t.tgenabled AS text) || ' ' || p.prosrc AS sql
            FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal""",
        before=f"CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql"
        f" AS $${_REFUSES}$$",
    ),
}
# A rule of a table's own rows: the same condition on both, PostgreSQL's in a function of its own.
_RULES = {
    "sqlite": _Dialect(
        create="""CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN {unless}
BEGIN SELECT RAISE(ABORT, '{says}'); END""",
        drop="DROP TRIGGER IF EXISTS {name}",
        found="",
    ),
    "postgresql": _Dialect(
        create="CREATE TRIGGER {name} BEFORE INSERT ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION {name}()",
        drop="DROP TRIGGER IF EXISTS {name} ON {table}",
        found="",
        adds=" O {body}",
        before="CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$",
    ),
}
_BODY = "BEGIN IF {unless} THEN RAISE EXCEPTION '{name}'; END IF; RETURN NEW; END"
_STANDS = "SELECT 1 FROM {table} o WHERE {same}"
_EVENTS = {"sqlite": ("UPDATE", "DELETE"), "postgresql": ("UPDATE", "DELETE", "TRUNCATE")}
_guarded: dict[str, Table] = {}
_rules: list[Declared] = []


def append_only(table: Table) -> None:
    """Let the database itself refuse UPDATE, DELETE, REPLACE and TRUNCATE on the table."""
    _guarded[table.name] = table


def refuses_insert(table: Table, name: str, unless: str) -> None:
    """Let the database refuse new rows of which a condition in SQL holds; `name` says what held."""
    _rules.append(Declared(name, table.name, "INSERT", unless))


def declared(dialect: str = "sqlite") -> list[Declared]:
    """Return the triggers that a kind of database must have."""
    kept = [
        Declared(f"append_only_{table}_{event.lower()}", table, event)
        for table in _guarded
        for event in _EVENTS[dialect]
    ]
    replaced = [_replaced(table) for table in _guarded.values()]
    return kept + (replaced if dialect == "sqlite" else []) + _rules


def _replaced(table: Table) -> Declared:
    """Refuse a row whose key stands already, which is what REPLACE brings.

    The row that it deletes fires no trigger of deletion, unless the connection asked for recursive
    ones: ours does, whoever opens the file by hand may not.
    """
    keys = sorted(set(_keys(table)))
    same = (" AND ".join(f"o.{name} = NEW.{name}" for name in key) for key in keys)
    unless = " OR ".join(f"EXISTS ({_STANDS.format(table=table.name, same=one)})" for one in same)
    name, says = f"append_only_{table.name}_replace", f"{table.name} is append-only"
    return Declared(name, table.name, "INSERT", unless, says)


def _keys(table: Table) -> Iterator[tuple[str, ...]]:
    for one in (table.primary_key, *table.constraints):
        if isinstance(one, PrimaryKeyConstraint | UniqueConstraint):
            yield tuple(column.name for column in one.columns)
    for index in table.indexes:
        if index.unique and index.dialect_options["sqlite"]["where"] is None:
            yield tuple(column.name for column in index.columns)


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
    dialect = connection.dialect.name
    if one.unless and _RULES[dialect].before:
        connection.execute(text(_said(_RULES[dialect].before, one)))
    connection.execute(text(created(one, dialect)))


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
    return _said(_of(one, dialect).create, one)


def dropped(one: Declared, dialect: str = "sqlite") -> str:
    """Return the statement that drops a trigger, if it is there."""
    return _said(_of(one, dialect).drop, one)


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
    present, dialect = _present(connection), connection.dialect.name
    return [
        one.name
        for one in declared(dialect)
        if present.get(one.name) != created(one, dialect) + _said(_of(one, dialect).adds, one)
    ]


def strange(connection: Connection) -> list[str]:
    """Return the names of triggers that nobody declared: code of a stranger in the database."""
    known = {one.name for one in declared(connection.dialect.name)}
    return [name for name in _present(connection) if name not in known]


def _present(connection: Connection) -> Mapping[str, str]:
    return {row.name: row.sql for row in connection.execute(text(_spoken(connection).found))}


def _spoken(connection: Connection) -> _Dialect:
    return _DIALECTS[connection.dialect.name]


def _of(one: Declared, dialect: str) -> _Dialect:
    return (_RULES if one.unless else _DIALECTS)[dialect]


def _said(words: str, one: Declared) -> str:
    each = "STATEMENT" if one.event == "TRUNCATE" else "ROW"
    body = _BODY.format(unless=one.unless, name=one.name)
    told = one._asdict() | {"says": one.says or one.name}
    return words.format(**told, each=each, body=body)
