"""A story's letters go through the desk: written, looked at by a person, sent on the Monday."""

import json
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from cli.replay.player import Player
from cli.replay.playing import play
from cli.replay.reading import read
from extensions import db
from models.letters import Letter
from models.trace import CustodianEntry
from privacy.screening import MARK
from vocabulary.enums import LetterReturn, LetterSide, LetterStatus

PLEDGE = {
    "on": "2024-03-01", "do": "pledge", "child": "A", "amount_fen": 10_000, "every": "month",
}  # fmt: skip


def letters(app: Flask, *events: dict, now: str = "2024-06-20") -> list[Letter]:
    """Play a short story and return its letters in order."""
    told = {"now": now, "children": [{"key": "A"}], "events": [PLEDGE, *events]}
    play(Player(db.session(), read(json.dumps(told).encode())))
    return list(db.session().scalars(select(Letter).order_by(Letter.id)))


def letter(on: str, text: str, **more: str) -> dict:
    return {"on": on, "do": "letter", "from": "A", "to": "donor", "text": text} | more


def test_a_childs_letter_reaches_the_donor_with_the_next_batch(app: Flask) -> None:
    (one,) = letters(app, letter("2024-06-05", "谢谢您，家里都好。"))

    assert (one.sender, one.released) == (LetterSide.FAMILY, "谢谢您，家里都好。")
    assert (one.status, one.delivered_on) == (LetterStatus.DELIVERED, date(2024, 6, 10))


def test_a_donors_letter_goes_the_other_way_without_his_number(app: Flask) -> None:
    said = letter(
        "2024-06-05", "好好吃饭，我的电话是 13912345678。", **{"from": "donor", "to": "A"}
    )

    (one,) = letters(app, said)

    assert (one.sender, one.released) == (LetterSide.DONOR, f"好好吃饭，我的电话是 {MARK}。")


def test_the_storys_end_comes_before_the_batch(app: Flask) -> None:
    (one,) = letters(app, letter("2024-06-19", "谢谢您。"))

    assert one.status is LetterStatus.RELEASED


def test_what_nobody_can_send_is_told_and_stops_nothing(app: Flask) -> None:
    """Before the first money there is no slip to write behind."""
    found = letters(app, letter("2024-02-01", "谢谢您。"), letter("2024-06-05", ""))
    told = select(CustodianEntry.act).where(CustodianEntry.act == "story.letter")

    assert found == []
    assert len(db.session().scalars(told).all()) == 2


@pytest.mark.parametrize("text", ["13912345678"])
def test_a_letter_of_nothing_but_marks_comes_back(app: Flask, text: str) -> None:
    (one,) = letters(app, letter("2024-06-05", text))

    assert (one.status, one.return_reason) == (LetterStatus.RETURNED, LetterReturn.TELLS_WHO)
