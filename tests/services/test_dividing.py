"""Money of several people in one transfer is divided exactly, or stays whole."""

from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.ledger import Receipt
from privacy import viewers
from services.books import dividing, ledger, receipts
from services.books.receipts import BankLine
from services.checking import checks
from tests.factories import a_pledge, viewer
from vocabulary.enums import AccountKind, Role
from vocabulary.errors import AlreadyDecided, BadInput
from vocabulary.money import Fen

DESK = viewer(Role.COLLECTING_DESK, regions=("150000000000",))


def unmatched(session: Session, now: datetime, fen: int = 30_000) -> str:
    line = BankLine("某林场工会", Fen(fen), date(2026, 11, 3), "某林场", "L-9")
    ref: str = receipts.record(session, DESK, line, now=now)["ref"]
    return ref


def two(session: Session) -> list[str]:
    return [a_pledge(session, contact=f"{name}@example.org")[1] for name in ("a", "b")]


def test_the_sums_that_were_written_divide_it(session: Session, now: datetime) -> None:
    first, second = two(session)
    ref = unmatched(session, now)

    count = dividing.divide(session, DESK, ref, f"{first}:100 {second}:200元", now=now)
    session.commit()

    assert count == 2
    came = dict(
        session.execute(
            select(Receipt.payment_reference, Receipt.amount_fen).where(
                Receipt.is_matched, Receipt.amount_fen > 0
            )
        ).all()
    )
    assert came == {first: 10_000, second: 20_000}
    assert ledger.balance(session, AccountKind.UNMATCHED) == 0
    assert ledger.balance(session, AccountKind.BANK) == 30_000
    report = checks.report(session, viewers.console(), now=now)
    assert [c["name"] for c in report["checks"] if "receipt" in c["name"] and c["count"]] == []


def test_three_instalments_of_each_divide_it_evenly(session: Session, now: datetime) -> None:
    first, second = two(session)

    dividing.divide(session, DESK, unmatched(session, now, 60_000), f"{first}，{second}", now=now)

    assert ledger.balance(session, AccountKind.PREPAID) == -60_000


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{0} {1}", "does_not_split"),
        ("{0} AX999999", "some_unknown"),
        ("{0}:100 {1}:100", "sums_differ"),
    ],
)
def test_what_does_not_divide_exactly_stays_whole(
    session: Session, now: datetime, text: str, reason: str
) -> None:
    ref = unmatched(session, now, 25_000)

    with pytest.raises(BadInput) as refusal:
        dividing.divide(session, DESK, ref, text.format(*two(session)), now=now)

    assert refusal.value.params["reason"] == reason
    assert ledger.balance(session, AccountKind.UNMATCHED) == -25_000


def test_a_sum_that_somebody_wrote_is_never_set_aside_for_the_instalments(
    session: Session, now: datetime
) -> None:
    """The instalments of both make the total; what stands in the list says otherwise."""
    first, second = two(session)
    ref = unmatched(session, now, 20_000)

    for text in (f"{first}:50 {second}:100", f"{first}:150 {second}"):
        with pytest.raises(BadInput):
            dividing.divide(session, DESK, ref, text, now=now)

    assert ledger.balance(session, AccountKind.UNMATCHED) == -20_000
    assert dividing.divide(session, DESK, ref, f"{first}:100 {second} 11月", now=now) == 2


def test_money_is_divided_once(session: Session, now: datetime) -> None:
    first, second = two(session)
    ref = unmatched(session, now, 20_000)
    dividing.divide(session, DESK, ref, f"{first} {second}", now=now)

    with pytest.raises(AlreadyDecided):
        dividing.divide(session, DESK, ref, f"{first} {second}", now=now)
