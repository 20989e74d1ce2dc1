"""A booking that stands under the wrong pledge: one person says so, another of the desk agrees.

To another reference, even against the statement's own words; or off the pledge without one, to wait
in 待核对 when the bank's statement has it. What it had paid for and has not left is unpaid again; what
has left the gap fund has paid from then on (`sent_on`), so that the child keeps it and the donor whose
money it was has it. Of the donors neither is told who the other is: each reads his own payments.
"""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models.ledger import Receipt
from models.line_ties import ReceiptMove
from models.pledges import Match, Pledge
from models.stipends import Batch, Stipend
from privacy import viewers
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import by_two, gate, trace
from services.batches import unsent
from services.books import ledger, receipts, sent_on
from services.gate import Card, Part
from services.giving import rests
from services.notices import notices
from services.notices.notices import Recipient
from services.stipends import facts
from services.stipends.facts import Basis
from services.vault import vault
from vocabulary.dates import today
from vocabulary.enums import (
    AmendmentStatus,
    BatchStatus,
    Chain,
    Evidence,
    FactKind,
    NoticeKind,
    RecipientKind,
)
from vocabulary.errors import AlreadyDecided, BadInput

SHOWN = 100
_WAITS = ReceiptMove.status == AmendmentStatus.ASKED
_RECEIPT = ("ref", "amount_fen", "received_on", "payer_name", "payment_reference", "shown_on")
_PARTS = {"receipt": Part(Receipt, Receipt.id == ReceiptMove.receipt_id, _RECEIPT)}


def ask(session: Session, by: Viewer, ref: str, to: str, *, words: str, now: datetime) -> str:
    """Ask, as the first person, for a booking to go to another reference, or to none ("").

    Returns the request's ref. Raises BadInput(reference, words), AlreadyDecided for what is taken
    back, waits in 待核对 itself or was asked for already, WrongState for what a provider took in.
    """
    require(by, Act.MOVE_RECEIPT)
    receipt = gate.row(session, by, Receipt, Receipt.ref == ref, Receipt.corrects_id.is_(None))
    if not receipt.is_matched or receipt.is_taken_back:
        raise AlreadyDecided()
    receipts.refuse_online(session, receipt)
    named = receipts.named(to) if to.strip() else None
    plain = by_two.said(words)
    if named is not None and vault.find_pledge_by_reference(session, named) is None:
        raise BadInput(field="reference", reason="typo" if receipts.is_typo(to) else "unknown")
    if named == receipt.payment_reference:
        raise BadInput(field="reference", reason="unchanged")
    by_two.refuse_another(session, ReceiptMove, ReceiptMove.receipt_id == receipt.id)
    asked = ReceiptMove(
        receipt_id=receipt.id,
        to_reference=named,
        words=plain,
        asked_by=by.actor,
        asked_on=today(now),
    )
    session.add(asked)
    session.flush()
    _trace(session, by, "receipt_move.ask", asked, now=now)
    return asked.ref


def agree(session: Session, by: Viewer, ref: str, *, again: str, now: datetime) -> None:
    """Agree as the second person, who types the right reference again (nothing where there is none).

    Raises ActedBefore, AlreadyDecided, BadInput(again), WrongState(fund_short) where the fund cannot
    step in for what has left already, WrongState(spent) where nobody can.
    """
    asked = _asked(session, by, ref)
    by_two.check_second(by, asked)
    if (receipts.named(again) if again.strip() else None) != asked.to_reference:
        raise BadInput(field="again", reason="another_reference")
    receipt = session.get_one(Receipt, asked.receipt_id)
    if receipt.is_taken_back:
        raise AlreadyDecided()
    _free(session, by, receipt, now=now)
    first, why = asked.asked_by, asked.words
    if asked.to_reference is None:
        receipts.take_back(session, by, receipt.ref, reason=why, now=now, first=first)
    else:
        receipts.move(session, by, receipt, asked.to_reference, reason=why, now=now)
    by_two.decide(session, by, asked, AmendmentStatus.DONE, now=now)
    _trace(session, by, "receipt_move.agree", asked, now=now)


