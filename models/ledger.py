"""The books: transactions and their postings in fen. Append-only; corrections are new entries."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Sealed, Standings, held
from models.triggers import append_only
from privacy.disclosure import NOBODY, Audience, Derived, seen_by, shown_to
from privacy.viewers import Viewer
from vocabulary.dates import first_of_month
from vocabulary.enums import AccountKind, Role, TransactionKind
from vocabulary.money import Fen
from vocabulary.refs import new_ref

_BOOKS = (Audience.AUDIT,)


class Transaction(Base):
    """One business event in the books; its postings sum to zero."""

    __tablename__ = "transactions"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    kind: Mapped[TransactionKind] = mapped_column(info=seen_by(*_BOOKS))
    # The day money came in would give its payer away: an auditor reads the month.
    on: Mapped[date] = mapped_column(index=True, info=NOBODY)
    month: Derived = shown_to(*_BOOKS, needs=("on",), compute=first_of_month)
    stipend_id: Mapped[int | None] = mapped_column(
        ForeignKey("stipends.id"), index=True, info=NOBODY
    )
    gift_id: Mapped[int | None] = mapped_column(ForeignKey("gifts.id"), index=True, info=NOBODY)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("job_runs.id"), index=True, info=NOBODY)
    reverses_id: Mapped[int | None] = mapped_column(
        ForeignKey("transactions.id"), unique=True, info=NOBODY
    )
    by: Mapped[str] = mapped_column(String(40), info=seen_by(*_BOOKS))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The auditor."""
        return held(viewer, (Audience.AUDIT, (Role.AUDITOR,), cls.id.is_not(None)))


class Posting(Base):
    """One leg of a transaction: positive is debit, negative is credit."""

    __tablename__ = "postings"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        Index("ix_postings_account_pledge_id", "account", "pledge_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    transaction_id: Mapped[int] = mapped_column(
        ForeignKey("transactions.id"), index=True, info=NOBODY
    )
    account: Mapped[AccountKind] = mapped_column(info=seen_by(*_BOOKS))
    pledge_id: Mapped[int | None] = mapped_column(ForeignKey("pledges.id"), info=NOBODY)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), info=NOBODY)
    amount: Mapped[Fen] = mapped_column(info=seen_by(*_BOOKS))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The auditor."""
        return held(viewer, (Audience.AUDIT, (Role.AUDITOR,), cls.id.is_not(None)))


append_only(Transaction.__table__)  # type: ignore[arg-type]
append_only(Posting.__table__)  # type: ignore[arg-type]


class Receipt(Base):
    """Money that came in, as the collecting desk knows it: reference, sum, day, payer's name."""

    __tablename__ = "receipts"
    __table_args__ = (
        CheckConstraint(
            "amount_fen <> 0 AND (amount_fen > 0) = (corrects_id IS NULL)", name="amount_sign"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16),
        unique=True,
        default=lambda: new_ref("receipt"),
        info=seen_by(Audience.COLLECTING),
    )
    payment_reference: Mapped[str] = mapped_column(
        String(40), index=True, info=seen_by(Audience.COLLECTING)
    )
    # What the payer wrote where it holds no reference: often a name.
    remark: Mapped[str | None] = mapped_column(
        Sealed("receipts.remark"), info=seen_by(Audience.COLLECTING)
    )
    amount_fen: Mapped[Fen] = mapped_column(info=seen_by(Audience.COLLECTING))
    received_on: Mapped[date] = mapped_column(info=seen_by(Audience.COLLECTING))
    payer_name: Mapped[str | None] = mapped_column(
        Sealed("receipts.payer_name"), info=seen_by(Audience.COLLECTING)
    )
    bank_line: Mapped[str | None] = mapped_column(
        String(60), unique=True, info=seen_by(Audience.COLLECTING)
    )
    is_matched: Mapped[bool] = mapped_column(info=seen_by(Audience.COLLECTING))
    # A wrong booking stays; a further row of the opposite sum takes it back (law 2).
    corrects_id: Mapped[int | None] = mapped_column(
        ForeignKey("receipts.id"), unique=True, info=NOBODY
    )
    is_taken_back: Mapped[bool] = mapped_column(
        default=False, server_default=false(), info=seen_by(Audience.COLLECTING)
    )
    form_hash: Mapped[str | None] = mapped_column(String(64), unique=True, info=NOBODY)
    recorded_by: Mapped[str] = mapped_column(String(40), info=seen_by(Audience.COLLECTING))
    recorded_at: Mapped[datetime] = mapped_column(info=NOBODY)

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The collecting desk alone."""
        return held(viewer, (Audience.COLLECTING, (Role.COLLECTING_DESK,), cls.id.is_not(None)))
