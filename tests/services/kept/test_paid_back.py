"""A hand pays back what it kept: a line of the statement, tied by two desks, goes to the fund."""

import random

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models.kept import KeptSum
from models.payment_orders import Payout
from services.batches import line_ties
from services.books import kept, receipts, write_offs
from services.handover import answers, handovers
from services.handover.answers import Reply
from services.handover.handing import Said
from tests.factories import viewer
from tests.services.gap_fund import SEPTEMBER, feed
from tests.services.kept.test_kept_parts import JUDGE, PART, WORDS, find, state
from tests.services.statements.bank import DESK, a_csv, book
from tests.services.test_returns import World, balance
from vocabulary.enums import (
    AccountKind,
    Answer,
    LineState,
    Outcome,
    Role,
    Snag,
    TieKind,
    WriteOffReason,
)
from vocabulary.errors import BadInput
from vocabulary.money import Fen

PAYING = viewer(Role.PAYING_DESK)


@pytest.fixture
def world(session: Session, now) -> World:
    """Of two instalments of 100 the school handed over 60 each."""
    world = World(session)
    for ref in (world.ref, world.other_ref):
        handovers.note_snag(session, world.officer, ref, Said(Snag.PARTLY, handed=PART), now=now)
    return world


def keeps_both(session: Session, world: World, now) -> list[KeptSum]:
    first = state(session, world, now)
    ref = kept.ask(session, JUDGE, world.other_ref, fen=Fen(3_000), words=WORDS, now=now)
    kept.agree(session, world.approver, ref, now=now)
    return [first, session.scalars(select(KeptSum).where(KeptSum.ref == ref)).one()]


def comes(session: Session, now, yuan: str, row: str = "20", total: str = "") -> str:
    """A credit without a word of ours stands on the statement; the collecting desk says what it is."""
    book(session, a_csv(f"202611{row},,{yuan},{total or yuan},吉文中学,还款,R{row}"), now)
    (one,) = receipts.recent(session, DESK, is_matched=False)
    return line_ties.ask(session, DESK, one["ref"], TieKind.KEPT, words=WORDS, now=now)


def test_what_the_hand_pays_goes_to_the_fund_the_chosen_sum_first(session, world, now) -> None:
    first, second = keeps_both(session, world, now)
    fund, bank = balance(session, AccountKind.GAP_FUND), balance(session, AccountKind.BANK)
    ref = comes(session, now, "50.00")

    card = line_ties.detail(session, PAYING, ref)
    assert [(one["open_fen"], one["hand"]["name"]) for one in card["owed"]] == [
        (4_000, world.school.name),
        (3_000, world.school.name),
    ]
    assert not {"words", "asked_by", "child", "stipend"} & card["owed"][0].keys()
    line_ties.agree(session, PAYING, ref, second.ref, now=now)

    assert (second.paid_fen, second.paid_on is None) == (3_000, False)
    assert (first.paid_fen, first.paid_on) == (2_000, None)
    assert balance(session, AccountKind.KEPT) == 2_000 == -balance(session, AccountKind.KEPT_BORNE)
    assert balance(session, AccountKind.GAP_FUND) == fund - 5_000
    assert balance(session, AccountKind.BANK) == bank + 5_000
    assert receipts.recent(session, DESK, is_matched=False) == []
    line = session.scalars(select(Payout)).one()
    assert (line.state, line.batch_id, line.amount_fen) == (LineState.SETTLED, None, 5_000)
    assert find(session, now) == {}


def test_more_than_the_hand_owes_is_nobodys_to_tie(session, world, now) -> None:
    (first, _) = keeps_both(session, world, now)
    ref = comes(session, now, "70.01")

    with pytest.raises(BadInput), session.begin_nested():
        line_ties.agree(session, PAYING, ref, first.ref, now=now)

    assert balance(session, AccountKind.KEPT) == 7_000


def test_what_no_statement_shows_yet_is_not_tied(session, world, now) -> None:
    keeps_both(session, world, now)
    line = receipts.BankLine("退回", Fen(3_000), SEPTEMBER)
    typed = receipts.record(session, DESK, line, now=now)

    with pytest.raises(BadInput):
        line_ties.ask(session, DESK, typed["ref"], TieKind.KEPT, words=WORDS, now=now)


def test_a_whole_instalment_that_a_hand_kept_is_owed_too(session, now) -> None:
    world = World(session)
    feed(session, 88_800, now.date())
    handovers.hand_over_one(session, world.officer, world.ref, now=now)
    helper = viewer(Role.CASE_WORKER, actor="account:helper")
    answers.answer(session, helper, Reply(Answer.NOT_RECEIVED), ref=world.ref, now=now)
    answers.settle(session, JUDGE, world.ref, Outcome.NOT_RECEIVED, WORDS, now=now)
    asked = write_offs.ask(session, JUDGE, world.ref, reason=WriteOffReason.KEPT, now=now)

    write_offs.agree(session, world.approver, asked, now=now)

    one = session.scalars(select(KeptSum)).one()
    assert (one.fen, one.match_id, one.batch_id) == (10_000, None, world.batch.id)
    assert balance(session, AccountKind.KEPT) == 10_000
    fund = balance(session, AccountKind.GAP_FUND)
    line_ties.agree(session, PAYING, comes(session, now, "100.00"), one.ref, now=now)
    assert balance(session, AccountKind.GAP_FUND) == fund - 10_000
    assert balance(session, AccountKind.KEPT) == 0
    assert find(session, now) == {}


@pytest.mark.parametrize("seed", range(4))
def test_paid_in_any_parts_it_ends_at_zero_and_the_fund_has_what_it_bore(
    session, world, now, seed
) -> None:
    dice = random.Random(seed)
    sums = keeps_both(session, world, now)
    fund, left, row = balance(session, AccountKind.GAP_FUND), 7_000, 0
    while left:
        fen = min(left, dice.randint(1, 4_000))
        left, row = left - fen, row + 1
        target = dice.choice([one for one in sums if one.paid_on is None])
        ref = comes(session, now, f"{fen / 100:.2f}", f"{row:02}", f"{(7_000 - left) / 100:.2f}")
        line_ties.agree(session, PAYING, ref, target.ref, now=now)
        assert (
            balance(session, AccountKind.KEPT) == left == -balance(session, AccountKind.KEPT_BORNE)
        )
        assert balance(session, AccountKind.GAP_FUND) == fund - (7_000 - left)

    assert all(one.paid_on for one in sums)
    assert find(session, now) == {}
    assert session.scalar(text("SELECT COUNT(*) FROM payouts")) == row
