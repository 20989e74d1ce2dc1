"""What must hold after any fault, whatever died and however often (THREATS 3.1)."""

import hashlib
from collections import Counter
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from models.ledger import Posting, Transaction
from models.notices import Notice
from models.rests import PayBack
from models.stipends import Batch
from privacy import viewers
from services.checking import checks
from tests.faults.bank import judge
from tests.faults.office import Office
from vocabulary.enums import (
    AccountKind,
    BatchStatus,
    NoticeKind,
    NoticeStatus,
    TransactionKind,
)

SILENCE = "due_against_done"
_LEAVES = (TransactionKind.SENT, TransactionKind.REST_PAID)
# What a day without anything to do may leave behind: that it was looked at.
_OF_THE_LOOKING = {
    "job_runs", "job_leases", "state_changes", "statements", "statement_lines", "payouts",
    "trace_ordinary", "trace_custodian", "chain_heads",
}  # fmt: skip


def findings(session: Session, office: Office, now: datetime) -> list[str]:
    """Name every breach there is while anything may still be on its way."""
    found = [line for name, line in _report(session, now) if name != SILENCE]
    return found + _of_the_bank(session, office) + _of_the_post(session, office)


def _report(session: Session, now: datetime) -> list[tuple[str, str]]:
    session.rollback()
    report = checks.report(session, viewers.console(), now=now)["checks"]
    return [(one["name"], f"{one['name']}: {line}") for one in report for line in one["findings"]]


def unsettled(session: Session, office: Office, now: datetime) -> list[str]:
    """Name what has not come to its end: nothing may, once the faults have stopped."""
    silence = [line for name, line in _report(session, now) if name == SILENCE]
    return silence + _stuck(session, office)


def all_findings(session: Session, office: Office, now: datetime) -> list[str]:
    """Name every breach and all that has not come to its end, by one look at the books."""
    found = [line for _, line in _report(session, now)]
    found += _of_the_bank(session, office) + _of_the_post(session, office)
    return found + _stuck(session, office)


def _stuck(session: Session, office: Office) -> list[str]:
    stuck = (BatchStatus.OPEN, BatchStatus.ORDERED, BatchStatus.UNCLEAR)
    found = [f"batch {ref}: {status}" for ref, status in session.execute(
        select(Batch.memo, Batch.status).where(Batch.status.in_(stuck)))]  # fmt: skip
    on_the_way = (NoticeStatus.WAITING, NoticeStatus.SENDING)
    waiting = select(Notice.kind, Notice.status).where(Notice.status.in_(on_the_way))
    found += [f"notice {kind}: {status}" for kind, status in session.execute(waiting)]
    found += office.unfinished(session)
    book = office.bank.book()
    verdict = judge(_owed(session), book)
    return found if verdict.is_sound else [*found, f"{verdict}"]


def _owed(session: Session) -> dict[str, int]:
    """What we say has left, by memo: batches, and what went back to who had paid it."""
    rows = session.execute(select(Batch.memo, Batch.sent_fen).where(Batch.sent_fen.is_not(None)))
    back = session.execute(select(PayBack.memo, PayBack.fen).where(PayBack.paid_on.is_not(None)))
    return {memo: fen for memo, fen in rows} | {memo: fen for memo, fen in back}


def _of_the_bank(session: Session, office: Office) -> list[str]:
    """The bank may be ahead of our books, never behind them, and never doubled."""
    book = office.bank.book()
    paid = {entry.purpose: entry.fen for entry in book}
    owed = _owed(session)
    found = [f"the bank paid {memo} twice" for memo, n in Counter(e.purpose for e in book).items()
             if n > 1]  # fmt: skip
    found += [f"we say {memo} left, the bank does not" for memo in owed.keys() - paid.keys()]
    found += [
        f"{m}: {fen} here, {paid[m]} there" for m, fen in owed.items() if paid.get(m, fen) != fen
    ]
    left = session.scalar(
        select(func.coalesce(func.sum(Posting.amount), 0))
        .join(Transaction, Transaction.id == Posting.transaction_id)
        .where(Transaction.kind.in_(_LEAVES), Posting.account == AccountKind.BANK)
    )
    if -left != sum(owed.values()):
        found.append(f"the ledger sent {-left}, batches and pay-backs {sum(owed.values())}")
    return found


def _of_the_post(session: Session, office: Office) -> list[str]:
    """Nothing twice, nothing without its row, and no row says sent that was not."""
    taken = Counter(office.post.book())
    known = {n.ref: n for n in session.scalars(select(Notice))}
    found = [f"{known[ref].kind} went {n} times" for ref, n in taken.items() if n > 1]
    found += [f"{ref} went, and nobody asked for it" for ref in taken.keys() - known.keys()]
    said = {ref for ref, one in known.items()
            if one.status is NoticeStatus.DELIVERED and one.sent_text is not None}  # fmt: skip
    found += [f"{known[ref].kind} is said to be sent" for ref in said - taken.keys()]
    return found + _without_cause(session)


def _without_cause(session: Session) -> list[str]:
    """Who hands over is told of a batch exactly when it left."""
    told = {s.partition(":")[2] for s in session.scalars(
        select(Notice.subject).where(Notice.kind == NoticeKind.BATCH_SENT))}  # fmt: skip
    left = set(session.scalars(select(Batch.ref).where(Batch.sent_on.is_not(None))))
    return [f"of batch {ref} nobody was told" for ref in left - told] + [
        f"told of batch {ref}, which did not leave" for ref in told - left
    ]


def digest(session: Session) -> str:
    """One number over all that is not about the looking itself."""
    session.rollback()
    made = hashlib.sha256()
    for table in sorted(set(Batch.metadata.tables) - _OF_THE_LOOKING - {"regions"}):
        rows = session.execute(text(f"SELECT * FROM {table}")).all()
        made.update(f"{table}:{sorted(map(repr, rows))}".encode())
    return made.hexdigest()
