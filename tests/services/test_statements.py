"""A bank's statement: every line read, whose money it is, each line once, nothing half taken."""

import json
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gateways.spreadsheets import SpreadsheetRefused
from models.ledger import Receipt
from models.statements import StatementLine
from models.vault import PaidNote, VaultPledge
from privacy import viewers
from services.books import ledger, receipts
from services.books.receipts import BankLine
from services.checking import checks
from services.statements import StatementFaulty, read_remark, statement_desk, statement_reading
from tests.factories import a_pledge, viewer
from vocabulary.enums import AccountKind, ImportStatus, PledgeKind, Role
from vocabulary.errors import NotPermitted, WrongState
from vocabulary.money import Fen

SAMPLES = Path(__file__).parents[1] / "samples"
DESK = viewer(Role.COLLECTING_DESK, regions=("150000000000",))
_OF_MONEY = {"receipts_booked", "empty_transactions", "postings_total", "posting_words", "balances"}
HEADER = "交易日期,借方发生额,贷方发生额,余额,对方户名,摘要,流水号"


def a_csv(*lines: str, header: str = HEADER) -> bytes:
    return "\n".join((header, *lines)).encode("gb18030")


def read(data: bytes, session: Session | None = None) -> statement_reading.Read:
    return statement_reading.judged(session, viewers.console(), "流水.csv", data)


def said(data: bytes) -> list[tuple[int, str]]:
    with pytest.raises(StatementFaulty) as refusal:
        read(data)
    return [(fault.row, fault.sentence) for fault in refusal.value.faults]


def book(session: Session, data: bytes, now: datetime, accepted: tuple[int, ...] = ()) -> int:
    judged = statement_reading.judged(session, DESK, "流水.csv", data)
    ref = statement_desk.keep(session, DESK, "流水.csv", judged, now=now)
    return statement_desk.book(session, DESK, ref, accepted=accepted, now=now)


def states(session: Session, *lines: str) -> list[str]:
    return [row["state"] for row in judged(read(a_csv(*lines), session))]


def judged(found: statement_reading.Read) -> list[dict[str, object]]:
    """Every line with its row and what was made of it."""
    return [
        {
            "row": line.row,
            "state": verdict.state.value,
            "reason": verdict.reason.value if verdict.reason else None,
            "parts": [[reference, fen] for reference, fen in verdict.parts],
        }
        for line, verdict in zip(found.lines, found.verdicts, strict=True)
    ]


def known_as(session: Session, reference: str, **terms: object) -> str:
    """A pledge under a reference of the test's choosing."""
    pledge, _ = a_pledge(session, contact=f"{reference.lower()}@example.org", **terms)
    session.execute(
        update(VaultPledge)
        .where(VaultPledge.pledge_id == pledge.id)
        .values(payment_reference=reference)
    )
    return reference


def test_the_banks_own_file_is_read_as_expected() -> None:
    expected = json.loads((SAMPLES / "expected.json").read_text("utf-8"))["bank"]

    answer = read((SAMPLES / "银行流水202609.csv").read_bytes()).as_json()

    rows = [{"fen": r["fen"], "reference": r["reference"]} for r in answer["rows"]]  # type: ignore[attr-defined]
    assert rows == expected
    assert [answer[k] for k in ("lines", "matched", "unmatched", "outgoing")] == [40, 0, 33, 7]


@pytest.mark.parametrize("extension", ["xlsx", "csv"])
def test_other_columns_and_one_column_of_sums_are_read_alike(extension: str) -> None:
    rows = [
        ["序号", "附言", "交易时间", "收支方向", "交易金额（元）", "账户余额", "对方名称", "用途"],
        [1, "AX340812", "2026-09-02 10:04:34", "收入", 1200.0, 1200.0, "尤琪琪", "助学"],
        [2, "", "2026/9/3 08:00", "支出", "200.00", 1000.0, "某学校", "FKABC234"],
    ]
    if extension == "xlsx":
        book, stream = openpyxl.Workbook(), BytesIO()
        for row in rows:
            book.active.append(row)
        book.save(stream)
        data = stream.getvalue()
    else:
        data = "\n".join(",".join(str(c) for c in row) for row in rows).encode()

    lines = read(data).lines

    assert [(x.fen, str(x.on), x.references, x.kind.value) for x in lines] == [
        (120_000, "2026-09-02", ("AX340812",), "donation"),
        (-20_000, "2026-09-03", (), "outgoing"),
    ]


def test_interest_fees_and_returned_transfers_are_no_donations(session: Session) -> None:
    kinds = [
        line.kind.value
        for line in read(
            a_csv(
                "20260921,,3.21,,,结息,1",
                "20260921,5.00,,,,账户管理费,2",
                "20260922,,200.00,,某学校,退汇 AX340812 账号户名不符,3",
                "20260922,,200.00,,李明,利民超市助学款,4",
                "20260922,50.00,,,某学校,AX340812,5",
            )
        ).lines
    ]

    assert kinds == ["interest", "fee", "returned", "donation", "outgoing"]


