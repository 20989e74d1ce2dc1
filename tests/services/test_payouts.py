"""Debits and returned transfers on the bank's statement, against our batches: to the fen, and once."""

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.ledger import Posting
from models.notices import Notice
from models.payment_orders import Payout
from models.statements import StatementLine
from models.stipends import Fact, Stipend
from privacy import viewers
from services import gate
from services.batches import bank_answers, batches, filling, orders, payouts, returns
from services.batches.bank_answers import Told
from services.checking import checks
from services.handover import answers, handovers, reminders
from services.handover.answers import Reply
from services.statements import statement_desk, statement_reading
from tests.factories import (
    OTHER_BANNER,
    a_child,
    a_match,
    a_pledge,
    a_school,
    an_account,
    an_open_batch,
    viewer,
)
from tests.services.outbox import Gate, a_worker, deliver
from vocabulary.enums import (
    AccountKind,
    Answer,
    BankAnswer,
    BatchStatus,
    FactKind,
    LineReason,
    NoticeKind,
    Role,
    Snag,
)
from vocabulary.errors import AlreadyDecided, NotPermitted, WrongState
from vocabulary.refs import stipend_ref

OPENED, PAID, BACK = date(2026, 11, 5), date(2026, 11, 10), date(2026, 11, 12)
COLLECTING = viewer(Role.COLLECTING_DESK, actor="account:collecting", regions=("150000000000",))
DESK = viewer(Role.PAYING_DESK, actor="account:desk")
HEADER = "交易日期,借方发生额,贷方发生额,对方户名,摘要,流水号"
BOOKS = {
    "postings_total", "postings_per_transaction", "fact_dates", "ledger_against_facts",
    "accounts_of_done", "whose_postings", "balances", "batches", "facts_traced", "histories",
}  # fmt: skip


class World:
    """A school with two pupils whose batch of 200 yuan waits."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.school = a_school(session)
        self.school.account_number = "6217000000000001"
        self.children = [a_child(session, self.school), a_child(session, self.school, name="斯琴")]
        self.matches = [
            a_match(session, a_pledge(session, f"1380000000{n}")[0], child)
            for n, child in enumerate(self.children)
        ]
        self.batch = an_open_batch(session, self.school, *self.matches, on=OPENED)
        self.batch.memo = "FKABC234"
        self.officer = viewer(Role.SCHOOL_OFFICER, organisation_id=self.school.id)
        session.flush()

    def order(self, now) -> str:
        return orders.prepare(self.session, DESK, [self.batch.ref], now=now)

    def book(self, now, *lines: str) -> list[tuple[str, str | None]]:
        """Upload and book a statement; return each line's state and reason."""
        data = "\n".join((HEADER, *lines)).encode("gb18030")
        read = statement_reading.judged(self.session, COLLECTING, "流水.csv", data)
        ref = statement_desk.keep(self.session, COLLECTING, "流水.csv", read, now=now)
        statement_desk.book(self.session, COLLECTING, ref, now=now)
        return [
            (one["state"].value, one["reason"] and one["reason"].value)
            for one in statement_desk.lines(self.session, COLLECTING, ref)
        ]

    def sent(self) -> list[date]:
        live = select(Fact.on).where(Fact.kind == FactKind.SENT)
        return list(self.session.scalars(live.order_by(Fact.id)))

    def reasons(self, now) -> list[str]:
        return [one["reason"].value for one in payouts.unsettled(self.session, DESK)]

    def bank(self) -> int:
        self.session.flush()
        total = select(func.coalesce(func.sum(Posting.amount), 0))
        return self.session.scalar(total.where(Posting.account == AccountKind.BANK))

    def findings(self, now) -> list[str]:
        self.session.commit()
        found = checks.report(self.session, viewers.console(), now=now)["checks"]
        lines = [line for one in found if one["name"] in BOOKS for line in one["findings"]]
        return [x for x in lines if "比到账的多" not in x and "没有哪条工作记录" not in x]


DEBIT = "20261110,200.00,,吉文中学,助学金 ＦＫ-abc 234,A1"  # noqa: RUF001 as some payers type
BOUNCE = "20261112,,200.00,吉文中学,退汇 FKABC234 账号户名不符,A2"


@pytest.fixture
def world(session):
    return World(session)


@pytest.mark.parametrize("state", ["open", "ordered", "unclear"])
def test_a_debit_with_memo_and_sum_sends_the_batch_on_the_banks_day(world, now, state) -> None:
    if state != "open":
        world.order(now)
    if state == "unclear":
        said = Told(BankAnswer.UNCLEAR)
        bank_answers.answer(world.session, DESK, world.batch.ref, said, now=now)

    assert world.book(now, DEBIT) == [("settled", None)]

    assert world.sent() == [PAID, PAID]
    batch = world.batch
    assert (batch.status, batch.sent_on, batch.bank_on) == (BatchStatus.SENT, PAID, PAID)
    assert batch.sent_fen == 20_000
    assert world.bank() == -20_000
    assert world.findings(now) == []


