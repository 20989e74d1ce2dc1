"""Every morning: draw from what left, a batch a slice, then ask the families whose turn it is."""

from datetime import datetime

from sqlalchemy.orm import Session

from jobs.run import Run
from privacy.viewers import Viewer
from services.family_checks import asking, draws
from vocabulary.dates import today


def draw_and_ask(run: Run) -> None:
    """Draw once from every batch that left, then ask in slices until nobody is left to ask."""
    with run.slice() as now:
        left = draws.to_draw(run.session, run.by, on=today(now))
    for batch_id in left:
        with run.slice() as now:
            draws.draw(run.session, run.by, batch_id, now=now)
        run.add(due=1, done=1)
    asked = -1
    while asked:
        with run.slice() as now:
            found = asking.to_ask(run.session, run.by, on=today(now))
            asked = asking.ask(run.session, run.by, found, now=now)
        run.add(due=asked, done=asked)


def is_done(session: Session, by: Viewer, now: datetime) -> bool:
    """Say whether nothing is left to draw or to ask."""
    day = today(now)
    return not (draws.to_draw(session, by, on=day) or asking.to_ask(session, by, on=day))
