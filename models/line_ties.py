"""What two people say of money that is booked already: what a line was, or whose money it is."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Sealed, Standings, held
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import AmendmentStatus, Role, TieKind
from vocabulary.money import Fen
from vocabulary.refs import new_ref

_DESK = (Audience.COLLECTING,)
_BOTH = (Audience.COLLECTING, Audience.PAYING)
_WAITS = "status = 'asked'"


class LineTie(Base):
    """A credit in 待核对 that is no gift: the collecting desk says so, the paying desk says of what.

    The paying desk reads sum and day, never who stands on the credit.
    """

    __tablename__ = "line_ties"
    __table_args__ = (
        Index(
            "uq_line_ties_waiting",
            "receipt_id",
            unique=True,
            sqlite_where=text(_WAITS),
            postgresql_where=text(_WAITS),
        ),
        CheckConstraint("decided_by IS NULL OR status <> 'done' OR decided_by <> asked_by",
                        name="two_people"),
        CheckConstraint("status <> 'done' OR (kind = 'bounced') = (batch_id IS NOT NULL)",
                        name="says_which_batch"),
        CheckConstraint("status <> 'done' OR (kind = 'banks_error') = (debit_id IS NOT NULL)",
                        name="says_which_debit"),
        CheckConstraint("status <> 'done' OR (kind = 'kept') = (kept_id IS NOT NULL)",
                        name="says_who_kept_it"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("line_tie"), info=seen_by(*_BOTH)
    )
    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipts.id"), index=True, info=NOBODY)
    kind: Mapped[TieKind] = mapped_column(info=seen_by(*_BOTH))
    amount_fen: Mapped[Fen] = mapped_column(info=seen_by(*_BOTH))
    on: Mapped[date] = mapped_column(info=seen_by(*_BOTH))
    # How the first one knows: what the bank said.
    words: Mapped[str] = mapped_column(Sealed("line_ties.words"), info=seen_by(*_DESK))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batches.id"), index=True, info=NOBODY)
    debit_id: Mapped[int | None] = mapped_column(ForeignKey("payouts.id"), index=True, info=NOBODY)
    # The oldest sum of which it is, where a hand pays back what it kept.
    kept_id: Mapped[int | None] = mapped_column(ForeignKey("kept_sums.id"), index=True, info=NOBODY)
    status: Mapped[AmendmentStatus] = mapped_column(
        default=AmendmentStatus.ASKED, info=seen_by(*_BOTH)
    )
    asked_by: Mapped[str] = mapped_column(String(40), info=seen_by(*_DESK))
    asked_on: Mapped[date] = mapped_column(info=seen_by(*_BOTH))
    decided_by: Mapped[str | None] = mapped_column(String(40), info=seen_by(*_BOTH))
    decided_on: Mapped[date | None] = mapped_column(info=seen_by(*_BOTH))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The two desks, each its own half."""
        return held(
            viewer,
            (Audience.COLLECTING, (Role.COLLECTING_DESK,), cls.id.is_not(None)),
            (Audience.PAYING, (Role.PAYING_DESK,), cls.id.is_not(None)),
        )


class ReceiptMove(Base):
    """A booking that is to leave its pledge: to another reference, or to 待核对 when none is named."""

    __tablename__ = "receipt_moves"
    __table_args__ = (
        Index(
            "uq_receipt_moves_waiting",
            "receipt_id",
            unique=True,
            sqlite_where=text(_WAITS),
            postgresql_where=text(_WAITS),
        ),
        CheckConstraint("decided_by IS NULL OR status <> 'done' OR decided_by <> asked_by",
                        name="two_people"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("receipt_move"), info=seen_by(*_DESK)
    )
    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipts.id"), index=True, info=NOBODY)
    # The second person types it again.
    to_reference: Mapped[str | None] = mapped_column(String(40), info=NOBODY)
    words: Mapped[str] = mapped_column(Sealed("receipt_moves.words"), info=seen_by(*_DESK))
    status: Mapped[AmendmentStatus] = mapped_column(
        default=AmendmentStatus.ASKED, info=seen_by(*_DESK)
    )
    asked_by: Mapped[str] = mapped_column(String(40), info=seen_by(*_DESK))
    asked_on: Mapped[date] = mapped_column(info=seen_by(*_DESK))
    decided_by: Mapped[str | None] = mapped_column(String(40), info=seen_by(*_DESK))
    decided_on: Mapped[date | None] = mapped_column(info=seen_by(*_DESK))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The collecting desk alone, as the receipt it is about."""
        return held(viewer, (Audience.COLLECTING, (Role.COLLECTING_DESK,), cls.id.is_not(None)))
