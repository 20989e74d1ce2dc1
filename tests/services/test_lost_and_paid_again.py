"""What was lost and written off by two is paid again by the gap fund: once, under a new memo."""

from datetime import datetime

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from models.children import Child
from models.ledger import Transaction
from models.stipends import Batch, Fact, Stipend
from models.write_offs import WriteOff
from privacy import viewers
from services.batches import batches, filling
from services.books import ledger, write_offs
from services.checking import checks
from services.handover import answering, handovers
from services.handover.answering import Reply
from services.handover.handing import Said
from tests.factories import viewer
from tests.services.gap_fund import feed
from tests.services.test_returns import World, balance, findings
from vocabulary.enums import (
    AccountKind,
    Answer,
    ChildStatus,
    EndReason,
    FactKind,
    Role,
    Snag,
    TransactionKind,
    WriteOffReason,
)
from vocabulary.errors import WrongState
from vocabulary.money import Fen

_ENGINE = viewer(Role.ENGINE)


@pytest.fixture
def world(session: Session) -> World:
    return World(session)


def lose(session: Session, world: World, now: datetime) -> str:
    ref = write_offs.ask(session, world.staff, world.ref, reason=WriteOffReason.LOST, now=now)
    write_offs.agree(session, world.approver, ref, now=now)
    return ref


def send_what_waits(session: Session, now: datetime) -> list[Batch]:
    """The next batches are filled and paid."""
    keys = filling.without_batch(session, _ENGINE, after=0).keys
    filling.build(session, _ENGINE, keys, on=now.date(), now=now)
    opened = session.scalars(select(Batch).where(Batch.sent_on.is_(None))).all()
    desk = viewer(Role.PAYING_DESK)
    batches.send_all(session, desk, [one.ref for one in opened], now=now)
    session.expire_all()
    return list(opened)


def test_a_lost_instalment_goes_out_again_once_and_the_fund_bears_it(
    session: Session, world: World, now: datetime
) -> None:
    feed(session, 88_800, now.date())
    before = balance(session, AccountKind.BANK)

    ref = lose(session, world, now)

    assert world.stipend.written_off_on is None
    assert world.stipend.sent_on is None
    assert write_offs.detail(session, world.staff, ref)["paid_again_on"] == now.date()
    assert ledger.balance(session, AccountKind.GAP_FUND) == -78_800
    (again,) = send_what_waits(session, now)
    assert again.memo != world.batch.memo
    # The bank paid twice, for one instalment that stands once.
    assert balance(session, AccountKind.BANK) == before - 10_000
    handovers.hand_over_one(session, world.officer, world.ref, now=now)
    handovers.hand_over_one(session, world.officer, world.other_ref, now=now)
    assert balance(session, AccountKind.IN_TRANSIT) == balance(session, AccountKind.OWED) == 0
    same = select(func.count()).select_from(Stipend)
    assert session.scalar(same.where(Stipend.match_id == world.stipend.match_id)) == 1
    assert findings(session, now) == []


def test_what_the_fund_cannot_bear_waits_for_it_and_is_borne_once(
    session: Session, world: World, now: datetime
) -> None:
    feed(session, 9_999, now.date())
    ref = lose(session, world, now)
    assert world.stipend.written_off_on == now.date()
    assert write_offs.make_good_waiting(session, _ENGINE, now=now) == 0
    assert write_offs.detail(session, world.staff, ref)["paid_again_on"] is None
    assert findings(session, now) == []

    feed(session, 20_000, now.date())

    assert write_offs.make_good_waiting(session, _ENGINE, now=now) == 1
    assert write_offs.make_good_waiting(session, _ENGINE, now=now) == 0
    lost = select(func.count()).where(Transaction.kind == TransactionKind.LOST)
    assert session.scalar(lost) == 1
    assert findings(session, now) == []


def test_what_was_lost_twice_is_paid_a_third_time(
    session: Session, world: World, now: datetime
) -> None:
    feed(session, 88_800, now.date())
    for _ in range(2):
        lose(session, world, now)
        send_what_waits(session, now)

    assert ledger.balance(session, AccountKind.GAP_FUND) == -68_800
    memos = session.scalars(select(Batch.memo).where(Batch.sent_on.is_not(None))).all()
    assert len(set(memos)) == 3
    assert findings(session, now) == []


def test_nothing_is_paid_again_to_who_says_that_it_came_after_all(
    session: Session, world: World, now: datetime
) -> None:
    lose(session, world, now)
    answering.answer(session, world.family(), Reply(Answer.RECEIVED), now=now)
    feed(session, 88_800, now.date())

    assert write_offs.make_good_waiting(session, _ENGINE, now=now) == 0


def test_nothing_is_paid_again_for_a_child_that_has_left(
    session: Session, world: World, now: datetime
) -> None:
    lose(session, world, now)
    gone = {"status": ChildStatus.ENDED, "end_reason": EndReason.GRADUATED}
    child_id = world.children[0].id
    session.execute(update(Child).where(Child.id == child_id).values(**gone))
    feed(session, 88_800, now.date())

    assert write_offs.make_good_waiting(session, _ENGINE, now=now) == 0


def test_every_fact_of_the_first_sending_is_kept_and_cancelled(
    session: Session, world: World, now: datetime
) -> None:
    feed(session, 88_800, now.date())
    lose(session, world, now)

    mine = select(Fact.id, Fact.kind, Fact.cancels_id).where(Fact.stipend_id == world.stipend.id)
    rows = session.execute(mine).all()
    cancelled = {key for _, _, key in rows if key is not None}
    kinds = {kind for key, kind, _ in rows if key in cancelled}
    assert kinds == {FactKind.SENT, FactKind.WRITTEN_OFF}


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    "damage",
    [
        delete(WriteOff).where(WriteOff.paid_again_on.is_not(None)),
        update(WriteOff).values(paid_again_on=None),
    ],
)
def test_a_loss_without_its_two_people_is_found(
    session: Session, world: World, now: datetime, damage
) -> None:
    feed(session, 88_800, now.date())
    lose(session, world, now)

    session.execute(damage)
    session.execute(text("SELECT 1"))

    report = checks.report(session, viewers.console(), now=now)
    assert {one["name"] for one in report["checks"] if one["count"]} >= {"losses"}


def test_what_was_handed_over_in_part_is_not_paid_again_as_a_whole(
    session: Session, world: World, now: datetime
) -> None:
    feed(session, 88_800, now.date())
    part = Said(Snag.PARTLY, handed=Fen(5_000))
    reason = WriteOffReason.LOST
    ref = write_offs.ask(session, world.staff, world.ref, reason=reason, now=now)
    handovers.note_snag(session, world.officer, world.ref, part, now=now)

    with pytest.raises(WrongState), session.begin_nested():
        write_offs.agree(session, world.approver, ref, now=now)
    write_offs.turn_down(session, world.staff, ref, now=now)
    with pytest.raises(WrongState):
        write_offs.ask(session, world.staff, world.ref, reason=reason, now=now)

    assert ledger.balance(session, AccountKind.GAP_FUND) == -88_800
