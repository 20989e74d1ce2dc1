"""`check` accepts what the gap fund does and finds each way of damaging it."""

import pytest
from sqlalchemy.orm import Session

from services.fund import bridging
from tests.services.checks.damaging import damage, found
from tests.services.gap_fund import (
    NOVEMBER,
    OCTOBER,
    SEPTEMBER,
    feed,
    own_matches,
    pay,
    run,
    sponsored,
)
from tests.services.test_standing_in import ended
from vocabulary.dates import at

_OWN = "(SELECT id FROM matches WHERE stands_in_for_id IS NOT NULL)"
_BRIDGED = "(SELECT id FROM transactions WHERE kind = 'bridged' LIMIT 1)"
_REPAID = "(SELECT id FROM transactions WHERE kind = 'repaid' LIMIT 1)"
NOW = at(NOVEMBER, 13)
DAMAGE: dict[str, tuple[set[str], tuple[str, ...]]] = {
    "more spent than there is": (
        {"gap_fund"},
        (
            "DELETE FROM postings WHERE transaction_id IN (SELECT id FROM transactions"
            " WHERE kind = 'received') AND account = 'gap_fund'",
        ),
    ),
    "a gift to the fund that was booked as a donor's own": (
        {"gap_fund", "receipts_booked"},
        (
            "UPDATE postings SET account = 'unmatched' WHERE account = 'gap_fund'"
            " AND transaction_id IN (SELECT id FROM transactions WHERE kind = 'received')",
        ),
    ),
    "an instalment bridged from nowhere": (
        {"ledger_against_facts"},
        (f"UPDATE postings SET account = 'prepaid' WHERE transaction_id = {_BRIDGED}"
         " AND account = 'gap_fund'",),
    ),
    "a bridging that never was": (
        {"ledger_against_facts", "fact_dates", "missing_rows"},
        ("DELETE FROM facts WHERE id = (SELECT id FROM facts WHERE kind = 'bridged' LIMIT 1)",),
    ),
    "a bridging without its posting": (
        {"ledger_against_facts", "empty_transactions", "foreign_keys"},
        (f"DELETE FROM transactions WHERE id = {_BRIDGED}",),
    ),
    "money of a donor that never went back": (
        {"ledger_against_facts"},
        (f"UPDATE transactions SET kind = 'funded' WHERE id = {_REPAID}",),
    ),
    "a repayment into another account": (
        {"ledger_against_facts"},
        (f"UPDATE postings SET account = 'promised' WHERE transaction_id = {_REPAID}"
         " AND account = 'gap_fund'",),
    ),
    "the fund's money on another's pledge": (
        {"whose_postings"},
        (f"UPDATE postings SET pledge_id = 1 WHERE transaction_id = {_BRIDGED}"
         " AND account = 'gap_fund'",),
    ),
    "a bridged day that was wiped out": (
        {"fact_dates", "stipends_of_matches"},
        ("UPDATE stipends SET bridged_on = NULL WHERE received_on IS NULL",),
    ),
    "money of a donor in what nobody owes": (
        {"gap_fund", "fact_dates"},
        (f"UPDATE stipends SET received_on = '2026-11-01' WHERE match_id IN {_OWN}",),
    ),
    "a month that donor and fund both paid": (
        {"gap_fund"},
        (f"UPDATE stipends SET due_on = '2026-10-01' WHERE match_id ="
         f" (SELECT stands_in_for_id FROM matches WHERE id IN {_OWN})",),
    ),
    "the fund's match as anybody's": (
        {"gap_fund"},
        ("UPDATE matches SET stands_in_for_id = NULL",),
    ),
}  # fmt: skip


@pytest.fixture
def world(session: Session) -> Session:
    """A fund that carries one child, was repaid for another, and paid for a third."""
    feed(session, 88_800)
    stopped, reference = sponsored(session)
    pay(session, reference, 10_000, SEPTEMBER)
    _, slow = sponsored(session, "13800000002", name="包晓军")
    sponsored(session, "13800000003", name="斯琴")
    run(session, SEPTEMBER)
    pay(session, slow, 10_000, SEPTEMBER)
    ended(session, stopped, OCTOBER)
    run(session, OCTOBER)
    session.flush()
    assert len(own_matches(session)) == 1
    return session


def test_a_whole_world_is_sound(world: Session) -> None:
    run(world, NOVEMBER)

    assert found(world, NOW) == {}
    assert bridging.balance(world) > 0


@pytest.mark.parametrize("what", sorted(DAMAGE))
@pytest.mark.sqlite_only
def test_damage_is_named(world: Session, what: str) -> None:
    names, statements = DAMAGE[what]
    run(world, NOVEMBER)

    damage(world, *statements)

    assert names <= found(world, NOW).keys()
