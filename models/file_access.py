"""Whose case a child is, and who was let look into the details of a case that is not theirs."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, and_, false, or_, select, text, union_all
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CASE, Base, Sealed, Standings, held, in_regions, is_own
from models.children import Child
from models.harm import cases_about
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import AccessReason, AccessStatus, Role
from vocabulary.refs import new_ref

_STAFF = (Audience.CASE_STAFF,)
_AND_FAMILY = (Audience.CASE_STAFF, Audience.OWN_FAMILY)
OPEN = (AccessStatus.OPENED, AccessStatus.GRANTED)
_LIVE = "until_on IS NULL"


class Assignment(Base):
    """A child is somebody's case, from a day on until another's."""

    __tablename__ = "assignments"
    __table_args__ = (
        Index(
            "uq_assignments_live",
            "child_id",
            unique=True,
            sqlite_where=text(_LIVE),
            postgresql_where=text(_LIVE),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    child_id: Mapped[int] = mapped_column(ForeignKey("children.id"), info=NOBODY)
    actor: Mapped[str] = mapped_column(String(40), index=True, info=seen_by(*_STAFF))
    since_on: Mapped[date] = mapped_column(info=seen_by(*_STAFF))
    until_on: Mapped[date | None] = mapped_column(info=seen_by(*_STAFF))
    assigned_by: Mapped[str] = mapped_column(String(40), info=seen_by(*_STAFF))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Case staff of the child."""
        here = select(Child.id).where(in_regions(Child.region_code, viewer))
        return held(viewer, (Audience.CASE_STAFF, CASE, cls.child_id.in_(here)))


class FileAccess(Base):
    """A request to see the details of a case: with a reason, a second person and an end."""

    __tablename__ = "file_accesses"
    __table_args__ = (Index("ix_file_accesses_asked_by_status", "asked_by", "status"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("file_access"), info=seen_by(*_STAFF)
    )
    child_id: Mapped[int] = mapped_column(ForeignKey("children.id"), index=True, info=NOBODY)
    reason: Mapped[AccessReason] = mapped_column(info=seen_by(*_AND_FAMILY))
    words: Mapped[str | None] = mapped_column(Sealed("file_accesses.words"), info=seen_by(*_STAFF))
    status: Mapped[AccessStatus] = mapped_column(
        default=AccessStatus.ASKED, index=True, info=seen_by(*_AND_FAMILY)
    )
    asked_by: Mapped[str] = mapped_column(String(40), info=seen_by(*_STAFF))
    asked_on: Mapped[date] = mapped_column(info=seen_by(*_AND_FAMILY))
    is_urgent: Mapped[bool] = mapped_column(default=False, info=seen_by(*_AND_FAMILY))
    # Until then it may be decided; once open, until then the details may be read.
    until_at: Mapped[datetime] = mapped_column(info=seen_by(*_STAFF))
    decided_by: Mapped[str | None] = mapped_column(String(40), info=seen_by(*_STAFF))
    decided_on: Mapped[date | None] = mapped_column(info=seen_by(*_AND_FAMILY))
    decided_because: Mapped[str | None] = mapped_column(
        Sealed("file_accesses.decided_because"), info=seen_by(*_STAFF)
    )

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Case staff of the child, and its family; what tells of a danger goes round its cause."""
        here = select(Child.id).where(in_regions(Child.region_code, viewer))
        for_him = or_(
            cls.reason != AccessReason.CHILD_IN_DANGER,
            cls.asked_by == viewer.actor,
            cls.child_id.not_in(cases_about(viewer)),
        )
        return held(
            viewer,
            (Audience.CASE_STAFF, CASE, and_(cls.child_id.in_(here), for_him)),
            (Audience.OWN_FAMILY, (Role.FAMILY,), is_own(cls.child_id, viewer.child_id)),
        )


def children_open_to(viewer: Viewer) -> Any:
    """Select the ids of the children that are the viewer's cases, or open to him at this time."""
    cases = select(Assignment.child_id).where(
        Assignment.actor == viewer.actor, Assignment.until_on.is_(None)
    )
    in_time = false() if viewer.as_of is None else FileAccess.until_at > viewer.as_of
    opened = select(FileAccess.child_id).where(
        FileAccess.asked_by == viewer.actor,
        or_(*(FileAccess.status == open_ for open_ in OPEN)),
        in_time,
    )
    return union_all(cases, opened)
