"""One payment is booked once: however it was numbered, typed, divided and uploaded."""

from datetime import date

import pytest
from sqlalchemy import func, select

from models.ledger import Receipt
from models.online_payments import OnlineOrder
from services.books import booking, dividing, ledger, receipts
from services.books.booking import BankLine
from tests.factories import a_pledge
from tests.services.statements.bank import DESK, a_csv, book, judged, read
from vocabulary.enums import AccountKind
from vocabulary.errors import WrongState
from vocabulary.money import Fen

ON = date(2026, 11, 10)


def bank(session) -> int:
    return ledger.balance(session, AccountKind.BANK)


def test_a_number_that_two_lines_share_names_each_in_every_export(session, now) -> None:
    _, reference = a_pledge(session)
    came = f"20261110,,100.00,,王芳,{reference},A1"
    fee = "20261110,0.60,,,银行,手续费,A1"

    counts = [book(session, a_csv(*lines), now) for lines in ((came,), (came, fee), (fee, came))]

    assert counts == [1, 0, 0]
    assert bank(session) == 10_000 - 60


def test_two_equal_lines_of_one_number_are_two(session, now) -> None:
    _, reference = a_pledge(session)
    line = f"20261110,,100.00,,王芳,{reference},A1"

    assert [book(session, a_csv(*lines), now) for lines in ((line,), (line, line))] == [1, 1]
    assert bank(session) == 20_000


def test_a_long_number_is_a_name_too(session, now) -> None:
    _, reference = a_pledge(session)
    lines = [f"20261110,,100.00,,王芳,{reference},{'9' * 39}{n}" for n in range(2)]

    assert [book(session, a_csv(*lines), now) for _ in range(2)] == [2, 0]


def test_what_was_typed_and_divided_is_known_when_it_is_uploaded(session, now) -> None:
    _, one = a_pledge(session, "13800000001")
    _, other = a_pledge(session, "13800000002")
    typed = BankLine("工会代收", Fen(20_000), ON, "工会", "A1")
    card = booking.record(session, DESK, typed, now=now)
    dividing.divide(session, DESK, card["ref"], f"{one} {other}", now=now)

    assert book(session, a_csv(f"20261110,,200.00,,工会,{one} {other},A1"), now) == 0
    assert bank(session) == 20_000
    assert set(session.scalars(select(Receipt.shown_on).where(Receipt.is_matched))) == {ON}


@pytest.mark.parametrize("day", ["20261110", "20261113"])
def test_what_was_typed_without_a_number_is_suggested_and_never_its_donors_by_itself(
    session, now, day
) -> None:
    pledge, reference = a_pledge(session)
    booking.record(session, DESK, BankLine(reference, Fen(10_000), ON, "王芳"), now=now)
    data = a_csv(f"{day},,100.00,,王芳,{reference},A1")

    row = judged(read(data, session))[0]
    book(session, data, now)

    assert (row["state"], row["reason"]) == ("suggested", "by_hand")
    assert ledger.prepaid_of(session, pledge.id) == 10_000
    assert book(session, data, now) == 0


def test_a_person_says_that_it_is_the_same_payment(session, now) -> None:
    pledge, reference = a_pledge(session)
    booking.record(session, DESK, BankLine(reference, Fen(10_000), ON, "王芳"), now=now)
    data = a_csv(f"20261112,,100.00,,王芳,{reference},A1")

    assert book(session, data, now, accepted=(2,)) == 0
    assert book(session, data, now) == 0

    assert (bank(session), ledger.prepaid_of(session, pledge.id)) == (10_000, 10_000)
    assert session.scalars(select(Receipt.shown_on)).all() == [date(2026, 11, 12)]


def test_another_day_sum_or_reference_is_another_payment(session, now) -> None:
    _, reference = a_pledge(session, "13800000001")
    _, other = a_pledge(session, "13800000002")
    booking.record(session, DESK, BankLine(reference, Fen(10_000), ON, "王芳"), now=now)

    found = judged(
        read(
            a_csv(
                f"20261118,,100.00,,王芳,{reference},A1",
                f"20261110,,200.00,,王芳,{reference},A2",
                f"20261110,,100.00,,王芳,{other},A3",
            ),
            session,
        )
    )

    assert [one["state"] for one in found] == ["matched"] * 3
    assert session.scalar(select(func.count(OnlineOrder.id))) == 0


def test_what_the_statement_says_is_hers_is_not_taken_back(session, now) -> None:
    _, hers = a_pledge(session)
    book(session, a_csv(f"20261110,,1200.00,,王芳,{hers},A1"), now)
    receipt = session.scalars(select(Receipt)).one()

    with pytest.raises(WrongState) as refusal:
        receipts.take_back(
            session, DESK, receipt.ref, first="account:first", reason="记错了", now=now
        )

    assert refusal.value.params["from_state"] == receipts.ON_STATEMENT
    assert bank(session) == 120_000


def test_what_a_person_gave_to_the_wrong_pledge_waits_again_and_stays_in_the_books(
    session, now
) -> None:
    wrong, reference = a_pledge(session)
    book(session, a_csv("20261110,,1200.00,,王芳,没写,A1"), now)
    receipt = session.scalars(select(Receipt)).one()
    with pytest.raises(WrongState):
        receipts.take_back(
            session, DESK, receipt.ref, first="account:first", reason="记错了", now=now
        )
    receipts.assign(session, DESK, receipt.ref, reference, now=now)

    receipts.take_back(
        session, DESK, receipt.ref, first="account:first", reason="记错了人", now=now
    )

    (waits,) = receipts.recent(session, DESK, is_matched=False)
    assert (waits["amount_fen"], waits["shown_on"]) == (120_000, ON)
    assert (bank(session), ledger.prepaid_of(session, wrong.id)) == (120_000, 0)
    assert book(session, a_csv("20261110,,1200.00,,王芳,没写,A1"), now) == 0
