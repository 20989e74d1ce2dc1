"""Reminders to hands that have not answered, fears nobody took up, and what lies ahead of donors."""

from jobs.run import Run
from services.books import unclaimed
from services.care import visits
from services.children import transfers
from services.custody import custody_requests
from services.danger import harm
from services.giving import late, rests
from services.handover import reminders
from services.letters import letter_desk, letter_post
from services.oversight import file_access
from services.pledges import foretelling
from services.routes import desk, returning, unseen
from services.vault import successors


def remind(run: Run) -> None:
    """Queue what is due by the run's period."""
    with run.slice() as now:
        counts = reminders.remind(run.session, run.by, on=run.period, now=now)
        returning.remind(run.session, run.by, on=run.period, now=now)
        desk.remind(run.session, run.by, on=run.period, now=now)
        unseen.remind(run.session, run.by, on=run.period, now=now)
        transfers.remind(run.session, run.by, on=run.period, now=now)
        unclaimed.remind(run.session, run.by, on=run.period, now=now)
    with run.slice() as now:
        harm.remind(run.session, run.by, on=run.period, now=now)
        visits.remind(run.session, run.by, on=run.period, now=now)
        foretelling.foretell(run.session, run.by, on=run.period, now=now)
        rests.remind(run.session, run.by, on=run.period, now=now)
        late.remind(run.session, run.by, on=run.period, now=now)
    with run.slice() as now:
        letter_desk.remind(run.session, run.by, on=run.period, now=now)
        letter_post.remind_desks(run.session, run.by, on=run.period, now=now)
    _let_lapse(run)
    run.add(due=counts["due"], done=counts["reminded"] + counts["escalated"])


def _let_lapse(run: Run) -> None:
    """End what waited too long for a second person."""
    with run.slice() as now:
        for wait in (custody_requests, successors, file_access):
            wait.lapse(run.session, run.by, now=now)
