"""Whoever counts for the whole region looks at a run's report and lets it go."""

from datetime import date
from functools import partial

from cli.demo.stage import Stage
from services.pairing import run_reports
from services.runs import releasing
from vocabulary import clock
from vocabulary.enums import RunStatus


def at_drafts(stage: Stage, day: date, hour: int = 9) -> None:
    """Let every draft be looked at and released."""
    stage.scene(day, partial(release_all, stage), hour=hour)


def release_all(stage: Stage) -> None:
    """Release every draft."""
    by = stage.who("tongji")
    for run in run_reports.runs(stage.session, by):
        if run["status"] is RunStatus.DRAFT:
            run_reports.report(stage.session, by, run["ref"])
            releasing.release(stage.session, by, run["ref"], now=clock.now())
