"""A credit in 待核对 that is no gift: the collecting desk says so, the paying desk says of what.

Our own payment come back without our memo reopens its batch like any 退汇. The bank's own mistake is
closed with its counter line, whichever of the two came first; nothing of either stays in the books.
The paying desk reads sum and day of the credit, and whether its holder is the batch's own payee.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from models.kept import KeptSum
from models.ledger import Receipt
from models.line_ties import LineTie
from models.payment_orders import PaymentOrderLine, Payout
from models.statements import StatementLine
from models.stipends import Batch
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import by_two, gate, trace
from services.batches import payouts
from services.books import kept_again, kept_lists, receipts, unclaimed
from services.gate import Card
from vocabulary.dates import today
from vocabulary.enums import (
    AmendmentStatus,
    BankAnswer,
    BatchStatus,
    Chain,
    DebitWas,
    LineKind,
    LineState,
    Role,
    TieKind,
)
from vocabulary.errors import AlreadyDecided, BadInput, NotFound
from vocabulary.money import Fen

SHOWN = 100
_WAITS = LineTie.status == AmendmentStatus.ASKED
_LEFT = (BatchStatus.SENT, BatchStatus.CLOSED)
_WHY = "不是捐款"


def ask(session: Session, by: Viewer, ref: str, kind: TieKind, *, words: str, now: datetime) -> str:
    """Say, as the first person, that a credit in 待核对 is no gift; return the request's ref.

    Raises BadInput(words), AlreadyDecided for what waits no more or was asked for already.
    """
    require(by, Act.RECORD_MONEY)
    receipt = gate.row(session, by, Receipt, Receipt.ref == ref)
    plain = by_two.said(words)
    if kind is TieKind.KEPT and receipt.shown_on is None:
        raise BadInput(field="words", reason="not_shown")
    waits = select(Receipt.id).where(Receipt.id == receipt.id, unclaimed.is_waiting())
    if session.scalar(waits) is None:
        raise AlreadyDecided()
    by_two.refuse_another(session, LineTie, LineTie.receipt_id == receipt.id)
    tie = LineTie(
        receipt_id=receipt.id,
        kind=kind,
        amount_fen=receipt.amount_fen,
        on=receipt.received_on,
        words=plain,
        asked_by=by.actor,
        asked_on=today(now),
    )
    session.add(tie)
    session.flush()
    _trace(session, by, "line_tie.ask", tie, now=now)
    return tie.ref


def listing(session: Session, viewer: Viewer) -> list[Card]:
    """List what was asked: what waits first, then the newest."""
    order = (_WAITS.desc(), LineTie.id.desc())
    return gate.cards(session, viewer, LineTie, order_by=order, limit=SHOWN)


def detail(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return one with what it may be tied to, for the paying desk. Raises NotFound."""
    require(viewer, Act.SEND_BATCH)
    card = gate.card(session, viewer, LineTie, LineTie.ref == ref)
    tie = gate.row(session, viewer, LineTie, LineTie.ref == ref)
    if tie.status is not AmendmentStatus.ASKED:
        return card.and_also(batches=[], debits=[], owed=[])
    is_bounce = tie.kind is TieKind.BOUNCED
    is_kept, is_mistake = tie.kind is TieKind.KEPT, tie.kind is TieKind.BANKS_ERROR
    return card.and_also(
        owed=kept_lists.owed(session, viewer) if is_kept else [],
        batches=_batches(session, viewer, tie) if is_bounce else [],
        debits=[] if not is_mistake else gate.cards(
            session, viewer, Payout, fields=("ref", "row", "on", "amount_fen", "words"),
            where=_is_counter(tie), order_by=(Payout.on, Payout.id),
        ),
    )  # fmt: skip


def _batches(session: Session, viewer: Viewer, tie: LineTie) -> list[Card]:
    fields = ("ref", "memo", "month", "sent_on", "sent_fen", "route")
    found = gate.cards(
        session, viewer, Batch, fields=fields, where=_may_be(tie), order_by=(Batch.sent_on,)
    )
    payer = _plain(session.get_one(Receipt, tie.receipt_id).payer_name or "")
    payees = _payees(session, [card["ref"] for card in found])
    return [
        card.and_also(
            payee=payees.get(card["ref"]),
            same_holder=bool(payer) and _plain(payees.get(card["ref"]) or "") == payer,
        )
        for card in found
    ]


def _may_be(tie: LineTie) -> tuple[ColumnElement[bool], ...]:
    """Say in SQL which batches left with that very sum before that day, and are not back."""
    return (
        Batch.status.in_(_LEFT),
        Batch.sent_fen == tie.amount_fen,
        Batch.sent_on <= tie.on,
        Batch.bounced_on.is_(None),
    )


def _is_counter(tie: LineTie) -> tuple[ColumnElement[bool], ...]:
    return Payout.state == LineState.UNSETTLED, Payout.amount_fen == -tie.amount_fen


