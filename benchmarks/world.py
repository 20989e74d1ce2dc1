"""A large world, straight into the tables: children, consents, pledges paid ahead, matches."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app import create_app
from config import Mode, Settings
from extensions import db
from models.children import Child, Consent
from models.ledger import Posting, Transaction
from models.organisations import Organisation
from models.pledges import Match, Pledge
from models.regions import Region
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
        database_url=f"sqlite:///{folder / 'bench.db'}",
        mode=Mode.TEST,
        instance=folder,
        keys_dir=folder / "keys",
    )


@contextmanager
def template(count: int) -> Iterator[Path]:
    """A folder with a migrated database that holds `count` paid-up matches."""
    with TemporaryDirectory(prefix="weiguang-bench-") as name:
        folder = Path(name) / "template"
        app = create_app(settings_in(folder))
        with app.app_context():
            upgrade()
            _fill(db.session(), count)
            db.session.remove()
            db.engine.dispose()
        yield folder


@contextmanager
def copied(folder: Path) -> Iterator[tuple[Flask, Path]]:
    """An application on a copy of the template, and its database's file."""
    own = folder.parent / "copy"
    shutil.rmtree(own, ignore_errors=True)
    shutil.copytree(folder, own)
    app = create_app(settings_in(own))
    with app.app_context():
        yield app, own / "bench.db"
        db.session.remove()
        db.engine.dispose()


def bare(path: Path) -> sqlite3.Connection:
    """A connection as bare as the peer's: the house's pragmas and nothing else."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("foreign_keys = ON", "journal_mode = WAL", "synchronous = NORMAL"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _fill(session: Session, count: int) -> None:
    towns = session.scalars(
        select(Region.code).where(Region.level == RegionLevel.TOWNSHIP).limit(SCHOOLS)
    ).all()
    schools = [
        {
            "kind": OrganisationKind.SCHOOL,
            "name": f"学校{n}",
            "region_code": town,
            "entered_on": START,
        }
        for n, town in enumerate(towns)
    ]
    session.execute(insert(Organisation), schools)
    for first in range(1, count + 1, CHUNK):
        _fill_part(session, range(first, min(first + CHUNK, count + 1)), towns)
    session.commit()


def _fill_part(session: Session, keys: range, towns: list[str]) -> None:
    session.execute(insert(Child), [_child(key, towns) for key in keys])
    session.execute(insert(Consent), [_consent(key) for key in keys])
    session.execute(insert(Pledge), [_pledge(key) for key in keys])
    session.execute(insert(Match), [_match(key) for key in keys])
    paid = {"kind": TransactionKind.RECEIVED, "on": START, "by": "bench"}
    session.execute(insert(Transaction), [{"id": key, **paid} for key in keys])
    session.execute(insert(Posting), [leg for key in keys for leg in _legs(key)])


def _child(key: int, towns: list[str]) -> dict[str, object]:
    town = towns[key % len(towns)]
    return {
        "id": key,
        "name": f"孩子{key}",
        "sex": Sex.FEMALE,
        "region_code": town,
        "banner_code": town[:6] + "000000",
        "league_code": town[:4] + "00000000",
        "school_id": key % len(towns) + 1,
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
