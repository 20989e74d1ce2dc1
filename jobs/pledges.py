"""Changes that donors asked for take effect on their day, always before the stipend run."""

from jobs.run import Run
from services import taking_effect


def take_effect(run: Run) -> None:
    """Apply every change due by the run's period."""
    with run.slice() as now:
        counts = taking_effect.apply_changes(run.session, run.by, on=run.period, now=now)
    run.add(due=sum(counts.values()), **counts)
