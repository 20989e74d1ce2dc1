"""A donor's payment through a provider: made once, led to the provider, shown to him."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.ledger import Receipt
from models.online_payments import OnlineOrder, ProviderPayout
from models.pledges import Pledge
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.books import ledger
from services.gate import Card
from services.online_payments import HELD_BY, payers
from services.pledges import pledges
from vocabulary.enums import Chain, OnlineOrderStatus, PaymentProvider
from vocabulary.errors import BadInput
from vocabulary.money import Fen

LIVES = timedelta(hours=2)
"""How long a provider takes money for an order; who comes later makes another."""
REUSED = timedelta(hours=1)
SHOWN = 50
_LIMIT = 10


def place(
    session: Session,
    viewer: Viewer,
    pledge_ref: str,
    provider: PaymentProvider,
    months: int,
    *,
    fee: int,
    now: datetime,
) -> str:
    """Make an order for some months of a pledge; return its number. `fee` is in parts of 10,000.

    A second tap finds the first one's order. Raises NotFound for another's pledge, BadInput for
    months that the page did not offer or for too many orders that nobody paid.
    """
    card = pledges.how_to_pay(session, viewer, pledge_ref)
    sums = dict(card["sums"])
    if months not in sums:
        raise BadInput(field="months", reason="not_offered")
    pledge_id = gate.row(session, viewer, Pledge, Pledge.donor_ref == pledge_ref).id
    waiting = _waiting(session, pledge_id, now=now)
    for one in waiting:
        if (one.provider, one.amount_fen) == (provider, sums[months]):
            return one.number
    if len(waiting) >= _LIMIT:
        raise BadInput(field="months", reason="too_many")
    order = OnlineOrder(
        provider=provider,
        amount_fen=sums[months],
        fee_per_10000=fee,
        made_at=now,
        expires_at=now + LIVES,
    )
    session.add(order)
    session.flush()
    payers.file_order(session, order.id, pledge_id)
    _trace(session, viewer, "payment.place", order, now=now)
    return order.number


def _waiting(session: Session, pledge_id: int, *, now: datetime) -> Collection[OnlineOrder]:
    """Return a pledge's orders that may still be paid for an hour, the newest first."""
    return session.scalars(
        select(OnlineOrder)
        .where(
            OnlineOrder.id.in_(payers.orders_of(pledge_id)),
            OnlineOrder.status == OnlineOrderStatus.OPEN,
            OnlineOrder.expires_at > now + REUSED,
        )
        .order_by(OnlineOrder.id.desc())
    ).all()


def one(session: Session, viewer: Viewer, number: str) -> Card:
    """Return one's own order with the pledge it is for. Raises NotFound for another's."""
    card = gate.card(session, viewer, OnlineOrder, OnlineOrder.number == number)
    key = select(OnlineOrder.id).where(OnlineOrder.number == number).scalar_subquery()
    pledge = gate.card(session, viewer, Pledge, Pledge.id == payers.pledge_of_order(key))
    given = select(Receipt.is_matched).join(OnlineOrder, OnlineOrder.receipt_id == Receipt.id)
    is_given = session.scalar(given.where(OnlineOrder.number == number))
    return card.and_also(pledge=pledge, is_given=bool(is_given))


def desk(session: Session, viewer: Viewer) -> dict[str, object]:
    """Return what the collecting desk reads: what each provider holds, payouts, orders paid."""
    require(viewer, Act.RECORD_MONEY)
    came = OnlineOrder.receipt_id.is_not(None)
    newest = (OnlineOrder.paid_on.desc(), OnlineOrder.id.desc())
    return {
        "held": {kind: ledger.balance(session, account) for kind, account in HELD_BY.items()},
        "payouts": gate.cards(
            session,
            viewer,
            ProviderPayout,
            order_by=(ProviderPayout.on.desc(), ProviderPayout.id.desc()),
            limit=SHOWN,
        ),
        "orders": gate.cards(
            session, viewer, OnlineOrder, where=(came,), order_by=newest, limit=SHOWN
        ),
        "waiting": _count(session, OnlineOrderStatus.OPEN, OnlineOrderStatus.UNKNOWN),
    }


def _count(session: Session, *statuses: OnlineOrderStatus) -> int:
    asked = select(func.count(OnlineOrder.id)).where(OnlineOrder.status.in_(statuses))
    return session.scalar(asked) or 0


def is_any(session: Session, viewer: Viewer) -> bool:
    """Say whether a provider ever took money for us: else the desk's page has nothing to show."""
    require(viewer, Act.RECORD_MONEY)
    return session.scalar(select(OnlineOrder.id).limit(1)) is not None


def _trace(session: Session, by: Viewer, act: str, order: OnlineOrder, *, now: datetime) -> None:
    subject = f"payment:{order.number}"
    trace.record(session, by, act, subject, now=now, chain=Chain.CUSTODIAN)


def amount_in_words(amount: Fen) -> str:
    """Write a sum for a remark that a person at the desk reads."""
    return f"{amount // 100}.{amount % 100:02d} 元"
