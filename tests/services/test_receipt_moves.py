"""Money leaves a donor's pledge for another reference by two people, against any words; facts follow."""

from datetime import date

import pytest
from sqlalchemy import select

from models.stipends import Fact, Stipend
from services.batches import batches
from services.books import ledger, receipt_moves, receipts
from services.books.receipts import BankLine
from tests.factories import a_child, a_match, a_pledge, a_school, viewer
from tests.services.gap_fund import SEPTEMBER, broken, run
from vocabulary.dates import at
from vocabulary.enums import FactKind, Role
from vocabulary.errors import (
    ActedBefore,
    AlreadyDecided,
    BadInput,
    NeedsSecondPerson,
    NotPermitted,
    WrongState,
)
from vocabulary.money import Fen

FIRST = viewer(Role.COLLECTING_DESK, actor="account:one")
SECOND = viewer(Role.COLLECTING_DESK, actor="account:two")
NOW = at(SEPTEMBER, 10)
SAID = "付款人来电，编号抄错了"


def came(session, reference: str, line: str | None = "N1", shown: date | None = SEPTEMBER) -> str:
    said = BankLine(reference, Fen(10_000), SEPTEMBER, "佟掌柜", line, "", shown)
    return receipts.record(session, FIRST, said, now=at(SEPTEMBER))["ref"]


def moved(session, ref: str, to: str) -> None:
    asked = receipt_moves.ask(session, FIRST, ref, to, words=SAID, now=NOW)
    receipt_moves.agree(session, SECOND, asked, again=to, now=NOW)


def test_by_two_to_the_right_pledge_and_by_nobody_alone(session) -> None:
    (wrong, ref), (right, other) = a_pledge(session), a_pledge(session, "13800000002")
    receipt = came(session, ref)
    with pytest.raises(NeedsSecondPerson):
        receipts.take_back(session, FIRST, receipt, reason="x", now=NOW)
    with pytest.raises(AlreadyDecided):
        receipts.assign(session, FIRST, receipt, other, now=NOW)
    asked = receipt_moves.ask(session, FIRST, receipt, other, words=SAID, now=NOW)
    with pytest.raises(AlreadyDecided):
        receipt_moves.ask(session, SECOND, receipt, other, words=SAID, now=NOW)
    with pytest.raises(ActedBefore):
        receipt_moves.agree(session, FIRST, asked, again=other, now=NOW)
    for typed in ("", ref):
        with pytest.raises(BadInput):
            receipt_moves.agree(session, SECOND, asked, again=typed, now=NOW)

    receipt_moves.agree(session, SECOND, asked, again=f"备注 {other}", now=NOW)

    assert [ledger.prepaid_of(session, one.id) for one in (wrong, right)] == [0, 10_000]
    (booked,) = receipts.recent(session, FIRST, is_matched=True)
    assert (booked["payment_reference"], booked["bank_line"]) == (other, "N1")
    assert broken(session, SEPTEMBER) == {}


def test_what_it_had_paid_for_and_has_not_left_is_unpaid_again(session) -> None:
    pledge, ref = a_pledge(session)
    right, other = a_pledge(session, "13800000002")
    a_match(session, pledge, a_child(session, a_school(session)))
    receipt = came(session, ref)
    run(session, SEPTEMBER)
    stipend = session.scalars(select(Stipend)).one()
    assert stipend.is_funded

    moved(session, receipt, other)

    session.refresh(stipend)
    assert (stipend.received_on, stipend.is_funded, stipend.batch_id) == (None, False, None)
    assert ledger.prepaid_of(session, right.id) == 10_000
    taken = select(Fact.by).where(Fact.kind == FactKind.RECEIVED, Fact.cancels_id.is_not(None))
    assert session.scalars(taken).all() == ["engine:correction"]
    assert broken(session, SEPTEMBER) == {}


def test_what_has_left_already_keeps_its_money(session) -> None:
    pledge, ref = a_pledge(session)
    _, other = a_pledge(session, "13800000002")
    a_match(session, pledge, a_child(session, a_school(session)))
    receipt = came(session, ref)
    run(session, SEPTEMBER)
    batch = session.scalars(select(batches.Batch)).one()
    batches.send(session, viewer(Role.PAYING_DESK), batch.ref, now=NOW)
    asked = receipt_moves.ask(session, FIRST, receipt, other, words=SAID, now=NOW)

    with pytest.raises(WrongState):
        receipt_moves.agree(session, SECOND, asked, again=other, now=NOW)


def test_without_a_reference_it_waits_again_when_the_statement_has_it(session) -> None:
    pledge, ref = a_pledge(session)
    on_statement = came(session, ref)
    by_hand = came(session, ref, None, None)

    moved(session, on_statement, "")
    moved(session, by_hand, "")

    assert ledger.prepaid_of(session, pledge.id) == 0
    (waits,) = receipts.recent(session, FIRST, is_matched=False)
    assert (waits["bank_line"], waits["amount_fen"]) == ("N1", 10_000)
    assert broken(session, SEPTEMBER) == {}


def test_refusals_and_a_no(session) -> None:
    pledge, ref = a_pledge(session)
    _, other = a_pledge(session, "13800000002")
    receipt = came(session, ref)
    for wrong, words in ((ref, SAID), ("AX000000", SAID), (other, "")):
        with pytest.raises(BadInput):
            receipt_moves.ask(session, FIRST, receipt, wrong, words=words, now=NOW)
    for role in set(Role) - {Role.COLLECTING_DESK}:
        with pytest.raises(NotPermitted):
            receipt_moves.ask(session, viewer(role), receipt, other, words=SAID, now=NOW)
    asked = receipt_moves.ask(session, FIRST, receipt, other, words=SAID, now=NOW)

    receipt_moves.turn_down(session, SECOND, asked, now=NOW)

    with pytest.raises(AlreadyDecided):
        receipt_moves.agree(session, SECOND, asked, again=other, now=NOW)
    assert ledger.prepaid_of(session, pledge.id) == 10_000
