"""The whole day of the house is killed at every statement, every commit and both sides of every call
to the bank and to the provider of SMS, and by the dice, recovery included.

Each day a part of the points is tried, all of them with `make test-full`. A failure prints what to
run again: `FAULT_AT=137 pytest tests/faults/test_kill_points.py -k every_point` is one point,
`FAULT_SEED=7 pytest tests/faults/test_kill_points.py -k dice` one throw of the dice.
"""

import os
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from extensions import db
from services.stipends import due
from tests.faults.bank import Bank, Naughty
from tests.faults.judging import all_findings, digest, findings
from tests.faults.office import STEP, Office, Post, a_house
from tests.faults.processes import alone, let_go
from tests.faults.ticks import ticks
from tests.plugins import databases
from tests.plugins.examples import PROFILE
from vocabulary import clock
from vocabulary.dates import add_months, at, today
from vocabulary.quiet import is_quiet

pytestmark = [pytest.mark.faults, pytest.mark.slow]
IS_FULL = PROFILE == "full"
FILE = "tests/faults/test_kill_points.py"
PROFILE_WORD = "HYPOTHESIS_PROFILE=full " if IS_FULL else ""
SEED = int(os.environ.get("FAULT_SEED", "1"))
# A copy of a database takes PostgreSQL a hundred times as long as a SQLite file.
KILLS = 1000 if IS_FULL else 15 if databases.IS_POSTGRESQL else 60
KILLS_A_HOUSE = 20 if not databases.IS_POSTGRESQL else 15
# A whole day has some 530 points, one taken up again far fewer: most throws fall into both.
LATEST = (120, 260, 540)
POINTS_A_DAY = 5 if databases.IS_POSTGRESQL else 16


@contextmanager
def said_how_to_repeat(which: str, **how: object) -> Iterator[None]:
    """Let a failure name the seed, the commit and the command that shows it again."""
    try:
        yield
    except BaseException as failed:
        commit = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
        ).stdout.strip()
        words = " ".join(f"{name}={value}" for name, value in how.items())
        failed.add_note(f"at {commit}: {words} {PROFILE_WORD}.venv/bin/python -m pytest {which}")
        raise


@pytest.fixture
def office(session: Session, app: Flask, now: datetime, tmp_path: Path, monkeypatch) -> Office:
    """The house before its day; this process has lived one, so that those it forks are warm."""
    monkeypatch.setattr(due, "ROWS_A_SLICE", 3)
    a_house(session, now)
    made = Office(Bank(tmp_path / "bank"), Post(tmp_path / "post"))
    kept = tmp_path / "kept"
    kept.mkdir()
    let_go()
    databases.put(Path(app.instance_path), kept)
    with Session(db.engine) as here:
        made.day(here)
        findings(here, made, now)
        digest(here)
    begin_again(app, made, tmp_path)
    return made


def begin_again(app: Flask, office: Office, folder: Path) -> None:
    """Put everything back to the morning: the database and both books outside of it."""
    let_go()
    databases.put(folder / "kept", Path(app.instance_path))
    for book in (office.bank.path, office.post.path):
        book.unlink(missing_ok=True)
        before = folder / "before" / book.name
        if before.exists():
            shutil.copy(before, book)


def killed_at(number: int | None, office: Office) -> Callable[[Session], str]:
    def work(session: Session) -> str:
        ticks.listen(number)
        office.day(session)
        return f"{ticks.count} ticks"

    return work


def settles(office: Office, since: datetime) -> None:
    """Two days' work at most bring everything to its end, and a third changes nothing."""
    first, second, third = (since + STEP * n for n in (1, 2, 3))

    def after_two(session: Session) -> str:
        found = findings(session, office, since)
        for instant in (first, second):
            with clock.moved_to(instant):
                office.day(session)
        found += all_findings(session, office, second)
        return "; ".join(found) or digest(session)

    def after_three(session: Session) -> str:
        with clock.moved_to(third):
            office.day(session)
        return digest(session)

    settled = alone(after_two)
    assert len(settled) == 64, settled
    assert alone(after_three) == settled


def points(total: int, a_day: int = POINTS_A_DAY) -> list[int]:
    if given := os.environ.get("FAULT_AT"):
        return [int(given)]
    if IS_FULL:
        return list(range(1, total + 1))
    step = max(1, total // a_day)
    return list(range(1 + SEED % step, total + 1, step))


def test_every_point_of_a_day_may_be_its_last(
    app: Flask, office: Office, now: datetime, tmp_path: Path
) -> None:
    total = int(alone(killed_at(None, office)).split()[0])
    assert total > 150, "a day of so few steps is no day"
    for number in points(total):
        begin_again(app, office, tmp_path)
        with said_how_to_repeat(f"{FILE} -k every_point", FAULT_AT=number):
            assert alone(killed_at(number, office)) == "signal 9"
            settles(office, now)


def misbehaving(dice: random.Random) -> Callable[[], Naughty]:
    return lambda: dice.choice([Naughty.OK, *Naughty])


def next_morning(instant: datetime) -> datetime:
    later = instant + STEP
    return at(today(later) + timedelta(days=1)) if is_quiet(later) else later


def test_by_the_dice_it_dies_again_and_again_and_loses_nothing(
    app: Flask, office: Office, now: datetime, tmp_path: Path
) -> None:
    """House after house, so that a thousand kills are tried on books as short as the first one's."""
    dice, kills = random.Random(SEED), 0
    with said_how_to_repeat(f"{FILE} -k dice", FAULT_SEED=SEED):
        while kills < KILLS:
            begin_again(app, office, tmp_path)
            kills += lived_through(office, now, dice)


def lived_through(office: Office, now: datetime, dice: random.Random) -> int:
    """Kill one house until it has had its share, recovery included; return how often it died."""
    kills, instant, months = 0, now, 0
    while kills < KILLS_A_HOUSE:
        wild = random.Random(dice.random())
        post = Post(office.post.path, misbehaving(wild))
        at_work = type(office)(office.bank, post, misbehaving(wild))
        last = dice.randrange(1, dice.choice(LATEST))
        with clock.moved_to(instant):
            end = alone(killed_at(last, at_work))
        assert end == "signal 9" or end.endswith("ticks"), end
        kills += end == "signal 9"
        instant = next_morning(instant)
        if end != "signal 9":
            settles(office, at(today(instant) + timedelta(days=1)))
            months += 1
            instant = at(add_months(date(2026, 11, 21), months))
    settles(office, at(today(instant) + timedelta(days=1)))
    return kills
