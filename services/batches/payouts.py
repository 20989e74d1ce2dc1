"""What left our account and what came back, as the bank's statement has it, against our batches.

A debit that names a batch's memo and is its sum to the fen settles it: sent on the bank's day, or
confirmed where a person had said so. A 退汇 of a whole batch lets its lines go again; what a hand
sends back is taken in. All else is shown with its reason and settles nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from models.payment_orders import Payout
from models.statements import StatementLine
from models.stipends import Batch, Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.accountancy.waiting import DEBIT_DAYS
from services.batches import batches, late_returns, returns
from services.batches.bank_words import give_backs_in, memos_in
from services.books import give_backs, late_words
from services.gate import Card
from services.statements.kinds import speaks_of_a_fee
from vocabulary.dates import today
from vocabulary.enums import BankAnswer, BatchStatus, LineKind, LineReason, LineState, Route
from vocabulary.errors import BadInput
from vocabulary.money import Fen

KINDS = frozenset({LineKind.OUTGOING, LineKind.RETURNED})
MOST_UNSETTLED = 200
MOST_SILENT = 50
_LEFT = frozenset({BatchStatus.SENT, BatchStatus.CLOSED})
_SHOWN = ("ref", "row", "kind", "reason", "amount_fen", "on", "memo")


@dataclass(frozen=True, slots=True)
class Batched:
    """What the books expect of one batch: its sum, and what may come back of it."""

    key: int
    fen: Fen
    opened_on: date
    has_left: bool
    is_paid: bool
    is_back: bool
    is_whole: bool
    # Put back and gone on under another memo: a debit under this one pays a second time.
    is_replaced: bool
    # The statement had it leaving, and the bank said later that it came back.
    is_told_back: bool
    coming_back: Fen
    # What a person recorded as back and no statement has shown yet: in all, and of each day.
    recorded: frozenset[Fen] = frozenset()
    # What two people gave up for lost, and may come back all the same.
    lost: Fen | None = None


@dataclass(frozen=True, slots=True)
class Bank:
    """What one line of the statement says, as far as payouts go."""

    fen: Fen
    on: date
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """Where a line belongs: its state, why it settles nothing, and the memo and batch it names."""

    state: LineState
    reason: LineReason | None = None
    memo: str | None = None
    batch: Batched | None = None


@dataclass(slots=True)
class Book:
    """The batches that lines may name; two lines of one statement never settle one batch twice."""

    batches: Mapping[str, Batched] = field(default_factory=dict)
    paid: set[str] = field(default_factory=set)
    back: set[str] = field(default_factory=set)
    given: give_backs.Given = field(default_factory=give_backs.Given)

    def find(self, line: Bank) -> Found:
        """Say where a line belongs, and remember what it settles."""
        memos = memos_in(line.text, self.batches)
        given = give_backs_in(line.text)
        if given and not memos:
            why = self.given.against(given[0], line.fen, line.on)
            state = LineState.UNSETTLED if why else LineState.SETTLED
            return Found(state, why, given[0])
        if not memos:
            return _nameless(line)
        if len(memos) > 1:
            return Found(LineState.UNSETTLED, LineReason.SEVERAL_MEMOS)
        memo = memos[0]
        batch = self.batches.get(memo)
        if batch is None:
            return Found(LineState.UNSETTLED, LineReason.UNKNOWN_MEMO, memo)
        goes_out = _goes_out(line)
        against = self._against_paying if goes_out else self._against_back
        why = against(batch, line, memo)
        if why is not None:
            return Found(LineState.UNSETTLED, why, memo, batch)
        (self.paid if goes_out else self.back).add(memo)
        return Found(LineState.SETTLED, None, memo, batch)

    def _against_paying(self, batch: Batched, line: Bank, memo: str) -> LineReason | None:
        if batch.is_paid or batch.is_back or batch.is_replaced or memo in self.paid:
            return LineReason.PAID_TWICE
        if -line.fen != batch.fen:
            return LineReason.WRONG_SUM
        return LineReason.TOO_EARLY if line.on < batch.opened_on else None

    def _against_back(self, batch: Batched, line: Bank, memo: str) -> LineReason | None:
        if batch.is_back or memo in self.back:
            return LineReason.BACK_TWICE
        if not batch.has_left and memo not in self.paid:
            return LineReason.NOT_SENT_YET
        if line.on < batch.opened_on:
            return LineReason.TOO_EARLY
        expected = {batch.coming_back, batch.lost, *batch.recorded}
        if line.fen in expected or (batch.is_told_back and line.fen == batch.fen):
            return None
        return _against_bounce(batch, line)

    def find_all(self, lines: Sequence[Bank]) -> list[Found]:
        """Say where each belongs. Debits come first: a statement may be written from below."""
        out = {at: self.find(one) for at, one in enumerate(lines) if _goes_out(one)}
        return [out.get(at) or self.find(one) for at, one in enumerate(lines)]


def _nameless(line: Bank) -> Found:
    """What left without our memo waits for a person's word, what came back so waits in 待核对."""
    if not _goes_out(line):
        return Found(LineState.UNMATCHED, LineReason.NOT_OURS_BACK)
    is_fee = speaks_of_a_fee(line.text)
    return Found(LineState.UNSETTLED, LineReason.DEAR_FEE if is_fee else LineReason.NO_MEMO)


