"""Runs migrations inside the application, then sets the vault apart and makes every trigger anew."""

from alembic import context
from flask import current_app

import models.base
from models import triggers, vault_schema


def _render(kind: str, obj: object, _autogen: object) -> str | bool:
    """Write our column types as what they are in the database."""
    plain = {
        "Instant": "sa.DateTime()",
        "Sealed": "sa.LargeBinary()",
        "SealedDate": "sa.LargeBinary()",
    }
    return plain.get(type(obj).__name__, False) if kind == "type" else False


def _compare(
    context_: object, inspected: object, column: object, inspected_type: object, type_: object
) -> bool | None:
    """Sealed columns and instants are kept as BLOB and DATETIME: no drift."""
    return False if type(type_).__module__ == models.base.__name__ else None


def run() -> None:
    database = current_app.extensions["migrate"].db
    with database.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_as_batch=True,
            render_item=_render,
            compare_type=_compare,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
        if not getattr(context.config.cmd_opts, "autogenerate", False):
            vault_schema.set_apart(connection)
            triggers.install(connection)
            connection.commit()


run()
