"""What a donor wants to give once, beside the instalments, while it waits for its due day."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Standings, held
from models.pledges import pledges_of_donor
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import GiftOccasion, GiftStatus, Role
from vocabulary.money import Fen
from vocabulary.refs import new_ref

_OWNER = (Audience.OWNING_DONOR,)


class GiftWish(Base):
    """A gift asked for; on its day it becomes a match of one due day. One at a time for a child."""

    __tablename__ = "gift_wishes"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        Index(
            "uq_gift_wishes_waiting",
            "pledge_id",
            "child_id",
            unique=True,
            sqlite_where=text("status = 'waiting'"),
            postgresql_where=text("status = 'waiting'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("gift_wish"), info=seen_by(*_OWNER)
    )
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledges.id"), index=True, info=NOBODY)
    child_id: Mapped[int] = mapped_column(ForeignKey("children.id"), index=True, info=NOBODY)
    amount_fen: Mapped[Fen] = mapped_column(info=seen_by(*_OWNER))
    occasion: Mapped[GiftOccasion] = mapped_column(info=seen_by(*_OWNER))
    due_on: Mapped[date] = mapped_column(info=seen_by(*_OWNER))
    # The first day it was meant for: after some days without its money it is let go.
    asked_for: Mapped[date] = mapped_column(info=NOBODY)
    status: Mapped[GiftStatus] = mapped_column(
        default=GiftStatus.WAITING, index=True, info=seen_by(*_OWNER)
    )
    match_id: Mapped[int | None] = mapped_column(ForeignKey("matches.id"), unique=True, info=NOBODY)
    asked_at: Mapped[datetime] = mapped_column(info=NOBODY)

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The donor sees his own."""
        mine = cls.pledge_id.in_(pledges_of_donor(viewer))
        return held(viewer, (Audience.OWNING_DONOR, (Role.DONOR,), mine))
