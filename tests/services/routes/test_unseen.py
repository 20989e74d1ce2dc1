"""A card's payment that no statement shows comes to an end: the bank is asked, and the family."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models.notices import Notice
from models.routes import BankCard
from models.stipends import Batch, Stipend
from services.batches import batches, payouts
from services.batches.bank_answers import Told
from services.batches.payouts import Bank
from services.checking import checks
from services.routes import arrivals, unseen
from tests.factories import an_account, viewer
from tests.services.routes.test_cards import BOOKS, on_card
from tests.services.routes.worlds import DESK, ENGINE, FIRST, lines, morning
from vocabulary.dates import at
from vocabulary.enums import (
    BankAnswer,
    BatchStatus,
    LineReason,
    LineState,
    NoticeKind,
    RecipientKind,
    Role,
    Route,
)
from vocabulary.errors import AlreadyDecided, BadInput, NotFound
from vocabulary.money import Fen

SENT = date(2026, 12, 1)
PAID, NOT_PAID, UNCLEAR = BankAnswer.PAID, BankAnswer.NOT_PAID, BankAnswer.UNCLEAR
NOTE = "柜台王经理，查过当天的付款"


def day(n: int) -> date:
    return SENT + timedelta(days=n)


@pytest.fixture
def payment(session):
    """A card's batch that the desk marked as sent, and its child."""
    child, _, card = on_card(session)
    morning(session, SENT)
    batch = session.scalars(select(Batch).where(Batch.route == Route.CARD)).one()
    batches.send_all(session, DESK, [batch.ref], now=at(SENT))
    return batch, child, card


def told(session, kind: NoticeKind) -> list[tuple[RecipientKind, int]]:
    found = select(Notice.recipient_kind, Notice.rung).where(Notice.kind == kind)
    return sorted((kind, rung) for kind, rung in session.execute(found))


def test_after_a_week_the_desk_is_told_after_two_the_family_is_asked_and_its_staff_told(
    session, payment
) -> None:
    batch, child, _ = payment
    for role in (Role.PAYING_DESK, Role.CASE_WORKER):
        an_account(session, role, login=role.value)
    session.flush()

    for n in (6, 7, 8, 13):
        unseen.remind(session, ENGINE, on=day(n), now=at(day(n)))
    first = told(session, NoticeKind.CARD_UNSEEN)
    assert unseen.families(session, FIRST, now=at(day(13))) == []
    for n in (14, 15, 30):
        unseen.remind(session, ENGINE, on=day(n), now=at(day(n)))

    assert first == [(RecipientKind.ACCOUNT, 1)]
    assert told(session, NoticeKind.CARD_UNSEEN) == [
        (RecipientKind.ACCOUNT, rung) for rung in (1, 2, 2)
    ]
    asked = select(Notice.subject).where(Notice.kind == NoticeKind.FAMILY_ASKED)
    count = len(session.scalars(select(Stipend).where(Stipend.batch_id == batch.id)).all())
    assert len(set(session.scalars(asked))) == len(session.scalars(asked).all()) == count
    listed = unseen.families(session, FIRST, now=at(day(14)))
    assert {one["child"]["ref"] for one in listed} == {child.ref}


def test_a_child_in_danger_has_nobody_asked_at_home(session, payment) -> None:
    _, child, _ = payment
    child.in_danger = True
    session.flush()

    unseen.remind(session, ENGINE, on=day(20), now=at(day(20)))

    assert told(session, NoticeKind.FAMILY_ASKED) == []


def test_what_the_bank_paid_is_on_the_card_three_days_later_and_the_statement_still_fits(
    session, payment
) -> None:
    batch, _, _ = payment
    unseen.say(session, DESK, batch.ref, Told(PAID, day(2), NOTE), now=at(day(10)))

    assert arrivals.settle(session, ENGINE, on=day(4), now=at(day(4))) == 0
    assert arrivals.settle(session, ENGINE, on=day(11), now=at(day(11))) == 1

    stipends = session.scalars(select(Stipend).where(Stipend.batch_id == batch.id)).all()
    assert {one.handed_over_on for one in stipends} == {day(11)}
    assert batch.status is BatchStatus.CLOSED
    line = Bank(Fen(-(batch.sent_fen or 0)), day(2), f"转账 {batch.memo}")
    assert payouts.book_of(session, [line]).find(line).state is LineState.SETTLED


def test_what_the_bank_did_not_pay_goes_again_once_and_an_old_payment_is_shown(
    session, payment
) -> None:
    batch, child, _ = payment
    before = [due for due, _, _ in lines(session, child)]

    unseen.say(session, DESK, batch.ref, Told(NOT_PAID, note=NOTE), now=at(day(10)))
    morning(session, day(10))

    after = lines(session, child)
    assert [due for due, _, _ in after] == before
    assert {key for _, _, key in after}.isdisjoint({batch.id})
    assert session.scalars(select(BankCard.bounced_on)).all() == [None]
    line = Bank(Fen(-(batch.sent_fen or 0)), day(9), f"转账 {batch.memo}")
    found = payouts.book_of(session, [line]).find(line)
    assert (found.state, found.reason) == (LineState.UNSETTLED, LineReason.PAID_TWICE)
    assert payouts.without_debit(session, DESK, now=at(day(20))) == []
    report = checks.report(session, viewer(Role.AUDITOR), now=at(day(10)))
    assert [one for one in report["checks"] if one["name"] in BOOKS and one["count"]] == []


def test_it_is_said_once_by_somebody_who_asked_and_never_half(session, payment) -> None:
    batch, _, _ = payment
    now = at(day(10))
    for answer, field in (
        (Told(PAID, day(2), ""), "note"),
        (Told(PAID, None, NOTE), "on"),
        (Told(PAID, day(11), NOTE), "on"),
        (Told(PAID, batch.opened_on - timedelta(days=1), NOTE), "on"),
        (Told(UNCLEAR, None, NOTE), "answer"),
    ):
        with pytest.raises(BadInput) as refusal:
            unseen.say(session, DESK, batch.ref, answer, now=now)
        assert refusal.value.params["field"] == field

    unseen.say(session, DESK, batch.ref, Told(NOT_PAID, note=NOTE), now=now)

    with pytest.raises(AlreadyDecided):
        unseen.say(session, DESK, batch.ref, Told(PAID, day(2), NOTE), now=now)
    with pytest.raises(NotFound):
        unseen.payment(session, DESK, batch.ref)


def test_a_family_that_has_the_money_is_not_overruled(session, payment) -> None:
    batch, _, _ = payment
    stipend = session.scalars(select(Stipend).where(Stipend.batch_id == batch.id)).first()
    stipend.confirmed_on = day(3)
    session.flush()

    with pytest.raises(AlreadyDecided):
        unseen.say(session, DESK, batch.ref, Told(NOT_PAID, note=NOTE), now=at(day(10)))


def test_a_statement_that_came_ends_the_question(session, payment) -> None:
    batch, _, _ = payment
    batch.bank_on = day(1)
    session.flush()

    assert unseen.remind(session, ENGINE, on=day(20), now=at(day(20))) == 0
    with pytest.raises(AlreadyDecided):
        unseen.say(session, DESK, batch.ref, Told(NOT_PAID, note=NOTE), now=at(day(20)))
