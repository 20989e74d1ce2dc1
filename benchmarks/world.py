"""A large world, straight into the tables: children, consents, pledges paid ahead, matches."""

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.orm import Session

from app import create_app
from config import Mode, Settings
from extensions import db
from models import sqlite
from models.children import Child, Consent
from models.ledger import Posting, Transaction
from models.organisations import Organisation
from models.pledges import Match, Pledge
from models.regions import Region
from tests.plugins import databases
from tests.plugins.databases import IS_POSTGRESQL
from vocabulary.enums import (
    AccountKind,
    ChildStatus,
    MatchStatus,
    OrganisationKind,
    PledgeStatus,
    Purpose,
    RegionLevel,
    Rhythm,
    Sex,
    Stage,
    TransactionKind,
)

SCHOOLS = 400
START = date(2026, 11, 1)
CHUNK = 10_000


def settings_in(folder: Path) -> Settings:
    """Settings of an installation in a folder of its own."""
    return Settings(
        database_url=databases.url(folder) if IS_POSTGRESQL else f"sqlite:///{folder / 'bench.db'}",
        mode=Mode.TEST,
        instance=folder,
        keys_dir=folder / "keys",
    )


@contextmanager
def template(count: int) -> Iterator[Path]:
    """A folder with a migrated database that holds `count` paid-up matches."""
    with TemporaryDirectory(prefix="weiguang-bench-") as name:
        folder = Path(name) / "template"
        build(folder, count)
        yield folder


def build(folder: Path, count: int) -> None:
    """Make a database that holds `count` paid-up matches, in a folder of its own."""
    databases.create(folder)
    with opened(folder):
        upgrade()
        fill_children(db.session(), range(1, count + 1))
        _fill_matches(db.session(), range(1, count + 1))
        count_on(db.session().connection())
        db.session.commit()


def count_on(connection: Connection) -> None:
    """Let PostgreSQL number on after the keys that were given here; look at what is there."""
    if not IS_POSTGRESQL:
        return
    for table in ("children", "pledges", "matches", "transactions", "postings", "consents"):
        numbers = f"pg_get_serial_sequence('{table}', 'id')"
        connection.execute(text(f"SELECT setval({numbers}, (SELECT MAX(id) FROM {table}))"))
    connection.execute(text("ANALYZE"))


@contextmanager
def opened(folder: Path) -> Iterator[Flask]:
    """An application on the database of a folder."""
    app = create_app(settings_in(folder))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@contextmanager
def copied(folder: Path) -> Iterator[tuple[Flask, Path]]:
    """An application on a copy of the template, and its database's file."""
    own = folder.parent / "copy"
    shutil.rmtree(own, ignore_errors=True)
    shutil.copytree(folder, own)
    databases.copy(folder, own)
    with opened(own) as app:
        yield app, own / "bench.db"


def bare(path: Path) -> sqlite3.Connection:
    """A connection as bare as the peer's: the house's pragmas and nothing else."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in sqlite.PRAGMAS:
        connection.execute(pragma)
    return connection


def townships(session: Session) -> Sequence[str]:
    """Return the codes of the townships with a school of ours, one each."""
    query = select(Region.code).where(Region.level == RegionLevel.TOWNSHIP).order_by(Region.code)
    return session.scalars(query.limit(SCHOOLS)).all()


def fill_schools(session: Session) -> list[tuple[str, int]]:
    """Put in a school for each township; return where each is, and its key."""
    towns = townships(session)
    schools = [
        {
            "kind": OrganisationKind.SCHOOL,
            "name": f"学校{n}",
            "region_code": town,
            "entered_on": START,
        }
        for n, town in enumerate(towns)
    ]
    ids = session.scalars(insert(Organisation).returning(Organisation.id), schools).all()
    return list(zip(towns, ids, strict=True))


def fill_children(session: Session, keys: range) -> None:
    """Put in schools, and a child for each key, from school to school."""
    places = fill_schools(session)
    for part in _parts(keys):
        session.execute(insert(Child), [_child(key, places) for key in part])


def _fill_matches(session: Session, keys: range) -> None:
    """Give each child its consent, and a pledge that is paid ahead and matched."""
    for part in _parts(keys):
        session.execute(insert(Consent), [_consent(key) for key in part])
        session.execute(insert(Pledge), [_pledge(key) for key in part])
        session.execute(insert(Match), [_match(key) for key in part])
        paid = {"kind": TransactionKind.RECEIVED, "on": START, "by": "bench"}
        session.execute(insert(Transaction), [{"id": key, **paid} for key in part])
        session.execute(insert(Posting), [leg for key in part for leg in _legs(key)])


def _parts(keys: range) -> Iterator[range]:
    for first in range(keys.start, keys.stop, CHUNK):
        yield range(first, min(first + CHUNK, keys.stop))


def _child(key: int, places: list[tuple[str, int]]) -> dict[str, object]:
    town, school_id = places[key % len(places)]
    return {
        "id": key,
        "name": f"孩子{key}",
        "sex": Sex.FEMALE,
        "region_code": town,
        "banner_code": town[:6] + "000000",
        "league_code": town[:4] + "00000000",
        "school_id": school_id,
        "stage": Stage.PRIMARY,
        "grade": 4,
        "class_name": "1班",
        "status": ChildStatus.SUPPORTED,
        "entered_by": "bench",
        "entered_on": START,
    }


def _consent(key: int) -> dict[str, object]:
    return {
        "child_id": key,
        "purpose": Purpose.SPONSORSHIP,
        "version": "1",
        "given_on": START,
        "recorded_by": "bench",
    }


def _pledge(key: int) -> dict[str, object]:
    return {
        "id": key,
        "instalment_fen": 10_000,
        "rhythm": Rhythm.MONTH,
        "status": PledgeStatus.CONFIRMED,
        "offered_on": START,
        "confirmed_on": START,
    }


def _match(key: int) -> dict[str, object]:
    return {
        "id": key,
        "pledge_id": key,
        "child_id": key,
        "instalment_fen": 10_000,
        "rhythm": Rhythm.MONTH,
        "code_name": "河边的白桦",
        "status": MatchStatus.ACTIVE,
        "proposed_on": START,
        "proposed_by": "engine",
        "decided_by": "bench",
        "decided_on": START,
        "starts_on": START,
    }


def _legs(key: int) -> list[dict[str, object]]:
    return [
        {"transaction_id": key, "account": AccountKind.BANK, "amount": 120_000, "pledge_id": None},
        {
            "transaction_id": key,
            "account": AccountKind.PREPAID,
            "amount": -120_000,
            "pledge_id": key,
        },
    ]
