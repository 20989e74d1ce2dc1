"""A statement written once is compiled once too: what is left each time is to hand over values.

SQLAlchemy finds a long statement again by a key as long as itself and works out its constants
anew; for a page of questions that takes longer than the database. Only where the driver needs no
more than values in order (SQLite); elsewhere the statement is executed as it stands.

Its constants stand in the text. SQLite plans a statement anew for each asking when a partial index
could depend on a value handed over (`status = ?` beside an index `WHERE status = 'active'`): of a
long question the planning takes ten times as long as the answer.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, CursorResult, Dialect, Enum, Integer, String
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
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
            self._kept[dialect.name] = self._prepared(dialect)
        return self._kept[dialect.name]

    def _prepared(self, dialect: Dialect) -> "_Prepared | None":
        if dialect.name != "sqlite":
            return None
        compiled = _WithConstants(dialect, self._statement)
        names = compiled.positiontup or ()
        given = [compiled.binds[name] for name in names]
        filled_in = any(one.expanding or one.literal_execute for one in given)
        return None if filled_in else _Prepared(compiled, dialect)


class _WithConstants(SQLiteCompiler):
    """Writes words and numbers that no asking changes into the text."""

    def visit_bindparam(self, bindparam: Any, *given: Any, **more: Any) -> Any:
        is_fixed = bindparam.unique and not bindparam.required
        if is_fixed and isinstance(bindparam.type, (String, Integer)):
            more["literal_binds"] = True
        return super().visit_bindparam(bindparam, *given, **more)  # type: ignore[no-untyped-call]


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
        answer = self.run(connection, given)
        rows = answer.cursor.fetchall()  # as the driver has them: what a row is, we make of it
        answer.close()
        if not rows:
            return []
        columns: list[Iterable[Any]] = list(zip(*rows, strict=True))
        for at, read in self._reads:
            columns[at] = map(read, columns[at])
        return list(zip(*columns, strict=True))

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
