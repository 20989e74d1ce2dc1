"""The bank's file as it comes, through the page: any kind, any order of columns; or a clear no by line."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest
import xlwt
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.ledger import Receipt
from models.statements import StatementLine
from services.books import ledger
from tests.factories import a_pledge, an_account
from tests.web.desks import body, sign_in
from vocabulary.enums import AccountKind, Role
from web.staff import statements

PAGE = "/staff/statements/"
HEADER = ["交易日期", "借方发生额", "贷方发生额", "余额", "对方户名", "摘要", "流水号"]


@pytest.fixture
def reference(session: Session) -> str:
    an_account(session, Role.COLLECTING_DESK, login="shoukuan", region_code="150000000000")
    reference = a_pledge(session)[1]
    session.commit()
    return reference


@pytest.fixture
def client(app: Flask, reference: str, now) -> FlaskClient:
    client = app.test_client()
    sign_in(client, "shoukuan")
    return client


def lines(reference: str) -> list[list[object]]:
    """One sum for a pledge, one that waits, one that left; the balance runs on."""
    return [
        ["20261102", "", "100.00", "1100.00", "白音", f"助学 {reference}", "1"],
        ["20261103", "", "20.50", "1120.50", "佟掌柜", "爱心", "2"],
        ["20261104", "50.00", "", "1070.50", "某学校", "助学款", "3"],
        ["合计", "50.00", "120.50", "", "", "", "共3笔"],
    ]


def as_csv(rows: list[list[object]], encoding: str = "gb18030") -> bytes:
    return "\n".join(",".join(map(str, row)) for row in rows).encode(encoding)


def as_xlsx(rows: list[list[object]]) -> bytes:
    book, stream = openpyxl.Workbook(), BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(stream)
    return stream.getvalue()


def as_xls(rows: list[list[object]]) -> bytes:
    book, stream = xlwt.Workbook(encoding="utf-8"), BytesIO()
    sheet = book.add_sheet("流水")
    for down, row in enumerate(rows):
        for across, cell in enumerate(row):
            sheet.write(down, across, cell)
    book.save(stream)
    return stream.getvalue()


def upload(client: FlaskClient, data: bytes, name: str = "流水.csv"):
    return client.post(PAGE, data={"file": (BytesIO(data), name)})


def books(session: Session) -> tuple[int, int, int]:
    session.rollback()
    kinds = (AccountKind.PREPAID, AccountKind.UNMATCHED)
    count = session.scalar(select(func.count(Receipt.id))) or 0
    return count, *(ledger.balance(session, kind) for kind in kinds)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "xls", "columns moved", "utf-8 with a mark"])
def test_whatever_kind_of_file_it_is_the_same_money_is_booked(
    client: FlaskClient, session: Session, reference: str, kind: str
) -> None:
    rows = [["某某银行账户明细"], HEADER, *lines(reference)]
    moved = [["账户明细"], *([row[5], row[3], row[2], row[0], row[6], row[1], row[4]]
                            for row in [HEADER, *lines(reference)[:-1]])]  # fmt: skip
    data, name = {
        "csv": (as_csv(rows), "a.csv"),
        "xlsx": (as_xlsx(rows), "a.xlsx"),
        "xls": (as_xls(rows), "a.xls"),
        "columns moved": (as_csv(moved), "a.csv"),
        "utf-8 with a mark": (as_csv(rows, "utf-8-sig"), "a.csv"),
    }[kind]

    path = upload(client, data, name).location
    shown = body(client, path)
    client.post(f"{path}/book")

    assert all(words in shown for words in ("白音", "佟掌柜", "2 笔入账", "支出"))
    assert books(session) == (2, -10_000, -2_050)


def faulty(reference: str, **changed: tuple[int, int, str]) -> list[list[object]]:
    rows = lines(reference)
    for row, column, value in changed.values():
        rows[row][column] = value
    return [HEADER, *rows]


NO = {
    "a negative credit": ((0, 2, "-100.00"), "第 2 行是红字"),
    "a balance that does not follow": ((1, 3, "1999.00"), "第 3 行的余额和前一笔接不上"),
    "a total that does not add up": ((3, 2, "999.00"), "第 5 行贷方合计是 ¥999.00"),
    "a sum that is a word": ((1, 2, "二十"), "第 3 行有一格不是金额"),
    "a day that is none": ((2, 0, "20261399"), "第 4 行没有读懂交易日期"),
    "a count of lines that is wrong": ((3, 6, "共9笔"), "第 5 行说共 9 笔，表里是 3 笔"),
}


@pytest.mark.parametrize("how", [as_csv, as_xlsx, as_xls])
@pytest.mark.parametrize("what", NO)
def test_what_is_wrong_is_said_by_line_and_nothing_is_taken(
    client: FlaskClient, session: Session, reference: str, what: str, how
) -> None:
    change, words = NO[what]

    answer = upload(client, how(faulty(reference, change=change)))

    assert answer.status_code == 200
    assert words in answer.text
    assert books(session) == (0, 0, 0)
    assert session.scalar(select(func.count(StatementLine.id))) == 0


def test_mixed_encodings_are_refused_by_their_row(
    client: FlaskClient, session: Session, reference: str
) -> None:
    head, *rest = [HEADER, *lines(reference)]
    mixed = as_csv([head], "utf-8") + b"\n" + as_csv(rest, "gb18030")

    answer = upload(client, mixed)

    assert answer.status_code == 200
    assert "第 1 行" in answer.text
    assert session.scalar(select(func.count(StatementLine.id))) == 0


def test_more_lines_than_one_upload_takes_are_taken_in_parts_each_line_once(
    client: FlaskClient, session: Session, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statements, "ROWS_AT_MOST", 3)
    every = [[f"202611{n:02d}", "", "100.00", "", "白音", reference, str(n)] for n in range(1, 6)]

    refused = upload(client, as_csv([HEADER, *every]))
    kept = session.scalar(select(func.count(StatementLine.id)))
    session.rollback()
    for part in (every[:3], every[2:]):  # the line between stands in both
        path = upload(client, as_csv([HEADER, *part])).location
        client.post(f"{path}/book")

    assert "一次最多 20,000 行" in refused.text
    assert kept == 0
    assert books(session) == (5, -50_000, 0)
    assert date(2026, 11, 5) == session.scalar(select(func.max(Receipt.received_on)))
