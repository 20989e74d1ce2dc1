"""The books (law 2): every transaction's postings sum to zero; nothing is changed afterwards.

Debit is positive. An instalment is opened (PROMISED to OWED), funded (PREPAID to PROMISED), sent
(BANK to IN_TRANSIT) and handed over (IN_TRANSIT to OWED): when all is done every account of it is
back at zero.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from models.ledger import Posting, Transaction
from privacy.viewers import Viewer
from vocabulary.enums import AccountKind, TransactionKind
from vocabulary.errors import WrongState
from vocabulary.money import Fen


@dataclass(frozen=True, slots=True)
class Leg:
    """One posting to be: an account, its dimensions, and fen (debit positive)."""

    account: AccountKind
    amount: Fen
    pledge_id: int | None = None
    organisation_id: int | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """What a transaction is about."""

    kind: TransactionKind
    on: date
    stipend_id: int | None = None
    gift_id: int | None = None
    run_id: int | None = None
    reverses_id: int | None = None


Entry = tuple[Event, Sequence[Leg]]


def post(session: Session, event: Event, legs: Sequence[Leg], *, by: Viewer) -> None:
    """Write one transaction. Raises ValueError unless the legs sum to zero."""
    post_all(session, [(event, legs)], by=by)


def post_all(session: Session, entries: Sequence[Entry], *, by: Viewer) -> None:
    """Write many transactions in two statements. Raises ValueError unless each sums to zero."""
    if any(sum(leg.amount for leg in legs) for _, legs in entries):
        fault = "the legs of a transaction must sum to zero"
        raise ValueError(fault)
    made = session.scalars(
        insert(Transaction).returning(Transaction.id, sort_by_parameter_order=True),
        [_transaction_row(event, by) for event, _ in entries],
    ).all()
    rows = [_row(key, leg) for key, (_, legs) in zip(made, entries, strict=True) for leg in legs]
    session.execute(insert(Posting), rows)


def reverse(session: Session, event: Event, *, of: TransactionKind, by: Viewer) -> None:
    """Undo the latest unreversed transaction of a kind by a new one with opposite legs."""
    undone = select(Transaction.reverses_id).where(Transaction.reverses_id.is_not(None))
    same = Transaction.stipend_id if event.stipend_id else Transaction.gift_id
    original = session.scalar(
        select(Transaction.id)
        .where(
            same == (event.stipend_id or event.gift_id),
            Transaction.kind == of,
            Transaction.id.not_in(undone),
        )
        .order_by(Transaction.id.desc())
    )
    if original is None:
        raise WrongState(from_state="none", to_state=of.value)
    legs = session.scalars(select(Posting).where(Posting.transaction_id == original)).all()
    opposite = [
        Leg(leg.account, Fen(-leg.amount), leg.pledge_id, leg.organisation_id) for leg in legs
    ]
    post(session, replace(event, reverses_id=original), opposite, by=by)


def balance(session: Session, account: AccountKind, *, pledge_id: int | None = None) -> Fen:
    """Return an account's balance, debit positive; of one pledge if given."""
    query = select(func.coalesce(func.sum(Posting.amount), 0)).where(Posting.account == account)
    if pledge_id is not None:
        query = query.where(Posting.pledge_id == pledge_id)
    return Fen(session.scalar(query) or 0)


def prepaid_of(session: Session, pledge_id: int) -> Fen:
    """Return what a donor has paid ahead under one pledge."""
    return Fen(-balance(session, AccountKind.PREPAID, pledge_id=pledge_id))


def _transaction_row(event: Event, by: Viewer) -> dict[str, object]:
    return {**asdict(event), "by": by.actor}


def _row(transaction_id: int, leg: Leg) -> dict[str, object]:
    return {
        "transaction_id": transaction_id,
        "account": leg.account,
        "pledge_id": leg.pledge_id,
        "organisation_id": leg.organisation_id,
        "amount": leg.amount,
    }
