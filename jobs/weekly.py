"""What is done once a week, on Monday: a Monday that was missed is made up by the first start after it.

Such a job starts every day at its hour and is idle once its week is done.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from privacy.viewers import Viewer
from services.upkeep import jobs
from vocabulary.dates import today


def is_done(name: str) -> Callable[[Session, Viewer, datetime], bool]:
    """Return what says whether the job has done its week."""

    def is_idle(session: Session, by: Viewer, now: datetime) -> bool:
        return jobs.is_done_this_week(session, by, name, on=today(now))

    return is_idle
