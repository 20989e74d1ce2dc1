"""The stipend run is killed everywhere, doubled, frozen, starved: one outcome (law 12)."""

import signal
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, func, select, update
from sqlalchemy.orm import Session

from extensions import db
from jobs.run import Run
from jobs.stipends import open_and_fund
from models.children import Consent
from models.jobs import JobRun, SetAside
from models.ledger import Posting
from models.pledges import Match
from models.stipends import Fact, Stipend
from privacy import viewers
from services.books import receipts
from services.books.receipts import BankLine
from services.checking import checks
from services.stipends import due
from tests.factories import a_child, a_match, a_pledge, a_school, viewer
from tests.faults.processes import alone, at_once, let_go, on_statement, signal_myself, start
from tests.plugins import databases
from tests.plugins.examples import PROFILE
from tests.services.spoiling import mend, spoil
from vocabulary import clock
from vocabulary.dates import at
from vocabulary.enums import JobStatus, Role, SetAsideReason
from vocabulary.money import Fen

pytestmark = pytest.mark.faults
NOVEMBER = date(2026, 11, 1)
MATCHES = 6
# The whole day of the house is killed at every point by test_kill_points: here some are enough.
BETWEEN = 3 if PROFILE == "full" else 13


def run(session: Session, on: date = NOVEMBER) -> int:
    work = Run(session, "stipends", period=on)
    return work.execute(open_and_fund)["done"]


@pytest.fixture
def world(session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Session:
    """Six matches, three of them paid for in part; slices of few rows, so that a run has many."""
    school = a_school(session)
    for n in range(MATCHES):
        pledge, reference = a_pledge(session, f"138{n:08d}")
        a_match(session, pledge, a_child(session, school))
        if n % 2:
            line = BankLine(reference, Fen(20_000), date(2026, 9, 3))
            receipts.record(session, viewer(Role.COLLECTING_DESK), line, now=now)
    session.commit()
    monkeypatch.setattr(due, "ROWS_A_SLICE", 7)
    return session


def outcome(session: Session) -> tuple[dict[int, int], int, int, int, int]:
    """Instalments of each match, those funded, those in a batch, the books' sum, their facts."""
    session.rollback()
    rows = session.execute(select(Stipend.match_id, func.count()).group_by(Stipend.match_id))
    counts = (func.count(Stipend.received_on), func.count(Stipend.batch_id))
    funded, batched = session.execute(select(*counts)).one()
    total = session.scalar(select(func.sum(Posting.amount)))
    facts = session.scalar(select(func.count(Fact.id)))
    return {key: count for key, count in rows}, funded, batched, total, facts


ALL_DONE = ({n: 3 for n in range(1, MATCHES + 1)}, 6, 6, 0, 24)


def findings(session: Session, now: datetime) -> list[str]:
    report = checks.report(session, viewers.console(), now=now)
    return [line for check in report["checks"] for line in check["findings"]]


def killed_at(number: int) -> Callable[[Session], int]:
    def work(session: Session) -> int:
        on_statement(number, lambda: signal_myself(signal.SIGKILL))
        return run(session)

    return work


@pytest.mark.slow
def test_a_run_killed_at_any_of_its_statements_comes_out_exactly_once(
    app: Flask, world: Session, now: datetime, tmp_path: Path
) -> None:
    let_go()
    home = Path(app.instance_path)
    databases.put(home, tmp_path)
    number, points = 1, 0
    while alone(killed_at(number)) == "signal 9":
        left = opened(world)
        assert left <= MATCHES * 3
        assert alone(run) == str(MATCHES * 3 - left), f"killed at statement {number}"
        assert outcome(world) == ALL_DONE
        assert findings(world, now) == [], f"killed at statement {number}"
        number, points = number + BETWEEN, points + 1
        let_go()
        databases.put(tmp_path, home)
    assert points > 8


def opened(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count(Stipend.id))) or 0


@pytest.mark.slow
def test_a_run_killed_all_the_time_still_gets_on(world: Session, now: datetime) -> None:
    ends = [alone(killed_at(number)) for number in range(12, 132, 10)]

    assert "signal 9" in ends
    alone(run)
    assert outcome(world) == ALL_DONE
    assert findings(world, now) == []


def test_of_runs_begun_at_once_one_works_and_the_others_are_told(
    world: Session, now: datetime
) -> None:
    ends = at_once(run, run, run)

    assert sorted(set(ends)) in (
        ["18", "AlreadyDecided"],
        ["0", "18"],
        ["0", "18", "AlreadyDecided"],
    )
    assert ends.count("18") == 1
    assert outcome(world) == ALL_DONE
    assert findings(world, now) == []


WRITES = ("BEGIN IMMEDIATE", "SET LOCAL lock_timeout")  # a writer's first words


