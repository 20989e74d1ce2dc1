"""What came under a pledge and stayed: what went back to its payer counts on no certificate."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.ledger import Posting, Transaction
from models.pledges import Pledge
from services.vault import purses
from vocabulary.enums import AccountKind, TransactionKind
from vocabulary.money import Fen


def of_pledge(session: Session, ref: str) -> list[tuple[date, Fen]]:
    """Return each payment under a pledge (its donor's ref), less what of it went back to its payer."""
    payments = [(day, int(fen)) for day, fen in purses.of_pledges(session, [ref])[ref].payments]
    for went_on, fen in _went_back(session, ref):
        payments = _without(payments, went_on, fen)
    return [(day, Fen(fen)) for day, fen in payments if fen]


def _went_back(session: Session, ref: str) -> list[tuple[date, int]]:
    """Return what of a stopped pledge went back; what the bank could not deliver is none of it."""
    rows = session.execute(
        select(Transaction.on, Posting.amount)
        .join(Posting, Posting.transaction_id == Transaction.id)
        .join(Pledge, Pledge.id == Posting.pledge_id)
        .where(
            Pledge.donor_ref == ref,
            Posting.account == AccountKind.REST,
            Transaction.kind == TransactionKind.REST_PAID,
        )
        .order_by(Transaction.id)
    )
    went: list[tuple[date, int]] = []
    for on, fen in rows:
        if fen > 0:
            went.append((on, int(fen)))
        else:  # it came back: the last of the same sum was never paid
            same = [at for at, (_, sum_) in enumerate(went) if sum_ == -fen]
            del went[same[-1]]
    return went


def _without(payments: list[tuple[date, int]], on: date, fen: int) -> list[tuple[date, int]]:
    """Take a sum off the latest payments of a day or before it: what was paid last went back."""
    left, kept = fen, list(payments)
    for at in reversed(range(len(kept))):
        day, had = kept[at]
        if day <= on:
            part = min(left, had)
            kept[at], left = (day, had - part), left - part
    return kept
