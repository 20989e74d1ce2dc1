"""A payment order: chosen batches given to the bank once, kept as they were, answered once."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gateways import order_sheets, pdfs, spreadsheets
from gateways.order_sheets import Line, Order
from models.payment_orders import PaymentOrder, PaymentOrderLine
from models.stipends import Batch, Fact, Stipend
from models.trace import OrdinaryEntry
from privacy import viewers
from services.batches import bank_answers, batches, filling, orders
from services.batches.bank_answers import Told
from services.batches.bank_words import memos_in, words_for
from services.batches.batches import Read
from services.checking import checks
from services.handover.slips import amount_words
from tests.factories import (
    OTHER_BANNER,
    a_child,
    a_match,
    a_pledge,
    a_school,
    an_open_batch,
    viewer,
)
from vocabulary.enums import BankAnswer, BatchStatus, FactKind, Role
from vocabulary.errors import (
    AlreadyDecided,
    BadInput,
    NotFound,
    NotPermitted,
    OrderDamaged,
    WrongState,
)
from vocabulary.money import Fen

OPENED = date(2026, 11, 5)


class World:
    """Two schools with an open batch each, one of which has its account at a 会计核算中心."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.school, self.other = a_school(session), a_school(session, "阿里河中学")
        self.school.account_number = "6217000000000001"
        self.other.account_number = "6217000000000002"
        self.other.account_name = "鄂伦春自治旗会计核算中心"
        self.desk = viewer(Role.PAYING_DESK, actor="account:desk")
        self.batch = self.a_batch(self.school, 1, "陈雨桐")
        self.second = self.a_batch(self.other, 2, "斯琴")
        self.batch.memo, self.second.memo = "FKWWWWWW", "FKAAAAAA"
        session.flush()

    def a_batch(self, school, number: int, *names: str) -> Batch:
        pairs = [
            a_match(
                self.session,
                a_pledge(self.session, f"1380000{number}00{n}")[0],
                a_child(self.session, school, name=name),
            )
            for n, name in enumerate(names)
        ]
        return an_open_batch(self.session, school, *pairs, on=OPENED)

    def order(self, now) -> str:
        return orders.prepare(self.session, self.desk, [self.batch.ref, self.second.ref], now=now)

    def sent_facts(self) -> list[date]:
        sent = select(Fact.on).where(Fact.kind == FactKind.SENT, Fact.cancels_id.is_(None))
        return list(self.session.scalars(sent.order_by(Fact.id)))


@pytest.fixture
def world(session):
    return World(session)


def taken(world: World, ref: str, now) -> Order:
    card, lines = orders.take(world.session, world.desk, ref, "xlsx", now=now)
    more = {"made_by": "图雅", "payer": "微光专户", "payer_account": "0001"}
    return Order(
        ref, OPENED, **more, total_fen=card["fen"], total_words=amount_words(card["fen"]),
        digest=card["digest"], lines=[Line(*(getattr(x, f) for f in Line.__slots__)) for x in lines],
    )  # fmt: skip


def test_the_table_for_the_bank_has_one_sum_a_school_and_is_sorted_by_memo(world, now) -> None:
    data = order_sheets.table(taken(world, world.order(now), now))

    sheet = spreadsheets.read("拨付单.xlsx", data)

    assert [list(row.cells) for row in sheet.rows] == [
        list(order_sheets.HEADER),
        [
            "鄂伦春自治旗会计核算中心",
            "6217000000000002",
            "某农村信用社",
            "100.00",
            "FKAAAAAA 阿里河中学",
        ],
        ["吉文中学", "6217000000000001", "某农村信用社", "100.00", "FKWWWWWW"],
    ]


def test_the_same_order_is_the_same_file_byte_for_byte_and_each_taking_leaves_a_trace(
    world, session, now
) -> None:
    ref = world.order(now)
    files = [(order_sheets.table(o), pdfs.order(o)) for o in (taken(world, ref, now),) * 1]
    later = now + timedelta(days=3)
    files += [(order_sheets.table(o), pdfs.order(o)) for o in (taken(world, ref, later),)]

    assert files[0] == files[1]
    assert files[0][1].startswith(b"%PDF")
    kept = session.scalars(select(PaymentOrder)).one()
    assert (kept.made_by, kept.count, kept.fen, kept.taken) == ("account:desk", 2, 20_000, 2)
    acts = select(OrdinaryEntry.act, OrdinaryEntry.detail).where(
        OrdinaryEntry.subject == f"payment_order:{ref}"
    )
    (made, _), (first, detail), (second, _) = session.execute(acts.order_by(OrdinaryEntry.seq))
    assert (made, first, second) == ("order.prepare", "order.take", "order.take")
    assert detail == {"form": "xlsx", "rows": 2, "digest": kept.digest}


def test_a_table_never_holds_a_formula(world, session, now) -> None:
    world.school.account_name = "=HYPERLINK(1)"
    data = order_sheets.table(taken(world, world.order(now), now))

    assert b"<f>" not in data
    read = spreadsheets.read("a.xlsx", data)
    assert read.rows[2].cells[0] == "=HYPERLINK(1)"


