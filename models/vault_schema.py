"""The vault's tables apart from all others: on PostgreSQL in a schema, and a role, of their own.

One process serves both sides of the wall, so its login reaches both. What stands between is for
everybody else: a login for reports, a copy for statistics, a person at psql with the ordinary role
has no way into the schema, whatever was granted on the tables beside it.
"""

from sqlalchemy import Connection, text

from models.base import Base

SCHEMA, OWNER = "vault", "weiguang_vault"
SEARCHED = f"public, {SCHEMA}"
_PREFIX = "vault_"
_HAS_OWNER = text(
    "SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = :role"
    " AND pg_has_role(current_user, oid, 'USAGE'))"
)
_IS_THERE = text("SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = :schema)")
_OUTSIDE = text(
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    " AND tablename LIKE 'vault\\_%' ORDER BY tablename"
)


def names() -> list[str]:
    """Return the vault's tables, as the house declares them."""
    return sorted(name for name in Base.metadata.tables if name.startswith(_PREFIX))


def set_apart(connection: Connection) -> None:
    """Move every table of the vault behind its own door; does nothing where it stands already."""
    if connection.dialect.name != "postgresql":
        return
    if not connection.scalar(_IS_THERE, {"schema": SCHEMA}):
        connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))  # open to its owner alone
    for table in connection.execute(_OUTSIDE).scalars().all():
        connection.execute(text(f"ALTER TABLE public.{table} SET SCHEMA {SCHEMA}"))
    if connection.scalar(_HAS_OWNER, {"role": OWNER}):
        _give(connection)


def _give(connection: Connection) -> None:
    """Let the role own what it guards; our login reaches it as a member."""
    connection.execute(text(f"ALTER SCHEMA {SCHEMA} OWNER TO {OWNER}"))
    for table in names():
        connection.execute(text(f"ALTER TABLE IF EXISTS {SCHEMA}.{table} OWNER TO {OWNER}"))


def outside(connection: Connection) -> list[str]:
    """Return the vault's tables that stand where everybody may look; none on SQLite."""
    if connection.dialect.name != "postgresql":
        return []
    return list(connection.execute(_OUTSIDE).scalars())
