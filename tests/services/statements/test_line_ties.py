"""A credit without a word of ours: two desks say which payment came back, or what the bank undid."""

import pytest
from sqlalchemy import select

from models.ledger import Receipt
from models.payment_orders import Payout
from models.stipends import Batch, Stipend
from privacy import viewers
from services.accountancy import bank_balance
from services.batches import batches, line_ties, payouts
from services.books import receipts
from services.checking import checks
from tests.factories import a_child, a_match, a_pledge, a_school, viewer
from tests.services.gap_fund import SEPTEMBER, pay, run
from tests.services.statements.bank import DESK, a_csv, book
from vocabulary.dates import at
from vocabulary.enums import LineState, Role, TieKind
from vocabulary.errors import AlreadyDecided, BadInput, NotFound, NotPermitted

PAYING = viewer(Role.PAYING_DESK)
SAID = "问了柜台王经理"
DAY = at(SEPTEMBER, 10)


def found(session, now) -> dict:
    session.commit()
    report = checks.report(session, viewers.console(), now=now)
    return {
        one["name"]: one["findings"]
        for one in report["checks"]
        if one["count"] and one["name"] not in {"due_against_done", "traced_records"}
    }


def a_sent_batch(session) -> Batch:
    school = a_school(session)
    pledge, reference = a_pledge(session)
    a_match(session, pledge, a_child(session, school))
    pay(session, reference, 10_000, SEPTEMBER)
    run(session, SEPTEMBER)
    batch = session.scalars(select(Batch)).one()
    batches.send(session, PAYING, batch.ref, now=DAY)
    return batch


def waiting(session) -> dict:
    (one,) = receipts.recent(session, DESK, is_matched=False)
    return one


def comes_back(session, now, yuan: str = "100.00", words: str = "退汇") -> str:
    book(session, a_csv(f"20260903,,{yuan},{yuan},吉文中学,{words},R1"), now)
    return waiting(session)["ref"]


def test_a_bounce_without_our_memo_reopens_its_batch_by_two_desks(session, now) -> None:
    batch = a_sent_batch(session)
    ref = line_ties.ask(
        session, DESK, comes_back(session, now), TieKind.BOUNCED, words=SAID, now=now
    )

    card = line_ties.detail(session, PAYING, ref)
    assert [(one["memo"], one["sent_fen"]) for one in card["batches"]] == [(batch.memo, 10_000)]
    assert not {"words", "asked_by", "payer_name"} & card.keys()
    with pytest.raises(BadInput):
        line_ties.agree(session, PAYING, ref, "nothing", now=now)
    line_ties.agree(session, PAYING, ref, batch.ref, now=now)

    stipend = session.scalars(select(Stipend)).one()
    session.refresh(stipend)
    assert (stipend.sent_on, stipend.batch_id, stipend.is_funded) == (None, None, True)
    assert receipts.recent(session, DESK, is_matched=False) == []
    line = session.scalars(select(Payout).where(Payout.amount_fen > 0)).one()
    assert (line.state, line.batch_id) == (LineState.SETTLED, batch.id)
    assert found(session, now) == {}
    with pytest.raises(AlreadyDecided):
        line_ties.agree(session, PAYING, ref, batch.ref, now=now)
    book(session, a_csv("20260903,,100.00,100.00,吉文中学,退汇,R1"), now)
    assert receipts.recent(session, DESK, is_matched=False) == []


def test_another_sum_or_a_batch_that_is_back_is_none_of_it(session, now) -> None:
    batch = a_sent_batch(session)
    credit = comes_back(session, now, "99.00")
    ref = line_ties.ask(session, DESK, credit, TieKind.BOUNCED, words=SAID, now=now)

    assert line_ties.detail(session, PAYING, ref)["batches"] == []
    with pytest.raises(BadInput):
        line_ties.agree(session, PAYING, ref, batch.ref, now=now)
    line_ties.turn_down(session, PAYING, ref, now=now)
    assert waiting(session)["ref"] == credit


@pytest.mark.parametrize("debit_first", [True, False])
def test_the_banks_mistake_is_closed_with_its_counter_line(session, now, debit_first) -> None:
    wrong = "20261110,300.00,,{},某人,往来款,D1"
    undone = "20261111,,300.00,{},某人,冲正,D2"
    before = "20261109,,1000.00,1000.00,某某,没写,D0"
    first, second = (wrong, undone) if debit_first else (undone, wrong)
    sums = ("700.00", "1000.00") if debit_first else ("1300.00", "1000.00")
    days = ("20261110", "20261111")
    lines = [
        day + line.format(fen)[8:]
        for day, line, fen in zip(days, (first, second), sums, strict=True)
    ]
    book(session, a_csv(before, *lines), now)
    credit = next(
        one["ref"]
        for one in receipts.recent(session, DESK, is_matched=False)
        if one["amount_fen"] == 30_000
    )
    ref = line_ties.ask(session, DESK, credit, TieKind.BANKS_ERROR, words=SAID, now=now)

    (debit,) = line_ties.detail(session, PAYING, ref)["debits"]
    line_ties.agree(session, PAYING, ref, debit["ref"], now=now)

    assert payouts.unsettled(session, PAYING) == []
    assert waiting(session)["amount_fen"] == 100_000
    told = bank_balance.compared(session, viewers.console())
    assert (told.bank, told.books, told.waiting, told.unexplained) == (100_000, 100_000, 0, 0)
    assert found(session, now) == {}


def test_only_the_two_desks_each_its_own_half(session, now) -> None:
    a_sent_batch(session)
    credit = comes_back(session, now)
    for role in set(Role) - {Role.COLLECTING_DESK, Role.CONSOLE}:
        with pytest.raises((NotPermitted, NotFound)):
            line_ties.ask(session, viewer(role), credit, TieKind.BOUNCED, words=SAID, now=now)
    with pytest.raises(BadInput):
        line_ties.ask(session, DESK, credit, TieKind.BOUNCED, words=" ", now=now)
    ref = line_ties.ask(session, DESK, credit, TieKind.BOUNCED, words=SAID, now=now)
    with pytest.raises(AlreadyDecided):
        line_ties.ask(session, DESK, credit, TieKind.BOUNCED, words=SAID, now=now)
    for role in set(Role) - {Role.PAYING_DESK}:
        with pytest.raises(NotPermitted):
            line_ties.agree(session, viewer(role), ref, "x", now=now)


def test_money_already_given_to_a_donor_is_tied_to_nothing(session, now) -> None:
    batch = a_sent_batch(session)
    credit = comes_back(session, now)
    ref = line_ties.ask(session, DESK, credit, TieKind.BOUNCED, words=SAID, now=now)
    _, reference = a_pledge(session, "13800000009")
    receipts.assign(session, DESK, credit, reference, now=now)

    with pytest.raises(AlreadyDecided):
        line_ties.agree(session, PAYING, ref, batch.ref, now=now)
    assert session.scalar(select(Receipt.is_taken_back).where(Receipt.ref == credit)) is False
