"""Incidents: what went wrong, whom we told; and honey records, which nobody needs to open."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, true
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Sealed, Standings, held
from models.triggers import append_only
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import FoundBy, Role, Told
from vocabulary.refs import new_ref

_GUARDS = (Audience.ADMINISTRATION, Audience.CHAIN_READER)


def _for_guards(viewer: Viewer) -> Standings:
    return held(
        viewer,
        (Audience.ADMINISTRATION, (Role.ADMINISTRATOR,), true()),
        (Audience.CHAIN_READER, (Role.CUSTODIAN,), true()),
    )


class Incident(Base):
    """A leak, or what may be one. Its words name no person."""

    __tablename__ = "incidents"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("incident"), info=seen_by(*_GUARDS)
    )
    what: Mapped[str] = mapped_column(Sealed("incidents.what"), info=seen_by(*_GUARDS))
    happened_on: Mapped[date] = mapped_column(info=seen_by(*_GUARDS))
    found_on: Mapped[date] = mapped_column(info=seen_by(*_GUARDS))
    found_by: Mapped[FoundBy] = mapped_column(info=seen_by(*_GUARDS))
    harmed: Mapped[str] = mapped_column(String(200), info=seen_by(*_GUARDS))
    entered_by: Mapped[str] = mapped_column(String(40), info=seen_by(*_GUARDS))
    closed_on: Mapped[date | None] = mapped_column(info=seen_by(*_GUARDS))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Administrators and the custodian."""
        return _for_guards(viewer)


class IncidentStep(Base):
    """Whom we told, or what we did, on a day. Never changed."""

    __tablename__ = "incident_steps"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), index=True, info=NOBODY)
    on: Mapped[date] = mapped_column(info=seen_by(*_GUARDS))
    told: Mapped[Told | None] = mapped_column(info=seen_by(*_GUARDS))
    done: Mapped[str] = mapped_column(Sealed("incident_steps.done"), info=seen_by(*_GUARDS))
    by: Mapped[str] = mapped_column(String(40), info=seen_by(*_GUARDS))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """As the incident."""
        return _for_guards(viewer)


class Honey(Base):
    """Marks a child or a donor who never was. No viewer stands here: a mark shows to nobody."""

    __tablename__ = "honey"
    __table_args__ = (CheckConstraint("(child_id IS NULL) <> (donor_id IS NULL)", name="one_kind"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    child_id: Mapped[int | None] = mapped_column(
        ForeignKey("children.id"), unique=True, info=NOBODY
    )
    donor_id: Mapped[int | None] = mapped_column(
        ForeignKey("vault_donors.id"), unique=True, info=NOBODY
    )


class HoneyOpening(Base):
    """That somebody opened a honey record, and by which login."""

    __tablename__ = "honey_openings"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("honey"), info=seen_by(*_GUARDS)
    )
    kind: Mapped[str] = mapped_column(String(8), info=seen_by(*_GUARDS))
    actor: Mapped[str] = mapped_column(String(40), info=seen_by(*_GUARDS))
    at: Mapped[datetime] = mapped_column(info=seen_by(*_GUARDS))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Administrators and the custodian."""
        return _for_guards(viewer)


for _table in (IncidentStep, HoneyOpening):
    append_only(_table.__table__)  # type: ignore[arg-type]
