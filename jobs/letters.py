"""Letters: once a week everything that was released before this Monday leaves, all at once."""

from jobs.run import Run
from services.letters import letter_post


def deliver(run: Run) -> None:
    """Deliver the batch of the period's week; safe to repeat."""
    with run.slice() as now:
        counts = letter_post.deliver(run.session, run.by, period=run.period, now=now)
    run.add(due=counts["due"], done=counts["delivered"])
