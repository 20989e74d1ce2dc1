"""The donors' side of the wall: who they are, how they are reached, what they pay under.

Only services/vault.py touches these tables. They move to their own schema and role on PostgreSQL.
"""

from datetime import date

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Sealed, Standings, held, is_own
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import ContactKind, Role
from vocabulary.refs import new_ref


class Donor(Base):
    __tablename__ = "vault_donors"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16),
        unique=True,
        default=lambda: new_ref("donor"),
        info=seen_by(Audience.OWNING_DONOR, Audience.CHAIN_READER),
    )
    password_hash: Mapped[str | None] = mapped_column(String(200), info=NOBODY)
    since_on: Mapped[date] = mapped_column(info=seen_by(Audience.OWNING_DONOR))
    # Who asked to be forgotten has no key, contact or name any more; who died is never written to.
    forgotten_on: Mapped[date | None] = mapped_column(index=True, info=NOBODY)
    died_on: Mapped[date | None] = mapped_column(info=seen_by(Audience.CHAIN_READER))
    died_because: Mapped[str | None] = mapped_column(
        Sealed("vault_donors.died_because"), info=seen_by(Audience.CHAIN_READER)
    )

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """A donor sees himself, not from a link to one pledge; the custodian, who has died."""
        donor_id = viewer.donor_id if viewer.pledge_id is None else None
        return held(
            viewer,
            (Audience.OWNING_DONOR, (Role.DONOR,), is_own(cls.id, donor_id)),
            (Audience.CHAIN_READER, (Role.CUSTODIAN,), cls.died_on.is_not(None)),
        )


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


class VaultPledge(Base):
    """Joins donor, pledge and payment reference: three independent random codes (law 7)."""

    __tablename__ = "vault_pledges"

    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledges.id"), primary_key=True, info=NOBODY)
    donor_id: Mapped[int] = mapped_column(ForeignKey("vault_donors.id"), index=True, info=NOBODY)
    payment_reference: Mapped[str] = mapped_column(String(12), unique=True, info=NOBODY)


class VaultReceipt(Base):
    """Joins a payment on the collecting desk's side with the pledge it was posted to."""

    __tablename__ = "vault_receipts"

    receipt_id: Mapped[int] = mapped_column(
        ForeignKey("receipts.id"), primary_key=True, info=NOBODY
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