@pytest.mark.parametrize(
    "remark",
    ["爱心款ＡＸ３４０８１２", "ax 340812 九月", "捐款AX-3408-12谢谢", "20260902AX340812张三"],
)
def test_a_reference_is_found_whole_however_it_was_typed(session: Session, remark: str) -> None:
    known_as(session, "AX340812")

    assert states(session, f"20260902,,100.00,,某人,{remark},1") == ["matched"]


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


def test_money_without_a_reference_is_suggested_to_the_only_donor_who_announced_it(
    session: Session,
) -> None:
    for reference, fen in (("AX340812", 10_000), ("AX340813", 20_000), ("AX340814", 20_000)):
        known_as(session, reference)
        session.add(
            PaidNote(payment_reference=reference, amount_fen=fen, noted_on=date(2026, 9, 1))
        )

    assert states(
        session,
        "20260902,,100.00,,某人,助学,1",
        "20260903,,100.00,,别人,助学,2",
        "20260903,,200.00,,别人,助学,3",
        "20260921,,100.00,,别人,助学,4",
    ) == ["suggested", "unmatched", "unmatched", "unmatched"]


def test_one_transfer_for_many_colleagues_splits_exactly(session: Session, now: datetime) -> None:
    references = [known_as(session, f"AX3408{n:02}") for n in range(18)]
    remark = " ".join(references)

    count = book(session, a_csv(f"20260902,,3600.00,,某林场,{remark},1"), now)

    assert count == 18
    assert set(session.scalars(select(Receipt.amount_fen))) == {20_000}
    assert ledger.balance(session, AccountKind.PREPAID) == -360_000


def test_a_list_with_sums_of_its_own_splits_by_them(session: Session) -> None:
    first, second = known_as(session, "AX340812"), known_as(session, "AX340813")

    line = a_csv(f"20260902,,150.00,,某林场,{first}:100元 {second}:50元,1")
    row = judged(read(line, session))[0]

    assert (row["state"], row["parts"]) == ("split", [[first, 10_000], [second, 5_000]])


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


def test_lines_are_faulted_each_with_its_row_and_nothing_is_taken() -> None:
    assert said(
        a_csv(
            "20260902,,100.00,,某人,AX340812,1",
            "没写,,100.00,,某人,AX340812,2",
            "20260902,,-100.00,,某人,冲正,3",
            "20260902,5.00,100.00,,某人,AX340812,4",
            "20260902,,,,某人,AX340812,5",
            "20260902,,一百,,某人,AX340812,6",
        )
    ) == [
        (3, "没有读懂交易日期"),
        (4, "是红字（负数）。银行冲的是哪一笔，请先问清，再把两行一起去掉"),
        (5, "借方和贷方都有数"),
        (6, "没有金额"),
        (7, "有一格不是金额"),
    ]


def test_a_balance_that_does_not_follow_names_its_line() -> None:
    assert said(
        a_csv(
            "20260902,,100.00,1100.00,某人,AX340812,1",
            "20260903,,100.00,1300.00,某人,AX340812,2",
            "20260904,50.00,,1250.00,某人,AX340812,3",
        )
    ) == [(3, "的余额和前一笔接不上（少了一行，或改过数）")]


def test_the_newest_line_may_stand_first() -> None:
    lines = read(
        a_csv(
            "20260904,50.00,,1150.00,某人,AX340812,3",
            "20260903,,100.00,1200.00,某人,AX340812,2",
            "20260902,,100.00,1100.00,某人,AX340812,1",
        )
    ).lines

    assert len(lines) == 3


def test_totals_that_do_not_add_up_refuse_the_whole() -> None:
    assert said(
        a_csv(
            "20260902,,100.00,,某人,AX340812,1",
            "20260903,20.00,,,某学校,拨付,2",
            "合计,20.00,120.00,,,,共3笔",
        )
    ) == [
        (4, "贷方合计是 ¥120.00，各行加起来是 ¥100.00"),
        (4, "说共 3 笔，表里是 2 笔"),
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        a_csv("小明,1,2,3,4,5,6", header="姓名,年龄,班级,学校,住址,电话,备注"),
        "交易日期,贷方发生额,摘要\n20260902,1.00,".encode("gb18030")
        + "中文".encode()
        + b"\xff\xfe",
    ],
)
def test_what_is_no_statement_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(SpreadsheetRefused) as refusal:
        read(data)

    assert refusal.value.message


def test_only_the_collecting_desk_and_the_console_read_a_statement(session: Session) -> None:
    for role in (Role.PAYING_DESK, Role.CASE_WORKER, Role.AUDITOR, Role.CUSTODIAN):
        with pytest.raises(NotPermitted):
            statement_reading.judged(session, viewer(role), "流水.csv", a_csv())


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


def test_a_remark_gives_references_in_their_order_with_sums_right_behind_them() -> None:
    remark = read_remark("AX053932=50,\uff21\uff38340812＝100；ax 12 34 56 :70.5 元")

    assert remark.references == ("AX053932", "AX340812", "AX123456")
    assert remark.sums == {"AX053932": 5_000, "AX340812": 10_000, "AX123456": 7_050}
