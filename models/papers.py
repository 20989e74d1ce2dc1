"""What a donor gets on paper: certificates of money that came, receipts of the fiscal system."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    ScalarSelect,
    String,
    false,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Sealed, Standings, held
from models.pledges import pledges_of_donor
from models.vault import VaultPledge
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import Role, VoidReason
from vocabulary.money import Fen
from vocabulary.refs import new_ref

_OWNER = (Audience.OWNING_DONOR,)
_RECORD = (Audience.OWNING_DONOR, Audience.COLLECTING, Audience.CHAIN_READER)


class Certificate(Base):
    """A 捐赠证书: what came under one pledge in one year, as `lines` of day and fen.

    One stands at a time. Its number is drawn at random: numbers in a row would count the donors.
    The code behind its QR is found by its hash; sealed beside it, so that the same paper can be
    drawn again.
    """

    __tablename__ = "certificates"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint("(void_on IS NULL) = (void_because IS NULL)", name="void_with_reason"),
        Index(
            "uq_certificates_standing",
            "pledge_id",
            "year",
            unique=True,
            sqlite_where=text("void_on IS NULL"),
            postgresql_where=text("void_on IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("certificate"), info=seen_by(*_OWNER)
    )
    number: Mapped[str] = mapped_column(
        String(16),
        unique=True,
        default=lambda: new_ref("certificate_number", 10),
        info=seen_by(*_OWNER),
    )
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledges.id"), index=True, info=NOBODY)
    year: Mapped[int] = mapped_column(info=seen_by(*_OWNER))
    lines: Mapped[list[Any]] = mapped_column(JSON, info=seen_by(*_OWNER))
    amount_fen: Mapped[Fen] = mapped_column(info=seen_by(*_OWNER))
    issued_on: Mapped[date] = mapped_column(info=seen_by(*_OWNER))
    code: Mapped[str] = mapped_column(Sealed("certificates.code"), info=seen_by(*_OWNER))
    code_hash: Mapped[str] = mapped_column(String(64), unique=True, info=NOBODY)
    void_on: Mapped[date | None] = mapped_column(info=seen_by(*_OWNER))
    void_because: Mapped[VoidReason | None] = mapped_column(info=seen_by(*_OWNER))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The donor of the pledge; who holds the paper is answered by services/papers alone."""
        mine = cls.pledge_id.in_(pledges_of_donor(viewer))
        return held(viewer, (Audience.OWNING_DONOR, (Role.DONOR,), mine))


class FiscalReceipt(Base):
    """A 公益事业捐赠统一票据 of the fiscal system: its number, day and file, by payment reference.

    A sealed one is the custodian's; the collecting desk sees the others. Never a child.
    """

    __tablename__ = "fiscal_receipts"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        Index(
            "uq_fiscal_receipts_number",
            "number",
            unique=True,
            sqlite_where=text("void_on IS NULL"),
            postgresql_where=text("void_on IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("fiscal_receipt"), info=seen_by(*_RECORD)
    )
    payment_reference: Mapped[str] = mapped_column(String(40), index=True, info=seen_by(*_RECORD))
    year: Mapped[int] = mapped_column(index=True, info=seen_by(*_RECORD))
    number: Mapped[str] = mapped_column(String(30), info=seen_by(*_RECORD))
    amount_fen: Mapped[Fen] = mapped_column(info=seen_by(*_RECORD))
    issued_on: Mapped[date] = mapped_column(info=seen_by(*_RECORD))
    is_sealed: Mapped[bool] = mapped_column(default=False, server_default=false(), info=NOBODY)
    upload_id: Mapped[int | None] = mapped_column(ForeignKey("uploads.id"), info=NOBODY)
    recorded_by: Mapped[str] = mapped_column(
        String(40), info=seen_by(Audience.COLLECTING, Audience.CHAIN_READER)
    )
    recorded_at: Mapped[datetime] = mapped_column(info=NOBODY)
    void_on: Mapped[date | None] = mapped_column(info=seen_by(*_RECORD))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The desk that sees the payer, the custodian for a sealed one, the donor his own."""
        return held(
            viewer,
            (Audience.COLLECTING, (Role.COLLECTING_DESK,), cls.is_sealed.is_(False)),
            (Audience.CHAIN_READER, (Role.CUSTODIAN,), cls.is_sealed.is_(True)),
            (
                Audience.OWNING_DONOR,
                (Role.DONOR,),
                cls.payment_reference.in_(references_of_donor(viewer)),
            ),
        )


def references_of_donor(viewer: Viewer) -> ScalarSelect[str]:
    """Select the payment references of the viewer's own pledges; nothing for anyone but a donor."""
    mine = VaultPledge.pledge_id.in_(pledges_of_donor(viewer))
    return select(VaultPledge.payment_reference).where(mine).scalar_subquery()
