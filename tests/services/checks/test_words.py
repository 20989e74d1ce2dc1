"""What `check` calls the books' kinds is what the pages call them."""

from services.checking.check_words import ACCOUNTS, BOOKINGS, FACTS
from vocabulary.enums import AccountKind, FactKind, TransactionKind
from web.core.labels import label


def test_findings_call_accounts_and_bookings_as_the_pages_do() -> None:
    assert {kind: label(kind) for kind in AccountKind} == ACCOUNTS
    assert {kind: label(kind) for kind in TransactionKind} == BOOKINGS


def test_every_fact_has_a_word() -> None:
    assert set(FactKind) == set(FACTS)
