"""What a line is: our own reference or memo decides, and words only where none stands."""

from datetime import date

import pytest
from sqlalchemy import func, select

from models.ledger import Receipt
from models.payment_orders import Payout
from services.batches import payouts
from services.books import ledger
from services.statements import statement_desk, statement_reading
from services.statements.kinds import kind_of
from tests.factories import a_child, a_match, a_pledge, a_school, an_open_batch, viewer
from tests.services.statements.bank import DESK, a_csv, book, read
from vocabulary.bank_fees import most
from vocabulary.enums import AccountKind, BatchStatus, LineKind, Role
from vocabulary.money import Fen

PAYING = viewer(Role.PAYING_DESK, actor="account:paying")


def told(session, now, *lines: str) -> list[tuple[str, str, str | None]]:
    """Book lines; return what each was, where it went, and why it waits."""
    judged = statement_reading.judged(session, DESK, "流水.csv", a_csv(*lines))
    ref = statement_desk.keep(session, DESK, "流水.csv", judged, now=now)
    statement_desk.book(session, DESK, ref, now=now)
    return [
        (one["kind"].value, one["state"].value, one["reason"] and one["reason"].value)
        for one in statement_desk.lines(session, DESK, ref)
    ]


@pytest.mark.parametrize(
    "words",
    ["上次的汇款退回了 这次重新汇", "我家的利息捐给孩子", "感谢贵会 退回件再汇", "退票重汇"],
)
def test_a_gift_under_its_reference_is_a_gift_whatever_else_it_says(session, now, words) -> None:
    _, reference = a_pledge(session)

    assert told(session, now, f"20261110,,100.00,,王芳,{reference} {words},1") == [
        ("donation", "matched", None)
    ]
    assert ledger.balance(session, AccountKind.PREPAID) == -10_000


@pytest.mark.parametrize("words", ["助学金 免手续费", "上次退汇重付", "服务费"])
def test_a_debit_under_our_memo_is_the_batch_whatever_else_it_says(session, now, words) -> None:
    school = a_school(session)
    match = a_match(session, a_pledge(session)[0], a_child(session, school))
    batch = an_open_batch(session, school, match, on=date(2026, 11, 5))
    batch.memo = "FKABC234"
    session.flush()

    assert told(session, now, f"20261110,100.00,,,吉文中学,FKABC234 {words},1") == [
        ("outgoing", "settled", None)
    ]
    assert batch.status is BatchStatus.SENT


def test_what_calls_itself_returned_and_names_nothing_of_ours_waits_with_its_reason(
    session, now
) -> None:
    line = "20261110,,500.00,,李明,上次退回的善款再汇,1"

    assert told(session, now, line) == [("returned", "unmatched", "not_ours_back")]
    assert book(session, a_csv(line), now) == 0

    assert ledger.balance(session, AccountKind.BANK) == 50_000
    assert ledger.balance(session, AccountKind.UNMATCHED) == -50_000
    assert session.scalar(select(func.count(Receipt.id))) == 1


def test_a_fee_has_a_bound_and_a_dearer_one_waits_for_a_person(session, now) -> None:
    assert told(
        session,
        now,
        "20261110,200.00,,,,账户管理费,1",
        "20261110,200.01,,,,账户管理费,2",
        "20261110,10000.00,,,某人,技术服务费,3",
    ) == [
        ("fee", "aside", None),
        ("outgoing", "unsettled", "dear_fee"),
        ("outgoing", "unsettled", "dear_fee"),
    ]
    assert most() == 20_000
    assert ledger.balance(session, AccountKind.BANK_FEES) == 20_000
    assert [one["amount_fen"] for one in payouts.unsettled(session, PAYING)] == [
        -1_000_000,
        -20_001,
    ]
    assert session.scalar(select(func.count(Payout.id))) == 2


def test_words_of_the_banks_still_decide_where_no_reference_of_ours_stands() -> None:
    assert kind_of("结息", Fen(321)) is LineKind.INTEREST
    assert kind_of("退汇 账号不符", Fen(100)) is LineKind.RETURNED
    assert kind_of("把利息捐给孩子", Fen(100)) is LineKind.DONATION
    assert read(a_csv("20260922,,200.00,,某,退汇 AX340812,3")).lines[0].kind is LineKind.RETURNED
