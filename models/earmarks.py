"""Restrictions of money (限定用途), what their givers were asked, and what they answered.

All three are append-only: a restriction is lifted for a sum by its giver's yes and by nothing else.
What the money may pay for the database itself asks, of every posting (models/ledger.py).
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CASE, Base, Standings, held
from models.pledges import pledges_of_donor
from models.triggers import append_only
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import EarmarkKind, RedirectReason, Role
from vocabulary.money import Fen
from vocabulary.refs import new_ref

_BOTH = (Audience.OWNING_DONOR, Audience.CASE_STAFF)


class Earmark(Base):
    """What all money under one pledge may be used for; said when it is given, for good."""

    __tablename__ = "earmarks"
    __table_args__ = (
        CheckConstraint("(kind = 'one_child') = (child_id IS NOT NULL)", name="names_its_child"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledges.id"), unique=True, info=NOBODY)
    kind: Mapped[EarmarkKind] = mapped_column(info=seen_by(*_BOTH, Audience.AUDIT))
    child_id: Mapped[int | None] = mapped_column(ForeignKey("children.id"), info=NOBODY)
    since_on: Mapped[date] = mapped_column(info=seen_by(Audience.OWNING_DONOR))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The donor his own; case staff and the auditor all, never whose and never which child."""
        mine = cls.pledge_id.in_(pledges_of_donor(viewer))
        return held(
            viewer,
            (Audience.OWNING_DONOR, (Role.DONOR,), mine),
            (Audience.CASE_STAFF, CASE, cls.id.is_not(None)),
            (Audience.AUDIT, (Role.AUDITOR,), cls.id.is_not(None)),
        )


class Redirection(Base):
    """One question to a donor: may so much of what he restricted help other children."""

    __tablename__ = "redirections"
    __table_args__ = (CheckConstraint("amount_fen > 0", name="amount_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("redirection"), info=seen_by(*_BOTH)
    )
    earmark_id: Mapped[int] = mapped_column(ForeignKey("earmarks.id"), index=True, info=NOBODY)
    amount_fen: Mapped[Fen] = mapped_column(info=seen_by(Audience.OWNING_DONOR))
    reason: Mapped[RedirectReason] = mapped_column(info=seen_by(*_BOTH))
    # Which words he was asked in: vocabulary/redirecting.py keeps every version.
    wording: Mapped[str] = mapped_column(String(12), info=seen_by(*_BOTH))
    asked_by: Mapped[str] = mapped_column(String(40), info=seen_by(Audience.CASE_STAFF))
    asked_on: Mapped[date] = mapped_column(info=seen_by(*_BOTH))
    # Silence until then is a no.
    closes_on: Mapped[date] = mapped_column(info=seen_by(*_BOTH))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """As its earmark's, without the auditor."""
        return {
            audience: cls.earmark_id.in_(select(Earmark.id).where(condition))
            for audience, condition in Earmark.standings(viewer).items()
            if audience in _BOTH
        }


class RedirectionAnswer(Base):
    """The donor's own word, once. Staff read that he agreed; a no and silence are the same."""

    __tablename__ = "redirection_answers"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    redirection_id: Mapped[int] = mapped_column(
        ForeignKey("redirections.id"), unique=True, info=NOBODY
    )
    says_yes: Mapped[bool] = mapped_column(info=seen_by(Audience.OWNING_DONOR))
    said_at: Mapped[datetime] = mapped_column(info=seen_by(Audience.OWNING_DONOR))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The donor alone; what staff may know, services/earmarks says."""
        return {
            audience: cls.redirection_id.in_(select(Redirection.id).where(condition))
            for audience, condition in Redirection.standings(viewer).items()
            if audience is Audience.OWNING_DONOR
        }


for _kept in (Earmark, Redirection, RedirectionAnswer):
    append_only(_kept.__table__)  # type: ignore[arg-type]
