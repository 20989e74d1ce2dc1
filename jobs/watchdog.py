"""The watchdog: compares what was due with what was done, and shouts (law 12)."""

import logging
from datetime import datetime

from sqlalchemy.orm import Session

from jobs.run import Run
from privacy.viewers import Viewer
from services.notices import notices
from services.upkeep import watch
from services.upkeep.watch import Finding
from vocabulary.dates import today
from vocabulary.enums import NoticeKind, Role

_LOG = logging.getLogger("weiguang.watchdog")


def watch_jobs(run: Run) -> None:
    """Tell every administrator, once a day for each trouble of each job, and the log every time."""
    with run.slice() as now:
        found = watch.findings(run.session, run.by, now=now)
        for finding in found:
            _shout(run.session, finding, now=now)
    run.add(due=len(found), done=len(found))


def is_idle(session: Session, by: Viewer, now: datetime) -> bool:
    """Say whether all is well."""
    return not watch.findings(session, by, now=now)


def _shout(session: Session, finding: Finding, *, now: datetime) -> None:
    _LOG.error("job %s: %s", finding.name, finding.trouble.value)
    subject = f"job:{finding.name}:{today(now)}:{finding.trouble.value}"
    notices.to_roles(session, (Role.ADMINISTRATOR,), None, NoticeKind.JOB_ALARM, subject, now=now)