def _payees(session: Session, refs: list[str]) -> dict[str, str]:
    rows = session.execute(
        select(Batch.ref, PaymentOrderLine.payee)
        .join(PaymentOrderLine, PaymentOrderLine.batch_id == Batch.id)
        .where(Batch.ref.in_(refs), PaymentOrderLine.answer.is_distinct_from(BankAnswer.NOT_PAID))
    )
    return {ref: payee for ref, payee in rows}


def agree(session: Session, by: Viewer, ref: str, target: str, *, now: datetime) -> None:
    """Say of what it is, as the second person: a batch's ref, or a debit's that waits.

    Raises ActedBefore, AlreadyDecided, BadInput(target) for what it cannot be.
    """
    require(by, Act.SEND_BATCH)
    tie = gate.row(session, by, LineTie, LineTie.ref == ref)
    by_two.check_second(by, tie)
    receipt = session.get_one(Receipt, tie.receipt_id)
    if receipt.is_matched or receipt.is_taken_back:
        raise AlreadyDecided()
    match tie.kind:
        case TieKind.BOUNCED:
            _bounce(session, by, tie, receipt, target, now=now)
        case TieKind.BANKS_ERROR:
            _counter(session, by, tie, receipt, target)
        case TieKind.KEPT:
            _paid_back(session, by, tie, receipt, target, now=now)
    # The credit leaves 待核对 by a further entry, under the rights of the desk that asked.
    collecting = replace(by, roles=frozenset({Role.COLLECTING_DESK}))
    receipts.undo(session, collecting, receipt, reason=_WHY, now=now)
    by_two.decide(session, by, tie, AmendmentStatus.DONE, now=now)
    trace.record(session, by, "line.tie", f"line_tie:{ref}", now=now, why=tie.kind.value)


def _bounce(
    session: Session, by: Viewer, tie: LineTie, receipt: Receipt, target: str, *, now: datetime
) -> None:
    try:
        batch = gate.row(session, by, Batch, Batch.ref == target, *_may_be(tie))
    except NotFound as refusal:
        raise BadInput(field="target", reason="unfit") from refusal
    payouts.take_back_untold(session, by, batch, _payout(session, tie, receipt, batch), now=now)
    tie.batch_id = batch.id


def _counter(session: Session, by: Viewer, tie: LineTie, receipt: Receipt, target: str) -> None:
    try:
        debit = gate.row(session, by, Payout, Payout.ref == target, *_is_counter(tie))
    except NotFound as refusal:
        raise BadInput(field="target", reason="unfit") from refusal
    debit.was, debit.state = DebitWas.BANKS_ERROR, LineState.SETTLED
    session.add(_payout(session, tie, receipt, None))
    tie.debit_id = debit.id
    session.flush()


def _paid_back(
    session: Session, by: Viewer, tie: LineTie, receipt: Receipt, target: str, *, now: datetime
) -> None:
    """Book it to what that hand owes, and by it to the fund; the line says money of ours came back."""
    try:
        kept = gate.row(session, by, KeptSum, KeptSum.ref == target, *kept_lists.IS_OWED)
    except NotFound as refusal:
        raise BadInput(field="target", reason="unfit") from refusal
    kept_again.take_in(session, by, kept, Fen(tie.amount_fen), on=tie.on, now=now)
    if receipt.shown_on is not None:
        session.add(_payout(session, tie, receipt, None))
    tie.kept_id = kept.id
    session.flush()


def _payout(session: Session, tie: LineTie, receipt: Receipt, batch: Batch | None) -> Payout:
    """Return the line as the statement's own word of our payments, which it now is."""
    key, memo = receipt.bank_line or f"tie {tie.ref}", batch.memo if batch else None
    session.execute(
        update(StatementLine)
        .where(StatementLine.key == key, StatementLine.is_kept)
        .values(state=LineState.SETTLED, reason=None, memo=memo)
    )
    return Payout(
        key=key,
        batch_id=batch.id if batch else None,
        memo=memo,
        row=1,
        kind=LineKind.RETURNED,
        state=LineState.SETTLED,
        amount_fen=Fen(tie.amount_fen),
        on=receipt.shown_on or tie.on,
    )


def turn_down(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Leave the credit in 待核对: either desk may."""
    if not by.has(Role.PAYING_DESK):
        require(by, Act.RECORD_MONEY)
    tie = gate.row(session, by, LineTie, LineTie.ref == ref)
    by_two.decide(session, by, tie, AmendmentStatus.TURNED_DOWN, now=now)
    _trace(session, by, "line_tie.turn_down", tie, now=now)


def _trace(session: Session, by: Viewer, act: str, one: LineTie, *, now: datetime) -> None:
    subject = f"line_tie:{one.ref}"
    trace.record(session, by, act, subject, now=now, chain=Chain.CUSTODIAN)


def _plain(name: str) -> str:
    return "".join(name.split())