def test_what_stands_in_an_order_stays_as_it_was_whatever_becomes_of_the_school(
    world, session, now
) -> None:
    ref = world.order(now)
    world.school.account_number = "6217999999999999"
    session.flush()

    numbers = {line["number"] for line in orders.detail(session, world.desk, ref)["lines"]}

    assert numbers == {"6217000000000001", "6217000000000002"}


def test_an_order_that_was_tampered_with_is_not_handed_out(world, session, now) -> None:
    ref = world.order(now)
    other = update(PaymentOrderLine).values(number="6217888888888888")
    session.execute(other.execution_options(synchronize_session=False))

    with pytest.raises(OrderDamaged):
        orders.take(session, world.desk, ref, "xlsx", now=now)


def test_an_ordered_batch_is_with_the_bank_and_not_sent(world, session, now) -> None:
    world.order(now)

    assert (world.batch.status, world.batch.sent_on) == (BatchStatus.ORDERED, None)
    assert batches.to_send(session, world.desk) == []
    assert {c["memo"] for c in batches.with_the_bank(session, world.desk)} == {
        "FKWWWWWW",
        "FKAAAAAA",
    }
    assert world.sent_facts() == []


def test_no_batch_stands_in_two_orders_and_none_is_paid_beside_its_order(
    world, session, now
) -> None:
    world.order(now)

    with pytest.raises(WrongState):
        world.order(now)
    with pytest.raises(WrongState):
        batches.send(session, world.desk, world.batch.ref, now=now)
    row = session.scalars(select(PaymentOrderLine)).first()
    twice = {
        c.name: getattr(row, c.name) for c in PaymentOrderLine.__table__.columns if c.name != "id"
    }
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(PaymentOrderLine.__table__.insert().values(twice))


def test_nothing_is_added_to_a_batch_that_was_in_an_order_even_when_the_bank_refused_it(
    world, session, now
) -> None:
    world.order(now)
    for state in (None, BankAnswer.NOT_PAID):
        if state:
            bank_answers.answer(session, world.desk, world.batch.ref, Told(state), now=now)
        extra = an_open_batch(
            session, world.school, a_match(session, a_pledge(session, f"1390000000{bool(state):d}")[0],
            a_child(session, world.school, name="新来")), on=OPENED, number=7 + bool(state),
        )  # fmt: skip
        stipend = session.scalars(select(Stipend).where(Stipend.batch_id == extra.id)).one()
        stipend.batch_id = None
        session.delete(extra)
        session.flush()
        filling.build(session, viewers.engine("test"), [stipend.id], on=now.date(), now=now)
        session.refresh(stipend)

        assert stipend.batch_id not in {None, world.batch.id}
    assert batches.totals(session, [world.batch.ref])[world.batch.ref] == (1, 10_000)
    assert world.batch.status is BatchStatus.OPEN


def test_the_bank_paid_all_sends_every_line_on_the_banks_day(world, session, now) -> None:
    ref = world.order(now)
    paid_on = now.date()

    assert bank_answers.all_paid(session, world.desk, ref, on=paid_on, now=now) == 2

    assert world.sent_facts() == [paid_on, paid_on]
    assert {world.batch.status, world.second.status} == {BatchStatus.SENT}
    assert {line["answer"] for line in orders.detail(session, world.desk, ref)["lines"]} == {
        BankAnswer.PAID
    }
    with pytest.raises(AlreadyDecided):
        bank_answers.all_paid(session, world.desk, ref, on=paid_on, now=now)
    with pytest.raises(AlreadyDecided):
        bank_answers.answer(
            session, world.desk, world.batch.ref, Told(BankAnswer.PAID, paid_on), now=now
        )
    assert len(world.sent_facts()) == 2


def test_an_unclear_answer_waits_for_somebody_who_asked_and_keeps_its_memo(
    world, session, now
) -> None:
    world.order(now)
    answer = bank_answers.answer
    answer(session, world.desk, world.batch.ref, Told(BankAnswer.UNCLEAR), now=now)
    assert world.batch.status is BatchStatus.UNCLEAR
    with pytest.raises(WrongState):
        orders.prepare(session, world.desk, [world.batch.ref], now=now)
    with pytest.raises(BadInput) as nobody:
        answer(session, world.desk, world.batch.ref, Told(BankAnswer.NOT_PAID), now=now)
    assert nobody.value.params == {"field": "note", "reason": "nobody_asked"}

    said = Told(BankAnswer.NOT_PAID, note="王经理，没有汇出")
    answer(session, world.desk, world.batch.ref, said, now=now)
    again = orders.prepare(session, world.desk, [world.batch.ref], now=now)

    (line,) = orders.detail(session, world.desk, again)["lines"]
    assert (line["words"], line["fen"]) == ("FKWWWWWW", 10_000)
    assert world.sent_facts() == []


