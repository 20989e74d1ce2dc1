"""待核对支出: what left our account without our memo waits until a person says what it was."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.ledger import Receipt
from models.payment_orders import Payout
from models.unclaimed import Unclaimed
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.books import ledger
from services.books.ledger import Event, Leg
from services.gate import Card
from vocabulary.bank_fees import most
from vocabulary.dates import today
from vocabulary.enums import AccountKind, DebitWas, LineReason, LineState, TransactionKind
from vocabulary.errors import AlreadyDecided, BadInput, NotFound
from vocabulary.money import Fen

SHORTEST_WORDS = 4
_NEAR = timedelta(days=31)
_FEES = frozenset({LineReason.NO_MEMO, LineReason.DEAR_FEE})
_WAITS = (Payout.state == LineState.UNSETTLED, Payout.amount_fen < 0)
_SHOWN = ("ref", "row", "reason", "amount_fen", "on", "memo", "was", "words", "said_by", "said_on")


@dataclass(frozen=True, slots=True)
class Said:
    """What a person found out: what it was, and how he knows."""

    was: DebitWas
    words: str


def one(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return a debit that waits, or of which the last word may still change. Raises NotFound."""
    require(viewer, Act.SEND_BATCH)
    found = gate.cards(session, viewer, Payout, fields=_SHOWN, where=(Payout.ref == ref, *_WAITS))
    if not found:
        raise NotFound()
    card = found[0]
    return card.and_also(
        needs_second=card["was"] is DebitWas.FEE and card["said_by"] != viewer.actor
    )


def listing(session: Session, viewer: Viewer) -> list[Card]:
    """List those of which somebody has said something and that still wait for an end."""
    require(viewer, Act.SEND_BATCH)
    said, oldest = (*_WAITS, Payout.was.is_not(None)), (Payout.on, Payout.id)
    return gate.cards(
        session, viewer, Payout, fields=_SHOWN, where=said, order_by=oldest, limit=200
    )


def explain(session: Session, by: Viewer, ref: str, said: Said, *, now: datetime) -> bool:
    """Say what a debit was, with how one knows; return whether that ends it.

    A fee is booked; above the bound only when a second person says so too. What was given back is
    one that two people had decided. The bank's error waits for its return; an unknown one is a
    finding of `check`. Raises BadInput(was, words), AlreadyDecided.
    """
    require(by, Act.SEND_BATCH)
    line = gate.row(session, by, Payout, Payout.ref == ref)
    _check(line, said)
    is_second = line.was is DebitWas.FEE and line.said_by not in {None, by.actor}
    if said.was is DebitWas.GIVEN_BACK:
        line.memo = _given_back(session, line)
    line.was, line.words = said.was, said.words.strip()
    line.said_by, line.said_on = by.actor, today(now)
    if said.was is DebitWas.GIVEN_BACK:
        line.state = LineState.SETTLED
    elif said.was is DebitWas.FEE and (is_second or _out(line) <= most()):
        legs = Leg(AccountKind.BANK, line.amount_fen), Leg(AccountKind.BANK_FEES, _out(line))
        ledger.post(session, Event(TransactionKind.BANK_FEE, line.on), legs, by=by)
        line.state = LineState.SETTLED
    session.flush()
    trace.record(session, by, "debit.explain", f"debit:{ref}", now=now, why=said.was.value)
    return line.state is LineState.SETTLED


def _check(line: Payout, said: Said) -> None:
    if line.state is not LineState.UNSETTLED or line.amount_fen >= 0:
        raise AlreadyDecided()
    if len(said.words.strip()) < SHORTEST_WORDS:
        raise BadInput(field="words", reason="say_what")
    if said.was is DebitWas.FEE and line.reason not in _FEES:
        raise BadInput(field="was", reason="names_a_batch")


def _out(line: Payout) -> Fen:
    return Fen(-line.amount_fen)


def _given_back(session: Session, line: Payout) -> str:
    """Return the memo of the give-back that a debit is. Raises BadInput where there is none."""
    seen = select(Payout.memo).where(Payout.memo.is_not(None), Payout.state == LineState.SETTLED)
    memo = session.scalar(
        select(Unclaimed.memo)
        .join(Receipt, Receipt.id == Unclaimed.receipt_id)
        .where(
            Unclaimed.paid_on.between(line.on - _NEAR, line.on + _NEAR),
            Receipt.amount_fen == _out(line),
            Unclaimed.memo.not_in(seen),
        )
        .order_by(Unclaimed.id)
        .limit(1)
    )
    if memo is None:
        raise BadInput(field="was", reason="none_given_back")
    return memo
