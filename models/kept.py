"""What a hand kept of an instalment: stated by two people, owed by that hand until it pays it back."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, select, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Sealed, Standings, held
from models.stipends import Batch, Stipend
from models.triggers import refuses_insert
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import AmendmentStatus, Role
from vocabulary.money import Fen
from vocabulary.refs import new_ref

_STAFF = (Audience.CASE_STAFF,)
_DESKS = (Audience.CASE_STAFF, Audience.PAYING, Audience.AUDIT)
_STANDS = "status IN ('asked', 'done')"


class KeptSum(Base):
    """How much a hand kept of one instalment; who it is stands in the batch it went by.

    No hand reads of it (law 15).
    """

    __tablename__ = "kept_sums"
    __table_args__ = (
        Index(
            "uq_kept_sums_standing",
            "stipend_id",
            unique=True,
            sqlite_where=text(f"{_STANDS} AND write_off_id IS NULL"),
            postgresql_where=text(f"{_STANDS} AND write_off_id IS NULL"),
        ),
        CheckConstraint("fen > 0", name="fen_positive"),
        CheckConstraint("paid_fen >= 0 AND paid_fen <= fen", name="paid_is_a_part"),
        CheckConstraint(
            "status <> 'done' OR (decided_by IS NOT NULL AND decided_by <> asked_by)",
            name="two_people",
        ),
        CheckConstraint(
            "status <> 'done' OR (match_id IS NULL) <> (write_off_id IS NULL)", name="sent_again"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("kept_sum"), info=seen_by(*_DESKS)
    )
    stipend_id: Mapped[int] = mapped_column(ForeignKey("stipends.id"), index=True, info=NOBODY)
    # By which batch it went: sent again whole, the instalment stands in another.
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"), index=True, info=NOBODY)
    fen: Mapped[Fen] = mapped_column(info=seen_by(*_DESKS))
    # How the first one knows.
    words: Mapped[str] = mapped_column(Sealed("kept_sums.words"), info=seen_by(*_STAFF))
    status: Mapped[AmendmentStatus] = mapped_column(
        default=AmendmentStatus.ASKED, info=seen_by(*_DESKS)
    )
    asked_by: Mapped[str] = mapped_column(String(40), info=seen_by(*_STAFF))
    asked_on: Mapped[date] = mapped_column(info=seen_by(*_STAFF))
    decided_by: Mapped[str | None] = mapped_column(String(40), info=seen_by(*_STAFF))
    decided_on: Mapped[date | None] = mapped_column(info=seen_by(*_DESKS))
    # The match of one due day by which it goes to the child alone, at the fund's cost.
    match_id: Mapped[int | None] = mapped_column(ForeignKey("matches.id"), unique=True, info=NOBODY)
    # A whole instalment is written off, and goes out again itself.
    write_off_id: Mapped[int | None] = mapped_column(
        ForeignKey("write_offs.id"), unique=True, info=NOBODY
    )
    # What the hand has paid back of it.
    paid_fen: Mapped[Fen] = mapped_column(default=Fen(0), server_default="0", info=seen_by(*_DESKS))
    # The day on which the hand had paid all of it back.
    paid_on: Mapped[date | None] = mapped_column(info=seen_by(*_DESKS))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Case staff of the child; the paying desk and the auditor read hand and sum, no child."""
        of_child = {
            audience: cls.stipend_id.in_(select(Stipend.id).where(condition))
            for audience, condition in Stipend.standings(viewer).items()
            if audience is Audience.CASE_STAFF
        }
        of_desk = {
            audience: cls.batch_id.in_(select(Batch.id).where(condition))
            for audience, condition in Batch.standings(viewer).items()
            if audience is Audience.PAYING
        }
        return (
            of_child
            | of_desk
            | held(viewer, (Audience.AUDIT, (Role.AUDITOR,), cls.id.is_not(None)))
        )


_MORE_THAN_IT_WAS = """NOT EXISTS (SELECT 1 FROM stipends s WHERE s.id = NEW.stipend_id
  AND s.amount_fen >= NEW.fen AND s.sent_on IS NOT NULL)"""
refuses_insert(KeptSum.__table__, "kept_is_a_part", _MORE_THAN_IT_WAS)  # type: ignore[arg-type]
