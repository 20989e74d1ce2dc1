"""What PostgreSQL needs to write as SQLite does: one at a time, so that chains and counts hold."""

from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

from models.sqlite import BEGIN_OPTION
from models.vault_schema import SEARCHED

WRITERS = 5_114_023  # any number, but the same in every process: whoever writes holds this lock
PATIENCE = "5s"


@event.listens_for(Engine, "connect")
def _prepare(connection: Any, _record: Any) -> None:
    """Find the vault's tables beside the others, and read a sum of fen as the whole number it is.

    PostgreSQL sums bigints into a numeric.
    """
    if not type(connection).__module__.startswith("psycopg"):
        return
    from psycopg.adapt import Loader  # where there is no PostgreSQL it is not even installed

    class Whole(Loader):
        def load(self, data: Any) -> int | float:
            number = Decimal(bytes(data).decode())
            return int(number) if number == number.to_integral_value() else float(number)

    connection.adapters.register_loader("numeric", Whole)
    # Outside of any transaction, or the first rollback would forget it.
    connection.autocommit = True
    connection.execute(f"SET search_path = {SEARCHED}")
    connection.autocommit = False


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """Wait for the writer before, as BEGIN IMMEDIATE does; too long is an OperationalError.

    Read committed: what follows the wait sees all that the writer before has written.
    """
    if connection.dialect.name != "postgresql":
        return
    if connection.get_execution_options().get(BEGIN_OPTION) == "IMMEDIATE":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE}'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS})")
