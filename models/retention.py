"""What the nightly job let go of, row by row of data/retention.toml: counts, and nobody's name."""

from datetime import date

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Standings, held
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import Role

_BOTH = (Audience.ADMINISTRATION, Audience.AUDIT)


class RetentionAct(Base):
    """How many records of one kind passed their period on a day."""

    __tablename__ = "retention_acts"
    __table_args__ = (UniqueConstraint("name", "on", name="uq_retention_acts_once"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    name: Mapped[str] = mapped_column(String(24), info=seen_by(*_BOTH))
    on: Mapped[date] = mapped_column(index=True, info=seen_by(*_BOTH))
    done: Mapped[int] = mapped_column(default=0, info=seen_by(*_BOTH))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The administrator and the auditor."""
        every = cls.id.is_not(None)
        return held(
            viewer,
            (Audience.ADMINISTRATION, (Role.ADMINISTRATOR,), every),
            (Audience.AUDIT, (Role.AUDITOR,), every),
        )
