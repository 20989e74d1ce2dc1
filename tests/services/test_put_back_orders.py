"""What the bank was not given waits again: without children in danger, and never to be paid twice."""

from datetime import date

import pytest
from sqlalchemy import select

from models.notices import Notice
from models.stipends import Batch, Stipend
from privacy import viewers
from services.batches import bank_answers, batches, filling, orders, payouts, returns
from services.batches.bank_answers import Told
from services.danger import harm
from services.danger.protection import About
from tests.factories import (
    BANNER,
    a_child,
    a_match,
    a_pledge,
    a_school,
    an_account,
    an_open_batch,
    viewer,
)
from tests.services import test_payouts
from tests.services.endangered import WORKER, end, press
from tests.services.test_payouts import DEBIT, DESK
from vocabulary.enums import BankAnswer, BatchStatus, Called, Complained, NoticeKind, Role
from vocabulary.errors import AlreadyDecided, BadInput, NotFound, OrderOver

ASKED = "王经理，没有收到"


class World(test_payouts.World):
    """A school with two pupils whose batch of 200 yuan waits; the first of them gets in danger."""

    def line(self, n: int) -> Stipend:
        mine = select(Stipend).where(Stipend.match_id == self.matches[n].id)
        return self.session.scalars(mine.execution_options(populate_existing=True)).one()

    def to_send(self) -> list[tuple[str, int]]:
        return [(c["memo"], c["total_fen"]) for c in batches.to_send(self.session, DESK)]

    def put_back(self, way: str, now) -> None:
        ref = self.order(now)
        press(self.session, self.children[0], now)
        if way == "whole":
            bank_answers.none_given(self.session, DESK, ref, now=now)
            return
        if way == "unclear":
            said = Told(BankAnswer.UNCLEAR)
            bank_answers.answer(self.session, DESK, self.batch.ref, said, now=now)
        said = Told(BankAnswer.NOT_PAID, note=ASKED)
        bank_answers.answer(self.session, DESK, self.batch.ref, said, now=now)


@pytest.fixture
def world(session):
    return World(session)


@pytest.mark.parametrize("way", ["whole", "alone", "unclear"])
def test_a_child_in_danger_leaves_the_schools_batch_when_the_bank_did_not_pay_it(
    world, session, now, way
) -> None:
    world.put_back(way, now)

    assert world.line(0).batch_id is None
    ((memo, fen),) = world.to_send()
    assert (memo != "FKABC234", fen) == (True, 10_000)
    filling.build(session, viewers.engine("test"), [world.line(0).id], on=now.date(), now=now)
    office = session.get_one(Batch, world.line(0).batch_id)
    assert (office.organisation_id, office.region_code) == (None, BANNER)
    assert world.findings(now) == []


def test_a_child_whose_danger_is_known_after_the_putting_back_leaves_it_too(
    world, session, now
) -> None:
    bank_answers.none_given(session, DESK, world.order(now), now=now)
    assert world.to_send() == [("FKABC234", 20_000)]

    ref = press(session, world.children[0], now)

    ((memo, fen),) = world.to_send()
    assert (memo != "FKABC234", fen, world.line(0).batch_id) == (True, 10_000, None)
    end(session, ref, now)
    assert world.to_send() == [(memo, 10_000)]


def test_the_old_memo_paid_after_all_is_shown_and_sends_nothing_again(world, session, now) -> None:
    world.put_back("whole", now)

    assert world.book(now, DEBIT) == [("unsettled", "paid_twice")]

    assert world.sent() == []
    assert [c["memo"] for c in payouts.unsettled(session, DESK)] == ["FKABC234"]
    assert world.bank() == 0


def test_no_child_in_danger_goes_with_a_school_however_it_came_into_its_batch(
    world, session, now
) -> None:
    world.children[0].in_danger = True
    session.flush()

    ref = world.order(now)

    assert [one["fen"] for one in orders.detail(session, DESK, ref)["lines"]] == [10_000]
    assert world.line(0).batch_id is None
    assert world.findings(now) == []


def test_the_desks_own_word_sends_no_child_in_danger_to_a_school(world, session, now) -> None:
    world.children[0].in_danger = True
    session.flush()
    read = batches.Read(2, 20_000)
    with pytest.raises(BadInput):
        batches.send(session, DESK, world.batch.ref, now=now, read=read)

    batches.send_all(session, DESK, [world.batch.ref], now=now)

    assert (world.line(0).sent_on, world.line(1).sent_on) == (None, now.date())
    assert world.batch.sent_fen == 10_000


