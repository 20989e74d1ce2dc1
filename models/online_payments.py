"""What donors pay through a provider (微信支付, 支付宝), and what the provider pays out to our bank."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, false, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Standings, held
from models.pledges import pledges_of_donor
from models.vault import VaultOrder
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import OnlineOrderStatus, PaymentProvider, Role
from vocabulary.money import Fen
from vocabulary.refs import new_ref

_DESK = (Audience.COLLECTING,)
_BOTH = (Audience.OWNING_DONOR, Audience.COLLECTING)
NUMBER_LENGTH = 24


class OnlineOrder(Base):
    """One payment asked of a provider, under a random number of its own; whose it is: VaultOrder."""

    __tablename__ = "online_orders"
    __table_args__ = (
        CheckConstraint("amount_fen > 0 AND fee_per_10000 >= 0", name="sums"),
        CheckConstraint("(receipt_id IS NULL) = (paid_fen IS NULL)", name="paid_has_receipt"),
        Index("ix_online_orders_provider_status", "provider", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    number: Mapped[str] = mapped_column(
        String(32),
        unique=True,
        default=lambda: new_ref("online_order", NUMBER_LENGTH),
        info=seen_by(*_BOTH),
    )
    provider: Mapped[PaymentProvider] = mapped_column(info=seen_by(*_BOTH))
    amount_fen: Mapped[Fen] = mapped_column(info=seen_by(*_BOTH))
    # What the provider keeps of it, as agreed when it was made: 60 is 0.6 %.
    fee_per_10000: Mapped[int] = mapped_column(info=seen_by(*_DESK))
    status: Mapped[OnlineOrderStatus] = mapped_column(
        default=OnlineOrderStatus.OPEN, info=seen_by(*_BOTH)
    )
    made_at: Mapped[datetime] = mapped_column(info=NOBODY)
    expires_at: Mapped[datetime] = mapped_column(info=seen_by(Audience.OWNING_DONOR))
    paid_fen: Mapped[Fen | None] = mapped_column(info=seen_by(*_BOTH))
    paid_on: Mapped[date | None] = mapped_column(info=seen_by(*_BOTH))
    # The provider's own number of the payment, by which its support finds it.
    provider_number: Mapped[str | None] = mapped_column(String(64), info=seen_by(*_DESK))
    receipt_id: Mapped[int | None] = mapped_column(
        ForeignKey("receipts.id"), unique=True, info=NOBODY
    )
    payout_id: Mapped[int | None] = mapped_column(
        ForeignKey("provider_payouts.id"), index=True, info=NOBODY
    )

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The donor sees his own; the collecting desk all, as it sees the bank's lines."""
        own = select(VaultOrder.order_id).where(VaultOrder.pledge_id.in_(pledges_of_donor(viewer)))
        return held(
            viewer,
            (Audience.OWNING_DONOR, (Role.DONOR,), cls.id.in_(own)),
            (Audience.COLLECTING, (Role.COLLECTING_DESK,), cls.id.is_not(None)),
        )


class ProviderPayout(Base):
    """One line of the bank's statement by which a provider paid out what it had taken in.

    Explained once it is the sum of its orders less the fee: to the fen, or not at all.
    """

    __tablename__ = "provider_payouts"
    __table_args__ = (
        CheckConstraint("amount_fen > 0 AND fee_fen >= 0", name="sums"),
        CheckConstraint("is_explained OR fee_fen = 0", name="fee_is_explained"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("provider_payout"), info=seen_by(*_DESK)
    )
    provider: Mapped[PaymentProvider] = mapped_column(info=seen_by(*_DESK))
    key: Mapped[str] = mapped_column(String(60), unique=True, info=NOBODY)
    amount_fen: Mapped[Fen] = mapped_column(info=seen_by(*_DESK))
    fee_fen: Mapped[Fen] = mapped_column(default=Fen(0), info=seen_by(*_DESK))
    on: Mapped[date] = mapped_column(info=seen_by(*_DESK))
    is_explained: Mapped[bool] = mapped_column(
        default=False, server_default=false(), info=seen_by(*_DESK)
    )

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The collecting desk, and the console that may book a statement."""
        desk = (Role.COLLECTING_DESK, Role.CONSOLE)
        return held(viewer, (Audience.COLLECTING, desk, cls.id.is_not(None)))
