"""The paying desk's pages: an order made of ticked batches, handed out, answered, settled by the bank."""

import re
from datetime import date, timedelta
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from gateways import spreadsheets
from models.payment_orders import PaymentOrder
from models.stipends import Batch, Stipend
from tests.factories import (
    PASSWORD,
    a_child,
    a_match,
    a_pledge,
    a_school,
    an_account,
    an_open_batch,
)
from vocabulary import clock
from vocabulary.enums import BatchStatus, Role

OPENED = date(2026, 11, 5)
LOGINS = {"bofu": Role.PAYING_DESK, "shoukuan": Role.COLLECTING_DESK, "jingban": Role.CASE_WORKER}
HEADER = "交易日期,借方发生额,贷方发生额,对方户名,摘要,流水号"


class Town:
    """Two schools whose batches wait, one of them without an account; a desk of each kind."""

    def __init__(self, app, session) -> None:
        self.app, self.session = app, session
        school, poor = a_school(session), a_school(session, "阿里河中学")
        school.account_number = "6217000000000001"
        self.refs = []
        for n, one in enumerate((school, poor)):
            pledge = a_pledge(session, f"1380000000{n}")[0]
            match = a_match(session, pledge, a_child(session, one))
            batch = an_open_batch(session, one, match, on=OPENED)
            batch.memo = f"FKABC23{n + 2}"
            self.refs.append(batch.ref)
        for login, role in LOGINS.items():
            an_account(session, role, login=login)
        session.commit()
        self.desk = self.who("bofu")

    def who(self, login: str) -> FlaskClient:
        client = self.app.test_client()
        client.post("/login", data={"login": login, "password": PASSWORD})
        return client

    def read(self, column, *where) -> list:
        self.session.rollback()
        found = list(self.session.scalars(select(column).where(*where)))
        self.session.rollback()
        return found

    def order(self) -> str:
        answer = self.desk.post("/staff/orders/", data={"batch": self.refs[0]})
        assert answer.status_code == 303
        return answer.location

    def upload(self, *lines: str) -> str:
        client, data = self.who("shoukuan"), "\n".join((HEADER, *lines)).encode("gb18030")
        file = (BytesIO(data), "流水.csv")
        path = client.post("/staff/statements/", data={"file": file}).location
        page = words(client, path)
        client.post(f"{path}/book")
        return page + words(client, path)


@pytest.fixture
def town(app, session, now):
    return Town(app, session)


def words(client: FlaskClient, path: str) -> str:
    page = client.get(path, follow_redirects=True).get_data(as_text=True)
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", page))


def test_ticked_batches_become_an_order_that_is_fetched_both_ways(town) -> None:
    page = town.desk.get("/staff/batches/").get_data(as_text=True)
    assert page.count('name="batch"') == 1
    assert "账号没填" in page

    path = town.order()
    sheet, paper = town.desk.post(f"{path}.xlsx"), town.desk.post(f"{path}.pdf")

    rows = [list(row.cells) for row in spreadsheets.read("a.xlsx", sheet.data).rows]
    assert rows[1:] == [["吉文中学", "6217000000000001", "某农村信用社", "100.00", "FKABC232"]]
    assert paper.data.startswith(b"%PDF")
    assert town.read(PaymentOrder.taken) == [2]
    detail = words(town.desk, path)
    assert "人民币壹佰元整" in detail
    assert "陈雨桐" not in detail + words(town.desk, "/staff/batches/")
    assert "已交银行，等回音" in words(town.desk, "/staff/batches/")


def test_an_order_of_nothing_or_of_a_school_without_account_is_refused_in_words(town) -> None:
    for ticked, said in ((None, "先勾上要付的批次"), (town.refs[1], "没有账号或开户行")):
        answer = town.desk.post(
            "/staff/orders/", data={"batch": ticked} if ticked else {}, follow_redirects=True
        )
        assert said in answer.get_data(as_text=True)
    assert town.read(PaymentOrder.ref) == []
    assert set(town.read(Batch.status)) == {BatchStatus.OPEN}


def test_an_old_proof_takes_no_order_out(town, now) -> None:
    path = town.order()

    with clock.moved_to(now + timedelta(minutes=31)):
        answers = {town.desk.post(f"{path}.{form}").status_code for form in ("xlsx", "pdf")}

    assert answers == {401}
    assert town.read(PaymentOrder.taken) == [0]


