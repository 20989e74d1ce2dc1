"""What may not be paid as it stands: an account that changes, a line that is another hand's by now.

While the bank has a batch in an order nothing leaves it (`unsent` works on what waits), so an order
is looked at anew each time it is handed out: one that is stale is put back, and made again.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.payment_orders import PaymentOrder, PaymentOrderLine
from models.stipends import Batch
from services.batches import unsent
from services.routes import payees
from vocabulary.errors import OrderStale


def refuse(session: Session, order_ref: str) -> None:
    """Raise OrderStale where an order would pay an account that changes, or a wrong hand."""
    batches = session.scalars(
        select(Batch)
        .join(PaymentOrderLine, PaymentOrderLine.batch_id == Batch.id)
        .join(PaymentOrder, PaymentOrder.id == PaymentOrderLine.order_id)
        .where(PaymentOrder.ref == order_ref)
        .order_by(Batch.id)
    ).all()
    if payees.held_back(session, batches) or unsent.has_strays(session, batches):
        raise OrderStale()
