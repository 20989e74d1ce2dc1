"""The donors' side of the wall: who they are, how they are reached, what they pay under.

Only services/vault/vault.py and its parts (papers/wishes, work_units, online_payments/payers) touch these
tables. On PostgreSQL they stand in a schema and role of their own (models/vault_schema.py).
"""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    and_,
    false,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Sealed, Standings, held, is_own
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import ContactKind, GiverKind, MoveStatus, ReceiptWay, Role
from vocabulary.refs import new_ref


class Donor(Base):
    __tablename__ = "vault_donors"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16),
        unique=True,
        default=lambda: new_ref("donor"),
        info=seen_by(Audience.OWNING_DONOR),
    )
    password_hash: Mapped[str | None] = mapped_column(String(200), info=NOBODY)
    since_on: Mapped[date] = mapped_column(info=seen_by(Audience.OWNING_DONOR))
    # Who asked to be forgotten has no key, contact or name any more; who died is never written to.
    forgotten_on: Mapped[date | None] = mapped_column(index=True, info=NOBODY)
    died_on: Mapped[date | None] = mapped_column(info=NOBODY)

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """A donor sees himself, not from a link to one pledge."""
        donor_id = viewer.donor_id if viewer.pledge_id is None else None
        return held(
            viewer,
            (Audience.OWNING_DONOR, (Role.DONOR,), is_own(cls.id, donor_id)),
        )


class VaultDeath(Base):
    """That a donor has died: entered by one custodian, agreed by another, or taken back."""

    __tablename__ = "vault_deaths"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16),
        unique=True,
        default=lambda: new_ref("death"),
        info=seen_by(Audience.CHAIN_READER, Audience.OWNING_DONOR),
    )
    donor_id: Mapped[int] = mapped_column(ForeignKey("vault_donors.id"), index=True, info=NOBODY)
    because: Mapped[str | None] = mapped_column(
        Sealed("vault_deaths.because"), info=seen_by(Audience.CHAIN_READER)
    )
    noted_by: Mapped[str] = mapped_column(String(40), info=seen_by(Audience.CHAIN_READER))
    noted_on: Mapped[date] = mapped_column(info=seen_by(Audience.CHAIN_READER))
    agreed_by: Mapped[str | None] = mapped_column(String(40), info=seen_by(Audience.CHAIN_READER))
    agreed_on: Mapped[date | None] = mapped_column(info=seen_by(Audience.CHAIN_READER))
    taken_back_on: Mapped[date | None] = mapped_column(
        info=seen_by(Audience.CHAIN_READER, Audience.OWNING_DONOR)
    )

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The custodian sees what stands; the donor what was taken back, from his own whole link."""
        donor_id = viewer.donor_id if viewer.pledge_id is None else None
        own = and_(is_own(cls.donor_id, donor_id), cls.taken_back_on.is_not(None))
        return held(
            viewer,
            (Audience.CHAIN_READER, (Role.CUSTODIAN,), cls.taken_back_on.is_(None)),
            (Audience.OWNING_DONOR, (Role.DONOR,), own),
        )


class VaultSuccessor(Base):
    """Whom a group is to be reached by whose contact has died: named by one custodian, by another too.

    What the first typed stays sealed and unshown until the second has typed the same, or it is over.
    """

    __tablename__ = "vault_successors"
    __table_args__ = (
        CheckConstraint("agreed_by IS NULL OR agreed_by <> named_by", name="two_people"),
        Index(
            "uq_vault_successors_waiting",
            "pledge_id",
            unique=True,
            sqlite_where=text("contact IS NOT NULL"),
            postgresql_where=text("contact IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16),
        unique=True,
        default=lambda: new_ref("successor"),
        info=seen_by(Audience.CHAIN_READER),
    )
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledges.id"), info=NOBODY)
    contact: Mapped[str | None] = mapped_column(Sealed("vault_successors.contact"), info=NOBODY)
    named_by: Mapped[str] = mapped_column(String(40), info=seen_by(Audience.CHAIN_READER))
    named_on: Mapped[date] = mapped_column(info=seen_by(Audience.CHAIN_READER))
    agreed_by: Mapped[str | None] = mapped_column(String(40), info=NOBODY)

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The custodian sees that one waits, and by whom."""
        waits = cls.contact.is_not(None)
        return held(viewer, (Audience.CHAIN_READER, (Role.CUSTODIAN,), waits))


