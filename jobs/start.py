"""Starts one job by its line in the schedule: what `flask jobs run` does."""

from datetime import date

from sqlalchemy.orm import Session

from jobs.run import Run
from jobs.schedule import Job
from privacy import viewers
from services import leaps
from services.upkeep import watch
from services.writing import begin_writing
from vocabulary import clock

NOTHING = {"due": 0, "done": 0, "skipped": 0, "failed": 0}


def start(session: Session, job: Job, *, period: date) -> dict[str, int]:
    """Run the job for a period and return its counts; keep when the schedule starts it next.

    While the clock is in doubt only those start that trust no clock: the others would end matches,
    delete records and write to people on a day that may be wrong.
    """
    now, by = clock.now(), viewers.engine(job.name)
    session.rollback()
    begin_writing(session)
    watch.expect(session, by, job.name, at=job.next_start(now))
    leap = leaps.look(session, by, now=now)
    waits = leap is not None and not job.trusts_no_clock
    is_idle = waits or (job.is_idle is not None and job.is_idle(session, by, now))
    watch.looked(session, by, job.name, now=now)
    session.commit()
    return dict(NOTHING) if is_idle else Run(session, job.name, period=period).execute(job.body)


def expect_all(session: Session, all_jobs: tuple[Job, ...]) -> list[str]:
    """Keep the next start of jobs that are new here; return those whose start was missed."""
    now, by = clock.now(), viewers.engine("schedule")
    session.rollback()
    begin_writing(session)
    missed = watch.overdue(session, by, now=now)
    for job in all_jobs:
        watch.expect_if_new(session, by, job.name, at=job.next_start(now))
    session.commit()
    names = [job.name for job in all_jobs]
    return [name for name in names if name in missed]
