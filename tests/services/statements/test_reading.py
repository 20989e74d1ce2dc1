"""A bank's statement: every line read, and whose money it is; a faulty one is refused by its lines."""

import json
from datetime import date
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy.orm import Session

from gateways.spreadsheets import SpreadsheetRefused
from models.vault import PaidNote
from services.statements import read_remark, statement_reading
from tests.factories import viewer
from tests.services.statements.bank import (
    SAMPLES,
    a_csv,
    judged,
    known_as,
    read,
    said,
    states,
)
from vocabulary.enums import Role
from vocabulary.errors import BadInput, NotPermitted


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


def test_a_list_with_sums_of_its_own_splits_by_them(session: Session) -> None:
    first, second = known_as(session, "AX340812"), known_as(session, "AX340813")

    line = a_csv(f"20260902,,150.00,,某林场,{first}:100元 {second}:50元,1")
    row = judged(read(line, session))[0]

    assert (row["state"], row["parts"]) == ("split", [[first, 10_000], [second, 5_000]])


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


def test_a_remark_gives_references_in_their_order_with_sums_right_behind_them() -> None:
    remark = read_remark("AX053932=50,\uff21\uff38340812＝100；ax 12 34 56 :70.5 元")

    assert remark.references == ("AX053932", "AX340812", "AX123456")
    assert remark.sums == {"AX053932": 5_000, "AX340812": 10_000, "AX123456": 7_050}


@pytest.mark.parametrize("words", ["11月", "2026-11-03", "2026年", "3 人", "1号", "12.05.03"])
def test_a_day_behind_a_reference_is_no_sum(words: str) -> None:
    assert read_remark(f"AX053932 {words}").sums == {}


def test_a_statement_too_long_is_refused_before_its_lines_are_read(session: Session) -> None:
    lines = [f"20261103,,100.00,,白音,没写,{n}" for n in range(200)]
    data = a_csv(*lines, "没有日期,也没有,金额,,,,")

    with pytest.raises(BadInput) as refusal:
        statement_reading.judged(session, viewer(Role.COLLECTING_DESK), "流水.csv", data, most=20)
    with pytest.raises(SpreadsheetRefused):
        statement_reading.judged(session, viewer(Role.COLLECTING_DESK), "流水.csv", data, most=200)

    assert refusal.value.params["reason"] == "too_long"
