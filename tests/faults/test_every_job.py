"""Every job of the schedule is killed at its statements and commits, in one world where each finds work.

Whoever comes next does the rest, and the outcome is that of a night in which nobody died: as many
rows of everything, in the same states, and a further run changes nothing. `make test-full` tries
them nearly all. One of them again:
`FAULT_AT=37 .venv/bin/python -m pytest tests/faults/test_every_job.py -k letters`
"""

import itertools
import os
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Enum, func, select
from sqlalchemy.orm import Session

from extensions import db
from jobs.schedule import BY_NAME, JOBS
from jobs.start import start
from models.care import CareMatch
from models.matching_runs import MatchingRun
from models.notices import Notice
from models.pledges import Match
from models.trace import OrdinaryEntry, StateChange
from privacy import viewers
from services.checking import checks
from services.family_checks import draws
from services.handover import handovers
from services.retention import retention_acts
from tests.factories import a_child, a_pledge, an_account, viewer
from tests.faults.office import STEP, a_house
from tests.faults.processes import alone, let_go
from tests.faults.test_kill_points import said_how_to_repeat
from tests.faults.ticks import ticks
from tests.plugins import databases
from tests.plugins.examples import PROFILE
from tests.services.care import worlds as care
from tests.services.family_checking import NOVEMBER, OCTOBER, Pupils
from tests.services.letters import worlds as letters
from tests.services.old_records import PLANTED
from tests.services.test_retention import days_of
from vocabulary import clock
from vocabulary.dates import at
from vocabulary.enums import NoticeKind, Role, RunStatus

pytestmark = [pytest.mark.faults, pytest.mark.slow]
MONDAY = date(2026, 11, 23)
IS_FULL = PROFILE == "full"
POINTS = 2 if databases.IS_POSTGRESQL else 4
MOST = 80  # a night tries every one of most jobs, and so many of the longest
OLD_ROWS = 2
# The stipend run and the outbox: every point of test_kill_points. Online payments: tests/payments.
# The others do all of their work in a slice or two, and this world has none for them.
ELSEWHERE = {
    "stipends", "notices", "payments",
    "care-holds", "matching-asked", "pledges", "reveals", "watchdog",
}  # fmt: skip
HERE = [job.name for job in JOBS if job.name not in ELSEWHERE]
MANY_SLICES = {"forgetting", "letters", "matching", "backup"}
WORKS_ON_FILES = {"backup", "uploads"}
# What every start writes, whether there is work or not; and what a run says of itself, so that one
# killed after saying it and begun again says it twice.
OF_THE_LOOKING = {"job_runs", "job_leases", "installation", "chain_heads", "trace_custodian"}
OF_EACH_RUN = {"matching_runs", "book_checks", "trace_ordinary", "state_changes"}
ACTS_OF_EACH_RUN = {"backup.make", "books.compare", "uploads.tidy"}
RUNS = {"job_runs", "matching_runs"}


def a_full_world(session: Session, now: datetime) -> None:
    """Work for every job: money, proposals to make and to end, letters, and records long over."""
    a_house(session, now)
    letter = letters.a_world(session, letters.WEDNESDAY, "13812345601")
    letter.family_writes()
    letter.release()
    care.a_world(session, now)
    pupils = Pupils(session, 4)
    for batch in pupils.paid(OCTOBER):
        officer = viewer(Role.SCHOOL_OFFICER, organisation_id=pupils.school.id, actor="account:o")
        handovers.confirm_all(session, officer, batch.ref, now=at(date(2026, 10, 20)))
    pupils.paid(NOVEMBER)
    for n in range(3):
        a_pledge(session, f"1371000000{n}")
        a_child(session, name=f"孩子{n}")
    an_account(session, Role.ADMINISTRATOR, login="root")
    apart = itertools.count(2)  # no two on one day: that is what some are called by
    for name, plant in PLANTED.items():
        # Planted runs have no certificate, and the night reads that of the newest.
        for _ in range(OLD_ROWS if name != "matching_runs" else 0):
            plant(session, now - timedelta(days=days_of(name) + next(apart)))
    session.commit()


@pytest.fixture(scope="session")
def full_world(kept) -> Path:
    return kept(a_full_world)


@pytest.fixture
def template(full_world: Path) -> Path:
    return full_world


def night(name: str, instant: datetime, number: int | None = None) -> Callable[[Session], str]:
    def work(session: Session) -> str:
        ticks.listen(number)
        with clock.moved_to(instant):
            start(session, BY_NAME[name], period=MONDAY)
        return str(ticks.count)

    return work


