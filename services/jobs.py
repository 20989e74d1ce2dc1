"""Leases, fencing tokens and run records of scheduled work."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, or_, select, true, update
from sqlalchemy.orm import Session

from models.jobs import JobLease, JobRun
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate
from services.gate import Card
from services.lifecycle import advance, advance_all
from vocabulary.enums import JobStatus
from vocabulary.errors import AlreadyDecided, Superseded

LEASE = timedelta(minutes=10)


def nobody_is_gone(_holder: str) -> bool:
    """Trust the lease's time alone."""
    return False


def begin(
    session: Session,
    by: Viewer,
    name: str,
    *,
    period: date,
    now: datetime,
    holder: str = "",
    is_gone: Callable[[str], bool] = nobody_is_gone,
) -> int:
    """Take the job's lease and open a run; return its key. Raises AlreadyDecided while leased.

    A lease is free when its time is over or its holder is gone; runs it left open are closed.
    """
    require(by, Act.RUN_STIPENDS)
    lease = session.get(JobLease, name, populate_existing=True)
    if lease is None:
        session.execute(insert(JobLease).values(name=name, token=0, holder=""))
    is_free = lease is not None and bool(lease.holder) and is_gone(lease.holder)
    token = _take(session, name, holder, now=now, even_if_leased=is_free)
    left_open = select(JobRun.id).where(JobRun.name == name, JobRun.status == JobStatus.RUNNING)
    if session.scalars(left_open).first() is not None:
        advance_all(session, JobRun, left_open, JobStatus.FAILED, by=by, now=now, reason="lost")
    run = JobRun(name=name, period=period, started_at=now, token=token)
    session.add(run)
    session.flush()
    return run.id


def _take(session: Session, name: str, holder: str, *, now: datetime, even_if_leased: bool) -> int:
    is_over = or_(JobLease.leased_until.is_(None), JobLease.leased_until < now)
    taken = session.execute(
        update(JobLease)
        .where(JobLease.name == name, is_over if not even_if_leased else true())
        .values(token=JobLease.token + 1, leased_until=now + LEASE, holder=holder)
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise AlreadyDecided()
    return session.scalar(select(JobLease.token).where(JobLease.name == name)) or 0


_LEASES: Any = JobLease.__table__
_RUNS: Any = JobRun.__table__
_OWN = _RUNS.c.id == bindparam("of_run")
_RENEW = (
    update(_LEASES)
    .where(
        _LEASES.c.name == select(_RUNS.c.name).where(_OWN).scalar_subquery(),
        _LEASES.c.token == select(_RUNS.c.token).where(_OWN).scalar_subquery(),
    )
    .values(leased_until=bindparam("until"))
)


def renew(session: Session, run_id: int, *, now: datetime) -> None:
    """Renew the lease of a run for a slice; a run fenced off raises Superseded.

    Called first in every slice's transaction, so that a late holder writes nothing.
    """
    values = {"of_run": run_id, "until": now + LEASE}
    if session.connection().execute(_RENEW, values).rowcount != 1:
        raise Superseded()


def run_of(session: Session, run_id: int, *, now: datetime) -> JobRun:
    """Return the run and renew its lease, as `renew`."""
    renew(session, run_id, now=now)
    return session.get_one(JobRun, run_id)


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
        .values(leased_until=None, holder="")
        .execution_options(synchronize_session=False)
    )


def latest(session: Session, viewer: Viewer, *, limit: int = 100) -> list[Card]:
    """List runs, newest first, for the health page."""
    return gate.cards(session, viewer, JobRun, order_by=(JobRun.id.desc(),), limit=limit)