def test_a_batch_of_children_in_danger_alone_is_neither_ordered_nor_sent(
    world, session, now
) -> None:
    for child in world.children:
        child.in_danger = True
    session.flush()

    with pytest.raises(NotFound), session.begin_nested():
        world.order(now)
    with pytest.raises(NotFound), session.begin_nested():
        batches.send_all(session, DESK, [world.batch.ref], now=now)


def test_a_put_back_batch_whose_own_children_are_found_in_danger_at_sending_is_refused(
    world, session, now
) -> None:
    bank_answers.none_given(session, DESK, world.order(now), now=now)
    world.children[0].in_danger = True
    session.flush()

    with pytest.raises(AlreadyDecided):
        batches.send_all(session, DESK, [world.batch.ref], now=now)


def test_a_put_back_batch_that_says_another_sum_goes_under_another_memo(
    world, session, now
) -> None:
    bank_answers.none_given(session, DESK, world.order(now), now=now)
    world.line(0).cancelled_on = now.date()
    session.flush()

    (line,) = orders.detail(session, DESK, world.order(now))["lines"]

    assert (line["words"] != "FKABC234", line["fen"]) == (True, 10_000)
    assert world.batch.status is BatchStatus.OPEN
    assert world.book(now, DEBIT) == [("unsettled", "paid_twice")]


def test_an_unchanged_batch_keeps_its_memo_when_it_is_ordered_again(world, session, now) -> None:
    bank_answers.none_given(session, DESK, world.order(now), now=now)

    (line,) = orders.detail(session, DESK, world.order(now))["lines"]

    assert (line["words"], line["fen"]) == ("FKABC234", 20_000)


@pytest.mark.parametrize("answer", [BankAnswer.NOT_PAID, BankAnswer.PAID])
def test_an_order_of_which_a_line_is_over_is_handed_out_no_more(
    world, session, now, answer
) -> None:
    ref = world.order(now)
    orders.take(session, DESK, ref, "xlsx", now=now)
    said = Told(answer, now.date(), ASKED)
    bank_answers.answer(session, DESK, world.batch.ref, said, now=now)

    for form in ("xlsx", "pdf"):
        with pytest.raises(OrderOver):
            orders.take(session, DESK, ref, form, now=now)

    assert orders.detail(session, DESK, ref)["taken"] == 1


def test_an_order_that_was_handed_out_goes_back_only_after_somebody_asked_the_bank(
    world, session, now
) -> None:
    ref = world.order(now)
    orders.take(session, DESK, ref, "xlsx", now=now)

    with pytest.raises(BadInput) as alone:
        bank_answers.answer(session, DESK, world.batch.ref, Told(BankAnswer.NOT_PAID), now=now)
    with pytest.raises(BadInput) as whole:
        bank_answers.none_given(session, DESK, ref, now=now, note=" ")
    refused = {"field": "note", "reason": "nobody_asked"}
    assert (alone.value.params, whole.value.params) == (refused, refused)
    assert world.batch.status is BatchStatus.ORDERED

    bank_answers.none_given(session, DESK, ref, now=now, note=ASKED)

    (line,) = orders.detail(session, DESK, ref)["lines"]
    assert (line["answer"], line["note"]) == (BankAnswer.NOT_PAID, ASKED)


def test_whom_a_report_names_hears_nothing_when_the_offices_batch_bounces(session, now) -> None:
    bad, good = (
        an_account(session, Role.CASE_WORKER, login=login, region_code=BANNER)
        for login in ("bad", "good")
    )
    child = a_child(session, a_school(session))
    about = About(Complained.OFFICE, bad.ref)
    harm.report(session, WORKER, child.ref, called=Called.POLICE, about=about, now=now)
    office = an_open_batch(
        session, None, a_match(session, a_pledge(session)[0], child),
        on=date(2026, 11, 5), region_code=BANNER,
    )  # fmt: skip
    batches.send_all(session, viewer(Role.PAYING_DESK), [office.ref], now=now)

    returns.bounce(session, office, on=now.date(), by=DESK, now=now)

    kind = Notice.kind == NoticeKind.BATCH_BOUNCED
    told = set(session.scalars(select(Notice.recipient_id).where(kind)))
    assert (bad.id in told, good.id in told) == (False, True)
