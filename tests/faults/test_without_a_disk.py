"""The database is held, its disk is full or the trace cannot be written: nothing is done by halves, a
person reads when to try again, and what he typed goes along.
"""

import os
import re
import resource
import signal
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Session

from extensions import db
from jobs.upkeep import places
from models import postgresql
from models.ledger import Receipt, Transaction
from models.stipends import Stipend
from models.trace import OrdinaryEntry
from privacy import viewers
from services.upkeep import backup
from services.writing import begin_writing
from tests.factories import a_child, a_match, a_pledge, a_school, an_account
from tests.faults.processes import alone, start
from tests.faults.test_runs import MATCHES, findings, run
from tests.faults.test_runs import world as world  # noqa: PLC0414 a fixture
from tests.services.spoiling import mend, spoil
from tests.web.desks import post, sign_in
from vocabulary.enums import Role

pytestmark = pytest.mark.faults
FORM = "/staff/receipts/"
TYPED = {"reference": "谢谢", "amount": "100", "received_on": "2026-11-20", "as_written": "y"}


@pytest.fixture
def desk(
    client: FlaskClient, session: Session, now: datetime, monkeypatch
) -> Iterator[FlaskClient]:
    """A collecting desk, and a database whose writers give up after a fifth of a second."""
    an_account(session, Role.COLLECTING_DESK, login="desk")
    session.commit()
    db.session.remove()
    monkeypatch.setattr(postgresql, "PATIENCE", "200ms")

    @event.listens_for(db.engine, "connect")
    def impatient(connection, _record) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("PRAGMA busy_timeout = 200")

    db.engine.dispose()
    sign_in(client, "desk")
    yield client
    session.close()  # no longer the registry's: nobody else gives its connection back


def holding(held: tuple[int, int], done: tuple[int, int]) -> Callable[[Session], str]:
    """Hold the one writer's place until told to let go."""

    def work(session: Session) -> str:
        os.close(done[1])
        begin_writing(session)
        session.execute(text("SELECT 1"))
        os.write(held[1], b"x")
        os.read(done[0], 1)
        session.rollback()
        return "let go"

    return work


@pytest.fixture
def held_by_another(desk: FlaskClient):
    held, done = os.pipe(), os.pipe()
    other = start(holding(held, done))
    os.read(held[0], 1)

    def let_go() -> str:
        os.close(done[1])
        return other.wait()

    return let_go


def receipts(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count(Receipt.id))) or 0


def test_who_cannot_write_reads_when_to_try_again_and_nothing_typed_is_lost(
    desk: FlaskClient, session: Session, held_by_another
) -> None:
    refused = post(desk, FORM, **TYPED)
    page = refused.get_data(as_text=True)
    fields = dict(re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', page))
    before = receipts(session)

    assert held_by_another() == "let go"
    again = post(desk, re.search(r'action="([^"]+)"', page).group(1), **fields)

    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "10")
    assert "再交一次" in page
    assert fields == TYPED
    assert before == 0
    assert again.status_code == 303
    assert receipts(session) == 1


def test_a_page_whose_reading_cannot_be_traced_is_not_shown(
    desk: FlaskClient, held_by_another
) -> None:
    answer = desk.get("/staff/notices/")
    held_by_another()
    again = desk.get("/staff/notices/")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert "还没有消息" not in answer.get_data(as_text=True)
    assert "还没有消息" in again.get_data(as_text=True)


def test_a_password_typed_while_nothing_can_be_written_is_not_handed_back(
    desk: FlaskClient, app: Flask, held_by_another
) -> None:
    answer = app.test_client().post("/login", data={"login": "desk", "password": "a-long-password"})
    page = answer.get_data(as_text=True)
    held_by_another()

    assert answer.status_code == 503
    assert "a-long-password" not in page
    assert "返回" in page and "再交一次" not in page


@pytest.mark.parametrize("table", ["trace_ordinary", "trace_custodian"])
def test_what_cannot_be_traced_is_not_done(desk: FlaskClient, session: Session, table: str) -> None:
    """The chains are the last to be written: without them there is no receipt, no posting, no page."""
    spoil(session, f"INSERT ON {table}", "1 = 1")
    session.commit()

    answer = post(desk, FORM, **TYPED)

    written = receipts(session), session.scalar(select(func.count(Transaction.id)))
    mend(session)
    session.commit()
    if table == "trace_custodian":  # where the collecting desk's acts are kept
        assert answer.status_code == 500
        assert written == (0, 0)
    assert post(desk, FORM, **TYPED).status_code == 303
    assert receipts(session) >= 1


def full_disk(room: int) -> None:
    """Let no file of this process grow beyond: what a full disk answers, without being root."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with sqlite3.connect(db.engine.url.database) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # what is written now needs new room
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))


def silence_apart(session: Session, now: datetime) -> list[str]:
    return [line for line in findings(session, now) if "没有开出" not in line]


@pytest.mark.sqlite_only
@pytest.mark.parametrize("room", [1_000, 40_000, 200_000])
def test_a_run_on_a_full_disk_breaks_off_sound_and_the_next_one_does_the_rest(
    world: Session, now: datetime, room: int
) -> None:
    def starved(session: Session) -> int:
        full_disk(room)
        return run(session)

    assert alone(starved) in {"OperationalError", str(MATCHES * 3)}
    assert silence_apart(world, now) == []

    alone(run)

    assert world.scalar(select(func.count(Stipend.id))) == MATCHES * 3
    assert findings(world, now) == []


@pytest.mark.sqlite_only
def test_a_form_sent_to_a_full_disk_says_try_again_and_does_nothing(
    desk: FlaskClient, app: Flask, session: Session
) -> None:
    def sent(_session: Session) -> str:
        full_disk(1_000)
        answer = post(desk, FORM, **TYPED)
        return f"{answer.status_code} {answer.headers.get('Retry-After')}"

    # The tests keep compiled templates on disk, and a full one would stop that first.
    app.jinja_env.get_template("errors/busy.html")
    desk.get(FORM)
    db.session.remove()
    assert alone(sent) == "503 10"
    assert receipts(session) == 0
    assert post(desk, FORM, **TYPED).status_code == 303


@pytest.mark.sqlite_only
def test_a_backup_onto_a_full_disk_leaves_no_half_file(app: Flask, session: Session, now) -> None:
    school = a_school(session)
    a_match(session, a_pledge(session)[0], a_child(session, school))
    session.commit()
    where = places(app.config["SETTINGS"])

    def starved(_session: Session) -> str:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, resource.RLIM_INFINITY))
        backup.make(where, viewers.console(), key=b"k" * 32, now=now)
        return "made"

    assert alone(starved) != "made"
    assert [path.name for path in where.folder.iterdir()] == []
    assert session.scalar(select(func.count()).where(OrdinaryEntry.act == "backup.make")) == 0
    assert silence_apart(session, now) == []