def _against_bounce(batch: Batched, line: Bank) -> LineReason | None:
    if line.fen != batch.fen:
        return LineReason.WRONG_SUM
    return None if batch.is_whole else LineReason.HAND_SPOKE


def _goes_out(line: Bank) -> bool:
    """The sum says which way it went: a payment made again may speak of what came back."""
    return line.fen < 0


def book_of(session: Session, lines: Sequence[Bank]) -> Book:
    """Ask once for every batch that these lines may name."""
    shaped = {memo for line in lines for memo in memos_in(line.text)}
    given = give_backs.asked(session, {one for line in lines for one in give_backs_in(line.text)})
    if not shaped:
        return Book(given=given)
    found = session.scalars(select(Batch).where(Batch.memo.in_(shaped))).all()
    sums = batches.totals(session, [batch.ref for batch in found])
    keys = [batch.id for batch in found]
    back, spoken = returns.sums_coming_back(session, keys), _spoken(session, keys)
    recorded, lost = late_returns.recorded(session, keys), late_returns.lost(session, keys)
    return Book(
        {
            batch.memo: Batched(
                key=batch.id,
                fen=batch.sent_fen or Fen(sums.get(batch.ref, (0, 0))[1]),
                opened_on=batch.opened_on,
                has_left=batch.status in _LEFT,
                is_paid=batch.bank_on is not None,
                is_back=batch.bounced_on is not None,
                is_whole=batch.id not in spoken
                and batch.sent_fen in {None, sums.get(batch.ref, (0, 0))[1]},
                is_replaced=batch.bank_said is BankAnswer.NOT_PAID
                or (
                    batch.ordered_on is not None and batch.sent_on is None and batch.ref not in sums
                ),
                is_told_back=batch.bank_on is not None and batch.bank_said is BankAnswer.NOT_PAID,
                coming_back=back.get(batch.id, Fen(0)),
                recorded=recorded.get(batch.id, frozenset()),
                lost=lost.get(batch.id),
            )
            for batch in found
        },
        given=given,
    )


def _spoken(session: Session, keys: Sequence[int]) -> set[int]:
    """Return the batches (keys) of which a hand or a family says that it had the money.

    That a card has it is the bank's own word: a 退汇 unsays it.
    """
    said = or_(
        and_(Stipend.handed_over_on.is_not(None), Batch.route != Route.CARD),
        Stipend.not_handed_over_on.is_not(None),
        Stipend.confirmed_on.is_not(None),
        Stipend.returned_on.is_not(None),
        Stipend.written_off_on.is_not(None),
    )
    spoken = select(Stipend.batch_id).join(Batch, Batch.id == Stipend.batch_id)
    rows = session.scalars(spoken.where(Stipend.batch_id.in_(keys), said))
    return {key for key in rows if key is not None}


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
        new = [b for row, b in paid if row.on == day and b.status not in _LEFT]
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
