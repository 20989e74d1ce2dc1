"""A work unit that collects from its colleagues: by payment references, without a name or a child."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Standings, held, is_own
from models.papers import references_of_donor
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import Role
from vocabulary.refs import new_ref

_UNIT = (Audience.OWN_UNIT,)
_BOTH = (Audience.OWN_UNIT, Audience.OWNING_DONOR)


class Collection(Base):
    """That a unit collects, and the code by which its colleagues say that they take part."""

    __tablename__ = "unit_collections"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id"), unique=True, info=NOBODY
    )
    code: Mapped[str] = mapped_column(
        String(8), unique=True, default=lambda: new_ref("unit_code", 8), info=seen_by(*_UNIT)
    )
    opened_on: Mapped[date] = mapped_column(info=seen_by(*_UNIT))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The clerk of the unit who collects."""
        own = is_own(cls.organisation_id, viewer.organisation_id)
        return held(viewer, (Audience.OWN_UNIT, (Role.UNIT_COLLECTOR,), own))


class Colleague(Base):
    """One payment reference that a unit collects for, as its donor said; who he is stands nowhere."""

    __tablename__ = "unit_colleagues"
    __table_args__ = (
        Index(
            "uq_unit_colleagues_standing",
            "payment_reference",
            unique=True,
            sqlite_where=text("left_on IS NULL"),
            postgresql_where=text("left_on IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id"), index=True, info=NOBODY
    )
    payment_reference: Mapped[str] = mapped_column(String(12), info=seen_by(*_BOTH))
    joined_on: Mapped[date] = mapped_column(info=seen_by(*_BOTH))
    left_on: Mapped[date | None] = mapped_column(info=seen_by(*_BOTH))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The clerk of the unit who collects sees the codes; a donor, that his own takes part."""
        mine = cls.payment_reference.in_(references_of_donor(viewer))
        own = is_own(cls.organisation_id, viewer.organisation_id)
        return held(
            viewer,
            (Audience.OWN_UNIT, (Role.UNIT_COLLECTOR,), own),
            (Audience.OWNING_DONOR, (Role.DONOR,), mine),
        )
