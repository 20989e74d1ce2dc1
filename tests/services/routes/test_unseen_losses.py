"""What was written off of a card's payment that the bank never made is not lost: it goes again, once."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.children import Child
from models.ledger import Transaction
from models.notices import Notice
from models.pledges import Match
from models.stipends import Batch, Stipend
from services.batches import batches, orders
from services.batches.bank_answers import Told
from services.batches.payout_lines import Bank, book_of
from services.books import ledger, write_offs
from services.checking import checks
from services.routes import arrivals, unseen
from tests.factories import an_account, viewer
from tests.services.gap_fund import feed
from tests.services.routes.test_cards import BOOKS, on_card
from tests.services.routes.test_unseen import NOT_PAID, NOTE, SENT, day
from tests.services.routes.worlds import DESK, ENGINE, FIRST, SECOND, lines, morning
from vocabulary.dates import at
from vocabulary.enums import (
    AccountKind,
    BankAnswer,
    BatchStatus,
    LineReason,
    LineState,
    LossEnd,
    NoticeKind,
    Role,
    Route,
    TransactionKind,
    WriteOffReason,
)
from vocabulary.errors import AlreadyDecided, BadInput, WrongState
from vocabulary.money import Fen
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


def test_what_the_bank_says_it_paid_was_no_loss_and_comes_with_the_others(session, lost) -> None:
    _, batch, one = lost
    unseen.say(session, DESK, batch.ref, Told(BankAnswer.PAID, day(2), NOTE), now=at(day(10)))
    feed(session, 90_000, day(10))

    morning(session, day(11))

    its = session.scalars(select(Stipend).where(Stipend.batch_id == batch.id)).all()
    assert {one.handed_over_on for one in its} == {day(11)}
    assert one.written_off_on is None
    assert batch.status is BatchStatus.CLOSED
    assert _booked(session) == 0
    assert arrivals.settle(session, ENGINE, on=day(12), now=at(day(12))) == 0
    assert _breaches(session, 12) == []


def _booked(session: Session) -> int:
    """Return what the fund has borne and not got back, in fen."""
    undone = select(Transaction.reverses_id).where(Transaction.reverses_id.is_not(None))
    kept = (Transaction.kind == TransactionKind.LOST, Transaction.id.not_in(undone))
    return session.scalar(select(func.count(Transaction.id)).where(*kept)) or 0


@pytest.fixture
def given_up(session):
    """A card's batch of which every month was written off and closed; the fund could bear them or not."""

    def made(fed: int) -> tuple[Child, Batch, list[Stipend]]:
        child, _, _ = on_card(session)
        morning(session, SENT)
        batch = session.scalars(select(Batch).where(Batch.route == Route.CARD)).one()
        batches.send_all(session, DESK, [batch.ref], now=at(SENT))
        if fed:
            feed(session, fed, SENT)
        its = session.scalars(select(Stipend).where(Stipend.batch_id == batch.id)).all()
        for one in its:
            _write_off(session, one, 8)
        assert batch.status is BatchStatus.CLOSED
        return child, batch, list(its)

    return made


def test_a_batch_written_off_whole_waits_for_the_banks_word_on_the_desks_page(
    session, given_up
) -> None:
    _, batch, _ = given_up(0)

    assert [one["ref"] for one in unseen.answerable(session, DESK)] == [batch.ref]
    assert unseen.payment(session, DESK, batch.ref)["is_given_up"]
    unseen.say(session, DESK, batch.ref, Told(BankAnswer.PAID, day(2), NOTE), now=at(day(40)))
    assert unseen.answerable(session, DESK) == []
    with pytest.raises(AlreadyDecided):
        unseen.say(session, DESK, batch.ref, Told(NOT_PAID, note=NOTE), now=at(day(41)))


@pytest.mark.parametrize("fed", [0, 90_000])
def test_paid_after_all_each_month_is_on_the_card_once_and_the_fund_bears_nothing(
    session, given_up, fed
) -> None:
    child, batch, its = given_up(fed)
    before = -ledger.balance(session, AccountKind.GAP_FUND)

    ends = unseen.say(
        session, DESK, batch.ref, Told(BankAnswer.PAID, day(2), NOTE), now=at(day(10))
    )
    morning(session, day(11))

    assert set(ends) == {LossEnd.CAME}
    assert {one.batch_id for one in its} == {batch.id}
    assert {one.handed_over_on for one in its} == {day(11)}
    assert [key for _, _, key in lines(session, child)] == [batch.id] * len(its)
    total = sum(one.amount_fen for one in its)
    assert -ledger.balance(session, AccountKind.GAP_FUND) == (before + total if fed else before)
    assert _booked(session) == 0
    assert _breaches(session, 12) == []