class VaultKey(Base):
    """A person's own key, wrapped by the vault key. Forgetting it forgets the person."""

    __tablename__ = "vault_keys"

    donor_id: Mapped[int] = mapped_column(
        ForeignKey("vault_donors.id"), primary_key=True, info=NOBODY
    )
    wrapped: Mapped[bytes] = mapped_column(LargeBinary, info=NOBODY)


class VaultContact(Base):
    __tablename__ = "vault_contacts"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    donor_id: Mapped[int] = mapped_column(ForeignKey("vault_donors.id"), index=True, info=NOBODY)
    kind: Mapped[ContactKind] = mapped_column(info=NOBODY)
    value: Mapped[bytes] = mapped_column(LargeBinary, info=NOBODY)
    contact_index: Mapped[str] = mapped_column(String(64), index=True, info=NOBODY)


class VaultName(Base):
    """The name that a donor lets one pledge's family read, under his own key."""

    __tablename__ = "vault_names"

    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledges.id"), primary_key=True, info=NOBODY)
    donor_id: Mapped[int] = mapped_column(ForeignKey("vault_donors.id"), index=True, info=NOBODY)
    value: Mapped[bytes] = mapped_column(LargeBinary, info=NOBODY)


class VaultGiver(Base):
    """In whose name a pledge is given when it is not one person's: under its contact's own key.

    It stands on papers alone; whether there is one no side but the donor's can ask.
    """

    __tablename__ = "vault_givers"

    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledges.id"), primary_key=True, info=NOBODY)
    donor_id: Mapped[int] = mapped_column(ForeignKey("vault_donors.id"), index=True, info=NOBODY)
    kind: Mapped[GiverKind] = mapped_column(info=NOBODY)
    name: Mapped[bytes] = mapped_column(LargeBinary, info=NOBODY)
    since_on: Mapped[date] = mapped_column(info=NOBODY)


class VaultMember(Base):
    """The name of one of those who give together, under a key of his own; it goes with him."""

    __tablename__ = "vault_members"

    donor_id: Mapped[int] = mapped_column(
        ForeignKey("vault_donors.id"), primary_key=True, info=NOBODY
    )
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledges.id"), index=True, info=NOBODY)
    name: Mapped[bytes] = mapped_column(LargeBinary, info=NOBODY)
    # Where his own link goes, if he wants one; no one is found by it.
    contact_kind: Mapped[ContactKind | None] = mapped_column(info=NOBODY)
    contact: Mapped[bytes | None] = mapped_column(LargeBinary, info=NOBODY)


