"""A school's other account holds three whole days after the second yes; till then nobody is paid."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.run import Run
from jobs.schedule import BY_NAME
from models.notices import Notice
from models.trace import OrdinaryEntry
from privacy import viewers
from services.batches import orders
from services.children import amendments
from services.routes import holding
from tests.factories import (
    a_child,
    a_match,
    a_pledge,
    a_school,
    an_account,
    an_open_batch,
    viewer,
)
from tests.services.outbox import Gate, deliver
from vocabulary import clock
from vocabulary.dates import at
from vocabulary.enums import AmendmentStatus, NoticeKind, RecipientKind, Role
from vocabulary.errors import AlreadyDecided, BadInput, NotPermitted

FIRST = viewer(Role.CASE_WORKER, actor="account:first")
SECOND = viewer(Role.APPROVER, actor="account:second")
DESK = viewer(Role.PAYING_DESK, actor="account:desk")
ENGINE = viewers.engine("pledges")
OLD, NEW = "6217000000000001", "6217000000000009"


class World:
    """A school with an account, an officer, somebody to call, and a batch that waits."""

    def __init__(self, session: Session, now) -> None:
        self.session, self.now = session, now
        self.school = a_school(session)
        self.school.account_number, self.school.contact_phone = OLD, "13900000090"
        self.officer = an_account(
            session, Role.SCHOOL_OFFICER, login="officer", organisation_id=self.school.id
        )
        match = a_match(session, a_pledge(session)[0], a_child(session, self.school))
        self.batch = an_open_batch(session, self.school, match, on=date(2026, 11, 5))
        session.flush()

    def ask(self) -> str:
        words = {"name": "新户名", "bank": "新信用社", "number": NEW, "reason": "换行"}
        return amendments.ask_account(self.session, FIRST, self.school.ref, **words, now=self.now)

    def agreed(self) -> tuple[str, date]:
        ref = self.ask()
        on = amendments.agree(self.session, SECOND, ref, again=NEW, now=self.now)
        assert on is not None
        return ref, on

    def order(self) -> str:
        return orders.prepare(self.session, DESK, [self.batch.ref], now=self.now)


@pytest.fixture
def world(session, now):
    return World(session, now)


def test_three_whole_days_lie_between_the_second_yes_and_the_new_account(
    world, session, now
) -> None:
    _, on = world.agreed()

    assert on == now.date() + timedelta(days=4)
    for day in range(4):
        early = now.date() + timedelta(days=day)
        assert holding.take_effect(session, ENGINE, on=early, now=now) == 0
    assert world.school.account_number == OLD
    assert holding.take_effect(session, ENGINE, on=on, now=now) == 1
    assert (world.school.account_number, world.school.account_name) == (NEW, "新户名")
    assert holding.take_effect(session, ENGINE, on=on, now=now) == 0


def test_the_morning_job_lets_it_hold_however_late_it_runs(world, session) -> None:
    _, on = world.agreed()
    session.commit()

    Run(session, "pledges", period=on + timedelta(days=9)).execute(BY_NAME["pledges"].body)

    session.refresh(world.school)
    assert world.school.account_number == NEW
    held = select(OrdinaryEntry.actor).where(OrdinaryEntry.act == "amendment.holds")
    assert session.scalars(held).one().startswith("engine")


def test_in_the_three_days_no_payment_to_the_school_is_prepared_and_then_to_the_new_one(
    world, session, now
) -> None:
    world.ask()
    (card,) = orders.with_accounts(session, DESK)
    assert card["may_order"]
    (waiting,) = amendments.waiting(session, SECOND)
    on = amendments.agree(session, SECOND, waiting["ref"], again=NEW, now=now)

    with pytest.raises(BadInput) as refusal:
        world.order()

    assert refusal.value.params["reason"] == "account_changes"
    (card,) = orders.with_accounts(session, DESK)
    assert (card["may_order"], card["changes_on"]) == (False, on)
    holding.take_effect(session, ENGINE, on=on, now=now)
    (line,) = orders.detail(session, DESK, world.order())["lines"]
    assert (line["number"], line["payee"]) == (NEW, "新户名")


def test_who_answers_for_the_old_account_is_told_at_once_and_it_can_still_be_stopped(
    world, session, now
) -> None:
    ref, _ = world.agreed()
    sms = Gate()

    deliver(session, sms)

    told = session.scalars(
        select(Notice).where(Notice.kind == NoticeKind.ACCOUNT_CHANGES).order_by(Notice.id)
    ).all()
    assert [(one.recipient_kind, one.recipient_id) for one in told] == [
        (RecipientKind.ACCOUNT, world.officer.id),
        (RecipientKind.SCHOOL_CONTACT, world.school.id),
    ]
    assert told[0].text == (
        "吉文中学收助学金的账户，11月25日起改用“新户名”。两位同事对过学校盖章的原件。"
        "不是学校提出的，马上打 0470-5551234，还来得及停下。"
    )
    (message,) = sms.sent
    assert (message.to, message.text) == (
        "13900000090",
        "【微光】吉文中学收助学金的账户，11月25日起改用另一个。不是学校提出的，马上打 0470-5551234。",
    )
    assert NEW not in str([one.text for one in told])
    amendments.turn_down(session, FIRST, ref, now=now)
    assert holding.take_effect(session, ENGINE, on=date(2027, 1, 1), now=now) == 0
    assert world.school.account_number == OLD
    world.order()


def test_a_stopped_change_is_told_to_nobody_any_more(world, session, now) -> None:
    ref, _ = world.agreed()
    amendments.turn_down(session, FIRST, ref, now=now)
    sms = Gate()

    deliver(session, sms)

    assert sms.sent == []


def test_it_is_decided_once_and_only_the_clock_lets_it_hold(world, session, now) -> None:
    ref, _ = world.agreed()

    with pytest.raises(AlreadyDecided):
        amendments.agree(session, SECOND, ref, again=NEW, now=now)
    with pytest.raises(AlreadyDecided):
        world.ask()
    with pytest.raises(NotPermitted):
        holding.take_effect(session, SECOND, on=date(2027, 1, 1), now=now)
    assert amendments.waiting(session, SECOND) == []
    assert [one["ref"] for one in amendments.agreed(session, FIRST)] == [ref]
    found = amendments.find_open(session, FIRST, world.school.ref)
    assert found is not None
    assert found["status"] is AmendmentStatus.AGREED


def test_a_first_account_takes_nothing_from_anybody_and_holds_at_once(world, session, now) -> None:
    world.school.account_number = None
    session.flush()
    ref = world.ask()

    assert amendments.agree(session, SECOND, ref, again=NEW, now=now) is None

    assert world.school.account_number == NEW
    assert session.scalars(select(Notice.id)).all() == []


def test_it_is_told_at_night_too(world, session, now) -> None:
    world.agreed()
    sms = Gate()

    with clock.moved_to(at(now.date(), 23)):
        deliver(session, sms)

    assert [message.to for message in sms.sent] == ["13900000090"]
