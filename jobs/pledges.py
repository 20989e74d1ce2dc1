"""What was agreed takes effect on its day, always before the stipend run: donors' changes, accounts."""

from jobs.run import Run
from services import school_accounts, taking_effect


def take_effect(run: Run) -> None:
    """Apply every change due by the run's period, and let schools' new accounts hold."""
    with run.slice() as now:
        counts = taking_effect.apply_changes(run.session, run.by, on=run.period, now=now)
    run.add(due=sum(counts.values()), **counts)
    with run.slice() as now:
        accounts = school_accounts.take_effect(run.session, run.by, on=run.period, now=now)
    run.add(due=accounts, done=accounts)