def freezing(session: Session) -> int:
    """Run, and stop before the fourth transaction's BEGIN is sent, when nothing is locked."""
    begun = []

    @event.listens_for(db.engine, "commit")
    def after(_connection: object) -> None:
        begun.append(1)

    @event.listens_for(db.engine, "before_cursor_execute")
    def stop(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if len(begun) == 3 and statement.startswith(WRITES):
            begun.append(1)
            signal_myself(signal.SIGSTOP)

    return run(session)


def test_a_process_frozen_between_slices_writes_nothing_once_its_lease_is_taken(
    world: Session, now: datetime
) -> None:
    frozen = start(freezing)
    frozen.wait_until_stopped()
    assert 0 < opened(world) < MATCHES * 3
    assert alone(run) == "AlreadyDecided"
    with clock.moved_to(now + timedelta(minutes=11)):
        taken_over = alone(run)
    frozen.send(signal.SIGCONT)

    assert frozen.wait() == "Superseded"
    assert int(taken_over) > 0
    assert outcome(world) == ALL_DONE
    states = world.scalars(select(JobRun.status).order_by(JobRun.id)).all()
    assert states == [JobStatus.FAILED, JobStatus.DONE]
    assert findings(world, now) == []


STARVED = {
    "the disk is full": lambda pages: f"PRAGMA max_page_count = {pages + 1}",
    "the disk is read-only": lambda _pages: "PRAGMA query_only = ON",
}


@pytest.mark.slow
@pytest.mark.sqlite_only
@pytest.mark.parametrize("what", STARVED)
@pytest.mark.parametrize("after", [0, 2, 4])
def test_a_run_without_a_disk_fails_and_the_next_one_does_it(
    world: Session, now: datetime, what: str, after: int
) -> None:
    def starving(session: Session) -> int:
        commits = []

        @event.listens_for(db.engine, "commit")
        def starve(connection: object) -> None:
            commits.append(1)

        @event.listens_for(db.engine, "begin")
        def take_away(connection: object) -> None:
            if len(commits) >= after:
                raw = connection.connection.dbapi_connection  # type: ignore[attr-defined]
                pages = raw.execute("PRAGMA page_count").fetchone()[0]
                raw.execute(STARVED[what](pages))

        return run(session)

    # Many instalments, so that one page more is not enough.
    world.execute(update(Match).values(starts_on=date(2020, 1, 1), decided_on=date(2019, 12, 1)))
    world.execute(update(Consent).values(given_on=date(2019, 12, 1)))
    world.commit()
    assert alone(starving) == "OperationalError"
    assert findings_but_silence(world, now) == []

    alone(run)

    assert set(outcome(world)[0].values()) == {6 * 12 + 11}
    assert findings(world, now) == []


def findings_but_silence(session: Session, now: datetime) -> list[str]:
    return [line for line in findings(session, now) if "没有开出" not in line]


def test_a_clock_set_back_after_a_kill_neither_blocks_nor_doubles(
    world: Session, now: datetime
) -> None:
    assert alone(killed_at(40)) == "signal 9"

    with clock.moved_to(now - timedelta(days=2)):
        alone(run)
    with clock.moved_to(now - timedelta(days=400)):
        assert alone(run) == "0"

    assert outcome(world) == ALL_DONE
    assert findings(world, now) == []


def test_a_machine_off_for_three_months_is_found_silent_and_catches_up(
    world: Session, now: datetime
) -> None:
    alone(run)
    later = at(date(2027, 2, 21), 18)
    silence = findings(world, later)

    with clock.moved_to(later):
        caught_up = alone(lambda session: run(session, date(2027, 2, 21)))

    assert len(silence) == MATCHES * 3
    assert all("没有开出" in line for line in silence)
    assert caught_up == str(MATCHES * 3)
    days = world.scalars(select(Stipend.due_on).distinct().order_by(Stipend.due_on)).all()
    assert [day.isoformat()[:7] for day in days] == [
        "2026-09", "2026-10", "2026-11", "2026-12", "2027-01", "2027-02",
    ]  # fmt: skip
    assert findings(world, later) == []


@pytest.mark.slow
def test_ten_thousand_instalments_one_bad_record_and_a_kill(
    session: Session, now: datetime
) -> None:
    school = a_school(session)
    for n in range(60):
        a_match(session, a_pledge(session, f"138{n:08d}")[0], a_child(session, school))
    session.execute(update(Match).values(starts_on=date(2013, 1, 1), decided_on=date(2012, 12, 1)))
    session.execute(update(Consent).values(given_on=date(2012, 12, 1)))
    spoil(session, "INSERT ON stipends", "NEW.match_id = 31 AND NEW.due_on = '2020-05-01'")
    session.commit()
    months = 13 * 12 + 11

    assert alone(killed_at(60)) == "signal 9"
    alone(run)

    mend(session)
    session.commit()
    assert opened(session) == 59 * months
    aside = session.execute(select(SetAside.match_id, SetAside.reason).distinct()).all()
    assert aside == [(31, SetAsideReason.BAD_RECORD)]
    assert findings(session, now) == []
    assert alone(run) == str(months)
    assert opened(session) == 60 * months >= 10_000
    assert findings(session, now) == []
