"""审计抽查: a drawn sample of instalments, each under codes of this sample alone."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Standings, held
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import Role
from vocabulary.refs import new_ref

_OWN = (Audience.SELF,)


class AuditSample(Base):
    """Drawn by one auditor; its packs are open to him for ten working days."""

    __tablename__ = "audit_samples"
    __table_args__ = (CheckConstraint("size BETWEEN 1 AND 200", name="size_range"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("audit_sample"), info=seen_by(*_OWN)
    )
    drawn_by: Mapped[str] = mapped_column(String(40), index=True, info=NOBODY)
    drawn_on: Mapped[date] = mapped_column(info=seen_by(*_OWN))
    open_until: Mapped[date] = mapped_column(info=seen_by(*_OWN))
    region_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"), info=seen_by(*_OWN))
    # What was drawn from, and the seed it was drawn with: the draw can be made again.
    population: Mapped[int] = mapped_column(info=seen_by(*_OWN))
    size: Mapped[int] = mapped_column(info=seen_by(*_OWN))
    seed: Mapped[str] = mapped_column(String(32), info=seen_by(*_OWN))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Whoever drew it."""
        return held(viewer, (Audience.SELF, (Role.AUDITOR,), cls.drawn_by == viewer.actor))


class AuditItem(Base):
    """One drawn instalment. Its codes are new in every sample, so that no two can be linked."""

    __tablename__ = "audit_items"
    __table_args__ = (UniqueConstraint("sample_id", "stipend_id", name="uq_audit_items_once"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    code: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("audit_item", 8), info=seen_by(*_OWN)
    )
    # Stands for the pledge inside this sample: never its code, never who gave.
    giver_code: Mapped[str] = mapped_column(String(16), info=seen_by(*_OWN))
    sample_id: Mapped[int] = mapped_column(ForeignKey("audit_samples.id"), info=NOBODY)
    stipend_id: Mapped[int] = mapped_column(ForeignKey("stipends.id"), index=True, info=NOBODY)

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Whoever drew the sample."""
        mine = select(AuditSample.id).where(AuditSample.drawn_by == viewer.actor)
        return held(viewer, (Audience.SELF, (Role.AUDITOR,), cls.sample_id.in_(mine)))
