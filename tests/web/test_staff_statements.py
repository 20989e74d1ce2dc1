"""A statement in the browser: read, looked at, booked; what cannot be right is said and kept out."""

import re
from io import BytesIO

import pytest
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

HEADER = "交易日期,借方发生额,贷方发生额,对方户名,摘要,流水号"


@pytest.fixture
def reference(session: Session) -> str:
    an_account(session, Role.COLLECTING_DESK, login="shoukuan", region_code="150000000000")
    reference = a_pledge(session)[1]
    session.commit()
    return reference


@pytest.fixture
def client(app: Flask, reference: str) -> FlaskClient:
    client = app.test_client()
    sign_in(client, "shoukuan")
    return client


def upload(client: FlaskClient, *lines: str, header: str = HEADER, **more: str):
    data = "\n".join((header, *lines)).encode("gb18030")
    return client.post("/staff/statements/", data={"file": (BytesIO(data), "流水.csv"), **more})


def test_a_statement_is_read_looked_at_and_booked_once(client, session, reference) -> None:
    answer = upload(
        client, f"20261103,,100.00,白音,助学 {reference},1", "20261104,,20.50,佟掌柜,爱心,2"
    )
    path = answer.location

    page = body(client, path)
    booked = [client.post(f"{path}/book") for _ in range(2)]
    after = body(client, path)

    assert "2 笔入账" in page
    assert "白音" in page
    assert [one.status_code for one in booked] == [303, 303]
    assert "已经入账" in after
    assert session.scalar(select(func.count(Receipt.id))) == 2
    assert ledger.balance(session, AccountKind.PREPAID) == -10_000
    assert ledger.balance(session, AccountKind.UNMATCHED) == -2_050


def test_only_a_ticked_suggestion_goes_to_its_pledge(client, session, reference) -> None:
    wrong = reference[:-1] + str((int(reference[-1]) + 1) % 10)
    path = upload(client, *(f"2026110{n},,100.00,白音,{wrong},{n}" for n in (3, 4))).location

    page = body(client, path)
    client.post(f"{path}/book", data={"accept": "2"})

    assert re.findall(r'name="accept"\s+value="(\d+)"', page) == ["2", "3"]
    assert f"多半是 {reference}" in page
    assert ledger.balance(session, AccountKind.PREPAID) == -10_000
    assert ledger.balance(session, AccountKind.UNMATCHED) == -10_000
    assert "有线索" not in body(client, path)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["20261103,,-1.00,白音,冲正,1"], "第 2 行是红字"),
        (["20261103,,1.00,白音,好,1", "合计,,9.00,,,"], "贷方合计是 ¥9.00，各行加起来是 ¥1.00"),
        (["20291103,,1.00,白音,好,1"], "今天以后的日期"),
        ([], "一行收支也没有"),
    ],
)
def test_what_cannot_be_right_is_said_and_nothing_is_kept(client, session, lines, words) -> None:
    answer = upload(client, *lines)

    assert answer.status_code == 200
    assert words in answer.text
    assert session.scalar(select(func.count(StatementLine.id))) == 0


def test_a_statement_put_away_leaves_nobodys_name(client, session, reference) -> None:
    path = upload(client, f"20261103,,100.00,白音,{reference},1").location

    client.post(f"{path}/discard")

    assert client.get(path).location.endswith("/staff/statements/")
    assert session.scalar(select(func.count(StatementLine.id))) == 0
    assert session.scalar(select(func.count(Receipt.id))) == 0


STRANGE = "记账天,流出,流进,谁,说了啥"


def explain(client: FlaskClient, *chosen: str):
    data = {}
    for at, (words, field) in enumerate(zip(STRANGE.split(","), chosen, strict=True)):
        data |= {f"columns-{at}-label": words, f"columns-{at}-field": field}
    return client.post("/staff/statements/layout", data=data)


def test_a_bank_with_words_of_its_own_is_explained_once(client, session, reference) -> None:
    lines = f"20261103,,100.00,白音,助学 {reference}"

    asked = upload(client, lines, header=STRANGE)
    learnt = explain(client, "day", "debit", "credit", "payer", "remark")
    path = upload(client, lines, header=STRANGE).location
    client.post(f"{path}/book")

    assert asked.status_code == 200
    assert "这家银行的表头第一次见" in asked.text
    assert learnt.status_code == 303
    assert ledger.balance(session, AccountKind.PREPAID) == -10_000


def test_a_bank_explained_wrongly_is_explained_again(client, session, reference) -> None:
    lines = f"20261103,,100.00,白音,助学 {reference}"
    explain(client, "day", "credit", "debit", "payer", "remark")
    wrong = client.get(upload(client, lines, header=STRANGE).location).text

    asked = upload(client, lines, header=STRANGE, again="y")
    explain(client, "day", "debit", "credit", "payer", "postscript")
    right = client.get(upload(client, lines, header=STRANGE).location).text

    assert "-¥100.00" in wrong
    assert asked.status_code == 200
    assert "重新说明" in asked.text
    assert asked.text.count('<option selected value="credit">') == 1
    assert "-¥100.00" not in right
    assert "直接入账" in right


def test_a_header_that_we_read_ourselves_can_be_explained_too(client, session, reference) -> None:
    asked = upload(client, f"20261103,,100.00,白音,{reference},1", again="y")

    assert asked.status_code == 200
    assert asked.text.count('name="columns-0-field"') == 1
    assert session.scalar(select(func.count(StatementLine.id))) == 0


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        (("day", "", "", "payer", "remark"), "至少要有“日期”"),
        (("day", "debit", "credit", "payer", ""), "写付款编号的那一列"),
        (("day", "credit", "credit", "", ""), "同一种只能选一列"),
    ],
)
def test_a_layout_that_cannot_be_is_said_and_keeps_what_was_chosen(client, chosen, words) -> None:
    answer = explain(client, *chosen)

    assert answer.status_code == 200
    assert words in answer.text
    assert '<option selected value="day">' in answer.text
