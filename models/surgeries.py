"""A sum for a child's surgery: asked for by one of the staff, agreed to by another."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, or_, select, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CASE, Base, Sealed, Standings, held, in_regions
from models.children import Child, child_standings
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import AmendmentStatus, Role
from vocabulary.money import Fen
from vocabulary.refs import new_ref

_STAFF = (Audience.CASE_STAFF,)


class Surgery(Base):
    """One request; once agreed to it is a match of one due day on the gap fund's own pledge."""

    __tablename__ = "surgeries"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        Index(
            "uq_surgeries_waiting",
            "child_id",
            unique=True,
            sqlite_where=text("status = 'asked'"),
            postgresql_where=text("status = 'asked'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("surgery"), info=seen_by(*_STAFF)
    )
    child_id: Mapped[int] = mapped_column(ForeignKey("children.id"), info=NOBODY)
    amount_fen: Mapped[Fen] = mapped_column(info=seen_by(*_STAFF))
    # What the hospital wrote: for whoever has the case, and for whoever is to agree while it waits.
    note: Mapped[str] = mapped_column(Sealed("surgeries.note"), info=seen_by(Audience.CASE_DETAIL))
    status: Mapped[AmendmentStatus] = mapped_column(
        default=AmendmentStatus.ASKED, info=seen_by(*_STAFF)
    )
    asked_by: Mapped[str] = mapped_column(String(40), info=seen_by(*_STAFF))
    asked_on: Mapped[date] = mapped_column(info=seen_by(*_STAFF))
    decided_by: Mapped[str | None] = mapped_column(String(40), info=seen_by(*_STAFF))
    decided_on: Mapped[date | None] = mapped_column(info=seen_by(*_STAFF))
    match_id: Mapped[int | None] = mapped_column(ForeignKey("matches.id"), unique=True, info=NOBODY)

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Case staff of the child; its case's own staff, who asked, and who is to agree."""
        here = cls.child_id.in_(select(Child.id).where(in_regions(Child.region_code, viewer)))
        waits = cls.status == AmendmentStatus.ASKED
        reads = [cls.asked_by == viewer.actor, *([waits] if viewer.has(Role.APPROVER) else [])]
        detail = child_standings(cls.child_id, viewer).get(Audience.CASE_DETAIL)
        reads += [] if detail is None else [detail]
        return held(
            viewer,
            (Audience.CASE_STAFF, CASE, here),
            (Audience.CASE_DETAIL, CASE, here & or_(*reads)),
        )
