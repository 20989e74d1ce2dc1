"""The money desks: each sees its own half, a refused form keeps what was typed."""

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from jobs.run import Run
from jobs.stipends import open_and_fund
from models.ledger import Posting, Receipt
from models.notices import Notice
from models.stipends import Batch, Stipend
from services.batches import batches
from services.books import receipts
from services.books.receipts import BankLine
from tests.factories import PASSWORD, a_child, a_match, a_pledge, a_school, an_account, viewer
from vocabulary.enums import AccountKind, NoticeKind, Role
from vocabulary.money import Fen

DESKS = {
    "shoukuan": Role.COLLECTING_DESK,
    "bofu": Role.PAYING_DESK,
    "shenji": Role.AUDITOR,
    "jingban": Role.CASE_WORKER,
}


@pytest.fixture
def world(session: Session, now) -> str:
    """One child, three months due, two of them paid for; returns the payment reference."""
    for login, role in DESKS.items():
        an_account(session, role, login=login, region_code="150000000000")
    pledge, reference = a_pledge(session)
    a_match(session, pledge, a_child(session, a_school(session)))
    line = BankLine(reference, Fen(20_000), date(2026, 9, 3))
    receipts.record(session, viewer(Role.COLLECTING_DESK), line, now=now)
    session.commit()
    Run(session, "stipends", period=date(2026, 11, 21)).execute(open_and_fund)
    return reference


def desk(app: Flask, login: str) -> FlaskClient:
    client = app.test_client()
    client.post("/login", data={"login": login, "password": PASSWORD})
    return client


def given(reference: str, **more: str) -> dict[str, str]:
    return {
        "reference": reference,
        "amount": "１００元",
        "received_on": "2026-11-20",
        "key": "k",
    } | more


def text(answer) -> str:
    return answer.get_data(as_text=True)


def test_money_is_booked_once_however_often_the_form_is_sent(app, session, world) -> None:
    client = desk(app, "shoukuan")

    remark = f"爱心 {world.lower()[:4]} {world[4:]}"
    answers = [client.post("/staff/receipts/", data=given(remark)) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    booked = session.execute(
        select(Receipt.payment_reference, Receipt.amount_fen, Receipt.is_matched).order_by(
            Receipt.id
        )
    ).all()
    assert booked == [(world, 20_000, True), (world, 10_000, True)]


def test_a_wrong_digit_is_explained_and_booked_as_unmatched_only_on_insistence(
    app, session, world
) -> None:
    client = desk(app, "shoukuan")
    wrong = world[:-1] + str((int(world[-1]) + 1) % 10)

    asked = client.post("/staff/receipts/", data=given(wrong, payer="张三"))
    kept = session.scalar(select(func.count(Receipt.id)))
    session.rollback()
    booked = client.post("/staff/receipts/", data=given(wrong, as_written="y"))

    assert asked.status_code == 200
    assert "多半有一位写错了" in text(asked)
    assert f'value="{wrong}"' in text(asked)
    assert 'value="张三"' in text(asked)
    assert kept == 1
    assert booked.status_code == 303
    waits = session.scalar(
        select(func.sum(Posting.amount)).where(Posting.account == AccountKind.UNMATCHED)
    )
    assert waits == -10_000


def test_unmatched_money_is_given_to_its_pledge(app, session, world) -> None:
    client = desk(app, "shoukuan")
    client.post("/staff/receipts/", data=given("谢谢你们", as_written="y"))
    ref = session.scalar(select(Receipt.ref).where(Receipt.is_matched.is_(False)))
    session.rollback()

    refused = client.post(f"/staff/receipts/{ref}/assign", data={"reference": "AX000001"})
    done = client.post(f"/staff/receipts/{ref}/assign", data={"reference": world})
    again = client.post(f"/staff/receipts/{ref}/assign", data={"reference": world})

    assert refused.status_code == 200
    assert (done.status_code, again.status_code) == (303, 303)
    balances = dict(
        session.execute(
            select(Posting.account, func.sum(Posting.amount)).group_by(Posting.account)
        ).all()
    )
    assert balances[AccountKind.UNMATCHED] == 0
    assert balances[AccountKind.PREPAID] == -10_000


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"amount": "一百"}, "金额没看懂"),
        ({"amount": "0"}, "金额要大于 0"),
        ({"received_on": "2026-11-22"}, "不能晚于今天"),
        ({"received_on": "3.11"}, "2026-11-03"),
        ({"received_on": "1979-12-31"}, "不能早于 1980 年"),
        ({"reference": ""}, "请填付款编号"),
        ({"line": "L1"}, "已经登记过一次"),
    ],
)
def test_a_refused_receipt_says_why_and_keeps_what_was_typed(
    app, session, world, change, said
) -> None:
    client = desk(app, "shoukuan")
    client.post("/staff/receipts/", data=given(world, line="L1", key="first"))

    answer = client.post("/staff/receipts/", data=given(world, payer="李四") | change)

    assert answer.status_code == 200
    assert said in text(answer)
    assert 'value="李四"' in text(answer)
    assert session.scalar(select(func.count(Receipt.id))) == 2


