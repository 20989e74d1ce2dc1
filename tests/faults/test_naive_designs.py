"""Two designs that everybody writes first, under the same kills and the same judge as ours: the judge
must find each of them out, or it would find nothing in ours either.
"""

import random
import sqlite3
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from tests.faults.bank import Bank, Entry, Judgement, Naughty, judge
from tests.faults.processes import alone
from tests.faults.ticks import ticks

pytestmark = pytest.mark.faults

OWED = {f"child-{n}-2026-11": 10_000 for n in range(60)}
DIES_WITHIN = 40  # ticks: some eight payments
Design = Callable[[sqlite3.Connection, Bank, random.Random], None]


def undone(books: sqlite3.Connection) -> list[str]:
    done = {row[0] for row in books.execute("SELECT purpose FROM paid")}
    return [purpose for purpose in OWED if purpose not in done]


def pay(bank: Bank, purpose: str, dice: random.Random) -> None:
    """With a key of this try alone, as they do."""
    key = f"{dice.getrandbits(64):x}"
    entry = Entry(key, purpose, OWED[purpose], date(2026, 11, 1).isoformat())
    bank.pay(entry, Naughty.OK, lambda: None)


def record(books: sqlite3.Connection, purpose: str) -> None:
    ticks.tick()
    books.execute("INSERT INTO paid VALUES (?)", [purpose])
    ticks.tick()
    books.commit()
    ticks.tick()


def pay_then_record(books: sqlite3.Connection, bank: Bank, dice: random.Random) -> None:
    for purpose in undone(books):
        pay(bank, purpose, dice)
        record(books, purpose)


def record_then_pay(books: sqlite3.Connection, bank: Bank, dice: random.Random) -> None:
    for purpose in undone(books):
        record(books, purpose)
        pay(bank, purpose, dice)


def ask_then_pay(books: sqlite3.Connection, bank: Bank, _dice: random.Random) -> None:
    """What ours does: one key for one purpose, and the bank is asked by it first."""
    for purpose in undone(books):
        if bank.ask(purpose) is None:
            bank.pay(Entry(purpose, purpose, OWED[purpose], "2026-11-01"), Naughty.OK, lambda: None)
        record(books, purpose)


def killed_until_done(design: Design, folder: Path, seed: int) -> tuple[Judgement, int]:
    bank, file, dice, kills = Bank(folder / "bank"), folder / "books.db", random.Random(seed), 0
    with sqlite3.connect(file) as books:
        books.execute("CREATE TABLE paid (purpose TEXT PRIMARY KEY)")
    books.close()

    def work(_session: object) -> str:
        ticks.listen(dice.randrange(1, DIES_WITHIN))
        own = sqlite3.connect(file)
        design(own, bank, random.Random(kills))
        return "done"

    while (end := alone(work)) == "signal 9":
        kills += 1
        dice.random()  # the child's dice are a copy: throw ours on
    assert end == "done"
    return judge(OWED, bank.book()), kills


@pytest.mark.parametrize("seed", range(3))
def test_who_pays_and_then_records_pays_twice(app: Flask, tmp_path: Path, seed: int) -> None:
    verdict, kills = killed_until_done(pay_then_record, tmp_path, seed)

    assert kills > 3
    assert verdict.double > 0
    assert not verdict.is_sound


@pytest.mark.parametrize("seed", range(3))
def test_who_records_and_then_pays_leaves_some_unpaid(
    app: Flask, tmp_path: Path, seed: int
) -> None:
    verdict, kills = killed_until_done(record_then_pay, tmp_path, seed)

    assert kills > 3
    assert verdict.lost > 0
    assert not verdict.is_sound


@pytest.mark.parametrize("seed", range(3))
def test_who_asks_by_the_same_key_before_paying_does_neither(
    app: Flask, tmp_path: Path, seed: int
) -> None:
    verdict, kills = killed_until_done(ask_then_pay, tmp_path, seed)

    assert kills > 3
    assert verdict == Judgement(lost=0, double=0, strange=0)
