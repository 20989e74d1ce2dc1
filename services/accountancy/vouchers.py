"""凭证: a month's entries as the accountant books them, one voucher for each kind of entry.

Sums alone, dated by the last day of the month: the day and the sum of one payment would tell who
paid it. No child, no payer, no pledge.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from models.ledger import Posting, Transaction
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services.accountancy.subjects import Subject, subject_of
from services.checking.check_words import BOOKINGS
from services.gate import Card
from vocabulary.dates import add_months, first_of_month
from vocabulary.enums import AccountKind, TransactionKind

Sides = dict[Subject, list[int]]
_Key = tuple[TransactionKind, bool]
_UNDONE = aliased(Transaction)


def of_month(session: Session, viewer: Viewer, month: date) -> list[Card]:
    """Return the lines of a month's vouchers; each voucher's debits and credits are equal."""
    require(viewer, Act.SEE_BOOKS)
    first = first_of_month(month)
    found = _sums(session, first)
    last = add_months(first, 1) - timedelta(days=1)
    vouchers = enumerate(sorted(found, key=_place), 1)
    return [card for number, key in vouchers for card in _lines(number, key, found[key], last)]


def _place(key: _Key) -> tuple[int, bool]:
    return list(TransactionKind).index(key[0]), key[1]


def _sums(session: Session, first: date) -> Mapping[_Key, Sides]:
    """Add up debits and credits by kind of entry and 科目; what is undone stands by its own kind."""
    kind = func.coalesce(_UNDONE.kind, Transaction.kind)
    is_debit, is_undoing = Posting.amount > 0, Transaction.reverses_id.is_not(None)
    rows = session.execute(
        select(kind, is_undoing, Posting.account, is_debit, func.sum(Posting.amount))
        .select_from(Posting)
        .join(Transaction, Transaction.id == Posting.transaction_id)
        .outerjoin(_UNDONE, _UNDONE.id == Transaction.reverses_id)
        .where(Transaction.on >= first, Transaction.on < add_months(first, 1))
        .group_by(kind, is_undoing, Posting.account, is_debit)
    )
    found: dict[_Key, Sides] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for name, undoes, account, debit, fen in rows:
        of_kind = TransactionKind(name)
        subject = subject_of(AccountKind(account), of_kind)
        found[of_kind, bool(undoes)][subject][0 if debit else 1] += abs(int(fen))
    return found


def _lines(number: int, key: _Key, sides: Sides, on: date) -> Iterator[Card]:
    kind, undoes = key
    words = ("冲回：" if undoes else "") + BOOKINGS[kind.value]
    for at, name in ((0, "debit"), (1, "credit")):
        for subject in sorted(sides):
            if sides[subject][at]:
                fen = {"debit": 0, "credit": 0} | {name: sides[subject][at]}
                told = {"number": number, "on": on, "words": words, **fen}
                yield Card({**told, "code": subject.code, "name": subject.name})
