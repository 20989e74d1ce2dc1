"""What a provider says came, booked exactly once, whether it calls or is asked, however often."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateways.payments import CallbackRefused, Paid, WhyRefused
from models.online_payments import OnlineOrder
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services.books import booking
from services.books.booking import BankLine
from services.lifecycle import advance
from services.online_payments import HELD_BY, payers
from services.online_payments.orders import amount_in_words
from vocabulary.dates import today
from vocabulary.enums import OnlineOrderStatus, PaymentProvider
from vocabulary.errors import AlreadyDecided

_DONE = frozenset({OnlineOrderStatus.PAID, OnlineOrderStatus.HELD})


class Taken(StrEnum):
    """What came of a provider's word."""

    BOOKED = "booked"
    HELD = "held"
    BEFORE = "before"


def take(
    session: Session, by: Viewer, provider: PaymentProvider, paid: Paid, *, now: datetime
) -> Taken:
    """Book the money of an order, once for good.

    Another sum than was asked for waits in 待核对到账 with both sums in its remark. Raises
    CallbackRefused for an order that this provider was never given.
    """
    require(by, Act.TAKE_ONLINE)
    order = session.scalar(
        select(OnlineOrder).where(
            OnlineOrder.number == paid.number, OnlineOrder.provider == provider
        )
    )
    if order is None or paid.amount <= 0:
        raise CallbackRefused(WhyRefused.UNKNOWN_ORDER)
    if order.status in _DONE:
        return Taken.BEFORE
    fits = paid.amount == order.amount_fen
    try:
        advance(
            session,
            order,
            OnlineOrderStatus.PAID if fits else OnlineOrderStatus.HELD,
            by=by,
            now=now,
        )
    except AlreadyDecided:
        return Taken.BEFORE
    _book(session, by, order, paid, fits=fits, now=now)
    return Taken.BOOKED if fits else Taken.HELD


def _book(
    session: Session, by: Viewer, order: OnlineOrder, paid: Paid, *, fits: bool, now: datetime
) -> None:
    reference = payers.reference_of_order(session, order.id) or ""
    on = min(today(paid.at), today(now))  # two clocks differ, and midnight lies between
    line = BankLine(
        reference if fits else "",
        paid.amount,
        on,
        line=f"{order.provider.value}:{order.number}",
        remark=_told(order, paid, reference),
    )
    into = HELD_BY[order.provider]
    order.receipt_id = booking.record_online(session, by, line, into=into, now=now)
    order.paid_fen, order.paid_on = paid.amount, on
    order.provider_number = paid.provider_number
    session.flush()


def _told(order: OnlineOrder, paid: Paid, reference: str) -> str:
    """Say at the desk what is odd; shown only where the money did not go to its pledge."""
    asked, came = amount_in_words(order.amount_fen), amount_in_words(paid.amount)
    return f"线上订单 {order.number}：下单 {asked}，实付 {came}，付款编号 {reference or '没有'}"
