"""What left our account and what came back, as the bank's statement has it, against our batches.

A debit that names a batch's memo and is its sum to the fen settles it: sent on the bank's day, or
confirmed where a person had said so. A 退汇 of a whole batch lets its lines go again; what a hand
sends back is taken in. All else is shown with its reason and settles nothing.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from models.payment_orders import Payout
from models.statements import StatementLine
from models.stipends import Batch
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.accountancy.waiting import DEBIT_DAYS
from services.batches import batches, late_returns, returns
from services.batches.payout_lines import LEFT, Bank, Found, book_of
from services.books import give_backs, late_words
from services.gate import Card
from vocabulary.dates import today
from vocabulary.enums import BankAnswer, LineKind, LineState
from vocabulary.errors import BadInput

KINDS = frozenset({LineKind.OUTGOING, LineKind.RETURNED})
MOST_UNSETTLED = 200
MOST_SILENT = 50
_SHOWN = ("ref", "row", "kind", "reason", "amount_fen", "on", "memo")


def settle(session: Session, by: Viewer, rows: Sequence[StatementLine], *, now: datetime) -> int:
    """Settle what newly booked lines of a statement say; return how many batches they settled.

    A line that settles nothing is not kept as counted: uploaded again, it is looked at again.
    """
    require(by, Act.IMPORT_STATEMENT)
    named = [row for row in rows if row.kind in KINDS]
    left = [row for row in named if row.amount_fen < 0]
    back = [row for row in named if row.amount_fen > 0]
    paid = _found(session, by, left, now=now)
    _pay(session, by, paid, now=now)
    came = _found(session, by, back, now=now)
    for row, batch in came:
        _take_back(session, by, row, batch, now=now)
    session.flush()
    return len(paid) + len(came)


def _found(
    session: Session, by: Viewer, rows: Sequence[StatementLine], *, now: datetime
) -> list[tuple[StatementLine, Batch]]:
    """Write down where each line belongs; return those that settle a batch, and which."""
    lines = [Bank(row.amount_fen, row.on, row.remark) for row in rows]
    pairs = list(zip(rows, book_of(session, lines).find_all(lines), strict=True))
    for row, found in pairs:
        row.state, row.reason, row.memo = found.state, found.reason, found.memo
        row.is_kept = found.state is not LineState.UNSETTLED
    named = [(row, found) for row, found in pairs if found.state is not LineState.UNMATCHED]
    session.execute(delete(Payout).where(Payout.key.in_([row.key for row, _ in named])))
    session.add_all(_payout(row, found) for row, found in named)
    for row, found in named:
        if found.state is LineState.SETTLED and found.batch is None and found.memo:
            give_backs.settle(session, by, found.memo, row.amount_fen, on=row.on, now=now)
    return [
        (row, session.get_one(Batch, found.batch.key))
        for row, found in named
        if found.state is LineState.SETTLED and found.batch
    ]


def _payout(row: StatementLine, found: Found) -> Payout:
    return Payout(
        key=row.key,
        batch_id=found.batch.key if found.batch else None,
        memo=found.memo,
        row=row.row,
        kind=row.kind,
        state=found.state,
        reason=found.reason,
        amount_fen=row.amount_fen,
        on=row.on,
    )


def _pay(
    session: Session,
    by: Viewer,
    paid: Sequence[tuple[StatementLine, Batch]],
    *,
    now: datetime,
) -> None:
    for day in sorted({row.on for row, _ in paid}):
        new = [b for row, b in paid if row.on == day and b.status not in LEFT]
        batches.leave(session, new, on=day, by=by, now=now)
    for row, batch in paid:
        batch.bank_on = row.on
    done = [(by, f"batch:{batch.ref}") for _, batch in paid]
    trace.record_all(session, "batch.on_statement", done, now=now)


def _take_back(
    session: Session, by: Viewer, row: StatementLine | Payout, batch: Batch, *, now: datetime
) -> None:
    """Take in what a hand sent back, or the whole batch that the bank could not deliver."""
    if batch.bank_said is BankAnswer.NOT_PAID:
        batch.bounced_on = row.on  # what it did in the books was done when the bank was asked
        return
    if row.amount_fen in late_returns.recorded(session, [batch.id], but=row.key).get(batch.id, ()):
        return  # a person had recorded it: the statement shows it now
    if row.amount_fen == late_returns.lost(session, [batch.id]).get(batch.id):
        late_words.hear(session, batch, BankAnswer.NOT_PAID, by=by, now=now)
        return
    coming = returns.sums_coming_back(session, [batch.id]).get(batch.id)
    give = returns.take_in if coming == row.amount_fen else returns.bounce
    give(session, batch, on=row.on, by=by, now=now)


def take_back_untold(
    session: Session, by: Viewer, batch: Batch, line: Payout, *, now: datetime
) -> None:
    """Take back what a credit without our memo is, as two people found out (`line_ties`).

    Raises BadInput(target) where a line with the memo would settle nothing either.
    """
    told = Bank(line.amount_fen, line.on, batch.memo)
    if book_of(session, [told]).find(told).state is not LineState.SETTLED:
        raise BadInput(field="target", reason="unfit")
    session.add(line)
    session.flush()
    _take_back(session, by, line, batch, now=now)
    session.flush()


def without_debit(session: Session, viewer: Viewer, *, now: datetime) -> list[Card]:
    """List what a person marked as paid a week ago and no statement has leaving, the oldest first."""
    require(viewer, Act.SEND_BATCH)
    silent = (
        Batch.sent_on < today(now) - timedelta(days=DEBIT_DAYS),
        Batch.bank_on.is_(None),
        Batch.bank_said.is_distinct_from(BankAnswer.NOT_PAID),
    )
    told = ("ref", "memo", "route", "status", "bank_said", "sent_on", "sent_fen")
    oldest = (Batch.sent_on, Batch.memo)
    return gate.cards(
        session, viewer, Batch, fields=told, where=silent, order_by=oldest, limit=MOST_SILENT
    )


def unsettled(session: Session, viewer: Viewer) -> list[Card]:
    """List what statements say and the books do not, the latest first, until somebody explains it."""
    require(viewer, Act.SEND_BATCH)
    where = (Payout.state == LineState.UNSETTLED, Payout.was.is_(None))
    newest = (Payout.on.desc(), Payout.id.desc())
    return gate.cards(
        session, viewer, Payout, fields=_SHOWN, where=where, order_by=newest, limit=MOST_UNSETTLED
    )
