"""A migrated template database, copied per test; real tables, a clock that tests may move."""

import gc
import logging
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from argon2 import PasswordHasher
from flask import Flask, g
from flask.testing import FlaskClient
from flask_migrate import upgrade
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from app import create_app
from config import Mode, Settings
from extensions import db, limiter
from models import keys
from services.accounts import accounts
from tests.plugins import databases
from vocabulary import clock
from vocabulary.dates import at

TODAY = date(2026, 11, 21)

# A guess is dear on purpose (test_password_cost holds that); hundreds of sign-ins need not be.
DEAR = accounts.HASHER
accounts.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
accounts._DUMMY = accounts.HASHER.hash("nobody's password")


def pytest_collection_finish() -> None:
    """Spare the collector of garbage what stays loaded, and most of its walks."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def settings_in(folder: Path) -> Settings:
    """Settings of an installation that lives in a folder of its own."""
    return Settings(
        database_url=databases.url(folder),
        mode=Mode.TEST,
        instance=folder,
        keys_dir=folder / "keys",
    )


def forget_the_request_before() -> None:
    """Requests of a test share the context below, and with it `g`: give each a fresh one."""
    for name in list(g):
        g.pop(name)


@pytest.fixture(scope="session")
def empty_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a migrated, empty database and its keys."""
    folder = tmp_path_factory.mktemp("template")
    databases.create(folder)
    app = create_app(settings_in(folder))
    with app.app_context():
        upgrade()
        db.session.remove()
        db.engine.dispose()
    return folder


@pytest.fixture(scope="session")
def template(empty_template: Path) -> Path:
    """What each test starts from. A folder or file overrides it with a world built once: `kept`."""
    return empty_template


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder where the application lives; each test finds a fresh copy of the template there."""
    return tmp_path_factory.mktemp("home") / "instance"


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates that a worker compiled, for all workers and applications of this run."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if base.name.startswith("popen-") else base) / "templates"
    folder.mkdir(exist_ok=True)
    return FileSystemBytecodeCache(str(folder))


class _Built:
    """The application of this process and the keys it came with."""

    app: Flask | None = None
    ring: keys.KeyRing | None = None
    reaches_the_disk = False


@event.listens_for(Engine, "connect")
def _spare_the_disk(connection: Any, _record: Any) -> None:
    """Wait for no disk: nothing outlives the run, and each test's end took 35 ms of waiting.

    What breaks things on purpose (`faults`) has the settings of a real installation.
    """
    if isinstance(connection, sqlite3.Connection) and not _Built.reaches_the_disk:
        connection.execute("PRAGMA synchronous = OFF")


def built_in(folder: Path) -> Flask:
    """One application for all tests: compiling its rules and statements would be most of their time.

    What another one, that a test built for itself, has set for the whole process is set back.
    """
    if _Built.app is None:
        _Built.app = create_app(settings_in(folder))
        _Built.ring = keys.ring()
    keys.install(_Built.ring)
    limiter.enabled = False
    _Built.app.logger.handlers = []
    _Built.app.logger.propagate = True
    _Built.app.logger.setLevel(logging.NOTSET)
    return _Built.app


@contextmanager
def living(home: Path, template: Path, compiled: FileSystemBytecodeCache) -> Iterator[Flask]:
    """Run the application at home on a fresh copy of the template."""
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(template, home)
    databases.copy(template, home)
    app = built_in(home)
    app.jinja_env.bytecode_cache = compiled
    before = [forget_the_request_before, *app.before_request_funcs.get(None, [])]
    with (
        patch.dict(app.config, WTF_CSRF_ENABLED=False),
        patch.dict(app.before_request_funcs, {None: before}),
        app.app_context(),
    ):
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def kept(empty_template: Path, home: Path, compiled, tmp_path_factory):
    """Give `kept(build)`: a template in which `build(session, now)` was committed, for many tests."""

    def keep(build) -> Path:
        with clock.moved_to(at(TODAY)), living(home, empty_template, compiled):
            build(db.session(), at(TODAY))
            db.session.commit()
        folder = shutil.copytree(home, tmp_path_factory.mktemp("kept") / "instance")
        databases.copy(home, folder)
        return folder

    return keep


@pytest.fixture
def app(request: pytest.FixtureRequest, template: Path, home: Path, compiled) -> Iterator[Flask]:
    """The application on a copy of the template; what a test sets in it ends with the test."""
    if breaks_things := request.node.get_closest_marker("faults"):
        _Built.app, _Built.reaches_the_disk = None, True
    with living(home, template, compiled) as app:
        yield app
    if breaks_things:  # its engine still has listeners that kill or starve
        _Built.app, _Built.reaches_the_disk = None, False


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
