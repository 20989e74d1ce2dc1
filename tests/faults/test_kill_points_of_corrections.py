"""A day on which people set right what went wrong before is killed at every point, and by the dice.

What a hand kept, the rest of a stopped pledge on its way back, and a payment under the wrong pledge:
`FAULT_AT=137 pytest tests/faults/test_kill_points_of_corrections.py -k every_point` is one point.
"""

import random
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from extensions import db
from models.ledger import Transaction
from models.rests import PayBack
from services.stipends import due
from tests.faults.bank import Bank
from tests.faults.corrections import Corrections, a_house_to_set_right
from tests.faults.judging import digest, findings
from tests.faults.office import Post
from tests.faults.processes import alone, let_go
from tests.faults.test_kill_points import (
    KILLS,
    KILLS_A_HOUSE,
    POINTS_A_DAY,
    SEED,
    begin_again,
    killed_at,
    lived_through,
    points,
    said_how_to_repeat,
    settles,
)
from tests.plugins import databases
from vocabulary.enums import TransactionKind

pytestmark = [pytest.mark.faults, pytest.mark.slow]
FILE = "tests/faults/test_kill_points_of_corrections.py"
# What one such day is about: each of it stands in the books once, however often the day died.
ONCE = (
    TransactionKind.KEPT,
    TransactionKind.KEPT_PAID,
    TransactionKind.RESTED,
    TransactionKind.REST_PAID,
)


@pytest.fixture
def office(
    session: Session, app: Flask, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Corrections:
    """The house on the morning after, and a process that is warm."""
    monkeypatch.setattr(due, "ROWS_A_SLICE", 3)
    made = Corrections(Bank(tmp_path / "bank"), Post(tmp_path / "post"))
    a_house_to_set_right(session, made)
    for folder in ("kept", "before"):
        (tmp_path / folder).mkdir()
    for book in (made.bank.path, made.post.path):
        shutil.copy(book, tmp_path / "before")
    let_go()
    databases.put(Path(app.instance_path), tmp_path / "kept")
    with Session(db.engine) as here:
        made.day(here)
        findings(here, made, now)
        digest(here)
    begin_again(app, made, tmp_path)
    return made


def booked(session: Session) -> str:
    counts = {
        kind: session.scalar(select(func.count()).where(Transaction.kind == kind)) for kind in ONCE
    }
    back = session.scalar(select(func.count(PayBack.id)))
    return f"{sorted(counts.values())} {back}"


def test_every_point_of_a_day_of_corrections_may_be_its_last(
    app: Flask, office: Corrections, now: datetime, tmp_path: Path
) -> None:
    total = int(alone(killed_at(None, office)).split()[0])
    assert total > 600, "a day without its corrections"
    for number in points(total, POINTS_A_DAY // 2):
        begin_again(app, office, tmp_path)
        with said_how_to_repeat(f"{FILE} -k every_point", FAULT_AT=number):
            assert alone(killed_at(number, office)) == "signal 9"
            settles(office, now)
            assert alone(booked) == "[1, 1, 1, 1] 1"


def test_by_the_dice_a_house_with_corrections_dies_again_and_again(
    app: Flask, office: Corrections, now: datetime, tmp_path: Path
) -> None:
    dice, kills = random.Random(SEED), 0
    with said_how_to_repeat(f"{FILE} -k dice", FAULT_SEED=SEED):
        while kills < KILLS // 3:
            begin_again(app, office, tmp_path)
            kills += lived_through(office, now, dice)
            assert alone(booked) == "[1, 1, 1, 1] 1"
    assert kills >= KILLS_A_HOUSE
