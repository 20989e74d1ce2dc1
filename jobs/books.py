"""The books are compared each night, before anything is opened, paid or sent."""

import logging

from jobs.run import Run
from services.accountancy import comparing
from services.checking import checks
from vocabulary import clock

_LOG = logging.getLogger("weiguang.books")


def compare(run: Run) -> None:
    """Compare, keep what was found, and shout. Read first, so that nobody's writing waits for it."""
    run.session.rollback()
    report = checks.report(run.session, run.by, now=clock.now())
    with run.slice() as now:
        comparing.keep(run.session, run.by, report, now=now)
    broken = [check["name"] for check in report["checks"] if check["count"]]
    sound = len(report["checks"]) - len(broken)
    run.add(due=len(report["checks"]), done=sound, failed=len(broken))
    for name in broken:
        _LOG.error("books: %s", name)
