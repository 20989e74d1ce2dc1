"""Letters: once a week everything that was released before this Monday leaves, all at once."""

from datetime import datetime

from sqlalchemy.orm import Session

from jobs import weekly
from jobs.run import Run
from privacy.viewers import Viewer
from services.letters import letter_post
from vocabulary.dates import today

_is_done = weekly.is_done("letters")


def deliver(run: Run) -> None:
    """Deliver the batch of the period's week; safe to repeat."""
    with run.slice() as now:
        counts = letter_post.deliver(run.session, run.by, period=run.period, now=now)
    run.add(due=counts["due"], done=counts["delivered"])


def is_delivered(session: Session, by: Viewer, now: datetime) -> bool:
    """Say whether this week's batch has gone, by a run that ended or by one that was lost after it."""
    return _is_done(session, by, now) or letter_post.has_left(session, by, on=today(now))
