"""A bank's statement in the books: each line once, split exactly, nothing half taken."""

from datetime import date, datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.ledger import Receipt
from models.statements import StatementLine
from privacy import viewers
from services.books import ledger, receipts
from services.books.receipts import BankLine
from services.checking import checks
from services.statements import statement_desk, statement_reading
from tests.services.statements.bank import (
    _OF_MONEY,
    DESK,
    a_csv,
    book,
    judged,
    known_as,
    read,
    states,
)
from vocabulary.enums import AccountKind, ImportStatus, PledgeKind
from vocabulary.errors import WrongState
from vocabulary.money import Fen


def test_any_reference_that_was_given_out_counts_whatever_its_shape(
    session: Session, now: datetime
) -> None:
    known_as(session, "ZX2019B7")
    known_as(session, "AX000001")  # its check digit does not fit

    assert states(
        session,
        "20260902,,100.00,,某人,助学zx2019b7,1",
        "20260902,,100.00,,某人,AX000001,2",
        "20260902,,100.00,,某人,ZX2019B71,3",
    ) == ["matched", "matched", "unmatched"]
    assert book(session, a_csv("20260902,,100.00,,某人,助学zx2019b7,1"), now) == 1
    assert session.scalars(select(Receipt.is_matched)).all() == [True]


def test_a_slip_of_the_finger_is_suggested_and_never_booked_by_itself(
    session: Session, now: datetime
) -> None:
    known_as(session, "AX340812")
    line = a_csv("20260902,,100.00,,某人,AX340821,1")

    row = judged(read(line, session))[0]
    book(session, line, now)

    assert (row["state"], row["reason"], row["parts"]) == (
        "suggested",
        "typing_error",
        [["AX340812", 10_000]],
    )
    assert ledger.balance(session, AccountKind.UNMATCHED) == -10_000


def test_an_accepted_suggestion_goes_to_its_pledge(session: Session, now: datetime) -> None:
    known_as(session, "AX340812")

    book(session, a_csv("20260902,,100.00,,某人,AX340821,1"), now, accepted=(2,))

    assert ledger.balance(session, AccountKind.UNMATCHED) == 0
    assert ledger.balance(session, AccountKind.PREPAID) == -10_000


def test_one_transfer_for_many_colleagues_splits_exactly(session: Session, now: datetime) -> None:
    references = [known_as(session, f"AX3408{n:02}") for n in range(18)]
    remark = " ".join(references)

    count = book(session, a_csv(f"20260902,,3600.00,,某林场,{remark},1"), now)

    assert count == 18
    assert set(session.scalars(select(Receipt.amount_fen))) == {20_000}
    assert ledger.balance(session, AccountKind.PREPAID) == -360_000


def test_a_list_that_does_not_split_waits_whole_with_its_reason(
    session: Session, now: datetime
) -> None:
    first, second = known_as(session, "AX340812"), known_as(session, "AX340813")
    data = a_csv(
        f"20260902,,150.00,,某林场,{first} {second},1",
        f"20260902,,200.00,,某林场,{first} AX999999,2",
    )

    rows = judged(read(data, session))
    book(session, data, now)
    remarks = {one["remark"] for one in receipts.recent(session, DESK, is_matched=False)}

    assert [(r["state"], r["reason"]) for r in rows] == [  # type: ignore[attr-defined]
        ("unmatched", "does_not_split"),
        ("unmatched", "some_unknown"),
    ]
    assert ledger.balance(session, AccountKind.UNMATCHED) == -35_000
    assert remarks == {f"{first} {second}", f"{first} AX999999"}


def test_the_same_line_counts_once_in_two_statements_and_by_hand(
    session: Session, now: datetime
) -> None:
    known_as(session, "AX340812")
    by_hand = BankLine("AX340812", Fen(5_000), date(2026, 9, 3), line="77")
    receipts.record(session, DESK, by_hand, now=now)
    september = a_csv("20260902,,100.00,,某人,AX340812,76", "20260903,,50.00,,某人,AX340812,77")
    longer = a_csv(
        "20260902,,100.00,,某人,AX340812,76",
        "20260903,,50.00,,某人,AX340812,77",
        "20260904,,25.00,,某人,AX340812,78",
    )

    counts = [book(session, data, now) for data in (september, september, longer)]

    assert counts == [1, 0, 1]
    assert ledger.balance(session, AccountKind.BANK) == 17_500


def test_equal_lines_without_numbers_count_as_often_as_they_stand(
    session: Session, now: datetime
) -> None:
    known_as(session, "AX340812")
    header = "交易日期,借方发生额,贷方发生额,余额,对方户名,摘要"
    twice = a_csv(*["20260902,,100.00,,某人,AX340812"] * 2, header=header)

    assert [book(session, twice, now) for _ in range(2)] == [2, 0]


def test_a_statement_is_booked_once(session: Session, now: datetime) -> None:
    data = a_csv("20260902,,100.00,,某人,AX340812,1")
    judged = statement_reading.judged(session, DESK, "流水.csv", data)
    ref = statement_desk.keep(session, DESK, "流水.csv", judged, now=now)
    statement_desk.book(session, DESK, ref, now=now)

    with pytest.raises(WrongState):
        statement_desk.book(session, DESK, ref, now=now)

    assert statement_desk.detail(session, DESK, ref)["status"] is ImportStatus.TAKEN


def test_what_was_put_away_leaves_no_payer(session: Session, now: datetime) -> None:
    data = a_csv("20260902,,100.00,,某人,AX340812,1")
    judged = statement_reading.judged(session, DESK, "流水.csv", data)
    ref = statement_desk.keep(session, DESK, "流水.csv", judged, now=now)

    statement_desk.discard(session, DESK, ref, now=now)

    assert statement_desk.lines(session, DESK, ref) == []
    assert book(session, data, now) == 1


def test_the_check_finds_nothing_after_a_statement(session: Session, now: datetime) -> None:
    known_as(session, "AX340812")
    known_as(session, "AX340813", kind=PledgeKind.GAP_FUND)
    book(
        session,
        a_csv(
            "20260902,,100.00,,某人,AX340812,1",
            "20260902,,23.50,,某人,AX340813,2",
            "20260902,,150.00,,某人,没写,3",
            "20260903,20.00,,,某学校,拨付,4",
            "20260921,,3.21,,,结息,5",
            "20260921,5.00,,,,账户管理费,6",
        ),
        now,
    )
    session.commit()

    report = checks.report(session, viewers.console(), now=now)

    assert [c for c in report["checks"] if c["count"] and c["name"] in _OF_MONEY] == []
    fund = ledger.balance(session, AccountKind.GAP_FUND)
    assert fund == -2_350 - 321
    assert ledger.balance(session, AccountKind.BANK_FEES) == 500
    assert ledger.balance(session, AccountKind.BANK) == 27_350 + 321 - 500


def test_interest_that_is_not_in_the_books_is_found(session: Session, now: datetime) -> None:
    book(session, a_csv("20260921,,3.21,,,结息,5"), now)
    session.execute(update(StatementLine).values(amount_fen=322))
    session.commit()

    report = checks.report(session, viewers.console(), now=now)

    found = {c["name"]: c["findings"] for c in report["checks"]}["receipts_booked"]
    assert found == ["银行流水里的利息和手续费合计 322 分，账上是 321 分"]
