"""The file system itself has no room left (ENOSPC, not a limit of the process): nothing is done by halves,
a person is told to try again, and all goes on as soon as there is room.
"""

from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from extensions import db
from jobs.upkeep import places
from models.ledger import Receipt, Transaction
from models.stipends import Stipend
from models.trace import OrdinaryEntry
from privacy import viewers
from services.upkeep import backup
from tests.faults.processes import alone
from tests.faults.small_disk import SmallDisk, is_possible
from tests.faults.test_runs import MATCHES, findings, run
from tests.faults.test_runs import world as world  # noqa: PLC0414 a fixture
from tests.faults.test_without_a_disk import FORM, TYPED, silence_apart
from tests.faults.test_without_a_disk import desk as desk  # noqa: PLC0414 a fixture
from tests.web.desks import post

pytestmark = [
    pytest.mark.faults,
    pytest.mark.sqlite_only,
    pytest.mark.skipif(not is_possible(), reason="this kernel lets no process have its own disk"),
]


def small(app: Flask, room: int) -> SmallDisk:
    """Put the installation on a disk with so many bytes left, with a write-ahead log still to grow."""
    db.session.remove()
    db.engine.dispose()
    return SmallDisk(Path(app.instance_path), room)


@pytest.mark.parametrize("room", [0, 48 * 1024, 160 * 1024])
def test_a_run_that_finds_no_room_breaks_off_sound_and_goes_on_when_there_is(
    app: Flask, world: Session, now: datetime, room: int
) -> None:
    def work(session: Session) -> str:
        disk = small(app, room)
        ends = []
        try:
            run(session)
        except Exception as error:
            ends.append(type(error).__name__)
        session.rollback()
        broken = silence_apart(session, now)
        disk.grow()
        run(session)
        found = findings(session, now)
        return f"{ends} {broken} {found} {session.scalar(select(func.count(Stipend.id)))}"

    assert alone(work) == f"['OperationalError'] [] [] {MATCHES * 3}"


def test_a_form_that_finds_no_room_is_not_lost_and_is_taken_when_there_is(
    app: Flask, desk: FlaskClient
) -> None:
    def work(session: Session) -> str:
        disk = small(app, 0)
        answer = post(desk, FORM, **TYPED)
        db.session.remove()
        counts = [session.scalar(select(func.count(t.id))) for t in (Receipt, Transaction)]
        session.rollback()
        disk.grow()
        again = post(desk, FORM, **TYPED)
        after = session.scalar(select(func.count(Receipt.id)))
        return (
            f"{answer.status_code} {'再交一次' in answer.text} {counts} {again.status_code} {after}"
        )

    # What is compiled on first use is written beside the database's disk, not on it.
    app.jinja_env.get_template("errors/busy.html")
    desk.get(FORM)
    assert alone(work) == "503 True [0, 0] 303 1"


def test_a_backup_that_finds_no_room_leaves_nothing_and_the_next_one_is_whole(
    app: Flask, session: Session, now: datetime
) -> None:
    where = places(app.config["SETTINGS"])

    def work(own: Session) -> str:
        disk = small(app, 100 * 1024)
        try:
            backup.make(where, viewers.console(), key=b"k" * 32, now=now)
        except Exception as error:
            said = type(error).__name__
        left = sorted(path.suffix for path in where.folder.iterdir())
        noted = own.scalar(select(func.count()).where(OrdinaryEntry.act == "backup.make"))
        own.rollback()
        disk.grow()
        backup.make(where, viewers.console(), key=b"k" * 32, now=now)
        return f"{said} {left} {noted} {sorted(path.suffix for path in where.folder.iterdir())}"

    said, _, rest = alone(work).partition(" ")
    assert said in {"OSError", "OperationalError"}
    assert rest == "[] 0 ['.backup', '.keystore']"
