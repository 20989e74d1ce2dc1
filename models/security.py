"""The second step of signing in, what a person's own account did lately, and counts of tries."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Sealed, Standings, held, is_own, own_roles
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import Activity, AmendmentStatus, Device, Limited, Role
from vocabulary.refs import new_ref

_SELF = (Audience.SELF,)
_ADMIN = (Audience.ADMINISTRATION,)


class SecondFactor(Base):
    """A person's TOTP secret; `pending` is one that was begun and not yet confirmed by a code."""

    __tablename__ = "second_factors"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), unique=True, info=NOBODY)
    secret: Mapped[str | None] = mapped_column(Sealed("second_factors.secret"), info=NOBODY)
    pending: Mapped[str | None] = mapped_column(Sealed("second_factors.pending"), info=NOBODY)
    # The latest 30-second step whose code was taken: a code opens once.
    last_step: Mapped[int] = mapped_column(default=0, info=NOBODY)


class RecoveryCode(Base):
    """One of ten codes on paper, kept as a slow hash like a password; it opens once."""

    __tablename__ = "recovery_codes"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True, info=NOBODY)
    code_hash: Mapped[str] = mapped_column(String(200), info=NOBODY)
    used_on: Mapped[date | None] = mapped_column(info=NOBODY)


class FactorReset(Base):
    """A lost device: one administrator asks to take the second step off, a second one agrees."""

    __tablename__ = "factor_resets"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("factor_reset"), info=seen_by(*_ADMIN)
    )
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True, info=NOBODY)
    status: Mapped[AmendmentStatus] = mapped_column(
        default=AmendmentStatus.ASKED, info=seen_by(*_ADMIN)
    )
    reason: Mapped[str] = mapped_column(String(40), info=seen_by(*_ADMIN))
    asked_by: Mapped[str] = mapped_column(String(40), info=seen_by(*_ADMIN))
    asked_on: Mapped[date] = mapped_column(info=seen_by(*_ADMIN))
    agreed_by: Mapped[str | None] = mapped_column(String(40), info=seen_by(*_ADMIN))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Administrators; the person is told by a notice."""
        return held(viewer, (Audience.ADMINISTRATION, (Role.ADMINISTRATOR,), true()))


class AccountEvent(Base):
    """How often something happened to an account on a day, from a kind of device: nothing finer."""

    __tablename__ = "account_events"
    __table_args__ = (
        UniqueConstraint(
            "account_id", "on", "kind", "device", "about", name="uq_account_events_day"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), info=NOBODY)
    on: Mapped[date] = mapped_column(index=True, info=seen_by(*_SELF))
    kind: Mapped[Activity] = mapped_column(info=seen_by(*_SELF))
    device: Mapped[Device] = mapped_column(info=seen_by(*_SELF))
    about: Mapped[str] = mapped_column(String(24), default="", info=seen_by(*_SELF))
    times: Mapped[int] = mapped_column(default=1, info=seen_by(*_SELF))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The person alone: no administrator reads when somebody works."""
        return held(
            viewer, (Audience.SELF, own_roles(viewer), is_own(cls.account_id, viewer.account_id))
        )


class TryCount(Base):
    """Tries within one window, by purpose and a keyed hash of whose they are."""

    __tablename__ = "try_counts"

    purpose: Mapped[Limited] = mapped_column(primary_key=True, info=NOBODY)
    handle: Mapped[str] = mapped_column(String(64), primary_key=True, info=NOBODY)
    minutes: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    tries: Mapped[int] = mapped_column(info=NOBODY)
    since: Mapped[datetime] = mapped_column(index=True, info=NOBODY)
