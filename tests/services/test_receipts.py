"""The collecting desk corrects a wrong booking by a new entry; nothing is deleted."""

from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.ledger import Receipt
from privacy import viewers
from services.books import ledger, receipts
from services.books.receipts import BankLine
from services.checking import checks
from services.vault import purses
from tests.factories import a_pledge, viewer
from vocabulary.enums import AccountKind, PledgeKind, Role
from vocabulary.errors import AlreadyDecided, BadInput, WrongState
from vocabulary.money import Fen

DESK = viewer(Role.COLLECTING_DESK, regions=("150000000000",))


def book(session: Session, reference: str, now: datetime, fen: int = 10_000) -> str:
    line = BankLine(reference, Fen(fen), date(2026, 11, 3), line="B-1")
    ref: str = receipts.record(session, DESK, line, now=now)["ref"]
    return ref


def take_back(session: Session, ref: str, now: datetime) -> None:
    receipts.take_back(session, DESK, ref, first="account:first", reason="金额记错了", now=now)


def faults(session: Session, now: datetime) -> list[str]:
    session.commit()
    report = checks.report(session, viewers.console(), now=now)
    return [line for check in report["checks"] for line in check["findings"] if "到账" in line]


@pytest.mark.parametrize("kind", [PledgeKind.CHILD, PledgeKind.GAP_FUND, None])
def test_a_wrong_booking_is_taken_back_by_a_new_entry_and_booked_anew(
    session: Session, now: datetime, kind: PledgeKind | None
) -> None:
    pledge, reference = a_pledge(session, kind=kind or PledgeKind.CHILD)
    named = reference if kind else "没写"
    ref = book(session, named, now, fen=90_000)

    take_back(session, ref, now)
    book(session, named, now, fen=9_000)

    sums = sorted(session.scalars(select(Receipt.amount_fen)))
    assert sums == [-90_000, 9_000, 90_000]
    assert ledger.balance(session, AccountKind.BANK) == 9_000
    assert ledger.prepaid_of(session, pledge.id) == (9_000 if kind is PledgeKind.CHILD else 0)
    assert len(receipts.recent(session, DESK, is_matched=False)) == (0 if kind else 1)
    purse = purses.of_pledges(session, [pledge.donor_ref])[pledge.donor_ref]
    assert purse.payments == ([(date(2026, 11, 3), 9_000)] if kind else [])
    assert faults(session, now) == []


def test_money_that_was_used_is_not_taken_back(session: Session, now: datetime) -> None:
    pledge, reference = a_pledge(session)
    ref = book(session, reference, now)
    used = ledger.Leg(AccountKind.PREPAID, Fen(5_000), pledge_id=pledge.id)
    rest = ledger.Leg(AccountKind.PROMISED, Fen(-5_000))
    event = ledger.Event(ledger.TransactionKind.FUNDED, date(2026, 11, 4))
    ledger.post(session, event, (used, rest), by=DESK)

    with pytest.raises(WrongState):
        take_back(session, ref, now)

    assert session.scalars(select(Receipt.is_taken_back)).all() == [False]


def test_a_booking_is_taken_back_once_and_its_twin_not_at_all(
    session: Session, now: datetime
) -> None:
    ref = book(session, a_pledge(session)[1], now)
    take_back(session, ref, now)

    with pytest.raises(AlreadyDecided):
        take_back(session, ref, now)

    again = session.scalars(select(Receipt).where(Receipt.corrects_id.is_not(None))).one()
    with pytest.raises(Exception, match="not_found"):
        take_back(session, again.ref, now)


def test_the_same_line_of_the_bank_is_still_booked_once_only(
    session: Session, now: datetime
) -> None:
    reference = a_pledge(session)[1]
    book(session, reference, now)

    with pytest.raises(BadInput):
        book(session, reference, now)
