"""Money that left for a child and is given up for lost: asked by one person, agreed by another."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String, select, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Standings
from models.stipends import Stipend
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import AmendmentStatus, LossEnd, WriteOffReason
from vocabulary.refs import new_ref

_STAFF = (Audience.CASE_STAFF,)


class WriteOff(Base):
    """One instalment that is to be written off, or was; at most one waits at a time."""

    __tablename__ = "write_offs"
    __table_args__ = (
        Index(
            "uq_write_offs_waiting",
            "stipend_id",
            unique=True,
            sqlite_where=text("status = 'asked'"),
            postgresql_where=text("status = 'asked'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("write_off"), info=seen_by(*_STAFF)
    )
    stipend_id: Mapped[int] = mapped_column(ForeignKey("stipends.id"), index=True, info=NOBODY)
    # In which batch it was when it was given up; paid again, it stands in another.
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batches.id"), index=True, info=NOBODY)
    reason: Mapped[WriteOffReason] = mapped_column(info=seen_by(*_STAFF))
    status: Mapped[AmendmentStatus] = mapped_column(
        default=AmendmentStatus.ASKED, info=seen_by(*_STAFF)
    )
    asked_by: Mapped[str] = mapped_column(String(40), info=seen_by(*_STAFF))
    asked_on: Mapped[date] = mapped_column(info=seen_by(*_STAFF))
    decided_by: Mapped[str | None] = mapped_column(String(40), info=seen_by(*_STAFF))
    decided_on: Mapped[date | None] = mapped_column(info=seen_by(*_STAFF))
    # What the bank said of it later, if it did: services/books/late_words.py.
    ended: Mapped[LossEnd | None] = mapped_column(info=seen_by(*_STAFF))
    ended_on: Mapped[date | None] = mapped_column(info=seen_by(*_STAFF))
    # The gap fund bore the loss, and the instalment goes out again.
    paid_again_on: Mapped[date | None] = mapped_column(info=seen_by(*_STAFF))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Case staff of the child alone."""
        return {
            audience: cls.stipend_id.in_(select(Stipend.id).where(condition))
            for audience, condition in Stipend.standings(viewer).items()
            if audience is Audience.CASE_STAFF
        }
