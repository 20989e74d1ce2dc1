"""Leases, fencing tokens and run records of scheduled work."""

from datetime import date, datetime, timedelta

from sqlalchemy import insert, or_, select, update
from sqlalchemy.orm import Session

from models.jobs import JobLease, JobRun
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate
from services.gate import Card
from services.lifecycle import advance
from vocabulary.enums import JobStatus
from vocabulary.errors import AlreadyDecided

LEASE = timedelta(minutes=10)


def begin(session: Session, by: Viewer, name: str, *, period: date, now: datetime) -> int:
    """Take the job's lease and open a run; return its key. Raises AlreadyDecided while leased."""
    require(by, Act.RUN_STIPENDS)
    if session.get(JobLease, name) is None:
        session.execute(insert(JobLease).values(name=name, token=0))
    taken = session.execute(
        update(JobLease)
        .where(
            JobLease.name == name,
            or_(JobLease.leased_until.is_(None), JobLease.leased_until < now),
        )
        .values(token=JobLease.token + 1, leased_until=now + LEASE)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise AlreadyDecided()
    token = session.scalar(select(JobLease.token).where(JobLease.name == name)) or 0
    run = JobRun(name=name, period=period, started_at=now, token=token)
    session.add(run)
    session.flush()
    return run.id


def run_of(session: Session, run_id: int, *, now: datetime) -> JobRun:
    """Return the run for a slice and renew its lease; a fenced-off run raises AlreadyDecided.

    Called first in every slice's transaction, so that a late holder writes nothing.
    """
    run = session.get_one(JobRun, run_id)
    renewed = session.execute(
        update(JobLease)
        .where(JobLease.name == run.name, JobLease.token == run.token)
        .values(leased_until=now + LEASE)
    )
    if renewed.rowcount != 1:  # type: ignore[attr-defined]
        raise AlreadyDecided()
    return run


def finish(
    session: Session,
    by: Viewer,
    run_id: int,
    to: JobStatus,
    *,
    now: datetime,
    error: str | None = None,
) -> None:
    """Close a run and give its lease back."""
    run = run_of(session, run_id, now=now)
    run.finished_at, run.error = now, error
    advance(session, run, to, by=by, now=now, reason=error or "")
    session.execute(
        update(JobLease)
        .where(JobLease.name == run.name, JobLease.token == run.token)
        .values(leased_until=None)
    )


def latest(session: Session, viewer: Viewer, *, limit: int = 100) -> list[Card]:
    """List runs, newest first, for the health page."""
    return gate.cards(session, viewer, JobRun, order_by=(JobRun.id.desc(),), limit=limit)
