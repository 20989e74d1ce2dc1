"""The random question to families: of each batch a few are drawn and asked, whatever anybody said.

Who was drawn, and what became of it, is for case staff alone: never for the hand (law 15).
"""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, select, true
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CASE, Base, Standings, held, in_regions
from models.stipends import Batch, Stipend
from models.triggers import append_only
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import CheckWay, Role
from vocabulary.refs import new_ref

_STAFF = (Audience.CASE_STAFF, Audience.AUDIT)


class FamilyDraw(Base):
    """The draw of one batch, with all that it takes to make it again; never changed."""

    __tablename__ = "family_draws"
    __table_args__ = (
        CheckConstraint("size BETWEEN 0 AND listed", name="size_range"),
        CheckConstraint("listed <= population", name="listed_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("family_draw"), info=seen_by(*_STAFF)
    )
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"), unique=True, info=NOBODY)
    drawn_on: Mapped[date] = mapped_column(index=True, info=seen_by(*_STAFF))
    # What the size was worked out from: lines of the league's term, and the error that is allowed.
    population: Mapped[int] = mapped_column(info=seen_by(*_STAFF))
    listed: Mapped[int] = mapped_column(info=seen_by(*_STAFF))
    size: Mapped[int] = mapped_column(info=seen_by(*_STAFF))
    margin_points: Mapped[int] = mapped_column(info=seen_by(*_STAFF))
    # Drawn when the batch had left: nobody can foretell it, and the auditor draws again with it.
    seed: Mapped[str] = mapped_column(String(32), info=seen_by(Audience.AUDIT))
    # The refs it was drawn from, as they stood: a line that comes back stands in another batch later.
    among: Mapped[str] = mapped_column(Text, info=NOBODY)

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Case staff of the batch's region, and the auditor; never a hand."""
        here = select(Batch.id).where(in_regions(Batch.region_code, viewer))
        return held(
            viewer,
            (Audience.CASE_STAFF, CASE, cls.batch_id.in_(here)),
            (Audience.AUDIT, (Role.AUDITOR,), cls.id.is_not(None)),
        )


append_only(FamilyDraw.__table__)  # type: ignore[arg-type]


class FamilyAsk(Base):
    """One drawn instalment whose family is asked. Its answer is a fact of the instalment."""

    __tablename__ = "family_asks"
    __table_args__ = (CheckConstraint("(asked_on IS NULL) = (way IS NULL)", name="asked_a_way"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    draw_id: Mapped[int] = mapped_column(ForeignKey("family_draws.id"), index=True, info=NOBODY)
    stipend_id: Mapped[int] = mapped_column(ForeignKey("stipends.id"), unique=True, info=NOBODY)
    way: Mapped[CheckWay | None] = mapped_column(
        info=seen_by(Audience.CASE_STAFF, Audience.OWN_VILLAGE)
    )
    asked_on: Mapped[date | None] = mapped_column(
        info=seen_by(Audience.CASE_STAFF, Audience.OWN_VILLAGE)
    )

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Case staff of the child; the village director where a school handed it over, not she."""
        near = Stipend.standings(viewer)
        by_school = select(Batch.id).where(Batch.organisation_id.is_not(None))
        narrower = {
            Audience.CASE_STAFF: true(),
            Audience.OWN_VILLAGE: Stipend.batch_id.in_(by_school),
        }
        return {
            one: cls.stipend_id.in_(select(Stipend.id).where(near[one], where))
            for one, where in narrower.items()
            if one in near
        }
