"""Logins and the roles granted to them."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, true
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CASE, Base, Sealed, Standings, held, in_regions, is_own, own_roles
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import AccountStatus, Device, GrantStatus, Role
from vocabulary.refs import new_ref

_KNOWN = (Audience.SELF, Audience.ADMINISTRATION, Audience.CASE_STAFF)
_DUTY = (Audience.SELF, Audience.ADMINISTRATION)


class Account(Base):
    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("account"), info=seen_by(*_KNOWN)
    )
    login: Mapped[str] = mapped_column(String(40), unique=True, info=seen_by(*_DUTY))
    password_hash: Mapped[str | None] = mapped_column(String(200), info=NOBODY)
    name: Mapped[str] = mapped_column(Sealed("accounts.name"), info=seen_by(*_KNOWN))
    mail: Mapped[str | None] = mapped_column(Sealed("accounts.mail"), info=seen_by(*_DUTY))
    phone: Mapped[str | None] = mapped_column(Sealed("accounts.phone"), info=seen_by(*_DUTY))
    status: Mapped[AccountStatus] = mapped_column(
        default=AccountStatus.INVITED, info=seen_by(*_DUTY)
    )
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"), info=seen_by(*_KNOWN))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), info=NOBODY)
    session_stamp: Mapped[str] = mapped_column(
        String(16), default=lambda: new_ref("session"), info=NOBODY
    )
    entered_on: Mapped[date] = mapped_column(info=seen_by(*_DUTY))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """One sees oneself; administrators see all, colleagues of the region see names."""
        return held(
            viewer,
            (Audience.SELF, own_roles(viewer), is_own(cls.id, viewer.account_id)),
            (Audience.ADMINISTRATION, (Role.ADMINISTRATOR,), true()),
            (Audience.CASE_STAFF, CASE, in_regions(cls.region_code, viewer)),
        )


class Grant(Base):
    """A role given to an account, by one person and agreed by a second; deputies have an end."""

    __tablename__ = "grants"
    __table_args__ = (Index("ix_grants_account_id_role", "account_id", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("grant"), info=seen_by(*_DUTY)
    )
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), info=NOBODY)
    role: Mapped[Role] = mapped_column(info=seen_by(*_DUTY))
    status: Mapped[GrantStatus] = mapped_column(default=GrantStatus.ASKED, info=seen_by(*_DUTY))
    from_on: Mapped[date] = mapped_column(info=seen_by(*_DUTY))
    until_on: Mapped[date | None] = mapped_column(info=seen_by(*_DUTY))
    asked_by: Mapped[str] = mapped_column(String(40), info=seen_by(*_DUTY))
    granted_by: Mapped[str | None] = mapped_column(String(40), info=seen_by(*_DUTY))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """One sees one's own grants; administrators see all."""
        return held(
            viewer,
            (Audience.SELF, own_roles(viewer), is_own(cls.account_id, viewer.account_id)),
            (Audience.ADMINISTRATION, (Role.ADMINISTRATOR,), true()),
        )


class SignIn(Base):
    """A sign-in that counts, by the hash of its code, for its person to see and end: no hour shown."""

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(String(16), unique=True, info=seen_by(Audience.SELF))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True, info=NOBODY)
    handle: Mapped[str] = mapped_column(String(64), unique=True, info=NOBODY)
    # The account's stamp at that moment: another one ends all that were begun under it.
    stamp: Mapped[str] = mapped_column(String(16), info=NOBODY)
    device: Mapped[Device] = mapped_column(info=seen_by(Audience.SELF))
    on: Mapped[date] = mapped_column(info=seen_by(Audience.SELF))
    began_at: Mapped[datetime] = mapped_column(index=True, info=NOBODY)

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The person alone: no administrator reads who is signed in."""
        return held(
            viewer, (Audience.SELF, own_roles(viewer), is_own(cls.account_id, viewer.account_id))
        )


class EndedSignIn(Base):
    """A sign-in that was ended before its time, by the hash of its code: a copied cookie is dead."""

    __tablename__ = "ended_sign_ins"

    handle: Mapped[str] = mapped_column(String(64), primary_key=True, info=NOBODY)
    ended_at: Mapped[datetime] = mapped_column(index=True, info=NOBODY)


class SignInFailure(Base):
    """Failed tries by a keyed hash of what was typed as login, whether such a login exists or not."""

    __tablename__ = "sign_in_failures"

    handle: Mapped[str] = mapped_column(String(64), primary_key=True, info=NOBODY)
    tries: Mapped[int] = mapped_column(info=NOBODY)
    last_at: Mapped[datetime] = mapped_column(index=True, info=NOBODY)
    blocked_until: Mapped[datetime | None] = mapped_column(info=NOBODY)