def test_the_first_money_tells_the_donor_that_the_pledge_holds(app, session, world, now) -> None:
    from vocabulary.enums import PledgeStatus

    _, reference = a_pledge(session, "13800000009", status=PledgeStatus.OFFERED, confirmed_on=None)
    session.commit()

    desk(app, "shoukuan").post("/staff/receipts/", data=given(reference))

    kinds = session.scalars(
        select(Notice.kind).where(Notice.kind == NoticeKind.PLEDGE_CONFIRMED)
    ).all()
    assert len(kinds) == 1


def test_the_paying_desk_sends_a_batch_once_and_sees_no_child(app, session, world) -> None:
    client = desk(app, "bofu")
    ref = session.scalar(select(Batch.ref))

    page = text(client.get("/staff/batches/"))
    assert "有一个数只此一份" in page
    read = {"count": "2", "fen": "20000"}
    first, second = (client.post(f"/staff/batches/{ref}/send", data=read) for _ in range(2))
    after = text(client.get("/staff/batches/"))
    assert "有一个数只此一份" not in after

    assert "吉文中学" in page
    assert "¥200.00" in page
    assert "陈雨桐" not in page + after
    assert world not in page + after
    assert (first.status_code, second.status_code) == (303, 303)
    assert "都拨付完了" in after
    assert session.scalar(select(func.count(Stipend.sent_on))) == 2


def test_the_collecting_desk_sees_no_child_and_no_pledge(app, session, world) -> None:
    page = text(desk(app, "shoukuan").get("/staff/receipts/"))

    assert world in page
    assert "陈雨桐" not in page
    assert "吉文中学" not in page


def test_case_staff_see_what_every_instalment_waits_for(app, session, world) -> None:
    client = desk(app, "jingban")

    pages = {
        show: text(client.get(f"/staff/stipends/?show={show}"))
        for show in (
            "no-money",
            "to-send",
            "at-school",
            "late",
            "held",
            "disputed",
            "aside",
            "done",
        )
    }

    assert [show for show, page in pages.items() if "陈雨桐" in page] == ["no-money", "to-send"]
    assert "2026年11月1日" in pages["no-money"]
    assert world not in "".join(pages.values())
    assert "2026年9月3日" not in "".join(pages.values())  # when a donor's money came is his own


def test_the_auditor_reads_balances_and_findings_as_codes(app, session, world) -> None:
    client = desk(app, "shenji")

    books, sound = text(client.get("/staff/books/")), text(client.get("/staff/books/check"))
    session.execute(Stipend.__table__.update().values(amount_fen=1))
    session.commit()
    spoilt = text(client.get("/staff/books/check"))

    assert "试算平衡" in books
    assert "都对得上" in sound
    assert "只关下面这几份" in spoilt
    assert "入账的金额或科目不对" in spoilt
    assert "陈雨桐" not in books + sound + spoilt
    assert world not in books + sound + spoilt


