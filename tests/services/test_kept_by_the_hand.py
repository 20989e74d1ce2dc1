"""A hand said that it gave the sum, staff found that it never came: the child gets it all the same."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.stipends import Fact
from models.write_offs import WriteOff
from privacy.viewers import Viewer
from services.books import ledger, write_offs
from services.handover import answers, handovers
from services.handover.answers import Reply
from services.stipends import stipend_lists
from services.stipends.stipend_lists import Listed
from tests.factories import viewer
from tests.services.gap_fund import feed
from tests.services.test_lost_and_paid_again import send_what_waits
from tests.services.test_returns import World, balance, findings
from vocabulary.enums import AccountKind, Answer, FactKind, Outcome, Role, WriteOffReason
from vocabulary.errors import ActedBefore, WrongState

JUDGE = viewer(Role.CASE_WORKER, actor="account:judge")
KEPT = WriteOffReason.KEPT


@pytest.fixture
def world(session: Session, now: datetime) -> World:
    """A school said that it handed the sum over; a helper entered the family's "no"."""
    world = World(session)
    handovers.hand_over_one(session, world.officer, world.ref, now=now)
    helper = viewer(Role.CASE_WORKER, actor="account:helper")
    answers.answer(session, helper, Reply(Answer.NOT_RECEIVED), ref=world.ref, now=now)
    return world


def find_out(session: Session, world: World, now: datetime) -> None:
    outcome, why = Outcome.NOT_RECEIVED, "校长留下了"
    answers.settle(session, JUDGE, world.ref, outcome, why, now=now)


def give_up(session: Session, world: World, now: datetime) -> None:
    ref = write_offs.ask(session, JUDGE, world.ref, reason=KEPT, now=now)
    write_offs.agree(session, world.approver, ref, now=now)


def missing(session: Session, now: datetime) -> list[str]:
    done = stipend_lists.listing(session, JUDGE, Listed.DONE, now=now)
    return [card["ref"] for card in done if card["is_missing"]]


def test_a_hands_word_counts_until_others_found_that_it_never_came(session, world, now) -> None:
    with pytest.raises(WrongState):
        write_offs.ask(session, JUDGE, world.ref, reason=KEPT, now=now)
    assert missing(session, now) == []

    (said_no,) = stipend_lists.listing(session, JUDGE, Listed.DISPUTED, now=now)
    assert said_no["ref"] == world.ref
    find_out(session, world, now)

    assert missing(session, now) == [world.ref]
    assert write_offs.lost(session, JUDGE, world.ref)["ref"] == world.ref


def test_the_fund_bears_what_the_hand_kept_and_the_child_gets_it(session, world, now) -> None:
    feed(session, 88_800, now.date())
    find_out(session, world, now)

    give_up(session, world, now)

    kept = session.scalars(select(WriteOff)).one()
    assert (kept.reason, kept.batch_id) == (KEPT, world.batch.id)
    assert ledger.balance(session, AccountKind.GAP_FUND) == -78_800
    before = balance(session, AccountKind.BANK)
    send_what_waits(session, now)
    assert balance(session, AccountKind.BANK) == before - 10_000
    handovers.hand_over_one(session, world.officer, world.ref, now=now)
    said = (Fact.kind == FactKind.HANDED_OVER, Fact.stipend_id == world.stipend.id)
    assert len(session.scalars(select(Fact.id).where(*said)).all()) == 3
    assert findings(session, now) == []


def test_what_the_fund_cannot_bear_yet_waits_and_the_books_agree(session, world, now) -> None:
    find_out(session, world, now)

    give_up(session, world, now)

    assert world.stipend.written_off_on == now.date()
    assert findings(session, now) == []


def test_one_person_alone_and_the_hand_itself_give_nothing_up(session, world, now) -> None:
    find_out(session, world, now)
    ref = write_offs.ask(session, JUDGE, world.ref, reason=KEPT, now=now)
    alone = Viewer(
        roles=frozenset({Role.CASE_WORKER, Role.APPROVER}), regions=JUDGE.regions, actor=JUDGE.actor
    )
    hand = viewer(Role.APPROVER, actor=world.officer.actor)

    for person in (alone, hand):
        with pytest.raises(ActedBefore):
            write_offs.agree(session, person, ref, now=now)