def outcome(session: Session) -> dict[str, Any]:
    """Say of each table how many rows it has, how full each column is, in which states, how much money."""
    session.rollback()
    found: dict[str, Any] = {}
    for table in db.metadata.sorted_tables:
        if table.name in OF_THE_LOOKING | OF_EACH_RUN:
            continue
        money = [func.sum(c) for c in table.c if c.name == "amount" or c.name.endswith("_fen")]
        asked = select(func.count(), *(func.count(c) for c in table.c), *money).select_from(table)
        found[table.name] = tuple(session.execute(asked).one())
        for column in (c for c in table.c if isinstance(c.type, Enum)):
            found[f"{table.name}.{column.name}"] = counted(session, column)
    steps = (StateChange.kind, StateChange.to_state)
    found["steps"] = counted(session, *steps, where=StateChange.kind.not_in(RUNS))
    was_said = OrdinaryEntry.act.not_in(ACTS_OF_EACH_RUN)
    found["acts"] = counted(session, OrdinaryEntry.act, where=was_said)
    return found


def differences(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    return {name: (one[name], other[name]) for name in one if one[name] != other[name]}


def counted(session: Session, *by: Any, where: Any = None) -> dict[Any, int]:
    asked = select(*by, func.count()).group_by(*by)
    rows = session.execute(asked if where is None else asked.where(where)).all()
    return {tuple(row[:-1]): row[-1] for row in rows}


def breaches(session: Session, now: datetime) -> dict[str, int]:
    session.rollback()
    report = checks.report(session, viewers.console(), now=now)["checks"]
    return {one["name"]: one["count"] for one in report if one["count"]}


def half_proposed(session: Session) -> list[str]:
    """Name each run of today's matcher of which a part is there: pairs, its release, a word to staff."""
    session.rollback()
    runs = select(MatchingRun).where(MatchingRun.ran_on == MONDAY)
    released = {run.ref: run for run in session.scalars(runs) if run.status is RunStatus.RELEASED}
    pairs = counted(session, Match.run_ref, where=Match.run_ref.is_not(None))
    pairs |= counted(session, CareMatch.run_ref, where=CareMatch.run_ref.is_not(None))
    told = counted(session, Notice.subject, where=Notice.kind == NoticeKind.PROPOSALS_WAIT)
    found = [ref for ref, run in released.items() if pairs.get((ref,), 0) != run.proposed]
    found += [ref for (ref,) in pairs if ref not in released]
    wanted = {(f"matching_run:{ref}",) for ref, run in released.items()
              if run.kind == "pledges" and run.proposed}  # fmt: skip
    return found + [subject for (subject,) in told.keys() ^ wanted]


def points(total: int, most: int) -> list[int]:
    if given := os.environ.get("FAULT_AT"):
        return [int(given)]
    if IS_FULL:
        return list(range(1, total + 1, max(1, total // MOST)))
    # Not the first steps, which only take the lease.
    return sorted({total * n // (most + 1) + 1 for n in range(1, most + 1)})


@pytest.fixture
def again(app: Flask, template: Path) -> Callable[[], None]:
    """Give the morning back."""

    def put_back() -> None:
        db.session.remove()
        let_go()
        databases.put(template, Path(app.instance_path))

    return put_back


@pytest.fixture(autouse=True)
def small_slices_and_one_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many slices; and one seed for the families' draw, or each night would ask others in other ways."""
    monkeypatch.setattr(retention_acts, "SLICE", 1)
    monkeypatch.setattr(draws, "new_ref", lambda _name, length: "A" * length)


@pytest.mark.parametrize("name", HERE)
def test_a_job_killed_anywhere_comes_out_as_if_nobody_had_died(
    app: Flask, session: Session, again: Callable[[], None], name: str
) -> None:
    if name == "backup" and databases.IS_POSTGRESQL:
        pytest.skip("pg_dump's own children: tests/services/test_backup_postgresql.py")
    morning, first = outcome(session), at(MONDAY, 10)
    let_go()
    total = int(alone(night(name, first)))
    with Session(db.engine) as seen:
        whole, found = outcome(seen), breaches(seen, first)
    assert whole != morning or name in WORKS_ON_FILES, f"no work for {name} here"
    assert alone(night(name, first + STEP)).isdecimal()
    with Session(db.engine) as seen:
        assert differences(outcome(seen), whole) == {}, "a further run changed something"
    for number in points(total, POINTS if name in MANY_SLICES else 1):
        again()
        with said_how_to_repeat(f"tests/faults/test_every_job.py -k {name}", FAULT_AT=number):
            assert alone(night(name, first, number)) == "signal 9"
            with Session(db.engine) as seen:
                assert half_proposed(seen) == []
            assert alone(night(name, first + STEP)).isdecimal()
            with Session(db.engine) as seen:
                assert differences(outcome(seen), whole) == {}
                assert half_proposed(seen) == []
                assert breaches(seen, first) == found


def test_every_job_is_tried_here_or_elsewhere() -> None:
    assert set(BY_NAME) > ELSEWHERE
    assert set(HERE) > MANY_SLICES