@pytest.mark.parametrize("day", [date(2026, 11, 1), None, "tomorrow"])
def test_the_banks_day_lies_between_the_order_and_today(world, session, now, day) -> None:
    ref = world.order(now)
    on = now.date() + timedelta(days=1) if day == "tomorrow" else day

    with pytest.raises(BadInput):
        bank_answers.answer(
            session, world.desk, world.batch.ref, Told(BankAnswer.PAID, on), now=now
        )
    if on:
        with pytest.raises(BadInput):
            bank_answers.all_paid(session, world.desk, ref, on=on, now=now)
    assert world.sent_facts() == []


def test_an_order_never_given_to_the_bank_goes_back_whole(world, session, now) -> None:
    ref = world.order(now)

    assert bank_answers.none_given(session, world.desk, ref, now=now) == 2

    assert {c["memo"] for c in batches.to_send(session, world.desk)} == {"FKWWWWWW", "FKAAAAAA"}
    with pytest.raises(AlreadyDecided):
        bank_answers.none_given(session, world.desk, ref, now=now)


def test_a_hand_without_an_account_is_in_no_order(world, session, now) -> None:
    world.other.account_number = None
    session.flush()

    with pytest.raises(BadInput) as refusal:
        world.order(now)
    assert refusal.value.params["reason"] == "no_account"
    may = {c["memo"]: c["may_order"] for c in orders.with_accounts(session, world.desk)}
    assert may == {"FKWWWWWW": True, "FKAAAAAA": False}


def test_only_the_paying_desk_of_the_place_makes_and_sees_orders(world, session, now) -> None:
    for stranger in (Role.COLLECTING_DESK, Role.CASE_WORKER, Role.AUDITOR, Role.ADMINISTRATOR):
        with pytest.raises(NotPermitted):
            orders.prepare(session, viewer(stranger), [world.batch.ref], now=now)
    elsewhere = viewer(Role.PAYING_DESK, regions=(OTHER_BANNER,))
    with pytest.raises(NotFound):
        orders.prepare(session, elsewhere, [world.batch.ref], now=now)
    ref = world.order(now)
    with pytest.raises(NotFound):
        orders.take(session, elsewhere, ref, "pdf", now=now)
    assert orders.listing(session, elsewhere) == []
    assert "陈雨桐" not in str(orders.detail(session, world.desk, ref))


def test_a_batch_that_grew_since_the_desk_read_it_is_not_recorded_as_sent(
    world, session, now
) -> None:
    with pytest.raises(BadInput):
        batches.send(session, world.desk, world.batch.ref, now=now, read=Read(2, Fen(20_000)))
    assert world.sent_facts() == []

    batches.send(session, world.desk, world.batch.ref, now=now, read=Read(1, Fen(10_000)))

    assert world.sent_facts() == [now.date()]


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("fen", 1, "拨付单上是 1 分，里面加起来是 10000 分"),
        ("answer", BankAnswer.PAID, "状态是“ordered”，拨付单上却不是"),
    ],
)
def test_the_nightly_check_finds_an_order_that_says_another_thing_than_its_batch(  # noqa: PLR0917 fixtures
    world, session, now, column, value, said
) -> None:
    world.order(now)
    line = session.scalars(
        select(PaymentOrderLine).where(PaymentOrderLine.batch_id == world.batch.id)
    ).one()
    setattr(line, column, value)
    session.commit()

    report = checks.report(session, viewers.console(), now=now)["checks"]

    (found,) = next(one["findings"] for one in report if one["name"] == "batches")
    assert found == f"批次 {world.batch.ref}：{said}"


def test_the_remark_names_the_school_where_the_account_is_not_its_own() -> None:
    assert words_for("FKABC234", school="吉文中学", payee="吉文中学 ") == "FKABC234"
    assert words_for("FKABC234", school="吉文（中学）", payee="吉文(中学)") == "FKABC234"
    assert words_for("FKABC234", school="吉文中学", payee="旗核算中心") == "FKABC234 吉文中学"
    long = words_for("FKABC234", school="很" * 60, payee="旗核算中心")
    assert (len(long), long[:9]) == (30, "FKABC234 ")


@pytest.mark.parametrize(
    "remark",
    [
        "FKABC234",
        "助学金ＦＫＡＢＣ２３４十一月",
        "fk abc 234",
        "付款-FK-ABC-234 吉文中学",
        "FKABC2342026",
    ],
)
def test_a_memo_is_found_however_it_was_typed(remark: str) -> None:
    assert memos_in(remark, {"FKABC234"}) == ("FKABC234",)


def test_two_memos_are_two_and_an_unknown_one_is_found_too() -> None:
    assert memos_in("FKABC234 FKXYZ789", {"FKABC234"}) == ("FKABC234", "FKXYZ789")
    assert memos_in("结算手续费") == ()
    assert memos_in("FKFKABC234", {"FKABC234"}) == ("FKABC234",)
