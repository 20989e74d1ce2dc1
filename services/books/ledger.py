"""The books (law 2): every transaction's postings sum to zero; nothing is changed afterwards.

Debit is positive. An instalment is opened (PROMISED to OWED), funded (PREPAID to PROMISED) or paid
by the gap fund (GAP_FUND to PROMISED, and PREPAID to GAP_FUND when its donor pays after all), sent
(BANK to IN_TRANSIT) and handed over (IN_TRANSIT to OWED): when all is done every account of it is
back at zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    Insert,
    and_,
    bindparam,
    case,
    func,
    insert,
    literal,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from models.earmarks import Earmark
from models.ledger import Posting, Transaction
from models.pledges import Match
from models.stipends import Gift, Stipend
from privacy.viewers import Viewer
from services.prepared import Ready
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
    card_id: int | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """What a transaction is about; `said_by` where many speak at once."""

    kind: TransactionKind
    on: date
    stipend_id: int | None = None
    gift_id: int | None = None
    run_id: int | None = None
    reverses_id: int | None = None
    said_by: Viewer | None = None
    redirection_id: int | None = None
    rest_id: int | None = None


# What a fee may be booked against: our own accounts, never what is owed to a child or was given.
FEE_SIDES = frozenset(
    {
        AccountKind.BANK_FEES,
        AccountKind.BANK,
        AccountKind.AT_WECHAT,
        AccountKind.AT_ALIPAY,
    }
)
Entry = tuple[Event, Sequence[Leg]]

# The plain tables: the ORM's insert leaves out what is None, and so writes row by row.
_LEGS = insert(Posting.__table__)  # type: ignore[arg-type]
_COLUMNS = ("transaction_id", "account", "pledge_id", "organisation_id", "card_id", "amount")
_POSTED = Ready(_LEGS.values({name: bindparam(name) for name in _COLUMNS}))
_BOOKED = insert(Transaction.__table__).returning(  # type: ignore[arg-type]
    Transaction.id, Transaction.kind, Transaction.on, Transaction.stipend_id, Transaction.gift_id
)


def as_opened(session: Session, subjects: Sequence[Stipend | Gift]) -> dict[int, Fen]:
    """Return the sum that was booked when each, all of one table, was opened: by key.

    For what was set apart as damaged: its own row is no longer believed, the books are.
    """
    if not subjects:
        return {}
    mine = Transaction.stipend_id if isinstance(subjects[0], Stipend) else Transaction.gift_id
    rows = session.execute(
        select(mine, -Posting.amount)
        .join(Posting, Posting.transaction_id == Transaction.id)
        .where(
            mine.in_([subject.id for subject in subjects]),
            Transaction.kind == TransactionKind.OPENED,
            Posting.account == AccountKind.OWED,
        )
        .order_by(Transaction.id.desc())
    )
    return {key: Fen(fen) for key, fen in rows if key is not None}


def post(session: Session, event: Event, legs: Sequence[Leg], *, by: Viewer) -> None:
    """Write one transaction. Raises ValueError unless the legs sum to zero."""
    post_all(session, [(event, legs)], by=by)


def post_all(session: Session, entries: Sequence[Entry], *, by: Viewer) -> None:
    """Write one transaction for each entry, in two statements for all of them.

    Raises ValueError unless each sums to zero.
    """
    if any(sum(leg.amount for leg in legs) for _, legs in entries):
        fault = "the legs of a transaction must sum to zero"
        raise ValueError(fault)
    if any(_charges_a_gift(legs) for _, legs in entries):
        fault = "a fee is never paid from what was given for children"
        raise ValueError(fault)
    rows = [_transaction_row(event, by) for event, _ in entries]
    session.flush()
    connection = session.connection()
    keys: dict[tuple[Any, ...], list[int]] = {}
    for key, *said in sorted(connection.execute(_BOOKED, rows), key=itemgetter(0), reverse=True):
        keys.setdefault(tuple(said), []).append(key)
    # The rows come back in no order: of those that say the same, one is as good as the other.
    both = [
        (keys[one.kind, one.on, one.stipend_id, one.gift_id].pop(), legs) for one, legs in entries
    ]
    _POSTED.run(connection, *(_row(key, leg) for key, legs in both for leg in legs))


def _charges_a_gift(legs: Sequence[Leg]) -> bool:
    """Law of the house: 助学金 pays no management fee, and no gift waits or travels at its cost."""
    accounts = {leg.account for leg in legs}
    return AccountKind.BANK_FEES in accounts and not accounts <= FEE_SIDES


def post_of_run(
    session: Session,
    kind: TransactionKind,
    debit: AccountKind,
    credit: AccountKind,
    *,
    run_id: int,
    after: int,
) -> None:
    """Write both legs of each transaction of a kind that a run added after a key.

    Each is about the instalment's own sum.
    """
    values = {"of_run": run_id, "after_key": after}
    session.connection().execute(_both_legs(kind, debit, credit), values)


@cache
def _both_legs(kind: TransactionKind, debit: AccountKind, credit: AccountKind) -> Insert:
    sides = union_all(
        select(literal(debit.value).label("account"), literal(1).label("sign")),
        select(literal(credit.value), literal(-1)),
    ).subquery("sides")
    # What restricted money bridged goes back to it.
    goes_back = and_(sides.c.account == AccountKind.GAP_FUND, Earmark.id.is_not(None))
    account = case((goes_back, literal(AccountKind.EARMARKED.value)), else_=sides.c.account)
    whose = case((goes_back, Earmark.pledge_id), else_=Match.pledge_id)
    legs = (
        select(Transaction.id, account, whose, Stipend.amount_fen * sides.c.sign)
        .join(Stipend, Stipend.id == Transaction.stipend_id)
        .join(Match, Match.id == Stipend.match_id)
        .join(sides, true())
        .outerjoin(Earmark, Earmark.id == Stipend.earmark_id)
        .where(
            Transaction.id > bindparam("after_key"),
            Transaction.run_id == bindparam("of_run"),
            Transaction.kind == kind,
        )
    )
    return _LEGS.from_select(["transaction_id", "account", "pledge_id", "amount"], legs)


def reverse(session: Session, event: Event, *, of: TransactionKind, by: Viewer) -> None:
    """Undo the latest unreversed transaction of a kind by a new one with opposite legs.

    Never before its own day: money ahead that a line had until its due day was used in no year.
    """
    undone = select(Transaction.reverses_id).where(Transaction.reverses_id.is_not(None))
    same = Transaction.stipend_id if event.stipend_id else Transaction.gift_id
    found = session.execute(
        select(Transaction.id, Transaction.on)
        .where(
            same == (event.stipend_id or event.gift_id),
            Transaction.kind == of,
            Transaction.id.not_in(undone),
        )
        .order_by(Transaction.id.desc())
        .limit(1)
    ).one_or_none()
    if found is None:
        raise WrongState(from_state="none", to_state=of.value)
    original, day = found
    legs = session.scalars(select(Posting).where(Posting.transaction_id == original)).all()
    opposite = [
        Leg(leg.account, Fen(-leg.amount), leg.pledge_id, leg.organisation_id, leg.card_id)
        for leg in legs
    ]
    undone_on = max(event.on, day)
    post(session, replace(event, on=undone_on, reverses_id=original), opposite, by=by)


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
    return {
        "kind": event.kind,
        "on": event.on,
        "stipend_id": event.stipend_id,
        "gift_id": event.gift_id,
        "run_id": event.run_id,
        "reverses_id": event.reverses_id,
        "by": (event.said_by or by).actor,
        "redirection_id": event.redirection_id,
        "rest_id": event.rest_id,
    }


def _row(transaction_id: int, leg: Leg) -> dict[str, object]:
    return {
        "transaction_id": transaction_id,
        "account": leg.account,
        "pledge_id": leg.pledge_id,
        "organisation_id": leg.organisation_id,
        "card_id": leg.card_id,
        "amount": leg.amount,
    }
