"""The bank's table of what goes back, on its pages: made once, fetched, and its end told."""

from io import BytesIO

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.rests import PayBack
from services.books import pay_backs
from services.giving import resting
from tests.services.gap_fund import OCTOBER, SEPTEMBER
from tests.services.rests.test_paying_back import released
from tests.services.rests.world import FIRST, PAYER, donor_of, stopped
from tests.web.test_rests import NUMBER, desk, text
from vocabulary import clock
from vocabulary.dates import at
from vocabulary.enums import RestWay, Role

AT = "/staff/back-orders/"


@pytest.fixture
def ref(session: Session) -> str:
    """The rest of a stopped pledge, let go by all who must."""
    pledge, _ = stopped(session, paid=SEPTEMBER, until=OCTOBER)
    way = RestWay.PAY_BACK.value
    resting.answer(session, donor_of(session, pledge), pledge.donor_ref, way, now=at(OCTOBER, 9))
    found = session.scalars(select(PayBack.ref)).one()
    released(session, found)
    return found


def test_made_once_and_fetched_as_the_bank_takes_it(app: Flask, session: Session, ref: str) -> None:
    with clock.moved_to(at(OCTOBER, 12)):
        one = desk(app, session, "one", Role.COLLECTING_DESK)
        waiting = text(one.get(AT))
        made = one.post(AT)
        page = text(one.get(made.location))
        sheet = one.post(f"{made.location}.xlsx")
        again = text(one.post(AT, follow_redirects=True))
    assert PAYER in waiting
    assert "贰佰肆拾元整" in page
    assert NUMBER not in waiting + page
    (line,) = list(load_workbook(BytesIO(sheet.data)).active.iter_rows(values_only=True))[1:]
    assert (line[0], line[1], line[3]) == (PAYER, NUMBER, "240.00")
    assert "没有等着退的钱" in again
    assert "下载过" in again


def test_it_is_over_once_a_line_has_left(app: Flask, session: Session, ref: str) -> None:
    with clock.moved_to(at(OCTOBER, 12)):
        one = desk(app, session, "one", Role.COLLECTING_DESK)
        made = one.post(AT)
        pay_backs.pay(session, FIRST, ref, on=OCTOBER, now=at(OCTOBER, 12))
        session.commit()
        over = one.post(f"{made.location}.xlsx", follow_redirects=True)
    assert "不能再下载" in text(over)
    assert "每一笔都有结果了" in text(over)


def test_its_empty_page_says_what_will_stand_there(app: Flask, session: Session) -> None:
    guard = desk(app, session, "guard", Role.CUSTODIAN)

    assert "会列在这里" in text(guard.get(AT))
    assert guard.get(f"{AT}MISSING").status_code == 404
