"""The stipend run as a job: open what is due, fund what is paid for, build batches."""

from jobs.run import Run
from services import batches, stipends
from services import jobs as job_records


def open_and_fund(run: Run) -> None:
    """Open every instalment due by the run's period, fund them, and put them into batches."""
    with run.slice():
        stipends.fill_periods(run.session, until=run.period)
    after: int | None = 0
    while after is not None:
        with run.slice() as now:
            record = job_records.run_of(run.session, run.id, now=now)
            did = stipends.open_slice(
                run.session, run.by, record, on=run.period, now=now, after=after
            )
        run.add(done=did.opened, skipped=did.set_aside)
        after = did.last_match
    with run.slice() as now:
        record = job_records.run_of(run.session, run.id, now=now)
        stipends.fund(run.session, run.by, record, now=now)
        batches.build(run.session, run.by, on=run.period)