def test_what_disagrees_stands_first_and_what_agrees_is_folded_with_its_count(
    app, session, world
) -> None:
    client = desk(app, "shenji")
    sound = client.get("/staff/books/check").get_data(as_text=True)
    session.execute(Stipend.__table__.update().values(amount_fen=1))
    session.commit()
    spoilt = client.get("/staff/books/check").get_data(as_text=True)

    every = sound.count("<dd>0 处对不上</dd>")
    wrong = every - spoilt.count("<dd>0 处对不上</dd>")

    assert f'<span class="soft">{every} 项</span>' in sound
    assert f'<span class="soft">{every - wrong} 项</span>' in spoilt
    assert wrong == spoilt.count('<td data-label="核对">') > 0
    assert spoilt.index("入账的金额或科目不对") < spoilt.index("<summary>对得上的")


def test_the_auditor_reads_no_day_on_which_money_came(app, session, world, now) -> None:
    collector = viewer(Role.COLLECTING_DESK)
    receipts.record(session, collector, BankLine("", Fen(100), date(2026, 11, 3)), now=now)
    session.commit()

    page = text(desk(app, "shenji").get("/staff/books/check"))

    assert "2026-11 起" in page
    assert "2026-11-03" not in page


@pytest.mark.parametrize("path", ["receipts/", "batches/", "books/", "books/check", "stipends/"])
def test_nobody_enters_anothers_desk(app, world, path) -> None:
    own = {
        "receipts/": "shoukuan", "batches/": "bofu", "books/": "shenji", "books/check": "shenji",
        "stipends/": "jingban",
    }[path]  # fmt: skip

    codes = {login: desk(app, login).get(f"/staff/{path}").status_code for login in DESKS}

    assert codes == {login: 200 if login == own else 404 for login in DESKS}


@pytest.fixture
def two(app: Flask, session: Session, world: str) -> tuple[FlaskClient, FlaskClient]:
    """Two people of the collecting desk."""
    an_account(session, Role.COLLECTING_DESK, login="shoukuan2", region_code="150000000000")
    session.commit()
    return desk(app, "shoukuan"), desk(app, "shoukuan2")


def test_a_wrong_booking_is_taken_back_by_two_and_stays_on_the_page(session, world, two) -> None:
    client, second = two
    client.post("/staff/receipts/", data=given(world))
    ref = session.scalars(select(Receipt.ref).order_by(Receipt.id.desc())).first()
    session.rollback()
    alone = text(client.post(f"/staff/receipts/{ref}/take-back", data={"reason": "金额记错了"}))
    bare = text(client.post(f"/staff/receipt-moves/receipts/{ref}", data={"words": "x"}))
    asked = {"reference": "", "words": "流水上没有这一笔"}
    asks = client.post(f"/staff/receipt-moves/receipts/{ref}", data=asked)

    mine = text(client.post(f"{asks.location}/agree"))
    wrong = text(second.post(f"{asks.location}/agree", data={"again": world}))
    done = second.post(f"{asks.location}/agree", data={"again": ""})

    page = text(client.get("/staff/receipts/"))
    assert "一个人不能动" in alone
    assert "至少 4 个字" in bare
    assert "这是你提出的" in mine
    assert "和第一个人填的不一样" in wrong
    assert (asks.status_code, done.status_code) == (303, 303)
    assert "已冲销" in page
    assert "-¥100.00" in page


def test_a_booking_whose_money_has_left_is_not_moved_and_says_why(session, now, two) -> None:
    client, second = two
    ref = session.scalars(select(Receipt.ref)).one()
    batch = session.scalars(select(Batch.ref)).one()
    batches.send(session, viewer(Role.PAYING_DESK), batch, now=now)
    session.commit()
    asked = {"reference": "", "words": "付款人说不是他付的"}
    asks = client.post(f"/staff/receipt-moves/receipts/{ref}", data=asked)

    page = text(second.post(f"{asks.location}/agree", data={"again": ""}))

    assert "已经拨出去了" in page
