"""What was given to the bank to pay, batch by batch, and what its statement says of it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, or_, select, text
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from models.base import Base, Condition, Sealed, SealedPayee, Standings, held, in_regions, is_own
from models.stipends import Batch, Stipend
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import BankAnswer, DebitWas, LineKind, LineReason, LineState, Role
from vocabulary.money import Fen
from vocabulary.refs import new_ref

_DESK = (Audience.PAYING,)
# What the bank itself said, for the pack of a drawn instalment: no payee and no account.
_SLIP = (*_DESK, Audience.SAMPLED)
_LIVE = "answer IS NULL OR answer <> 'not_paid'"


class PaymentOrder(Base):
    """One order, signed once and uploaded once. The digest is over all its lines say."""

    __tablename__ = "payment_orders"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("payment_order"), info=seen_by(*_DESK)
    )
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"), info=seen_by(*_DESK))
    made_by: Mapped[str] = mapped_column(String(40), info=seen_by(*_DESK))
    made_at: Mapped[datetime] = mapped_column(info=seen_by(*_DESK))
    count: Mapped[int] = mapped_column(info=seen_by(*_DESK))
    fen: Mapped[Fen] = mapped_column(info=seen_by(*_DESK))
    digest: Mapped[str] = mapped_column(String(64), info=seen_by(*_DESK))
    taken: Mapped[int] = mapped_column(default=0, info=seen_by(*_DESK))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The paying desk whose part of the region it was made for."""
        here = in_regions(cls.region_code, viewer)
        return held(viewer, (Audience.PAYING, (Role.PAYING_DESK,), here))


class PaymentOrderLine(Base):
    """One batch's sum and where it goes; later changes of the account do not reach back here."""

    __tablename__ = "payment_order_lines"
    __table_args__ = (
        CheckConstraint("fen > 0", name="fen_positive"),
        # A batch stands in one order that is not refused, whoever prepares two at once.
        Index(
            "uq_payment_order_lines_live",
            "batch_id",
            unique=True,
            sqlite_where=text(_LIVE),
            postgresql_where=text(_LIVE),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    order_id: Mapped[int] = mapped_column(ForeignKey("payment_orders.id"), index=True, info=NOBODY)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"), index=True, info=NOBODY)
    fen: Mapped[Fen] = mapped_column(info=seen_by(*_SLIP))
    words: Mapped[str] = mapped_column(String(40), info=seen_by(*_DESK))
    payee: Mapped[str] = mapped_column(
        SealedPayee("payment_order_lines.payee"), info=seen_by(*_DESK)
    )
    bank: Mapped[str] = mapped_column(SealedPayee("payment_order_lines.bank"), info=seen_by(*_DESK))
    number: Mapped[str] = mapped_column(
        SealedPayee("payment_order_lines.number"), info=seen_by(*_DESK)
    )
    answer: Mapped[BankAnswer | None] = mapped_column(info=seen_by(*_SLIP))
    answered_by: Mapped[str | None] = mapped_column(String(40), info=seen_by(*_DESK))
    answered_on: Mapped[date | None] = mapped_column(info=seen_by(*_SLIP))
    note: Mapped[str | None] = mapped_column(
        Sealed("payment_order_lines.note"), info=seen_by(*_DESK)
    )

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """As its order's; to an auditor the line of the one instalment whose pack is open."""
        as_order = {
            audience: cls.order_id.in_(select(PaymentOrder.id).where(condition))
            for audience, condition in PaymentOrder.standings(viewer).items()
        }
        slip = (Audience.SAMPLED, (Role.AUDITOR,), _of_sampled(cls.batch_id, viewer))
        return as_order | held(viewer, slip)


class Payout(Base):
    """What a booked statement says of our batches, line by line, without its words and names.

    The line itself stays with the collecting desk. Uploaded again, an unsettled one is replaced.
    """

    __tablename__ = "payouts"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("debit"), info=seen_by(*_DESK)
    )
    key: Mapped[str] = mapped_column(String(60), unique=True, info=NOBODY)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batches.id"), index=True, info=NOBODY)
    memo: Mapped[str | None] = mapped_column(String(16), info=seen_by(*_DESK))
    row: Mapped[int] = mapped_column(info=seen_by(*_DESK))
    kind: Mapped[LineKind] = mapped_column(info=seen_by(*_SLIP))
    state: Mapped[LineState] = mapped_column(info=seen_by(*_DESK))
    reason: Mapped[LineReason | None] = mapped_column(info=seen_by(*_DESK))
    amount_fen: Mapped[Fen] = mapped_column(info=seen_by(*_SLIP))
    on: Mapped[date] = mapped_column(info=seen_by(*_SLIP))
    # What a person found out that a debit without our memo was, and how.
    was: Mapped[DebitWas | None] = mapped_column(info=seen_by(*_DESK))
    words: Mapped[str | None] = mapped_column(Sealed("payouts.words"), info=seen_by(*_DESK))
    said_by: Mapped[str | None] = mapped_column(String(40), info=seen_by(*_DESK))
    said_on: Mapped[date | None] = mapped_column(info=seen_by(*_DESK))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The paying desk of the batch; a line whose batch nobody knows is every desk's.

        To an auditor that of the one instalment whose pack is open before him.
        """
        here = select(Batch.id).where(in_regions(Batch.region_code, viewer))
        mine = or_(cls.batch_id.is_(None), cls.batch_id.in_(here))
        return held(
            viewer,
            (Audience.PAYING, (Role.PAYING_DESK,), mine),
            (Audience.SAMPLED, (Role.AUDITOR,), _of_sampled(cls.batch_id, viewer)),
        )


def _of_sampled(batch_id: InstrumentedAttribute[Any], viewer: Viewer) -> Condition:
    return batch_id.in_(select(Stipend.batch_id).where(is_own(Stipend.id, viewer.stipend_id)))
