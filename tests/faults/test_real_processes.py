"""The real `flask --app app jobs run`, as the scheduler starts it, killed by the real SIGKILL while it
is at work; and several of it at once.

A kill falls into the work because it waits until so many of its slices stand. A failure prints the seed:
`FAULT_SEED=7 .venv/bin/python -m pytest tests/faults/test_real_processes.py` throws the same dice.
"""

import os
import random
import signal
import subprocess
import sys
import time
from datetime import date, datetime
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.children import Consent
from models.jobs import JobLease, JobRun
from models.ledger import Posting
from models.pledges import Match
from models.stipends import Fact, Stipend
from tests.factories import a_child, a_match, a_pledge, a_school
from tests.faults.processes import alone, at_once
from tests.faults.test_runs import MATCHES, NOVEMBER, findings, run
from tests.faults.test_runs import world as world  # noqa: PLC0414 a fixture
from tests.plugins.examples import PROFILE
from vocabulary import clock
from vocabulary.dates import add_months, at
from vocabulary.enums import JobStatus

pytestmark = [pytest.mark.faults, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
IS_FULL = PROFILE == "full"
# A process of its own spends five seconds of the processor on beginning: few of them each day.
KILLS = 100 if IS_FULL else 3
CHECKED_EVERY = 4 if IS_FULL else 3
ROUNDS = 50 if IS_FULL else 3
SEED = int(os.environ.get("FAULT_SEED", "1"))
MOST_COMMITS, LONGEST_SLICE_SECONDS = 8, 0.1
START, ON = date(2016, 1, 1), "2026-11-01"
CHILDREN = 16
INSTALMENTS = CHILDREN * (10 * 12 + 11)


@pytest.fixture
def decade(session: Session, now: datetime) -> Session:
    """Sixteen children, ten years: thousands of instalments, so that a run is long enough to hit."""
    school = a_school(session)
    for n in range(CHILDREN):
        match = a_match(session, a_pledge(session, f"138{n:08d}")[0], a_child(session, school))
        match.starts_on, match.decided_on = START, date(2015, 12, 1)
    for consent in session.scalars(select(Consent)):
        consent.given_on = date(2015, 12, 1)
    session.commit()
    return session


def begun(app: Flask) -> "subprocess.Popen[bytes]":
    settings = app.config["SETTINGS"]
    environment = os.environ | {
        "DATABASE_URL": settings.database_url,
        "INSTANCE_DIR": str(settings.instance),
        "KEYS_DIR": str(settings.keys_dir),
        "MODE": "test",
    }
    command = [sys.executable, "-m", "flask", "--app", "app", "jobs", "run", "stipends"]
    return subprocess.Popen(
        [*command, "--period", ON], cwd=ROOT, env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def runs(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count(JobRun.id))) or 0


def lease(session: Session) -> object:
    """What every slice renews: it changes with each commit of the run."""
    session.rollback()
    return session.scalar(select(JobLease.leased_until).where(JobLease.name == "stipends"))


def killed_at_work(app: Flask, session: Session, dice: random.Random) -> bool:
    """Start it, wait for some of its commits and a little more, and kill it; False when it was done.

    Commits and not seconds: on a busy machine those alone would never get beyond its first step.
    """
    commits, more = dice.randrange(MOST_COMMITS), dice.uniform(0, LONGEST_SLICE_SECONDS)
    before, process = runs(session), begun(app)
    while process.poll() is None and runs(session) == before:
        time.sleep(0.005)
    seen = lease(session)
    while process.poll() is None and commits:
        commits -= (now := lease(session)) != seen
        seen = now
        time.sleep(0.001)
    try:
        process.wait(more)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def test_real_kills_of_the_real_process_lose_and_double_nothing(
    app: Flask, decade: Session, now: datetime
) -> None:
    dice, kills, tries = random.Random(SEED), 0, 0
    while kills < KILLS:
        tries += 1
        assert tries < 3 * KILLS + 5, f"FAULT_SEED={SEED}: the work is too short to be killed"
        before = totals(decade)
        was_killed = killed_at_work(app, decade, dice)
        if totals(decade) != before or not was_killed:
            _earlier(decade)
        if not was_killed:
            continue
        kills += 1
        if kills % CHECKED_EVERY == 0:
            assert findings_but_silence(decade, now) == [], f"FAULT_SEED={SEED}, kill {kills}"
    assert begun(app).wait() == 0
    assert alone(partial(run, on=date.fromisoformat(ON))).isdecimal()
    decade.rollback()  # on a slow machine nothing was done yet when this session last looked
    assert findings(decade, now) == [], f"FAULT_SEED={SEED}"
    counts = totals(decade)
    assert alone(partial(run, on=date.fromisoformat(ON))) == "0"
    assert totals(decade) == counts, f"FAULT_SEED={SEED}: a further run changed something"
    assert counts[0] >= INSTALMENTS


def _earlier(session: Session) -> None:
    """It got on or to its end: let every match begin a year before, so that there is work again."""
    session.rollback()
    for match in session.scalars(select(Match)):
        match.starts_on = match.starts_on.replace(year=match.starts_on.year - 1)
        match.decided_on = match.decided_on.replace(year=match.decided_on.year - 1)
    for consent in session.scalars(select(Consent)):
        consent.given_on = consent.given_on.replace(year=consent.given_on.year - 1)
    session.commit()


def findings_but_silence(session: Session, now: datetime) -> list[str]:
    session.rollback()
    return [line for line in findings(session, now) if "没有开出" not in line]


def totals(session: Session) -> tuple[int, ...]:
    session.rollback()
    tables = (Stipend, Fact, Posting)
    return tuple(session.scalar(select(func.count(table.id))) or 0 for table in tables)


@pytest.mark.parametrize("schedulers", [2, 8])
def test_schedulers_let_go_at_one_barrier_do_the_work_of_one(
    world: Session, now: datetime, schedulers: int
) -> None:
    run(world)
    for n in range(1, ROUNDS + 1):
        day = add_months(NOVEMBER, n)
        with clock.moved_to(at(day)):
            ends = at_once(*[partial(run, on=day)] * schedulers)

        assert set(ends) <= {"0", str(MATCHES), "AlreadyDecided"}
        assert ends.count(str(MATCHES)) == 1
        world.rollback()
        assert world.scalar(select(func.count(Stipend.id))) == MATCHES * (3 + n)
        assert world.scalars(select(JobRun.status).distinct()).all() == [JobStatus.DONE]
        assert world.scalars(select(JobLease.leased_until)).all() == [None]
    assert findings(world, at(day)) == []
