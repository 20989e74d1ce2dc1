"""Orders of which nobody said what became of them: asked under the same number, never a new one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from gateways.payments import CallbackRefused, Paid, Standing
from models.online_payments import OnlineOrder
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services.lifecycle import advance
from services.online_payments import taking
from vocabulary.enums import OnlineOrderStatus, PaymentProvider

PATIENCE = timedelta(minutes=5)
"""A payer's time to pay, before the first question."""
GRACE = timedelta(minutes=15)
"""After an order's end a provider may still be settling what came in its last minute."""
A_RUN = 200
_OPEN = (OnlineOrderStatus.OPEN, OnlineOrderStatus.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Question:
    """Which order to ask which provider about."""

    provider: PaymentProvider
    number: str


def to_ask(session: Session, by: Viewer, *, now: datetime) -> list[Question]:
    """Return what is to be asked now, the oldest first; what was never answered waits for the rest."""
    require(by, Act.TAKE_ONLINE)
    rows = session.execute(
        select(OnlineOrder.provider, OnlineOrder.number)
        .where(_is_open(now))
        .order_by(OnlineOrder.status == OnlineOrderStatus.UNKNOWN, OnlineOrder.id)
        .limit(A_RUN)
    )
    return [Question(provider, number) for provider, number in rows]


def _is_open(now: datetime):  # type: ignore[no-untyped-def]  # noqa: ANN202 a clause of SQL
    """Say in SQL: open long enough to ask; what was closed unasked for is not asked again."""
    return or_(
        and_(OnlineOrder.status == OnlineOrderStatus.OPEN, OnlineOrder.made_at <= now - PATIENCE),
        OnlineOrder.status == OnlineOrderStatus.UNKNOWN,
    )


def answered(
    session: Session, by: Viewer, question: Question, answer: Paid | Standing, *, now: datetime
) -> bool:
    """Keep what a provider answered; say whether the order is settled by it."""
    require(by, Act.TAKE_ONLINE)
    if isinstance(answer, Paid):
        return _took(session, by, question, answer, now=now)
    order = session.scalars(
        select(OnlineOrder).where(
            OnlineOrder.number == question.number, OnlineOrder.status.in_(_OPEN)
        )
    ).one_or_none()
    if order is None:
        return True
    to = _after(answer, order, now=now)
    if to is not None and to is not order.status:
        advance(session, order, to, by=by, now=now)
    return to is OnlineOrderStatus.CLOSED


def _took(session: Session, by: Viewer, question: Question, paid: Paid, *, now: datetime) -> bool:
    """Take an answer of money for what it was asked about, and for nothing else."""
    if paid.number != question.number:
        return False
    try:
        taking.take(session, by, question.provider, paid, now=now)
    except CallbackRefused:
        return False
    return True


def _after(answer: Standing, order: OnlineOrder, *, now: datetime) -> OnlineOrderStatus | None:
    """Say where an answer leads; only a clear no, after the order's time, closes it."""
    if answer is Standing.UNCLEAR:
        return OnlineOrderStatus.UNKNOWN
    is_over = now > order.expires_at + GRACE
    return OnlineOrderStatus.CLOSED if is_over else None
