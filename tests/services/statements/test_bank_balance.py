"""What lies at the bank against the books, and what left it without our memo."""

from datetime import date

import pytest
from sqlalchemy import update

from models.ledger import Receipt
from models.payment_orders import Payout
from privacy import viewers
from services.accountancy import bank_balance
from services.batches import bank_debits, payouts
from services.batches.bank_debits import Said
from services.books import booking, ledger, unclaimed
from services.books.booking import BankLine
from services.checking import checks
from tests.factories import a_pledge, viewer
from tests.services.statements.bank import DESK, a_csv, book
from vocabulary.dates import at
from vocabulary.enums import AccountKind, DebitWas, Role, UnclaimedWay
from vocabulary.errors import AlreadyDecided, BadInput, NotPermitted
from vocabulary.money import Fen

ONE = viewer(Role.PAYING_DESK, actor="account:one")
TWO = viewer(Role.PAYING_DESK, actor="account:two")
SAID = "问了柜台王经理"


def found(session, now) -> dict[str, list[str]]:
    session.commit()
    report = checks.report(session, viewers.console(), now=now)
    mine = ("bank_balance", "unknown_debits", "receipts_booked", "unclaimed")
    return {c["name"]: c["findings"] for c in report["checks"] if c["count"] and c["name"] in mine}


def states(session, now) -> dict[str, int | None]:
    session.commit()
    return checks.report(session, viewers.console(), now=now)["states"]


def a_debit(session, now, yuan: str = "300.00", words: str = "往来款") -> str:
    book(session, a_csv(f"20261110,{yuan},,,某人,{words},D1"), now)
    return payouts.unsettled(session, ONE)[0]["ref"]


def test_balances_that_agree_find_nothing_and_stand_beside_the_books(session, now) -> None:
    _, reference = a_pledge(session)
    book(session, a_csv(f"20261109,,100.00,600.00,王芳,{reference},A1"), now)
    book(
        session,
        a_csv(
            f"20261110,,100.00,700.00,王芳,{reference},A2",
            "20261111,300.00,,400.00,某人,往来款,A3",
            "20261112,,3.21,403.21,,结息,A4",
            "20261112,5.00,,398.21,,账户管理费,A5",
        ),
        now,
    )

    assert found(session, now) == {}
    told = bank_balance.compared(session, viewers.console())
    assert told is not None
    assert (told.on, told.bank, told.books) == (date(2026, 11, 12), 39_821, 19_821)
    assert (told.waiting, told.not_shown, told.unexplained) == (-30_000, 50_000, 0)
    assert states(session, now)["waiting_debits"] == 1


def test_a_statement_that_is_missing_between_two_is_found(session, now) -> None:
    book(session, a_csv("20261001,,1.00,500.00,甲,没写,A1"), now)
    book(session, a_csv("20261110,,1.00,401.00,乙,没写,A2"), now)

    assert found(session, now) == {
        "bank_balance": [
            "银行流水到 2026-11-10 的余额比账上记下的各行合起来少 10000 分，说不出原因："
            "多半少传了一段流水，或冲销了流水上有的到账"
        ]
    }
    book(session, a_csv("20261020,100.00,,400.00,丙,往来款,A3"), now)
    assert found(session, now) == {}


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_several_statements_of_one_day_are_read_in_the_order_of_their_balances(
    session, now, order: tuple[int, ...]
) -> None:
    parts = (
        a_csv("20261110,,1.00,500.00,甲,没写,A1"),
        a_csv("20261110,,2.00,502.00,乙,没写,A2"),
        a_csv("20261110,,3.00,505.00,丙,没写,A3"),
    )
    for at_place in order:
        book(session, parts[at_place], now)

    assert found(session, now) == {}
    told = bank_balance.compared(session, viewers.console())
    assert told is not None
    assert (told.bank, told.unexplained) == (50_500, 0)


def test_money_that_leaves_the_books_and_not_the_bank_is_found(session, now) -> None:
    book(session, a_csv("20261110,,1.00,500.00,甲,没写,A1"), now)
    session.execute(update(Receipt).values(shown_on=None))

    assert "bank_balance" in found(session, now)


def test_without_balances_nothing_is_compared(session, now) -> None:
    assert bank_balance.compared(session, viewers.console()) is None
    book(session, a_csv("20261110,,1.00,,甲,没写,A1"), now)
    assert bank_balance.compared(session, viewers.console()) is None
    with pytest.raises(NotPermitted):
        bank_balance.compared(session, DESK)


def test_a_debit_without_our_memo_waits_until_a_person_says_what_it_was(session, now) -> None:
    ref = a_debit(session, now, "150.00")
    assert states(session, now)["waiting_debits"] == 1
    with pytest.raises(BadInput):
        bank_debits.explain(session, ONE, ref, Said(DebitWas.FEE, "嗯"), now=now)

    assert bank_debits.explain(session, ONE, ref, Said(DebitWas.FEE, SAID), now=now)

    assert ledger.balance(session, AccountKind.BANK_FEES) == 15_000
    assert states(session, now)["waiting_debits"] == 0
    assert found(session, now) == {}
    assert book(session, a_csv("20261110,150.00,,,某人,往来款,D1"), now) == 0
    assert ledger.balance(session, AccountKind.BANK_FEES) == 15_000
    with pytest.raises(AlreadyDecided):
        bank_debits.explain(session, ONE, ref, Said(DebitWas.FEE, SAID), now=now)


