"""Money whose payer nobody found in its time: what one person asks and another agrees to."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Sealed, Standings, held
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import AmendmentStatus, Role, UnclaimedWay
from vocabulary.refs import new_ref

_DESK = (Audience.COLLECTING,)


class Unclaimed(Base):
    """One decision about one receipt that was never matched; at most one waits at a time."""

    __tablename__ = "unclaimed"
    __table_args__ = (
        Index(
            "uq_unclaimed_waiting",
            "receipt_id",
            unique=True,
            sqlite_where=text("status = 'asked'"),
            postgresql_where=text("status = 'asked'"),
        ),
        CheckConstraint("(way = 'give_back') = (account IS NOT NULL)", name="says_where_to"),
        CheckConstraint("decided_by IS NULL OR status <> 'done' OR decided_by <> asked_by",
                        name="two_people"),
        CheckConstraint("refused_on IS NULL OR paid_on IS NULL", name="refused_or_paid"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("unclaimed"), info=seen_by(*_DESK)
    )
    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipts.id"), index=True, info=NOBODY)
    way: Mapped[UnclaimedWay] = mapped_column(info=seen_by(*_DESK))
    # What was tried to find the payer, or who came forward.
    words: Mapped[str] = mapped_column(Sealed("unclaimed.words"), info=seen_by(*_DESK))
    # The account it came from; it goes nowhere else. The second person types it again.
    account: Mapped[str | None] = mapped_column(Sealed("unclaimed.account"), info=NOBODY)
    # Its bank, without which it stands in no bank's table and goes by the counter.
    bank: Mapped[str | None] = mapped_column(Sealed("unclaimed.bank"), info=seen_by(*_DESK))
    order_id: Mapped[int | None] = mapped_column(
        ForeignKey("back_orders.id"), index=True, info=NOBODY
    )
    # What the payer reads on his own statement beside the sum.
    memo: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: "TK" + new_ref("memo", 6), info=seen_by(*_DESK)
    )
    status: Mapped[AmendmentStatus] = mapped_column(
        default=AmendmentStatus.ASKED, info=seen_by(*_DESK)
    )
    asked_by: Mapped[str] = mapped_column(String(40), info=seen_by(*_DESK))
    asked_on: Mapped[date] = mapped_column(info=seen_by(*_DESK))
    decided_by: Mapped[str | None] = mapped_column(String(40), info=seen_by(*_DESK))
    decided_on: Mapped[date | None] = mapped_column(info=seen_by(*_DESK))
    # On which day the bank sent it back.
    paid_on: Mapped[date | None] = mapped_column(info=seen_by(*_DESK))
    # On which day it came back, undelivered: the money waits again.
    bounced_on: Mapped[date | None] = mapped_column(info=seen_by(*_DESK))
    # The bank would not pay it, on whose word there: nothing left, and it is made out anew.
    refused_on: Mapped[date | None] = mapped_column(info=seen_by(*_DESK))
    refused_by: Mapped[str | None] = mapped_column(String(40), info=seen_by(*_DESK))
    refused_note: Mapped[str | None] = mapped_column(
        Sealed("unclaimed.refused_note"), info=seen_by(*_DESK)
    )

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The collecting desk alone, as the receipt it is about."""
        return held(viewer, (Audience.COLLECTING, (Role.COLLECTING_DESK,), cls.id.is_not(None)))
