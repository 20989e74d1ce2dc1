"""Reminders to hands that have not answered, as a job."""

from jobs.run import Run
from services import reminders


def remind(run: Run) -> None:
    """Queue what is due by the run's period."""
    with run.slice() as now:
        counts = reminders.remind(run.session, run.by, on=run.period, now=now)
    run.add(due=counts["due"], done=counts["reminded"] + counts["escalated"])
