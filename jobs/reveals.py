"""互相认识: once a week what was asked goes to the other side, what was agreed to the staff."""

from jobs.run import Run
from services.reveals import reveal_release


def release(run: Run) -> None:
    """Let the week's questions out; safe to repeat."""
    with run.slice() as now:
        counts = reveal_release.release(run.session, run.by, now=now)
    run.add(due=sum(counts.values()), done=sum(counts.values()))
