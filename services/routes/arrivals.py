"""What becomes of money sent to a card: the bank's statement is the hand's word, and may be taken back.

Three days after the statement has a payment leaving, without a 退汇, the card has it; the family is
told and asked like any other. A later 退汇 takes that word back, and nothing goes there until two
people changed the card. Every card has a batch of its own: one that fails holds up no other.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from models.routes import BankCard
from models.stipends import Batch, Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import trace
from services.handover import handing
from services.stipends import facts
from services.stipends.facts import Basis
from vocabulary.enums import BankAnswer, BatchStatus, Evidence, FactKind, Route

SETTLES_AFTER = timedelta(days=3)


def settle(session: Session, by: Viewer, *, on: date, now: datetime) -> int:
    """State what reached its card by a day; return how many batches. Safe to repeat."""
    require(by, Act.RUN_STIPENDS)
    arrived = select(Batch).where(
        Batch.route == Route.CARD,
        Batch.status == BatchStatus.SENT,
        or_(
            Batch.bank_on <= on - SETTLES_AFTER,
            # No statement has it, and the bank was asked (services/routes/unseen.py).
            and_(Batch.bank_said == BankAnswer.PAID, Batch.bank_said_on <= on - SETTLES_AFTER),
        ),
    )
    found = session.scalars(arrived.order_by(Batch.id)).all()
    for batch in found:
        said = [
            (stipend, Basis(Evidence.BANK)) for stipend in _lines(session, batch, FactKind.SENT)
        ]
        handing.hand_over(session, said, by=by, now=now)
        trace.record(session, by, "batch.on_card", f"batch:{batch.ref}", now=now)
        handing.close_or_reopen(session, batch, by=by, now=now)
    return len(found)


def _lines(session: Session, batch: Batch, state: FactKind) -> Sequence[Stipend]:
    """Return what of a batch was sent and not stated yet, or was handed over.

    What two people wrote off stays so: no statement decides against them.
    """
    is_stated = Stipend.handed_over_on.is_not(None)
    its = is_stated if state is FactKind.HANDED_OVER else ~is_stated
    here = (Stipend.returned_on.is_(None), Stipend.written_off_on.is_(None))
    open_ones = (Stipend.sent_on.is_not(None), *here, its)
    query = select(Stipend).where(Stipend.batch_id == batch.id, *open_ones)
    return session.scalars(query.order_by(Stipend.id)).all()


def take_back(session: Session, batch: Batch, *, on: date, by: Viewer, now: datetime) -> None:
    """Let a card that the bank sent money back from get nothing more, and unsay what was said of it."""
    if batch.card_id is None:
        return
    session.get_one(BankCard, batch.card_id).bounced_on = on
    basis = Basis(Evidence.BANK, detail="bounced")
    for stipend in _lines(session, batch, FactKind.HANDED_OVER):
        kind = FactKind.HANDED_OVER
        facts.take_back(session, kind, stipend, on=on, by=by, now=now, basis=basis)
    session.flush()
