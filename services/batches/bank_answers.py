"""What the bank did with a batch of an order, as a person asked it: paid, not paid, or no answer.

No answer is a state of its own. It ends by the statement (`payouts`) or by a person who asked the
bank and says whom; never by paying again under another memo: a batch keeps its own for good.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from models.payment_orders import PaymentOrder, PaymentOrderLine
from models.stipends import Batch
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.batches import batches, orders, unsent
from services.gate import Card
from services.lifecycle import advance
from vocabulary.dates import today
from vocabulary.enums import BankAnswer, BatchStatus
from vocabulary.errors import AlreadyDecided, BadInput, NotFound

SHORTEST_NOTE = 2
_LEADS_TO = {BankAnswer.NOT_PAID: BatchStatus.OPEN, BankAnswer.UNCLEAR: BatchStatus.UNCLEAR}
_WITH_BANK = (BatchStatus.ORDERED, BatchStatus.UNCLEAR)


@dataclass(frozen=True, slots=True)
class Told:
    """What the bank says of one batch: the day it paid, and who at the bank said so."""

    answer: BankAnswer
    on: date | None = None
    note: str = ""


def line(session: Session, viewer: Viewer, batch_ref: str) -> Card:
    """Return the line of a batch that the bank has not answered. Raises NotFound."""
    require(viewer, Act.SEND_BATCH)
    ref = session.scalar(
        select(PaymentOrder.ref)
        .join(PaymentOrderLine, PaymentOrderLine.order_id == PaymentOrder.id)
        .join(Batch, Batch.id == PaymentOrderLine.batch_id)
        .where(Batch.ref == batch_ref, Batch.status.in_(_WITH_BANK), _is_live())
    )
    found = orders.detail(session, viewer, ref or "")
    card: Card = next(one for one in found["lines"] if one["batch"]["ref"] == batch_ref)
    return card.and_also(
        order_ref=ref, made_on=today(found["made_at"]), was_taken=found["taken"] > 0
    )


def _is_live() -> ColumnElement[bool]:
    return PaymentOrderLine.answer.is_(None) | (PaymentOrderLine.answer == BankAnswer.UNCLEAR)


def answer(session: Session, by: Viewer, batch_ref: str, told: Told, *, now: datetime) -> None:
    """Keep what the bank says of one batch that stands in an order.

    What is put back loses the lines that are another hand's by now (`unsent`). Raises BadInput(on) for a
    day before the order or to come, BadInput(note) where nobody was asked, AlreadyDecided when the
    statement or somebody was first.
    """
    require(by, Act.SEND_BATCH)
    batch = gate.row(session, by, Batch, Batch.ref == batch_ref)
    if batch.status not in _WITH_BANK:
        raise AlreadyDecided()
    if len(told.note.strip()) < SHORTEST_NOTE and _must_ask(session, batch, told.answer):
        raise BadInput(field="note", reason="nobody_asked")
    if told.answer is BankAnswer.PAID:
        batches.leave(session, [batch], on=_day(batch, told.on, now=now), by=by, now=now)
    else:
        advance(session, batch, _LEADS_TO[told.answer], by=by, now=now, reason=told.answer.value)
        trace.record(session, by, f"batch.{told.answer.value}", f"batch:{batch_ref}", now=now)
    _note(session, batch, told, by=by, now=now)
    if batch.status is BatchStatus.OPEN:
        unsent.cleared(session, [batch])


def _must_ask(session: Session, batch: Batch, answer: BankAnswer) -> bool:
    """Say whether somebody at the bank has to be asked: an order handed out may be with it."""
    if batch.status is BatchStatus.UNCLEAR:
        return True
    taken = (
        select(PaymentOrder.taken)
        .join(PaymentOrderLine, PaymentOrderLine.order_id == PaymentOrder.id)
        .where(PaymentOrderLine.batch_id == batch.id, _is_live())
    )
    return answer is BankAnswer.NOT_PAID and (session.scalar(taken) or 0) > 0


def _day(batch: Batch, on: date | None, *, now: datetime) -> date:
    if on is None or batch.ordered_on is None or not batch.ordered_on <= on <= today(now):
        raise BadInput(field="on", reason="not_between")
    return on


def _note(session: Session, batch: Batch, told: Told, *, by: Viewer, now: datetime) -> None:
    """Write the answer on the line; `leave` has written a paid one's."""
    newest = (
        select(PaymentOrderLine.id)
        .where(PaymentOrderLine.batch_id == batch.id)
        .order_by(PaymentOrderLine.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    values: dict[str, object] = {"answer": told.answer, "note": told.note.strip() or None}
    if told.answer is not BankAnswer.PAID:
        values |= {"answered_by": by.actor, "answered_on": today(now)}
    session.execute(
        update(PaymentOrderLine)
        .where(PaymentOrderLine.id == newest)
        .values(values)
        .execution_options(synchronize_session=False)
    )


def all_paid(session: Session, by: Viewer, order_ref: str, *, on: date, now: datetime) -> int:
    """Keep that the bank paid every line of an order it had not been asked about; say how many.

    Raises AlreadyDecided when none is left, BadInput(on).
    """
    found = _untold(session, by, order_ref)
    for batch in found:
        _day(batch, on, now=now)
    batches.leave(session, found, on=on, by=by, now=now)
    return len(found)


def none_given(
    session: Session, by: Viewer, order_ref: str, *, now: datetime, note: str = ""
) -> int:
    """Put back what the bank was never given of an order; return how many batches wait again.

    Raises BadInput(note) for one that was handed out, while nobody at the bank was asked.
    """
    found = _untold(session, by, order_ref)
    for batch in found:
        answer(session, by, batch.ref, Told(BankAnswer.NOT_PAID, note=note), now=now)
    return len(found)


def _untold(session: Session, by: Viewer, order_ref: str) -> Sequence[Batch]:
    require(by, Act.SEND_BATCH)
    if not gate.count(session, by, PaymentOrder, PaymentOrder.ref == order_ref):
        raise NotFound()
    mine = (
        select(PaymentOrderLine.batch_id)
        .join(PaymentOrder, PaymentOrder.id == PaymentOrderLine.order_id)
        .where(PaymentOrder.ref == order_ref, PaymentOrderLine.answer.is_(None))
    )
    of_order = (Batch.id.in_(mine), Batch.status == BatchStatus.ORDERED)
    found = gate.rows(session, by, Batch, *of_order, order_by=(Batch.id,))
    if not found:
        raise AlreadyDecided()
    return found