class VaultShare(Base):
    """What a member said to give a time from a day on, 0 for no more. Said anew, it is a new row."""

    __tablename__ = "vault_shares"
    __table_args__ = (CheckConstraint("fen >= 0", name="fen_not_negative"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledges.id"), index=True, info=NOBODY)
    donor_id: Mapped[int] = mapped_column(ForeignKey("vault_donors.id"), index=True, info=NOBODY)
    fen: Mapped[int] = mapped_column(info=NOBODY)
    from_on: Mapped[date] = mapped_column(info=NOBODY)
    said_at: Mapped[datetime] = mapped_column(info=NOBODY)


class VaultPledge(Base):
    """Joins donor, pledge and payment reference: three independent random codes (law 7)."""

    __tablename__ = "vault_pledges"

    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledges.id"), primary_key=True, info=NOBODY)
    donor_id: Mapped[int] = mapped_column(ForeignKey("vault_donors.id"), index=True, info=NOBODY)
    payment_reference: Mapped[str] = mapped_column(String(12), unique=True, info=NOBODY)


class VaultReceipt(Base):
    """Joins a payment on the collecting desk's side with the pledge it was posted to.

    `donor_id`: whose it was when another became a group's contact; None while it is still his.
    """

    __tablename__ = "vault_receipts"

    receipt_id: Mapped[int] = mapped_column(
        ForeignKey("receipts.id"), primary_key=True, info=NOBODY
    )
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledges.id"), index=True, info=NOBODY)
    donor_id: Mapped[int | None] = mapped_column(
        ForeignKey("vault_donors.id"), index=True, info=NOBODY
    )


class ReceiptWish(Base):
    """A donor's wish for a fiscal receipt over one year of one payment reference.

    For a sealed one he gives a name under his own key, which only the custodian may open.
    """

    __tablename__ = "vault_receipt_wishes"
    __table_args__ = (UniqueConstraint("payment_reference", "year", name="uq_receipt_wishes"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("receipt_wish"), info=NOBODY
    )
    payment_reference: Mapped[str] = mapped_column(String(12), info=NOBODY)
    donor_id: Mapped[int] = mapped_column(ForeignKey("vault_donors.id"), index=True, info=NOBODY)
    year: Mapped[int] = mapped_column(index=True, info=NOBODY)
    way: Mapped[ReceiptWay] = mapped_column(info=NOBODY)
    name: Mapped[bytes | None] = mapped_column(LargeBinary, info=NOBODY)
    # The version of the words by which a donor who left his name did without: vocabulary/waivers.
    waiver: Mapped[str | None] = mapped_column(String(16), info=NOBODY)
    asked_on: Mapped[date] = mapped_column(info=NOBODY)


class VaultOrder(Base):
    """Joins a payment through a provider with the pledge it is for: who pays stands here alone."""

    __tablename__ = "vault_orders"

    order_id: Mapped[int] = mapped_column(
        ForeignKey("online_orders.id"), primary_key=True, info=NOBODY
    )
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledges.id"), index=True, info=NOBODY)


class PaidNote(Base):
    """A donor's word "I have paid": helps the collecting desk, proves nothing."""

    __tablename__ = "vault_paid_notes"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    payment_reference: Mapped[str] = mapped_column(
        String(12), index=True, info=seen_by(Audience.COLLECTING)
    )
    amount_fen: Mapped[int] = mapped_column(info=seen_by(Audience.COLLECTING))
    noted_on: Mapped[date] = mapped_column(info=seen_by(Audience.COLLECTING))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The collecting desk looks for the money that was announced."""
        return held(viewer, (Audience.COLLECTING, (Role.COLLECTING_DESK,), cls.id.is_not(None)))


class PayerMove(Base):
    """Somebody asked another person to pay a pledge from some due day on."""

    __tablename__ = "vault_payer_moves"
    __table_args__ = (
        Index(
            "uq_vault_payer_moves_open",
            "pledge_id",
            unique=True,
            sqlite_where=text("status IN ('asked', 'accepted')"),
            postgresql_where=text("status IN ('asked', 'accepted')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16),
        unique=True,
        default=lambda: new_ref("payer_move"),
        info=seen_by(Audience.OWNING_DONOR),
    )
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledges.id"), index=True, info=NOBODY)
    donor_id: Mapped[int] = mapped_column(ForeignKey("vault_donors.id"), index=True, info=NOBODY)
    new_pledge_id: Mapped[int | None] = mapped_column(
        ForeignKey("pledges.id"), unique=True, info=NOBODY
    )
    status: Mapped[MoveStatus] = mapped_column(
        default=MoveStatus.ASKED, info=seen_by(Audience.OWNING_DONOR)
    )
    # A group's pledge stays: the other is asked to be whom it is reached by, and pays nothing anew.
    is_contact: Mapped[bool] = mapped_column(
        default=False, server_default=false(), info=seen_by(Audience.OWNING_DONOR)
    )
    asked_on: Mapped[date] = mapped_column(info=seen_by(Audience.OWNING_DONOR))
    answer_by: Mapped[date] = mapped_column(info=seen_by(Audience.OWNING_DONOR))
    # The due day from which the other pays; None for the first that one's own money does not reach.
    from_on: Mapped[date | None] = mapped_column(info=seen_by(Audience.OWNING_DONOR))
    # So long after that day both write with the child; None for handings-over before there was one.
    overlap_months: Mapped[int | None] = mapped_column(info=seen_by(Audience.OWNING_DONOR))
    # On which day the other began.
    done_on: Mapped[date | None] = mapped_column(info=seen_by(Audience.OWNING_DONOR))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Who asked, and who is asked; never from a link to one pledge."""
        donor_id = viewer.donor_id if viewer.pledge_id is None else None
        asks = cls.pledge_id.in_(
            select(VaultPledge.pledge_id).where(is_own(VaultPledge.donor_id, donor_id))
        )
        return held(
            viewer,
            (Audience.OWNING_DONOR, (Role.DONOR,), or_(asks, is_own(cls.donor_id, donor_id))),
        )
