"""The administrative tree: region, leagues, banners, townships, villages."""

from sqlalchemy import String, true
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Standings
from privacy.disclosure import Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import RegionLevel


class Region(Base):
    __tablename__ = "regions"

    code: Mapped[str] = mapped_column(String(12), primary_key=True, info=seen_by(Audience.EVERYONE))
    name: Mapped[str] = mapped_column(String(60), info=seen_by(Audience.EVERYONE))
    level: Mapped[RegionLevel] = mapped_column(index=True, info=seen_by(Audience.EVERYONE))
    parent_code: Mapped[str | None] = mapped_column(
        String(12), index=True, info=seen_by(Audience.EVERYONE)
    )
    longitude: Mapped[float | None] = mapped_column(info=seen_by(Audience.EVERYONE))
    latitude: Mapped[float | None] = mapped_column(info=seen_by(Audience.EVERYONE))
    kind: Mapped[str | None] = mapped_column(String(12), info=seen_by(Audience.EVERYONE))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The map of the region is public."""
        return {Audience.EVERYONE: true()}