def test_a_statement_that_comes_late_gives_the_hand_its_days_from_when_it_heard(world, now) -> None:
    world.book(now, DEBIT)

    counts = reminders.remind(
        world.session, viewers.engine("reminders"), on=date(2026, 11, 24), now=now
    )

    assert counts == {"due": 0, "reminded": 0, "escalated": 0}


def test_what_a_person_recorded_is_confirmed_and_not_sent_again(world, session, now) -> None:
    batches.send(session, DESK, world.batch.ref, now=now)

    assert world.book(now, DEBIT) == [("settled", None)]

    assert world.sent() == [now.date(), now.date()]
    assert (world.batch.sent_on, world.batch.bank_on) == (now.date(), PAID)
    assert world.bank() == -20_000
    assert world.findings(now) == []


def test_what_the_statement_settled_no_person_sends_again(world, session, now) -> None:
    ref = world.order(now)
    world.book(now, DEBIT)

    with pytest.raises(AlreadyDecided):
        bank_answers.all_paid(session, DESK, ref, on=now.date(), now=now)
    with pytest.raises(AlreadyDecided):
        bank_answers.none_given(session, DESK, ref, now=now)
    for told in (Told(BankAnswer.PAID, now.date()), Told(BankAnswer.NOT_PAID)):
        with pytest.raises(AlreadyDecided):
            bank_answers.answer(session, DESK, world.batch.ref, told, now=now)
    with pytest.raises(WrongState):
        batches.send(session, DESK, world.batch.ref, now=now)
    (line,) = orders.detail(session, DESK, ref)["lines"]
    assert (line["answer"], line["answered_on"]) == (BankAnswer.PAID, PAID)
    assert world.sent() == [PAID, PAID]


def test_the_same_line_in_two_statements_counts_once(world, session, now) -> None:
    world.order(now)
    world.book(now, DEBIT)

    assert world.book(now, DEBIT, BOUNCE) == [("known", None), ("settled", None)]
    assert world.book(now, BOUNCE, DEBIT) == [("known", None), ("known", None)]

    assert world.sent() == [PAID, PAID] + [now.date()] * 2
    assert world.bank() == 0
    assert world.findings(now) == []


def test_two_statements_previewed_with_one_line_settle_it_once(world, session, now) -> None:
    data = f"{HEADER}\n{DEBIT}".encode("gb18030")
    refs = []
    for _ in range(2):
        read = statement_reading.judged(session, COLLECTING, "流水.csv", data)
        refs.append(statement_desk.keep(session, COLLECTING, "流水.csv", read, now=now))

    for ref in refs:
        statement_desk.book(session, COLLECTING, ref, now=now)

    assert world.sent() == [PAID, PAID]
    with pytest.raises(WrongState):
        statement_desk.book(session, COLLECTING, refs[0], now=now)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("20261110,199.99,,吉文中学,FKABC234,A1", LineReason.WRONG_SUM),
        ("20261110,200.00,,吉文中学,FKXYZ789,A1", LineReason.UNKNOWN_MEMO),
        ("20261110,200.00,,吉文中学,FKABC234 FKXYZ789,A1", LineReason.SEVERAL_MEMOS),
        ("20261104,200.00,,吉文中学,FKABC234,A1", LineReason.TOO_EARLY),
        (BOUNCE, LineReason.NOT_SENT_YET),
    ],
)
def test_what_does_not_fit_settles_nothing_and_says_why(world, session, now, line, reason) -> None:
    world.order(now)

    assert world.book(now, line) == [("unsettled", reason.value)]

    assert world.sent() == []
    assert (world.batch.status, world.batch.bank_on) == (BatchStatus.ORDERED, None)
    assert world.bank() == 0
    (shown,) = payouts.unsettled(session, DESK)
    assert (shown["reason"], shown["row"]) == (reason, 2)
    assert not shown.has("remark")
    assert not shown.has("payer")


def test_money_that_left_under_a_batchs_memo_is_told_before_it_is_paid_again(
    world, session, now
) -> None:
    assert [c["in_doubt"] for c in orders.with_accounts(session, DESK)] == [False]

    world.book(now, "20261110,100.00,,吉文中学,FKABC234,A1")

    assert [c["in_doubt"] for c in orders.with_accounts(session, DESK)] == [True]


def test_a_debit_without_our_memo_waits_for_a_persons_word(world, now) -> None:
    assert world.book(now, "20261110,200.00,,吉文中学,助学金,A1") == [("unsettled", "no_memo")]
    assert world.reasons(now) == ["no_memo"]


def test_a_payment_made_again_is_one_whatever_its_words_speak_of(world, now) -> None:
    world.order(now)

    assert world.book(now, DEBIT.replace("助学金", "上次退汇重付")) == [("settled", None)]
    assert world.sent() == [PAID, PAID]


def test_a_second_debit_of_one_batch_is_shouted_and_posts_nothing(world, now) -> None:
    world.order(now)
    twice = DEBIT.replace("A1", "A9")

    assert world.book(now, DEBIT, twice) == [("settled", None), ("unsettled", "paid_twice")]

    assert world.bank() == -20_000
    assert world.reasons(now) == ["paid_twice"]


