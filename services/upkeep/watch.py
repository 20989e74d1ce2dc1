"""What the watchdog and the health page look at: what was due, against what was done."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from models.jobs import JobLease, JobRun, Period, SetAside
from models.matching_runs import MatchingRun
from models.notices import Notice
from models.pledges import Match
from models.trace import OrdinaryEntry
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate
from services.gate import Card
from services.stipends import due
from services.writing import insert_into
from vocabulary.dates import today
from vocabulary.enums import JobStatus, NoticeStatus, RunStatus, Trouble

GRACE = timedelta(minutes=30)
BACKUP_MADE = "backup.make"
# What starts every few minutes is done many times a day.
OFTEN = frozenset({"notices", "watchdog", "payments"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One job that did not do what was due."""

    name: str
    trouble: Trouble


def expect(session: Session, by: Viewer, name: str, *, at: datetime) -> None:
    """Keep when the schedule starts a job next; silence after that is a finding."""
    require(by, Act.RUN_STIPENDS)
    session.execute(
        insert_into(session, JobLease)
        .values(name=name, token=0, holder="", expected_at=at)
        .on_conflict_do_update(index_elements=["name"], set_={"expected_at": at})
    )


def expect_if_new(session: Session, by: Viewer, name: str, *, at: datetime) -> None:
    """Keep the first start of a job that was never expected here; a missed one stays missed."""
    require(by, Act.RUN_STIPENDS)
    session.execute(
        insert_into(session, JobLease)
        .values(name=name, token=0, holder="", expected_at=at)
        .on_conflict_do_update(
            index_elements=["name"],
            set_={"expected_at": at},
            where=JobLease.expected_at.is_(None),
        )
    )


def looked(session: Session, by: Viewer, name: str, *, now: datetime) -> None:
    """Keep that a job was started, the same whether or not it finds something to do."""
    require(by, Act.RUN_STIPENDS)
    session.execute(update(JobLease).where(JobLease.name == name).values(looked_at=now))


def overdue(session: Session, by: Viewer, *, now: datetime) -> list[str]:
    """Return the jobs whose next start has passed: a machine that was off makes up for them."""
    require(by, Act.RUN_STIPENDS)
    passed = select(JobLease.name).where(JobLease.expected_at < now).order_by(JobLease.name)
    return list(session.scalars(passed))


def findings(session: Session, viewer: Viewer, *, now: datetime) -> list[Finding]:
    """Compare what was due with what was done, job by job."""
    found = told_by_runs(session, viewer, now=now)
    opened_for = _last_opening(session)
    if opened_for and _unopened(session, on=min(opened_for, today(now))):
        found.append(Finding("stipends", Trouble.SHORT))
    if session.scalar(_damaged_runs()):
        found.append(Finding("matching", Trouble.DAMAGED))
    return sorted(set(found), key=lambda finding: (finding.name, finding.trouble))


def told_by_runs(session: Session, viewer: Viewer, *, now: datetime) -> list[Finding]:
    """Return what the jobs' own records say is wrong: two short statements, for a page."""
    require(viewer, Act.WATCH_JOBS)
    silent = select(JobLease.name).where(JobLease.expected_at < now - GRACE)
    found = [Finding(name, Trouble.SILENT) for name in session.scalars(silent)]
    found += [Finding(name, Trouble.TWICE) for name in session.scalars(_ran_twice(now))]
    for name, status, failed in session.execute(_last_runs()):
        if status is JobStatus.FAILED:
            found.append(Finding(name, Trouble.FAILED))
        elif failed:
            found.append(Finding(name, Trouble.SHORT))
    return found


def _ran_twice(now: datetime) -> Select[str]:
    """Name what found work twice for one day: two machines, a clock set back, or a hand after it.

    A run that found nothing left to do has done nothing twice.
    """
    lately = (
        JobRun.started_at > now - timedelta(days=1),
        JobRun.status == JobStatus.DONE,
        JobRun.done > 0,
    )
    return (
        select(JobRun.name)
        .where(*lately, JobRun.name.not_in(OFTEN))
        .group_by(JobRun.name, JobRun.period)
        .having(func.count() > 1)
        .order_by(JobRun.name)
    )


def _last_runs() -> Select[str, JobStatus, int]:
    newest = select(func.max(JobRun.id)).group_by(JobRun.name)
    return (
        select(JobRun.name, JobRun.status, JobRun.failed)
        .where(JobRun.id.in_(newest))
        .order_by(JobRun.name)
    )


def _last_opening(session: Session) -> date | None:
    return session.scalar(
        select(func.max(JobRun.period)).where(
            JobRun.name == "stipends", JobRun.status == JobStatus.DONE
        )
    )


def _unopened(session: Session, *, on: date) -> bool:
    """Say whether an instalment due by the day stands neither opened nor set aside with a reason.

    What is due the run itself counts too; this asks the tables anew, so that a run which stopped
    early and called itself done is found out.
    """
    aside = exists().where(SetAside.match_id == Match.id, SetAside.due_on == Period.due_on)
    missing = (
        select(Match.id).join(Period, due.on_schedule(on)).where(~due.is_open(), ~aside).limit(1)
    )
    return session.scalar(missing) is not None


def _damaged_runs() -> Select[bool]:
    """Say whether a matching run was put aside and no newer one of the whole region stands yet."""
    newer = aliased(MatchingRun)
    healed = exists().where(
        newer.id > MatchingRun.id,
        newer.kind == MatchingRun.kind,
        newer.status == RunStatus.RELEASED,
        newer.banner.is_(None),
    )
    return select(exists().where(MatchingRun.status == RunStatus.DAMAGED, ~healed))


def jobs(session: Session, viewer: Viewer) -> list[Card]:
    """List every scheduled job with its latest run and the latest that ended well."""
    require(viewer, Act.SEE_HEALTH)
    leases = gate.cards(session, viewer, JobLease, order_by=(JobLease.name,))
    return [
        lease.and_also(
            last=_run(session, viewer, lease["name"]),
            good=_run(session, viewer, lease["name"], JobStatus.DONE),
        )
        for lease in leases
    ]


def _run(
    session: Session, viewer: Viewer, name: str, status: JobStatus | None = None
) -> Card | None:
    wanted = [JobRun.name == name] + ([JobRun.status == status] if status else [])
    found = gate.cards(session, viewer, JobRun, where=wanted, order_by=(JobRun.id.desc(),), limit=1)
    return found[0] if found else None


def last_backup(session: Session, viewer: Viewer) -> datetime | None:
    """Return when the latest backup was made, by the trace: a file's own time proves nothing."""
    require(viewer, Act.SEE_HEALTH)
    made = select(func.max(OrdinaryEntry.at)).where(OrdinaryEntry.act == BACKUP_MADE)
    return session.scalar(made)


def outbox(session: Session, viewer: Viewer) -> dict[NoticeStatus, int]:
    """Count notices by status; never by channel, which would tell how a donor is reached."""
    require(viewer, Act.SEE_HEALTH)
    rows = session.execute(select(Notice.status, func.count()).group_by(Notice.status)).all()
    counts = {status: count for status, count in rows}
    return {status: counts.get(status, 0) for status in NoticeStatus}
