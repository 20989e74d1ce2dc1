"""The bank refuses what goes back: nothing left, and it is made out anew under another memo."""

import pytest
from sqlalchemy import select

from models.ledger import Receipt
from models.payment_orders import Payout
from models.rests import PayBack
from models.trace import CustodianEntry
from models.unclaimed import Unclaimed
from services.books import back_orders, pay_backs, refused_backs, unclaimed
from services.books.pay_backs import Account
from services.books.unclaimed import Asked
from tests.services.gap_fund import OCTOBER, broken
from tests.services.rests.test_paying_back import NOW, PAYING, asked_back, of_desk, released
from tests.services.rests.test_table_for_the_bank import a_table, unclaimed_one
from tests.services.rests.world import FIRST, PAYER, SECOND, in_books, rest_of
from tests.services.statements.bank import a_csv, book
from vocabulary.enums import LineReason, LineState, PayBackStatus, RestStatus, UnclaimedWay
from vocabulary.errors import AlreadyDecided, BadInput, OrderOver

SAID = "工行王柜员：账号少一位，没有受理"
RIGHT = Account(PAYER, "工行呼和浩特分行", "6222 0200 0000 0000 0182")


def refused(session, ref: str) -> None:
    refused_backs.of_rest(session, SECOND, ref, note=SAID, now=NOW)


@pytest.fixture
def pledge(session):
    """The rest of a stopped pledge, let go by all who must, in a table that the bank was given."""
    pledge = asked_back(session)
    (one,) = of_desk(session)
    released(session, one["ref"])
    return pledge


def test_it_is_typed_anew_and_reaches_the_payer(session, pledge) -> None:
    (old,) = of_desk(session)

    refused(session, old["ref"])

    again, before = of_desk(session)
    assert (again["status"], before["status"]) == (PayBackStatus.WAITS, PayBackStatus.REFUSED)
    assert (again["fen"], again["payer"]) == (old["fen"], PAYER)
    assert again["memo"] != old["memo"]
    assert before["refused_note"] == SAID
    assert in_books(session, pledge) == (0, 24_000)
    assert broken(session, OCTOBER) == {}
    pay_backs.make(session, FIRST, again["ref"], RIGHT, now=NOW)
    pay_backs.agree(session, SECOND, again["ref"], again=RIGHT.number, now=NOW)
    pay_backs.release(session, PAYING, again["ref"], now=NOW)
    pay_backs.pay(session, FIRST, again["ref"], on=OCTOBER, now=NOW)
    assert (in_books(session, pledge), rest_of(session, pledge).status) == (
        (0, 0),
        RestStatus.DONE,
    )
    assert broken(session, OCTOBER) == {}
    assert "pay_back.refuse" in session.scalars(select(CustodianEntry.act)).all()


def test_only_the_banks_word_about_what_was_let_go_counts(session, pledge) -> None:
    (one,) = of_desk(session)
    with pytest.raises(BadInput):
        refused_backs.of_rest(session, FIRST, one["ref"], note=" ", now=NOW)
    refused(session, one["ref"])
    with pytest.raises(AlreadyDecided):
        refused(session, one["ref"])
    with pytest.raises(AlreadyDecided):
        pay_backs.pay(session, FIRST, one["ref"], on=OCTOBER, now=NOW)
    with pytest.raises(AlreadyDecided):
        refused(session, of_desk(session)[0]["ref"])


def test_a_debit_under_the_old_memo_settles_nothing_and_is_shown(session, pledge, now) -> None:
    (one,) = of_desk(session)
    refused(session, one["ref"])

    book(session, a_csv(f"20261002,240.00,,0.00,{PAYER},余款退回 {one['memo']},D1"), now)

    line = session.scalars(select(Payout)).one()
    assert (line.state, line.reason) == (LineState.UNSETTLED, LineReason.PAID_TWICE)
    assert in_books(session, pledge) == (0, 24_000)


def test_its_table_is_over_and_the_new_one_stands_in_the_next(session, pledge) -> None:
    (one,) = of_desk(session)
    first = a_table(session)
    refused(session, one["ref"])
    with pytest.raises(OrderOver):
        back_orders.take(session, FIRST, first, now=NOW)
    again = of_desk(session)[0]
    pay_backs.make(session, FIRST, again["ref"], RIGHT, now=NOW)
    pay_backs.agree(session, SECOND, again["ref"], again=RIGHT.number, now=NOW)
    pay_backs.release(session, PAYING, again["ref"], now=NOW)

    second = back_orders.detail(session, FIRST, a_table(session))

    assert [line.memo for line in second["lines"]] == [again["memo"]]
    assert second["waiting"] == 1


def test_what_nobody_claimed_waits_again_and_is_asked_for_anew(session, now) -> None:
    ref = unclaimed_one(session)
    a_table(session)
    old = session.scalars(select(Unclaimed).where(Unclaimed.ref == ref)).one()
    receipt = session.get_one(Receipt, old.receipt_id)

    refused_backs.of_unclaimed(session, FIRST, ref, note=SAID, now=NOW)

    assert [card["ref"] for card in unclaimed.overdue(session, FIRST, now=NOW)] == [receipt.ref]
    assert back_orders.ready(session, FIRST) == []
    with pytest.raises(AlreadyDecided):
        refused_backs.of_unclaimed(session, FIRST, ref, note=SAID, now=NOW)
    with pytest.raises(AlreadyDecided):
        unclaimed.pay(session, FIRST, ref, on=OCTOBER, now=NOW)
    book(session, a_csv(f"20261002,50.00,,0.00,白展堂,退回 {old.memo},D1"), now)
    assert session.scalars(select(Payout.reason)).all() == [LineReason.PAID_TWICE]
    asked = Asked(UnclaimedWay.GIVE_BACK, "问过开户行三次", RIGHT.number, "建行")
    new = unclaimed.ask(session, FIRST, receipt.ref, asked, now=NOW)
    unclaimed.agree(session, SECOND, new, again=RIGHT.number, now=NOW)
    assert [line.number for line in back_orders.ready(session, FIRST)] == ["62220200000000000182"]


def test_the_database_itself_keeps_refused_and_paid_apart(session, pledge) -> None:
    (one,) = of_desk(session)
    refused(session, one["ref"])
    row = session.scalars(select(PayBack).where(PayBack.ref == one["ref"])).one()

    row.paid_on = OCTOBER
    with pytest.raises(Exception, match="refused_or_paid"), session.begin_nested():
        session.flush()
