"""That somebody fears for a child: who said so and when, and who took it up. Never changed."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Standings, own_roles
from models.children import Child
from models.triggers import append_only
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import Called
from vocabulary.refs import new_ref

_STAFF = (Audience.CASE_STAFF,)
_BOTH = (*_STAFF, Audience.SELF)


class HarmReport(Base):
    """The red button was pressed. What was seen stays on the telephone, no word of it is here."""

    __tablename__ = "harm_reports"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("harm"), info=seen_by(*_BOTH)
    )
    child_id: Mapped[int] = mapped_column(ForeignKey("children.id"), index=True, info=NOBODY)
    called: Mapped[Called] = mapped_column(info=seen_by(*_BOTH))
    reported_by: Mapped[str] = mapped_column(String(40), info=seen_by(*_STAFF))
    reported_at: Mapped[datetime] = mapped_column(info=seen_by(*_BOTH))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Case staff of the child; whoever reported keeps the receipt, and no school sees more."""
        of_staff = {
            audience: cls.child_id.in_(select(Child.id).where(condition))
            for audience, condition in Child.standings(viewer).items()
            if audience is Audience.CASE_STAFF
        }
        own = {Audience.SELF: cls.reported_by == viewer.actor} if own_roles(viewer) else {}
        return of_staff | own


class HarmTaken(Base):
    """One person of the case staff has taken a report up; the first one counts."""

    __tablename__ = "harm_taken"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    report_id: Mapped[int] = mapped_column(ForeignKey("harm_reports.id"), unique=True, info=NOBODY)
    taken_by: Mapped[str] = mapped_column(String(40), info=seen_by(*_STAFF))
    taken_at: Mapped[datetime] = mapped_column(info=seen_by(*_BOTH))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """As the report: its reporter learns that, never by whom."""
        return {
            audience: cls.report_id.in_(select(HarmReport.id).where(condition))
            for audience, condition in HarmReport.standings(viewer).items()
        }


append_only(HarmReport.__table__)  # type: ignore[arg-type]
append_only(HarmTaken.__table__)  # type: ignore[arg-type]
