"""A statement written once is compiled once too: what is left each time is to hand over values.

SQLAlchemy finds a long statement again by a key as long as itself and works out its constants
anew; for a page of questions that takes longer than the database. Only where the driver needs no
more than values in order (SQLite); elsewhere the statement is executed as it stands.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, CursorResult, Dialect, Enum
from sqlalchemy.sql.compiler import SQLCompiler

Process = Callable[[Any], Any]


class Ready:
    """One statement, kept ready for each kind of database that it was asked of."""

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._kept: dict[str, _Prepared | None] = {}

    def fetch(self, connection: Connection, given: Mapping[str, Any]) -> Sequence[Any]:
        """Return the rows, each a sequence of values as the columns' types read them."""
        ready = self._for(connection.dialect)
        return ready.fetch(connection, given) if ready else self._plainly(connection, given).all()

    def run(self, connection: Connection, *given: Mapping[str, Any]) -> CursorResult[Any]:
        """Execute it once for each of the given."""
        ready = self._for(connection.dialect)
        return ready.run(connection, *given) if ready else self._plainly(connection, *given)

    def _plainly(self, connection: Connection, *given: Mapping[str, Any]) -> CursorResult[Any]:
        return connection.execute(self._statement, given if len(given) > 1 else given[0])

    def _for(self, dialect: Dialect) -> "_Prepared | None":
        """Return the statement ready for a database; None where only SQLAlchemy can fill it in."""
        if dialect.name not in self._kept:
            compiled = self._statement.compile(dialect=dialect)
            filled_in = any(b.expanding or b.literal_execute for b in compiled.binds.values())
            is_plain = dialect.name == "sqlite" and not filled_in
            self._kept[dialect.name] = _Prepared(compiled, dialect) if is_plain else None
        return self._kept[dialect.name]


class _Prepared:
    """One statement of one database: its text, the order of its values, and how columns read."""

    def __init__(self, compiled: SQLCompiler, dialect: Dialect) -> None:
        self._text = str(compiled)
        self._values = [
            (name, compiled.params[name], _written(compiled.binds[name].type, dialect))
            for name in compiled.positiontup or ()
        ]
        columns = getattr(compiled.statement, "selected_columns", ())
        reads = [_read(column.type, dialect) for column in columns]
        self._reads = [(at, read) for at, read in enumerate(reads) if read]

    def fetch(self, connection: Connection, given: Mapping[str, Any]) -> Sequence[Any]:
        rows = [list(row) for row in self.run(connection, given).all()]
        for at, read in self._reads:
            for row in rows:
                row[at] = read(row[at])
        return rows

    def run(self, connection: Connection, *given: Mapping[str, Any]) -> CursorResult[Any]:
        rows = [self._in_order(one) for one in given]
        return connection.exec_driver_sql(self._text, rows if len(rows) > 1 else rows[0])

    def _in_order(self, given: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(
            process(given.get(name, constant)) if process else given.get(name, constant)
            for name, constant, process in self._values
        )


def _written(kind: Any, dialect: Dialect) -> Process | None:
    process: Process | None = kind.dialect_impl(dialect).bind_processor(dialect)
    return process


def _read(kind: Any, dialect: Dialect) -> Process | None:
    own = kind.dialect_impl(dialect)
    if isinstance(own, Enum) and own.enum_class:
        members: dict[Any, Any] = {None: None}
        members |= zip(own.enums, own.enum_class, strict=True)
        return members.__getitem__
    process: Process | None = own.result_processor(dialect, None)
    return process