def _free(session: Session, by: Viewer, receipt: Receipt, *, now: datetime) -> None:
    """Have the money there again: out of what has not left, and by the fund out of what has."""
    pledge_id = vault.pledge_of_receipt(session, receipt.id)
    if pledge_id is None:
        return
    rests.withdraw(session, by, pledge_id, now=now)
    # A child's fact names no person of this desk.
    engine = viewers.engine("correction")
    freed = _unfund(session, engine, pledge_id, receipt, now=now)
    left = sent_on.step_in(session, engine, pledge_id, receipt.amount_fen, now=now)
    if freed or left:
        _tell(session, pledge_id, receipt, now=now)


def _unfund(
    session: Session, engine: Viewer, pledge_id: int, receipt: Receipt, *, now: datetime
) -> int:
    """Take it out of instalments that have not left, the latest first; return of how many."""
    freed, kind, on = 0, FactKind.RECEIVED, today(now)
    for stipend, status in session.execute(_paid_for(pledge_id)).all():
        if ledger.prepaid_of(session, pledge_id) >= receipt.amount_fen:
            break
        if status is not None:
            unsent.take_one_out(session, stipend.id)
        basis = Basis(Evidence.LEDGER, detail="corrected")
        facts.take_back(session, kind, stipend, on=on, by=engine, now=now, basis=basis)
        freed += 1
    if freed:
        detail, chain = {"count": freed}, Chain.CUSTODIAN
        subject = "stipends"
        trace.record(
            session, engine, "stipends.unfund", subject, now=now, detail=detail, chain=chain
        )
    return freed


def _tell(session: Session, pledge_id: int, receipt: Receipt, *, now: datetime) -> None:
    """Tell the donor under whose name it stood that it was another's, once for each such payment."""
    donor = Recipient(RecipientKind.DONOR, vault.donor_of_pledge(session, pledge_id))
    ref = session.scalars(select(Pledge.donor_ref).where(Pledge.id == pledge_id)).one()
    kind, subject = NoticeKind.MONEY_WAS_ANOTHERS, f"pledge:{ref}"
    notices.queue(session, donor, kind, subject, now=now, rung=receipt.id)


def _paid_for(pledge_id: int) -> Select[Stipend, BatchStatus]:
    return (
        select(Stipend, Batch.status)
        .join(Match, Match.id == Stipend.match_id)
        .outerjoin(Batch, Batch.id == Stipend.batch_id)
        .where(
            Match.pledge_id == pledge_id,
            Stipend.received_on.is_not(None),
            Stipend.sent_on.is_(None),
            Stipend.cancelled_on.is_(None),
            Batch.id.is_(None) | (Batch.status == BatchStatus.OPEN),
        )
        .order_by(Stipend.due_on.desc(), Stipend.id.desc())
    )


def turn_down(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Leave it as it is; whoever asked may take it back too."""
    asked = _asked(session, by, ref)
    by_two.decide(session, by, asked, AmendmentStatus.TURNED_DOWN, now=now)
    _trace(session, by, "receipt_move.turn_down", asked, now=now)


def listing(session: Session, viewer: Viewer) -> list[Card]:
    """List what was asked: what waits first, then the newest."""
    require(viewer, Act.MOVE_RECEIPT)
    order = (_WAITS.desc(), ReceiptMove.id.desc())
    found = gate.cards(session, viewer, ReceiptMove, parts=_PARTS, order_by=order, limit=SHOWN)
    return [by_two.told(viewer, card) for card in found]


def detail(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return one with whether this person may agree. Raises NotFound."""
    require(viewer, Act.MOVE_RECEIPT)
    card = gate.card(session, viewer, ReceiptMove, ReceiptMove.ref == ref, parts=_PARTS)
    return by_two.told(viewer, card)


def _asked(session: Session, by: Viewer, ref: str) -> ReceiptMove:
    require(by, Act.MOVE_RECEIPT)
    return gate.row(session, by, ReceiptMove, ReceiptMove.ref == ref)


def _trace(session: Session, by: Viewer, act: str, one: ReceiptMove, *, now: datetime) -> None:
    subject = f"receipt_move:{one.ref}"
    trace.record(session, by, act, subject, now=now, chain=Chain.CUSTODIAN)
