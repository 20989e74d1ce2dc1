"""Scheduled work: leases with fencing tokens, runs, due periods, and rows set aside."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Standings, held
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import JobStatus, Rhythm, Role, SetAsideReason

_HEALTH = (Audience.ADMINISTRATION,)


ABOUT_DONORS = ("payments",)


class JobLease(Base):
    """Who may run a job now; the token only grows, and a slice writes only under the newest.

    `expected_at` is when the schedule starts it next: the watchdog shouts when that passes in
    silence. `looked_at` is when it was last started, whether or not it found something to do.
    """

    __tablename__ = "job_leases"

    name: Mapped[str] = mapped_column(String(40), primary_key=True, info=seen_by(*_HEALTH))
    token: Mapped[int] = mapped_column(default=0, info=NOBODY)
    leased_until: Mapped[datetime | None] = mapped_column(info=seen_by(*_HEALTH))
    holder: Mapped[str] = mapped_column(String(120), default="", info=NOBODY)
    expected_at: Mapped[datetime | None] = mapped_column(info=seen_by(*_HEALTH))
    looked_at: Mapped[datetime | None] = mapped_column(info=seen_by(*_HEALTH))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The administrator."""
        return held(viewer, (Audience.ADMINISTRATION, (Role.ADMINISTRATOR,), cls.name.is_not(None)))


class JobRun(Base):
    __tablename__ = "job_runs"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    name: Mapped[str] = mapped_column(String(40), index=True, info=seen_by(*_HEALTH))
    period: Mapped[date] = mapped_column(index=True, info=seen_by(*_HEALTH))
    status: Mapped[JobStatus] = mapped_column(default=JobStatus.RUNNING, info=seen_by(*_HEALTH))
    started_at: Mapped[datetime] = mapped_column(info=seen_by(*_HEALTH))
    finished_at: Mapped[datetime | None] = mapped_column(info=seen_by(*_HEALTH))
    due: Mapped[int] = mapped_column(default=0, info=seen_by(*_HEALTH))
    done: Mapped[int] = mapped_column(default=0, info=seen_by(*_HEALTH))
    skipped: Mapped[int] = mapped_column(default=0, info=seen_by(*_HEALTH))
    failed: Mapped[int] = mapped_column(default=0, info=seen_by(*_HEALTH))
    error: Mapped[str | None] = mapped_column(String(200), info=seen_by(*_HEALTH))
    token: Mapped[int] = mapped_column(default=0, info=NOBODY)

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The administrator watches jobs: counts and health, no people.

        When a provider was last asked is when a donor paid: of that job he reads that it is well,
        or what the watchdog says of it, and no run.
        """
        others = cls.name.not_in(ABOUT_DONORS)
        return held(viewer, (Audience.ADMINISTRATION, (Role.ADMINISTRATOR,), others))


class Period(Base):
    """The due days of every scheme, filled by vocabulary.schedule and joined in SQL."""

    __tablename__ = "periods"

    rhythm: Mapped[Rhythm] = mapped_column(primary_key=True, info=NOBODY)
    anchor: Mapped[date] = mapped_column(primary_key=True, info=NOBODY)
    due_on: Mapped[date] = mapped_column(primary_key=True, info=NOBODY)


class SetAside(Base):
    """An instalment that was due and could not be opened, with the reason; never silent."""

    __tablename__ = "set_aside"
    __table_args__ = (UniqueConstraint("match_id", "due_on", "reason", name="uq_set_aside_once"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    match_id: Mapped[int] = mapped_column(ForeignKey("matches.id"), info=NOBODY)
    due_on: Mapped[date] = mapped_column(info=seen_by(Audience.CASE_STAFF))
    reason: Mapped[SetAsideReason] = mapped_column(info=seen_by(Audience.CASE_STAFF))
    run_id: Mapped[int] = mapped_column(ForeignKey("job_runs.id"), info=NOBODY)
    resolved_on: Mapped[date | None] = mapped_column(info=seen_by(Audience.CASE_STAFF))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Case staff who see the match."""
        from sqlalchemy import select

        from models.pledges import Match

        return {
            audience: cls.match_id.in_(select(Match.id).where(condition))
            for audience, condition in Match.standings(viewer).items()
            if audience is Audience.CASE_STAFF
        }
