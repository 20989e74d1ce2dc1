"""That somebody fears for a child: who said so, about whom, and who took it up. Never changed.

From the report on until the last one is closed the child stands in no low view
(`models.children.Child.in_danger`), and who is named as the person complained of stands near none
of it.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Date, ForeignKey, Select, String, and_, func, or_, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from models.base import Base, Condition, Standings, own_roles
from models.children import Child
from models.triggers import append_only
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import Called, Complained, HarmOutcome, Role
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
        """Case staff of the child but those complained of; whoever reported keeps the receipt."""
        of_staff = {
            audience: and_(cls.child_id.in_(select(Child.id).where(condition)), goes_round(viewer))
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
        return _of_report(cls.report_id, viewer)


class HarmAccused(Base):
    """Whom a report is about: a login of the house, or people who have none."""

    __tablename__ = "harm_accused"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    report_id: Mapped[int] = mapped_column(ForeignKey("harm_reports.id"), index=True, info=NOBODY)
    whom: Mapped[Complained] = mapped_column(info=seen_by(*_STAFF))
    actor: Mapped[str | None] = mapped_column(String(40), index=True, info=seen_by(*_STAFF))
    named_by: Mapped[str] = mapped_column(String(40), info=seen_by(*_STAFF))
    named_at: Mapped[datetime] = mapped_column(info=seen_by(*_STAFF))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """As the report."""
        return _of_report(cls.report_id, viewer)


class HarmClosed(Base):
    """A second person saw how it ended: with the last of a child's reports it comes back."""

    __tablename__ = "harm_closed"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    report_id: Mapped[int] = mapped_column(ForeignKey("harm_reports.id"), unique=True, info=NOBODY)
    outcome: Mapped[HarmOutcome] = mapped_column(info=seen_by(*_STAFF))
    closed_by: Mapped[str] = mapped_column(String(40), info=seen_by(*_STAFF))
    closed_at: Mapped[datetime] = mapped_column(info=seen_by(*_STAFF))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """As the report."""
        return _of_report(cls.report_id, viewer)


def _of_report(report_id: object, viewer: Viewer) -> Standings:
    return {
        audience: report_id.in_(select(HarmReport.id).where(condition))  # type: ignore[attr-defined]
        for audience, condition in HarmReport.standings(viewer).items()
    }


def cases_about(viewer: Viewer) -> Select[int]:
    """Select the children about whom a report names the viewer."""
    return (
        select(_Other.child_id)
        .join(HarmAccused, HarmAccused.report_id == _Other.id)
        .where(HarmAccused.actor == viewer.actor)
    )


def goes_round(viewer: Viewer) -> Condition:
    """Say in SQL that no report about the same child names the viewer.

    One of his own that does not name him stays before him: who presses the button to learn whether
    he is named finds the list that anybody finds.
    """
    named = select(HarmAccused.report_id).where(HarmAccused.actor == viewer.actor)
    own = and_(HarmReport.reported_by == viewer.actor, HarmReport.id.not_in(named))
    return or_(HarmReport.child_id.not_in(cases_about(viewer)), own)


def kept_since(viewer: Viewer, child_id: object, since: object) -> Condition:
    """Say in SQL that a report named the viewer about a child before something of it was: kept from him.

    Not by a report that ended without blame. What stood before it he goes on reading: a file that
    shut before him would tell him that he is named.
    """
    blameless = select(HarmClosed.report_id).where(
        HarmClosed.outcome.in_((HarmOutcome.MISTAKE, HarmOutcome.SAFE))
    )
    return (
        select(HarmAccused.id)
        .join(_Other, _Other.id == HarmAccused.report_id)
        .where(
            _Other.child_id == child_id,
            _Other.id.not_in(blameless),
            _is_meant(viewer),
            since >= _named(since),
        )
        .exists()
    )


def _is_meant(viewer: Viewer) -> Condition:
    """Say in SQL that he is named; of a family nobody knows whom of it, so all of it."""
    own = HarmAccused.actor == viewer.actor
    return or_(own, HarmAccused.whom == Complained.FAMILY) if viewer.has(Role.FAMILY) else own


def _named(since: object) -> ColumnElement[object]:
    """Return when somebody was named, as a day where what it is compared with is one."""
    is_day = isinstance(getattr(since, "type", None), Date)
    return func.date(HarmAccused.named_at, type_=Date) if is_day else HarmAccused.named_at  # type: ignore[return-value]


_Other = aliased(HarmReport)
for _table in (HarmReport, HarmTaken, HarmAccused, HarmClosed):
    append_only(_table.__table__)  # type: ignore[arg-type]
