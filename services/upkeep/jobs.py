"""Leases, fencing tokens and run records of scheduled work."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, or_, select, update
from sqlalchemy.orm import Session

from models.jobs import JobLease, JobRun
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate
from services.gate import Card
from services.lifecycle import advance, advance_all
from services.prepared import Ready
from vocabulary.enums import JobStatus
from vocabulary.errors import AlreadyDecided, Superseded

LEASE = timedelta(minutes=10)
COUNTS = ("due", "done", "skipped", "failed")


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
    session.flush()
    connection = session.connection()
    leased = connection.execute(_HOLDER, {"of_name": name}).scalar()
    if leased is None:
        connection.execute(insert(_LEASES), {"name": name, "token": 0, "holder": ""})
    is_free = bool(leased) and is_gone(leased or "")
    token = _take(session, name, holder, now=now, even_if_leased=is_free)
    if connection.execute(_LEFT_OPEN, {"of_name": name}).first() is not None:
        lost = select(JobRun.id).where(JobRun.name == name, JobRun.status == JobStatus.RUNNING)
        advance_all(session, JobRun, lost, JobStatus.FAILED, by=by, now=now, reason="lost")
    run = {"name": name, "period": period, "started_at": now, "token": token}
    return int(connection.execute(_BEGIN, run).scalar_one())


def _take(session: Session, name: str, holder: str, *, now: datetime, even_if_leased: bool) -> int:
    values = {"of_name": name, "at_instant": now, "until": now + LEASE, "of_holder": holder}
    taken = session.connection().execute(_TAKE_ANYHOW if even_if_leased else _TAKE, values)
    token = taken.scalar()
    if token is None:
        raise AlreadyDecided()
    return int(token)


# Every run of every job says these: written once, they cost a part of what they did.
_LEASES: Any = JobLease.__table__
_RUNS: Any = JobRun.__table__
_NAMED = _LEASES.c.name == bindparam("of_name")
_HOLDER = select(_LEASES.c.holder).where(_NAMED)
_TAKE_ANYHOW = (
    update(_LEASES)
    .where(_NAMED)
    .values(
        token=_LEASES.c.token + 1,
        leased_until=bindparam("until", type_=_LEASES.c.leased_until.type),
        holder=bindparam("of_holder"),
    )
    .returning(_LEASES.c.token)
)
_TAKE = _TAKE_ANYHOW.where(
    or_(_LEASES.c.leased_until.is_(None), _LEASES.c.leased_until < bindparam("at_instant"))
)
_LEFT_OPEN = (
    select(_RUNS.c.id)
    .where(_RUNS.c.name == bindparam("of_name"), _RUNS.c.status == JobStatus.RUNNING)
    .limit(1)
)
_BEGIN = insert(_RUNS).returning(_RUNS.c.id)
_OWN = _RUNS.c.id == bindparam("of_run")
_RENEW = Ready(
    update(_LEASES)
    .where(
        _LEASES.c.name == select(_RUNS.c.name).where(_OWN).scalar_subquery(),
        _LEASES.c.token == select(_RUNS.c.token).where(_OWN).scalar_subquery(),
    )
    .values(leased_until=bindparam("until"))
)
_END = Ready(
    update(_RUNS)
    .where(_OWN)
    .values({name: bindparam(f"new_{name}") for name in ("finished_at", "error", *COUNTS)})
)
_GIVE_BACK = Ready(
    update(_LEASES)
    .where(
        _LEASES.c.name == select(_RUNS.c.name).where(_OWN).scalar_subquery(),
        _LEASES.c.token == select(_RUNS.c.token).where(_OWN).scalar_subquery(),
    )
    .values(leased_until=None, holder="")
)


def is_done_this_week(session: Session, by: Viewer, name: str, *, on: date) -> bool:
    """Say whether a run of the job for a day of this week ended well: what is weekly has been done."""
    require(by, Act.RUN_STIPENDS)
    monday = on - timedelta(days=on.weekday())
    done = select(JobRun.id).where(
        JobRun.name == name, JobRun.status == JobStatus.DONE, JobRun.period.between(monday, on)
    )
    return session.scalar(done.limit(1)) is not None


def renew(session: Session, run_id: int, *, now: datetime) -> None:
    """Renew the lease of a run for a slice; a run fenced off raises Superseded.

    Called first in every slice's transaction, so that a late holder writes nothing.
    """
    values = {"of_run": run_id, "until": now + LEASE}
    if _RENEW.run(session.connection(), values).rowcount != 1:
        raise Superseded()


def finish(
    session: Session,
    by: Viewer,
    run_id: int,
    to: JobStatus,
    *,
    now: datetime,
    counts: Mapping[str, int],
    error: str | None = None,
) -> None:
    """Close a run with its counts and give its lease back; the slice has renewed it (`renew`)."""
    session.flush()
    connection = session.connection()
    said = {"finished_at": now, "error": error, **{name: counts[name] for name in COUNTS}}
    _END.run(connection, {"of_run": run_id, **{f"new_{name}": it for name, it in said.items()}})
    run = session.get_one(JobRun, run_id, populate_existing=True)
    advance(session, run, to, by=by, now=now, reason=error or "")
    _GIVE_BACK.run(connection, {"of_run": run_id})


def latest(session: Session, viewer: Viewer, *, limit: int = 100) -> list[Card]:
    """List runs, newest first, for the health page."""
    return gate.cards(session, viewer, JobRun, order_by=(JobRun.id.desc(),), limit=limit)
