"""Reminders to hands that have not answered, fears nobody took up, and what lies ahead of donors."""

from jobs.run import Run
from services import foretelling, harm, reminders


def remind(run: Run) -> None:
    """Queue what is due by the run's period."""
    with run.slice() as now:
        counts = reminders.remind(run.session, run.by, on=run.period, now=now)
    with run.slice() as now:
        harm.remind(run.session, run.by, on=run.period, now=now)
        foretelling.foretell(run.session, run.by, on=run.period, now=now)
    run.add(due=counts["due"], done=counts["reminded"] + counts["escalated"])
