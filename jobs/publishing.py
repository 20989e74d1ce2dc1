"""What strangers read changes by the clock alone: the list once a week, figures once a month."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from jobs.run import Run
from privacy.viewers import Viewer
from services.donors import listing
from services.figures import releases
from services.month_page import publishing as month_pages
from vocabulary.dates import today


def freeze_list(run: Run) -> None:
    """Take up this week's list; a second run of the week changes nothing."""
    with run.slice() as now:
        changes = listing.freeze(run.session, run.by, period=run.period, now=now)
    run.add(due=changes, done=changes)


def is_frozen(session: Session, by: Viewer, now: datetime) -> bool:
    """Say whether this week's list was taken up, whichever day that was."""
    return listing.is_frozen(session, by, on=today(now))


def publish(run: Run) -> None:
    """Publish every month that is over and was not published, a month a slice."""
    for month in _due(run):
        with run.slice() as now:
            releases.publish(run.session, run.by, month, now=now)
        run.add(due=1, done=1)


def _due(run: Run) -> list[date]:
    with run.slice() as now:
        return releases.due(run.session, run.by, now=now)


def is_published(session: Session, by: Viewer, now: datetime) -> bool:
    """Say whether nothing is left to publish."""
    return not releases.due(session, by, now=now)


def publish_heads(run: Run) -> None:
    """Publish the head of every month that is over and has none, a month a slice."""
    with run.slice() as now:
        months = month_pages.due(run.session, run.by, now=now)
    for month in months:
        with run.slice() as now:
            month_pages.publish(run.session, run.by, month, now=now)
        run.add(due=1, done=1)


def has_heads(session: Session, by: Viewer, now: datetime) -> bool:
    """Say whether every month that is over has its head."""
    return not month_pages.due(session, by, now=now)