def test_a_dear_fee_is_booked_when_a_second_person_says_so_too(session, now) -> None:
    ref, fee = a_debit(session, now, "300.00", "技术服务费"), Said(DebitWas.FEE, SAID)

    assert [bank_debits.explain(session, ONE, ref, fee, now=now) for _ in range(2)] == [False] * 2
    assert ledger.balance(session, AccountKind.BANK_FEES) == 0
    assert bank_debits.one(session, TWO, ref)["needs_second"]

    assert bank_debits.explain(session, TWO, ref, fee, now=now)
    assert ledger.balance(session, AccountKind.BANK_FEES) == 30_000


def test_what_nobody_can_explain_is_a_finding_until_somebody_can(session, now) -> None:
    ref = a_debit(session, now)

    bank_debits.explain(session, ONE, ref, Said(DebitWas.UNKNOWN, SAID), now=now)
    assert found(session, now) == {
        "unknown_debits": ["流水上 2026-11-10 支出 30000 分，问了也说不清是什么钱"]
    }
    assert [one["ref"] for one in bank_debits.listing(session, ONE)] == [ref]

    bank_debits.explain(session, TWO, ref, Said(DebitWas.BANKS_ERROR, SAID), now=now)
    assert found(session, now) == {}
    assert states(session, now)["waiting_debits"] == 1


def test_a_debit_is_a_give_back_only_where_two_people_had_decided_one(session, now) -> None:
    ref = a_debit(session, now, "50.00")
    given = Said(DebitWas.GIVEN_BACK, SAID)
    with pytest.raises(BadInput):
        bank_debits.explain(session, ONE, ref, given, now=now)
    memo = given_back(session, now, paid_on=date(2026, 11, 21))

    assert bank_debits.explain(session, ONE, ref, given, now=now)

    assert session.get_one(Payout, 1).memo == memo
    assert states(session, now)["waiting_debits"] == 0


def given_back(session, now, *, paid_on: date | None) -> str:
    """Fifty yuan that waited its time and are to go back; return the memo."""
    first, second = (
        viewer(Role.COLLECTING_DESK, actor=f"account:{n}", regions=("150000000000",)) for n in "ab"
    )
    line = BankLine("不知道", Fen(5_000), date(2024, 1, 10), "某人")
    old = booking.record(session, DESK, line, now=now)
    asked = unclaimed.Asked(UnclaimedWay.GIVE_BACK, "打过电话", "6217000011112222")
    ref = unclaimed.ask(session, first, old["ref"], asked, now=now)
    unclaimed.agree(session, second, ref, again="6217000011112222", now=now)
    if paid_on:
        unclaimed.pay(session, first, ref, on=paid_on, now=now)
    return str(unclaimed.detail(session, first, ref)["memo"])


@pytest.mark.parametrize("is_typed", [True, False])
def test_a_give_back_on_the_statement_and_its_return_are_booked_once(
    session, now, is_typed
) -> None:
    memo = given_back(session, now, paid_on=date(2026, 11, 21) if is_typed else None)
    left = f"20261121,50.00,,,某人,{memo},A8"
    came = f"20261121,,50.00,,某人,退汇 {memo} 账号已销户,A9"

    book(session, a_csv(left), now)
    assert ledger.balance(session, AccountKind.BANK) == 0
    assert ledger.balance(session, AccountKind.UNMATCHED) == 0

    for _ in range(2):
        book(session, a_csv(left, came), now)
    assert ledger.balance(session, AccountKind.BANK) == 5_000
    assert ledger.balance(session, AccountKind.UNMATCHED) == -5_000
    assert payouts.unsettled(session, ONE) == []
    assert len(unclaimed.overdue(session, DESK, now=now)) == 1
    assert found(session, now) == {}


def test_what_a_person_typed_and_no_statement_has_is_the_auditors_to_see(session, now) -> None:
    _, reference = a_pledge(session)
    booking.record(
        session, DESK, BankLine(reference, Fen(100), date(2026, 11, 13), "甲", "A1"), now=now
    )

    assert states(session, now)["received_without_credit"] == 1
    book(session, a_csv(f"20261113,,1.00,,甲,{reference},A1"), now)
    assert states(session, now)["received_without_credit"] == 0


def test_what_was_paid_twice_is_shown_however_long_ago(session, now) -> None:
    a_debit(session, now)

    later = at(date(2027, 6, 1))
    assert states(session, later)["waiting_debits"] == 1
    assert len(payouts.unsettled(session, ONE)) == 1
