"""From empty to head and back; the tables and the migration agree."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade
from sqlalchemy import inspect

from app import create_app
from extensions import db
from models import Base
from tests.plugins.installation import settings_in


def test_the_migrated_database_has_every_table_and_no_drift(app: Flask) -> None:
    with db.engine.connect() as connection:
        options = {"compare_type": False, "target_metadata": Base.metadata}
        drift = compare_metadata(
            MigrationContext.configure(connection, opts=options), Base.metadata
        )

    assert drift == []


def test_the_first_migration_loads_the_regions(app: Flask) -> None:
    with db.engine.connect() as connection:
        count = connection.exec_driver_sql("SELECT count(*) FROM regions").scalar()

    assert count == 1 + 12 + 108 + 1_225 + 14_592


def test_the_schema_can_be_taken_down(app: Flask) -> None:
    db.session.remove()
    downgrade(revision="base")

    assert inspect(db.engine).get_table_names() == ["alembic_version"]


def test_a_second_app_on_the_same_folder_keeps_its_keys(app: Flask, tmp_path: Path) -> None:
    folder = Path(app.instance_path)
    before = (folder / "keys" / "sealing.key").read_text()

    create_app(settings_in(folder))

    assert (folder / "keys" / "sealing.key").read_text() == before
