"""A give-back on the bank's statement: that it left, and that it came back.

Two people decided it: of unclaimed money (`unclaimed`), or of what a stopped pledge had left
(`pay_backs`). What the bank could not deliver waits where it was before.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.ledger import Receipt
from models.payment_orders import Payout
from models.rests import PayBack
from models.unclaimed import Unclaimed
from privacy.viewers import Viewer
from services import trace
from services.books import ledger, pay_backs
from services.books.ledger import Event, Leg
from vocabulary.enums import (
    AccountKind,
    AmendmentStatus,
    Chain,
    LineReason,
    LineState,
    PayBackStatus,
    TransactionKind,
    UnclaimedWay,
)
from vocabulary.money import Fen


@dataclass(frozen=True, slots=True)
class GiveBack:
    """What two people decided to send back, and what of it happened."""

    fen: Fen
    decided_on: date
    is_paid: bool
    is_back: bool
    # Given up at the bank's word, and made out anew: a debit under its memo pays a second time.
    is_refused: bool


@dataclass(frozen=True, slots=True)
class Given:
    """The give-backs that lines may name; two lines never settle one twice."""

    by_memo: Mapping[str, GiveBack] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)
    back: set[str] = field(default_factory=set)

    def against(self, memo: str, fen: Fen, on: date) -> LineReason | None:
        """Say why a line settles nothing, and else remember what it settles."""
        one = self.by_memo.get(memo)
        if one is None:
            return LineReason.UNKNOWN_MEMO
        if abs(fen) != one.fen:
            return LineReason.WRONG_SUM
        if on < one.decided_on:
            return LineReason.TOO_EARLY
        seen, twice = (
            (self.left, LineReason.PAID_TWICE) if fen < 0 else (self.back, LineReason.BACK_TWICE)
        )
        if memo in seen or (fen > 0 and one.is_back) or (fen < 0 and one.is_refused):
            return twice
        if fen > 0 and not one.is_paid and memo not in self.left:
            return LineReason.NOT_SENT_YET
        seen.add(memo)
        return None


def asked(session: Session, memos: Collection[str]) -> Given:
    """Return what was decided under these memos, and which of it a statement has shown leaving."""
    if not memos:
        return Given()
    rows = session.execute(
        select(Unclaimed, Receipt.amount_fen)
        .join(Receipt, Receipt.id == Unclaimed.receipt_id)
        .where(
            Unclaimed.memo.in_(memos),
            Unclaimed.way == UnclaimedWay.GIVE_BACK,
            Unclaimed.status == AmendmentStatus.DONE,
        )
    )
    found = {
        one.memo: _told(one, fen, one.decided_on) for one, fen in rows if one.decided_on is not None
    }
    found |= _of_rests(session, memos)
    shown = select(Payout.memo).where(
        Payout.memo.in_(memos), Payout.state == LineState.SETTLED, Payout.amount_fen < 0
    )
    return Given(found, {memo for memo in session.scalars(shown) if memo})


def _of_rests(session: Session, memos: Collection[str]) -> dict[str, GiveBack]:
    """Return what the paying desk let go of the rests of stopped pledges under these memos."""
    rows = session.scalars(
        select(PayBack).where(PayBack.memo.in_(memos), PayBack.released_on.is_not(None))
    )
    return {
        one.memo: _told(one, Fen(one.fen), one.released_on)
        for one in rows
        if one.released_on is not None
    }


def _told(one: PayBack | Unclaimed, fen: Fen, decided_on: date) -> GiveBack:
    return GiveBack(
        fen,
        decided_on,
        is_paid=one.paid_on is not None,
        is_back=one.bounced_on is not None,
        is_refused=one.refused_on is not None,
    )


def _settle_rest(
    session: Session, by: Viewer, one: PayBack, fen: Fen, *, on: date, now: datetime
) -> None:
    if fen > 0:
        pay_backs.bounce(session, by, one, on=on, now=now)
    elif one.status is PayBackStatus.RELEASED:  # else a person had said so
        pay_backs.left(session, by, one, on=on, now=now)


def settle(session: Session, by: Viewer, memo: str, fen: Fen, *, on: date, now: datetime) -> None:
    """Book what a line says of a give-back: it left on that day, or it came back."""
    rest = session.scalar(select(PayBack).where(PayBack.memo == memo))
    if rest is not None:
        _settle_rest(session, by, rest, fen, on=on, now=now)
        return
    one = session.scalars(select(Unclaimed).where(Unclaimed.memo == memo)).one()
    receipt = session.get_one(Receipt, one.receipt_id)
    if fen < 0 and one.paid_on is not None:
        return  # a person had said so
    if fen < 0:
        one.paid_on = receipt.gone_on = on
        act = "unclaimed.pay"
    else:
        one.bounced_on, receipt.unclaimed, receipt.gone_on = on, None, None
        act = "unclaimed.bounce"
    legs = Leg(AccountKind.UNMATCHED, Fen(-fen)), Leg(AccountKind.BANK, fen)
    ledger.post(session, Event(TransactionKind.GIVEN_BACK, on), legs, by=by)
    session.flush()
    why, subject = UnclaimedWay.GIVE_BACK.value, f"unclaimed:{one.ref}"
    trace.record(session, by, act, subject, now=now, why=why, chain=Chain.CUSTODIAN)
