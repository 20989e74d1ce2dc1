"""A callback, its repetition and the answer to a question come in one moment: one of them books."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from gateways.payments import Paid
from privacy import viewers
from services.online_payments import asking, taking
from services.online_payments.asking import Question
from services.writing import begin_writing
from tests.faults.processes import at_once
from tests.payments.worlds import WECHAT, an_order, balances, breaches, order, receipts
from vocabulary.enums import OnlineOrderStatus
from vocabulary.money import Fen

pytestmark = pytest.mark.faults
ENGINE = viewers.engine("payments")


def test_four_processes_that_hear_of_one_payment_book_it_once(
    session: Session, now: datetime
) -> None:
    number, _ = an_order(session, now)
    session.commit()
    paid = Paid(number, Fen(10_000), now, "42000")

    def heard(own: Session) -> str:
        begin_writing(own)
        said = taking.take(own, ENGINE, WECHAT, paid, now=now)
        own.commit()
        return said.value

    def asked(own: Session) -> str:
        begin_writing(own)
        asking.answered(own, ENGINE, Question(WECHAT, number), paid, now=now)
        own.commit()
        return "asked"

    ends = at_once(heard, heard, asked, asked)

    assert ends[:2] == ["asked", "asked"]
    assert ends[2:] in (["before", "before"], ["before", "booked"], ["booked", "before"])
    session.rollback()
    assert order(session, number).status is OnlineOrderStatus.PAID
    assert balances(session) == {"at_wechat": 10_000, "prepaid": -10_000}
    assert len(receipts(session)) == 1
    assert breaches(session, now) == {}


def test_what_was_heard_and_lost_before_the_commit_is_booked_when_it_is_repeated(
    session: Session, now: datetime
) -> None:
    number, _ = an_order(session, now)
    session.commit()
    paid = Paid(number, Fen(10_000), now, "42000")

    taking.take(session, ENGINE, WECHAT, paid, now=now)
    session.rollback()
    assert order(session, number).status is OnlineOrderStatus.OPEN
    taking.take(session, ENGINE, WECHAT, paid, now=now)
    session.commit()

    assert len(receipts(session)) == 1
    assert breaches(session, now) == {}
