"""What was agreed takes effect on its day, always before the stipend run: changes, accounts, ways."""

from jobs.run import Run
from services.pledges import taking_effect
from services.routes import deciding, holding


def take_effect(run: Run) -> None:
    """Apply every change due by the run's period; accounts, cards and children's ways hold."""
    with run.slice() as now:
        counts = taking_effect.apply_changes(run.session, run.by, on=run.period, now=now)
    run.add(due=sum(counts.values()), **counts)
    with run.slice() as now:
        held = holding.take_effect(run.session, run.by, on=run.period, now=now)
        moved = deciding.take_effect(run.session, run.by, on=run.period, now=now)
    run.add(due=held + sum(moved.values()), done=held + moved["done"], failed=moved["failed"])
