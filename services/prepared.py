"""A statement written once is compiled once too: what is left each time is to hand over values.

SQLAlchemy finds a long statement again by a key as long as itself and works out its constants
anew; for a page of questions that takes longer than the database. Only where the driver needs no
more than values in order (SQLite); elsewhere the statement is executed as it stands.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, Select
from sqlalchemy.sql.compiler import SQLCompiler

Process = Callable[[Any], Any]


def fetched(
    connection: Connection,
    query: Select[Any],
    given: Mapping[str, Any],
    *,
    kept: "dict[str, Prepared | None] | None",
) -> Sequence[Any]:
    """Return the rows of a statement; one that is written once is kept ready for its database."""
    dialect = connection.dialect
    if kept is not None and dialect.name not in kept:
        kept[dialect.name] = _prepare(query, dialect)
    ready = kept.get(dialect.name) if kept else None
    return ready.fetch(connection, given) if ready else connection.execute(query, given).all()


def _prepare(query: Select[Any], dialect: Dialect) -> "Prepared | None":
    """Return the statement ready for a database; None where only SQLAlchemy can fill it in."""
    compiled = query.compile(dialect=dialect)
    binds = compiled.binds.values()
    if dialect.name != "sqlite" or any(b.expanding or b.literal_execute for b in binds):
        return None
    return Prepared(query, compiled, dialect)


class Prepared:
    """One statement of one database: its text, the order of its values, and how columns read."""

    def __init__(self, query: Select[Any], compiled: SQLCompiler, dialect: Dialect) -> None:
        self._text = str(compiled)
        self._values = [
            (name, compiled.params[name], _process(compiled.binds[name].type, "bind", dialect))
            for name in compiled.positiontup or ()
        ]
        reads = [_process(column.type, "result", dialect) for column in query.selected_columns]
        self._reads = [(at, read) for at, read in enumerate(reads) if read]

    def fetch(self, connection: Connection, given: Mapping[str, Any]) -> Sequence[Any]:
        """Return the rows, each a list of values as the columns' types read them."""
        values = [given.get(name, constant) for name, constant, _ in self._values]
        values = [
            process(value) if process else value
            for value, (_, _, process) in zip(values, self._values, strict=True)
        ]
        found = connection.exec_driver_sql(self._text, tuple(values)).all()
        rows = [list(row) for row in found]
        for row in rows:
            for at, read in self._reads:
                row[at] = read(row[at])
        return rows


def _process(kind: Any, way: str, dialect: Dialect) -> Process | None:
    own = kind.dialect_impl(dialect)
    process: Process | None = (
        own.bind_processor(dialect) if way == "bind" else own.result_processor(dialect, None)
    )
    return process
