"""Where a line of the bank's statement belongs: which batch or give-back it settles, or why none.

Part of services/batches/payouts.py, which books what is found here. Nothing is written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from models.stipends import Batch, Stipend
from services.batches import batches, late_returns, returns
from services.batches.bank_words import give_backs_in, memos_in
from services.books import give_backs
from services.statements.kinds import speaks_of_a_fee
from vocabulary.enums import BankAnswer, BatchStatus, LineReason, LineState, Route
from vocabulary.money import Fen

LEFT = frozenset({BatchStatus.SENT, BatchStatus.CLOSED})


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
                has_left=batch.status in LEFT,
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