def test_an_unsettled_line_is_looked_at_again_when_it_is_uploaded_again(world, now) -> None:
    world.order(now)
    assert world.book(now, BOUNCE) == [("unsettled", "not_sent_yet")]

    assert world.book(now, BOUNCE, DEBIT) == [("settled", None), ("settled", None)]

    assert world.reasons(now) == []
    assert world.bank() == 0
    assert world.findings(now) == []


def test_a_returned_transfer_lets_the_lines_go_with_the_next_batch(world, session, now) -> None:
    worker = a_worker(session)
    officer = an_account(
        session, Role.SCHOOL_OFFICER, login="officer", organisation_id=world.school.id
    )
    world.order(now)
    world.book(now, DEBIT)

    assert world.book(now, BOUNCE) == [("settled", None)]

    rows = session.scalars(select(Stipend).order_by(Stipend.id)).all()
    assert {(r.sent_on, r.returned_on, r.batch_id) for r in rows} == {(None, None, None)}
    assert all(r.received_on for r in rows)
    assert (world.batch.status, world.batch.bounced_on) == (BatchStatus.CLOSED, BACK)
    assert world.bank() == 0
    assert handovers.list_for(session, world.officer, now=now) == []
    told = select(Notice).where(Notice.kind == NoticeKind.BATCH_BOUNCED).order_by(Notice.id)
    notices = session.scalars(told).all()
    assert {one.recipient_id for one in notices} == {worker.id, officer.id}
    engine = viewers.engine("test")
    assert filling.build(session, engine, [r.id for r in rows], on=now.date(), now=now) == 2
    (again,) = batches.to_send(session, DESK)
    assert (again["total_fen"], again["memo"] != "FKABC234") == (20_000, True)
    assert world.findings(now) == []


def test_case_staff_and_the_school_read_that_the_bank_sent_it_back(world, session, now) -> None:
    a_worker(session)
    an_account(session, Role.SCHOOL_OFFICER, login="officer", organisation_id=world.school.id)
    world.book(now, DEBIT, BOUNCE)

    deliver(session, Gate())

    told = select(Notice.text).where(Notice.kind == NoticeKind.BATCH_BOUNCED)
    assert set(session.scalars(told)) == {
        "吉文中学：11月这一批的汇款11月12日被银行退回，钱在我们的账户上，会重新拨付。"
        "请先核对学校的户名、开户行和账号。"
    }


def test_a_returned_transfer_settles_nothing_once_the_hand_or_a_family_spoke(
    world, session, now
) -> None:
    world.book(now, DEBIT)
    ref = stipend_ref(world.matches[0].child_ref, OPENED)
    handovers.hand_over_one(session, world.officer, ref, now=now)

    assert world.book(now, BOUNCE) == [("unsettled", "hand_spoke")]
    assert world.bank() == -20_000


def test_a_familys_no_does_not_hold_a_returned_transfer_up(world, session, now) -> None:
    world.book(now, DEBIT)
    stipend = session.scalars(select(Stipend).order_by(Stipend.id)).first()
    family = viewer(
        Role.FAMILY, child_id=world.children[0].id, stipend_id=stipend.id,
        organisation_id=world.school.id,
    )  # fmt: skip
    answers.answer(session, family, Reply(Answer.NOT_RECEIVED), now=now)

    assert world.book(now, BOUNCE) == [("settled", None)]

    assert (stipend.disputed_on, stipend.sent_on) == (None, None)
    assert world.findings(now) == []


def test_what_a_hand_sends_back_with_our_memo_is_taken_in_by_the_statement(
    world, session, now
) -> None:
    world.book(now, DEBIT)
    ref = stipend_ref(world.matches[0].child_ref, OPENED)
    handovers.note_snag(session, world.officer, ref, Snag.REFUSED, now=now)

    assert world.book(now, "20261115,,100.00,吉文中学,退回 FKABC234,A5") == [("settled", None)]

    assert returns.expected(session, DESK) == []
    assert world.bank() == -10_000
    assert world.batch.bounced_on is None
    back = select(Stipend.returned_on).order_by(Stipend.id)
    assert session.scalars(back).all() == [date(2026, 11, 15), None]
    assert world.findings(now) == []


def test_each_desk_sees_its_own_side_of_a_line(world, session, now) -> None:
    world.book(now, "20261110,1.00,,吉文中学,FKABC234,A1", "20261110,,50.00,佟掌柜,助学,A2")

    assert len(payouts.unsettled(session, DESK)) == 1
    elsewhere = viewer(Role.PAYING_DESK, regions=(OTHER_BANNER,))
    assert payouts.unsettled(session, elsewhere) == []
    with pytest.raises(NotPermitted):
        payouts.unsettled(session, COLLECTING)
    assert gate.cards(session, DESK, StatementLine) == []
    assert session.scalar(select(func.count(Payout.id))) == 1
    assert "佟掌柜" not in str(payouts.unsettled(session, DESK))
