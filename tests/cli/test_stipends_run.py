"""`flask stipends run`: its JSON says truly how many instalments the gap fund paid."""

import json
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from config import Mode
from extensions import db
from models.children import Consent
from models.stipends import Stipend
from tests.services.gap_fund import SEPTEMBER, feed, pay, sponsored


def run(app: Flask, on: date) -> dict:
    db.session.remove()
    words = ["stipends", "run", "--on", on.isoformat(), "--json"]
    return json.loads(app.test_cli_runner().invoke(args=words).stdout)


def test_it_prints_how_many_the_fund_paid_and_none_the_second_time(
    app: Flask, session: Session, now
) -> None:
    feed(session, 25_000)
    for n in range(3):
        sponsored(session, f"1380000000{n}", name=f"孩子{n}")
    _, reference = sponsored(session, "13800000009", name="斯琴")
    pay(session, reference, 10_000, SEPTEMBER)
    session.commit()

    first, second = (run(app, SEPTEMBER) for _ in range(2))

    assert {k: first[k] for k in ("due", "opened", "already", "from_gap_fund")} == {
        "due": 4, "opened": 4, "already": 0, "from_gap_fund": 2,
    }  # fmt: skip
    assert {k: second[k] for k in ("due", "opened", "already", "from_gap_fund")} == {
        "due": 4, "opened": 0, "already": 4, "from_gap_fund": 0,
    }  # fmt: skip


def test_what_stands_aside_is_printed_every_time_until_it_is_opened(
    app: Flask, session: Session, now
) -> None:
    _, reference = sponsored(session, "13800000009", name="斯琴")
    pay(session, reference, 10_000, SEPTEMBER)
    session.execute(update(Consent).values(withdrawn_on=date(2026, 8, 1)))
    session.commit()

    first, second = (run(app, SEPTEMBER) for _ in range(2))
    session.execute(update(Consent).values(withdrawn_on=None))
    session.commit()
    third = run(app, SEPTEMBER)

    for told in (first, second):
        assert [one["reason"] for one in told["set_aside"]] == ["no_consent"]
        assert told["due"] == told["opened"] + told["already"] + len(told["set_aside"]) == 1
    assert (third["opened"], third["set_aside"]) == (1, [])


@pytest.mark.parametrize(
    "words", [("stipends", "run", "--on"), ("jobs", "run", "stipends", "--period")]
)
def test_a_real_installation_opens_nothing_of_a_day_to_come(
    app: Flask, session: Session, now, words
) -> None:
    sponsored(session)
    session.commit()
    db.session.remove()
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], mode=Mode.PRODUCTION)

    far = app.test_cli_runner().invoke(args=[*words, "2029-11-01"])
    today = app.test_cli_runner().invoke(args=[*words, SEPTEMBER.isoformat()])

    assert (far.exit_code, "还没有到" in far.stderr) == (1, True)
    assert today.exit_code == 0
    assert list(db.session.scalars(select(Stipend.due_on))) == [SEPTEMBER]


@pytest.mark.parametrize("typed", ["abc", "2026-13-01", "2027-02-29", "2026-9-1", "20260901", ""])
@pytest.mark.parametrize(
    "words", [("stipends", "run", "--on"), ("jobs", "run", "stipends", "--period")]
)
def test_what_is_no_day_is_refused_in_a_sentence(app: Flask, words, typed) -> None:
    answer = app.test_cli_runner().invoke(args=[*words, typed])

    assert answer.exit_code == 1
    assert "不是一个日子" in answer.stderr
    assert "Invalid" not in answer.stderr
    assert answer.stdout == ""
