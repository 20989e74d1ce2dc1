"""Two people pay at one moment, or a person and the bank's statement: money leaves once."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.payment_orders import PaymentOrder
from models.stipends import Batch, Fact
from privacy import viewers
from services.batches import bank_answers, batches, orders
from services.checking import checks
from services.statements import statement_desk, statement_reading
from tests.factories import a_child, a_match, a_pledge, a_school, an_open_batch, viewer
from tests.faults.processes import Work, at_once
from tests.faults.test_same_moment import in_a_request
from vocabulary.enums import BatchStatus, FactKind, Role
from vocabulary.errors import AlreadyDecided, WrongState

pytestmark = pytest.mark.faults

DESK, NEXT = (viewer(Role.PAYING_DESK, actor=f"account:desk{n}") for n in (1, 2))
COLLECTING = viewer(Role.COLLECTING_DESK, actor="account:collecting", regions=("150000000000",))
PAID = date(2026, 11, 20)
LOST = {AlreadyDecided.__name__, WrongState.__name__}
BOOKS = {"postings_total", "fact_dates", "ledger_against_facts", "batches", "histories"}


@pytest.fixture
def batch(session: Session) -> str:
    school = a_school(session)
    school.account_number = "6217000000000001"
    match = a_match(session, a_pledge(session)[0], a_child(session, school))
    found = an_open_batch(session, school, match, on=date(2026, 11, 5))
    found.memo = "FKABC234"
    session.commit()
    return found.ref


def a_statement(session: Session, now: datetime) -> str:
    """A statement that has the batch's sum leaving, read and not yet booked."""
    data = "交易日期,借方发生额,贷方发生额,摘要,流水号\n20261120,100.00,,FKABC234,A1".encode()
    read = statement_reading.judged(session, COLLECTING, "流水.csv", data)
    ref = statement_desk.keep(session, COLLECTING, "流水.csv", read, now=now)
    session.commit()
    return ref


def booking(ref: str, now: datetime) -> Work:
    return in_a_request(lambda s: statement_desk.book(s, COLLECTING, ref, now=now))


def sent(session: Session, now: datetime) -> int:
    """How often it was sent; the books are sound whatever that is."""
    session.rollback()
    found = checks.report(session, viewers.console(), now=now)["checks"]
    lines = [line for one in found if one["name"] in BOOKS for line in one["findings"]]
    assert lines == []
    return session.scalar(select(func.count(Fact.id)).where(Fact.kind == FactKind.SENT)) or 0


def test_two_desks_put_one_batch_into_one_order(session: Session, now: datetime, batch) -> None:
    def order(by) -> Callable[[Session], str]:
        return lambda s: orders.prepare(s, by, [batch], now=now)

    ends = at_once(*(in_a_request(order(by)) for by in (DESK, NEXT)))

    assert ends[1] == "done"
    assert ends[0] in LOST
    session.rollback()
    assert session.scalar(select(func.count(PaymentOrder.id))) == 1
    assert sent(session, now) == 0


def test_an_order_and_the_desks_own_word_pay_once(session: Session, now: datetime, batch) -> None:
    ends = at_once(
        in_a_request(lambda s: orders.prepare(s, DESK, [batch], now=now)),
        in_a_request(lambda s: batches.send(s, NEXT, batch, now=now)),
    )

    assert ends[1] == "done"
    assert ends[0] in LOST
    assert sent(session, now) in {0, 1}


def test_a_person_and_the_statement_send_it_once(session: Session, now: datetime, batch) -> None:
    order = orders.prepare(session, DESK, [batch], now=now)
    session.commit()
    statement = a_statement(session, now)

    ends = at_once(
        in_a_request(lambda s: bank_answers.all_paid(s, DESK, order, on=now.date(), now=now)),
        booking(statement, now),
    )

    assert "done" in ends
    assert set(ends) - {"done"} <= LOST
    assert sent(session, now) == 1
    kept = session.execute(select(Batch.status, Batch.sent_on, Batch.bank_on)).one()
    assert kept.status is BatchStatus.SENT
    if ends == ["done", "done"]:
        assert (kept.sent_on, kept.bank_on) == (now.date(), PAID)


def test_two_statements_with_one_line_settle_it_once(
    session: Session, now: datetime, batch
) -> None:
    statements = [a_statement(session, now) for _ in range(2)]

    ends = at_once(*(booking(ref, now) for ref in statements))

    assert ends == ["done", "done"]
    assert sent(session, now) == 1
