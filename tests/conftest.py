"""A migrated template database, copied per test; real tables, a clock that tests may move."""

import shutil
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy.orm import Session

from app import create_app
from config import Mode, Settings
from extensions import db
from vocabulary import clock
from vocabulary.dates import at

TODAY = date(2026, 11, 21)


def settings_in(folder: Path) -> Settings:
    """Settings of an installation that lives in a folder of its own."""
    return Settings(
        database_url=f"sqlite:///{folder / 'weiguang.db'}",
        mode=Mode.TEST,
        instance=folder,
        keys_dir=folder / "keys",
    )


def forget_the_request_before() -> None:
    """Requests of a test share the context below, and with it `g`: give each a fresh one."""
    for name in list(g):
        g.pop(name)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a migrated, empty database and its keys."""
    folder = tmp_path_factory.mktemp("template")
    app = create_app(settings_in(folder))
    with app.app_context():
        upgrade()
        db.session.remove()
        db.engine.dispose()
    return folder


@pytest.fixture
def app(template: Path, tmp_path: Path) -> Iterator[Flask]:
    """An application on its own copy of the template."""
    folder = tmp_path / "instance"
    shutil.copytree(template, folder)
    app = create_app(settings_in(folder))
    app.config["WTF_CSRF_ENABLED"] = False
    app.before_request_funcs.setdefault(None, []).insert(0, forget_the_request_before)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def session(app: Flask) -> Session:
    """The database session; tests of services commit nothing unless they say so."""
    return db.session()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def now() -> Iterator[datetime]:
    """Nine in the morning of 21 November 2026 in Inner Mongolia, and the clock stands there."""
    instant = at(TODAY)
    with clock.moved_to(instant):
        yield instant
