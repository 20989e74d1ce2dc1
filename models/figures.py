"""What was published, once and for good: rounded numbers of a month or a quarter, never the exact."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Standings
from models.triggers import append_only
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import FigureKind, FigureSpan, FigureState

_ALL = (Audience.EVERYONE,)


class Release(Base):
    """One publication; the digest covers all its figures and stands in the trace as well."""

    __tablename__ = "releases"
    __table_args__ = (UniqueConstraint("span", "starts_on", name="uq_releases_once"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    span: Mapped[FigureSpan] = mapped_column(info=seen_by(*_ALL))
    starts_on: Mapped[date] = mapped_column(info=seen_by(*_ALL))
    as_of: Mapped[date] = mapped_column(info=seen_by(*_ALL))
    published_on: Mapped[date] = mapped_column(info=seen_by(*_ALL))
    digest: Mapped[str] = mapped_column(String(64), info=seen_by(*_ALL))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """What is published is everybody's."""
        return {Audience.EVERYONE: true()}


class Figure(Base):
    """One published number of one part of the tree, or that it is few, or that it is withheld."""

    __tablename__ = "figures"
    __table_args__ = (
        UniqueConstraint("release_id", "kind", "region_code", name="uq_figures_once"),
        CheckConstraint("(state = 'shown') = (shown IS NOT NULL)", name="shown_with_number"),
        CheckConstraint("shown >= 10 AND shown % 5 = 0", name="shown_rounded"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    release_id: Mapped[int] = mapped_column(ForeignKey("releases.id"), info=NOBODY)
    kind: Mapped[FigureKind] = mapped_column(info=seen_by(*_ALL))
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"), info=seen_by(*_ALL))
    state: Mapped[FigureState] = mapped_column(info=seen_by(*_ALL))
    shown: Mapped[int | None] = mapped_column(info=seen_by(*_ALL))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """What is published is everybody's."""
        return {Audience.EVERYONE: true()}


for _table in (Release, Figure):
    append_only(_table.__table__)  # type: ignore[arg-type]