@pytest.mark.parametrize("fed", [0, 90_000])
def test_come_back_each_month_goes_out_once_and_the_fund_bears_nothing(
    session, given_up, fed
) -> None:
    child, batch, its = given_up(fed)
    before = [one.due_on for one in its]

    ends = unseen.say(session, DESK, batch.ref, Told(NOT_PAID, note=NOTE), now=at(day(10)))
    morning(session, day(11))

    assert set(ends) == {LossEnd.CAME_BACK}
    after = lines(session, child)
    assert [due for due, _, _ in after] == sorted(before)
    assert len({key for _, _, key in after}) == 1
    assert {key for _, _, key in after}.isdisjoint({batch.id})
    assert _booked(session) == 0
    assert _breaches(session, 12) == []


def test_what_has_left_a_second_time_is_not_called_back_and_the_staff_read_why(
    session, given_up
) -> None:
    an_account(session, Role.CASE_WORKER, login="staff")
    child, batch, its = given_up(90_000)
    morning(session, day(9))
    (second,) = session.scalars(select(Batch).where(Batch.sent_on.is_(None))).all()
    batches.send_all(session, DESK, [second.ref], now=at(day(9)))
    bank = ledger.balance(session, AccountKind.BANK)

    ends = unseen.say(
        session, DESK, batch.ref, Told(BankAnswer.PAID, day(2), NOTE), now=at(day(10))
    )

    assert set(ends) == {LossEnd.CAME_TWICE}
    assert {one.batch_id for one in its} == {second.id}
    assert (_booked(session), ledger.balance(session, AccountKind.BANK)) == (len(its), bank)
    told = select(Notice.subject).where(Notice.kind == NoticeKind.LOSS_ENDED)
    assert session.scalars(told).all() == [f"batch:{batch.ref}"]
    assert {one["ended"] for one in write_offs.listing(session, FIRST)} == {LossEnd.CAME_TWICE}
    assert _breaches(session, 12) == []
    assert child.ref


def test_come_back_after_the_second_has_left_the_fund_gets_its_money_again(
    session, given_up
) -> None:
    _, batch, its = given_up(90_000)
    morning(session, day(9))
    (second,) = session.scalars(select(Batch).where(Batch.sent_on.is_(None))).all()
    batches.send_all(session, DESK, [second.ref], now=at(day(9)))
    before = -ledger.balance(session, AccountKind.GAP_FUND)

    unseen.say(session, DESK, batch.ref, Told(NOT_PAID, note=NOTE), now=at(day(10)))

    total = sum(one.amount_fen for one in its)
    assert -ledger.balance(session, AccountKind.GAP_FUND) == before + total
    assert {one.batch_id for one in its} == {second.id}
    assert _booked(session) == 0
    assert _breaches(session, 12) == []


def test_while_the_second_sending_is_with_the_bank_the_first_waits(session, given_up) -> None:
    _, batch, _ = given_up(90_000)
    morning(session, day(9))
    (second,) = session.scalars(select(Batch).where(Batch.sent_on.is_(None))).all()
    orders.prepare(session, DESK, [second.ref], now=at(day(9)))

    with pytest.raises(BadInput) as refusal:
        unseen.say(session, DESK, batch.ref, Told(BankAnswer.PAID, day(2), NOTE), now=at(day(10)))

    assert refusal.value.params["reason"] == "second_with_bank"


def test_a_statement_that_shows_both_ways_fits_what_was_said(session, given_up) -> None:
    _, batch, _ = given_up(0)
    fen = Fen(-(batch.sent_fen or 0))
    out = Bank(fen, day(1), f"转账 {batch.memo}")
    assert book_of(session, [out]).find(out).state is LineState.SETTLED
    batch.bank_on = day(1)
    back = Bank(Fen(-fen), day(12), f"退汇 {batch.memo}")
    found = book_of(session, [back]).find(back)
    assert (found.state, found.reason) == (LineState.SETTLED, None)  # the loss ends with it

    unseen.say(session, DESK, batch.ref, Told(NOT_PAID, note=NOTE), now=at(day(13)))

    assert book_of(session, [back]).find(back).state is LineState.SETTLED
    assert book_of(session, [out]).find(out).reason is LineReason.PAID_TWICE