def test_the_banks_word_on_one_line_is_checked_and_kept(town) -> None:
    town.order()
    path = f"/staff/batches/{town.refs[0]}/answer"
    assert "请选一个" in town.desk.post(path).get_data(as_text=True)
    early = town.desk.post(path, data={"answer": "paid", "on": "2026-11-01", "note": "王经理"})
    assert "在做拨付单那天以后" in early.get_data(as_text=True)
    assert 'value="王经理"' in early.get_data(as_text=True)
    town.desk.post(path, data={"answer": "unclear", "note": "系统升级"})
    page = town.desk.get(path).get_data(as_text=True)
    assert ("系统升级" in page, 'value="unclear"' in page) == (True, False)
    assert "请写问了银行哪一位" in town.desk.post(path, data={"answer": "not_paid"}).get_data(
        as_text=True
    )

    said = {"answer": "paid", "on": "2026-11-21", "note": "王经理，已汇出"}
    assert town.desk.post(path, data=said).status_code == 303

    assert town.read(Stipend.sent_on, Stipend.sent_on.is_not(None)) == [date(2026, 11, 21)]
    assert town.desk.get(path).status_code == 404


def test_a_whole_order_is_paid_or_put_back_once(town) -> None:
    path = town.order()
    assert "请填银行付款的日期" in town.desk.post(f"{path}/paid").get_data(as_text=True)
    town.desk.post(f"{path}/back")
    assert town.read(Batch.status, Batch.ref == town.refs[0]) == [BatchStatus.OPEN]
    assert "银行没付，要再付" in words(town.desk, "/staff/batches/")
    again = town.order()

    first, second = (
        town.desk.post(f"{again}/paid", data={"on": "2026-11-21"}, follow_redirects=True)
        for _ in range(2)
    )

    assert "1 批已拨付" in first.get_data(as_text=True)
    assert "别人刚刚已经处理了" in second.get_data(as_text=True)
    assert town.read(Stipend.sent_on, Stipend.sent_on.is_not(None)) == [date(2026, 11, 21)]


def test_an_order_that_was_fetched_goes_back_with_the_banks_word_and_is_fetched_no_more(
    town,
) -> None:
    path = town.order()
    town.desk.post(f"{path}.xlsx")

    refused = town.desk.post(f"{path}/back").get_data(as_text=True)

    assert "请写问了银行哪一位" in refused
    assert town.read(Batch.status, Batch.ref == town.refs[0]) == [BatchStatus.ORDERED]
    alone = town.desk.post(f"/staff/batches/{town.refs[0]}/answer", data={"answer": "not_paid"})
    assert "请写问了银行哪一位" in alone.get_data(as_text=True)
    town.desk.post(f"{path}/back", data={"note": "王经理，没有收到"})
    assert town.read(Batch.status, Batch.ref == town.refs[0]) == [BatchStatus.OPEN]
    page = town.desk.get(path).get_data(as_text=True)
    assert ("王经理，没有收到" in page, f"{path}.xlsx" in page) == (True, False)
    for form in ("xlsx", "pdf"):
        again = town.desk.post(f"{path}.{form}", follow_redirects=True)
        assert "已经放回去了，不能再下载" in again.get_data(as_text=True)
    assert town.read(PaymentOrder.taken) == [1]


def test_the_statement_settles_the_order_and_says_what_does_not_fit(town) -> None:
    path = town.order()

    page = town.upload(
        "20261121,100.00,,吉文中学,助学金 FKABC232,A1", "20261121,9.00,,阿里河中学,FKABC233,A2"
    )

    assert "拨付对上了1" in page
    assert "批次号对，金额不对" in page
    assert "银行付了" in words(town.desk, path)
    desk = words(town.desk, "/staff/batches/")
    assert "流水上对不上的" in desk
    assert "批次号对，金额不对流水第3行" in desk
    assert "流水上有这个号，先问银行" in desk
    assert "对上了11月21日" in desk
    assert town.read(Stipend.sent_on, Stipend.sent_on.is_not(None)) == [date(2026, 11, 21)]


def test_a_batch_that_grew_since_its_page_was_read_is_not_sent(town) -> None:
    path, read = f"/staff/batches/{town.refs[0]}/send", {"count": "1", "fen": "9000"}

    answer = town.desk.post(path, data=read, follow_redirects=True)

    assert "这一批刚刚变了" in answer.get_data(as_text=True)
    assert town.read(Stipend.sent_on, Stipend.sent_on.is_not(None)) == []
    town.desk.post(path, data={**read, "fen": "10000"})
    assert town.read(Stipend.sent_on, Stipend.sent_on.is_not(None)) == [date(2026, 11, 21)]


def test_payees_are_the_paying_desks_alone(town) -> None:
    path = town.order()

    for login in ("shoukuan", "jingban"):
        client = town.who(login)
        assert client.get(path).status_code == 404
        assert client.post(f"{path}.xlsx").status_code == 404
