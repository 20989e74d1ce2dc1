"""What the bank says late of a card's payment that two people had given up for lost.

It came after all: the loss is taken back, and what the gap fund paid for it goes back to the fund,
unless the instalment has left a second time meanwhile. It came back: nothing was lost, and the
instalment goes out once. In no case is a sum lost, or sent twice because of the answer.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from models.stipends import Batch, Stipend
from models.write_offs import WriteOff
from privacy.permissions import CASE_STAFF
from privacy.viewers import Viewer
from services import trace
from services.batches import returns, unsent
from services.books import ledger
from services.books.ledger import Event
from services.handover import office_staff
from services.notices import notices
from services.stipends import facts
from services.stipends.facts import Basis
from vocabulary.dates import today
from vocabulary.enums import (
    AmendmentStatus,
    BankAnswer,
    BatchStatus,
    Evidence,
    FactKind,
    LossEnd,
    NoticeKind,
    Route,
    TransactionKind,
)
from vocabulary.errors import AlreadyDecided, BadInput

_WITH_BANK = (BatchStatus.ORDERED, BatchStatus.UNCLEAR)


def is_given_up() -> ColumnElement[bool]:
    """Say in SQL that a card's batch holds a loss that two people agreed to, and no bank spoke."""
    lost = select(WriteOff.batch_id).where(*_stands())
    return (
        (Batch.route == Route.CARD)
        & (Batch.status == BatchStatus.CLOSED)
        & Batch.bank_said.is_(None)
        & Batch.bounced_on.is_(None)
        & Batch.id.in_(lost)
    )


def _stands() -> tuple[ColumnElement[bool], ...]:
    agreed = WriteOff.status == AmendmentStatus.DONE
    return (agreed, WriteOff.ended.is_(None), WriteOff.batch_id.is_not(None))


def hear(
    session: Session, batch: Batch, answer: BankAnswer, *, by: Viewer, now: datetime
) -> Sequence[LossEnd]:
    """End every loss of a batch by the bank's word; return how each ended.

    Raises BadInput(answer) while the second sending is with the bank: first that one is settled.
    """
    found = session.scalars(
        select(WriteOff).where(WriteOff.batch_id == batch.id, *_stands()).order_by(WriteOff.id)
    ).all()
    for loss in found:
        stipend = session.get_one(Stipend, loss.stipend_id)
        end = _came if answer is BankAnswer.PAID else _came_back
        loss.ended = end(session, loss, stipend, batch, by=by, now=now)
        loss.ended_on = today(now)
        trace.record(
            session, by, "write_off.end", f"write_off:{loss.ref}", now=now, why=loss.ended.value
        )
    session.flush()
    if found:
        kind, staff, named = NoticeKind.LOSS_ENDED, sorted(CASE_STAFF), _named(session, found)
        subject = f"batch:{batch.ref}"
        notices.to_roles(session, staff, batch.region_code, kind, subject, now=now, but=named)
    return [loss.ended for loss in found if loss.ended is not None]


def _named(session: Session, losses: Sequence[WriteOff]) -> frozenset[str]:
    """Return whom a report names about a child of these, in whichever batch its line is by now."""
    return office_staff.named_about(session, [loss.stipend_id for loss in losses])


def _came(
    session: Session,
    loss: WriteOff,
    stipend: Stipend,
    batch: Batch,
    *,
    by: Viewer,
    now: datetime,
) -> LossEnd:
    basis, on = Basis(Evidence.BANK, detail=LossEnd.CAME.value), today(now)
    if loss.paid_again_on is None:
        facts.take_back(session, FactKind.WRITTEN_OFF, stipend, on=on, by=by, now=now, basis=basis)
        return LossEnd.CAME
    if stipend.sent_on is not None:
        return LossEnd.CAME_TWICE  # both have left: the fund has paid the second, and that is so
    _refuse_while_ordered(session, stipend)
    unsent.take_one_out(session, stipend.id)
    _give_back_to_the_fund(session, stipend, by=by, now=now)
    session.refresh(stipend)
    stipend.batch_id = batch.id
    sent_on = batch.sent_on or on
    facts.record(session, FactKind.SENT, [stipend], on=sent_on, by=by, now=now, basis=basis)
    return LossEnd.CAME


def _came_back(
    session: Session,
    loss: WriteOff,
    stipend: Stipend,
    _batch: Batch,
    *,
    by: Viewer,
    now: datetime,
) -> LossEnd:
    if loss.paid_again_on is not None:
        _give_back_to_the_fund(session, stipend, by=by, now=now)
        return LossEnd.CAME_BACK
    if stipend.confirmed_on is not None:
        raise AlreadyDecided()  # the family has it: whoever spoke at the bank is wrong
    basis, on = Basis(Evidence.BANK, detail=LossEnd.CAME_BACK.value), today(now)
    facts.take_back(session, FactKind.WRITTEN_OFF, stipend, on=on, by=by, now=now, basis=basis)
    returns.reopen(session, stipend, by=by, now=now)
    return LossEnd.CAME_BACK


def _refuse_while_ordered(session: Session, stipend: Stipend) -> None:
    if stipend.batch_id is None:
        return
    if session.get_one(Batch, stipend.batch_id).status in _WITH_BANK:
        raise BadInput(field="answer", reason="second_with_bank")


def _give_back_to_the_fund(
    session: Session, stipend: Stipend, *, by: Viewer, now: datetime
) -> None:
    event = Event(TransactionKind.REVERSED, today(now), stipend_id=stipend.id)
    ledger.reverse(session, event, of=TransactionKind.LOST, by=by)
