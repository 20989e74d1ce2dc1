"""What was written off of a card's payment that the bank never made is not lost: it goes again, once."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.children import Child
from models.ledger import Transaction
from models.pledges import Match
from models.stipends import Batch, Stipend
from services.batches import batches
from services.batches.bank_answers import Told
from services.books import write_offs
from services.checking import checks
from services.routes import arrivals, unseen
from tests.factories import viewer
from tests.services.gap_fund import feed
from tests.services.routes.test_cards import BOOKS, on_card
from tests.services.routes.test_unseen import NOT_PAID, NOTE, SENT, day
from tests.services.routes.worlds import DESK, ENGINE, FIRST, SECOND, lines, morning
from vocabulary.dates import at
from vocabulary.enums import BankAnswer, BatchStatus, Role, Route, TransactionKind, WriteOffReason
from vocabulary.errors import WrongState
from vocabulary.refs import stipend_ref


@pytest.fixture
def lost(session):
    """A card's batch of several months, one of which two people wrote off; the fund is empty."""
    child, batch, one = _on_its_way(session)
    return child, batch, _write_off(session, one, 8)


def _on_its_way(session: Session) -> tuple[Child, Batch, Stipend]:
    child, _, _ = on_card(session)
    morning(session, SENT)
    batch = session.scalars(select(Batch).where(Batch.route == Route.CARD)).one()
    batches.send_all(session, DESK, [batch.ref], now=at(SENT))
    return (
        child,
        batch,
        session.scalars(select(Stipend).where(Stipend.batch_id == batch.id)).first(),
    )


def _ask(session: Session, one: Stipend, n: int) -> str:
    ref = stipend_ref(session.get_one(Match, one.match_id).child_ref, one.due_on)
    reason = next(iter(WriteOffReason))
    return write_offs.ask(session, FIRST, ref, reason=reason, now=at(day(n)))


def _write_off(session: Session, one: Stipend, n: int) -> Stipend:
    write_offs.agree(session, SECOND, _ask(session, one, n), now=at(day(n)))
    return one


def _again(session: Session, batch: Batch, one: Stipend) -> None:
    """Let the bank say that it never paid, and send it with the next batch."""
    unseen.say(session, DESK, batch.ref, Told(NOT_PAID, note=NOTE), now=at(day(10)))
    morning(session, day(11))
    new = session.get_one(Batch, one.batch_id)
    batches.send_all(session, DESK, [new.ref], now=at(day(11)))


def _breaches(session: Session, n: int) -> list:
    report = checks.report(session, viewer(Role.AUDITOR), now=at(day(n)))
    names = {*BOOKS, "losses"}
    return [one for one in report["checks"] if one["name"] in names and one["count"]]


def test_it_stands_once_in_the_next_batch_and_the_fund_bears_nothing(session, lost) -> None:
    child, batch, one = lost
    before = [due for due, _, _ in lines(session, child)]

    unseen.say(session, DESK, batch.ref, Told(NOT_PAID, note=NOTE), now=at(day(10)))
    feed(session, 90_000, day(10))
    morning(session, day(11))

    after = lines(session, child)
    assert [due for due, _, _ in after] == before
    assert {key for _, _, key in after}.isdisjoint({batch.id})
    assert (one.written_off_on, batch.status) == (None, BatchStatus.CLOSED)
    booked = select(func.count()).where(Transaction.kind == TransactionKind.LOST)
    assert session.scalar(booked) == 0
    assert _breaches(session, 11) == []


def test_lost_on_the_second_way_the_fund_bears_it_once(session, lost) -> None:
    _, batch, one = lost
    _again(session, batch, one)
    _write_off(session, one, 20)
    feed(session, 90_000, day(20))

    for n in (21, 22):
        morning(session, day(n))

    booked = select(func.count()).where(Transaction.kind == TransactionKind.LOST)
    assert session.scalar(booked) == 1
    assert _breaches(session, 22) == []


def test_a_request_about_the_first_sending_writes_off_no_second_one(session) -> None:
    _, batch, one = _on_its_way(session)
    asked = _ask(session, one, 8)
    _again(session, batch, one)

    with pytest.raises(WrongState):
        write_offs.agree(session, SECOND, asked, now=at(day(12)))

    assert one.written_off_on is None


def test_a_month_written_off_holds_up_neither_the_others_on_the_card_nor_the_run(
    session, lost
) -> None:
    _, batch, one = lost
    unseen.say(session, DESK, batch.ref, Told(BankAnswer.PAID, day(2), NOTE), now=at(day(10)))

    morning(session, day(11))

    its = session.scalars(select(Stipend).where(Stipend.batch_id == batch.id)).all()
    assert {one.handed_over_on for one in its} == {None, day(11)}
    assert (one.handed_over_on, one.written_off_on) == (None, day(8))
    assert batch.status is BatchStatus.CLOSED
    assert arrivals.settle(session, ENGINE, on=day(12), now=at(day(12))) == 0
    assert _breaches(session, 12) == []
