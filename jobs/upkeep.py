"""The nightly backup, and forgetting what need not be kept."""

from pathlib import Path

from flask import current_app

import config
from config import Settings
from gateways.uploads import LocalFiles
from jobs.run import Run
from services import uploads
from services.retention import retention
from services.upkeep import backup
from services.upkeep.backup import Places
from services.vault import forgetting_donors
from vocabulary import clock


def places(settings: Settings, folder: Path | None = None) -> Places:
    """Return where this installation lives."""
    database = settings.database_file or settings.database_url
    return Places(database, settings.uploads, folder or settings.backups)


def back_up(run: Run) -> None:
    """Write the night's backup, then let go of old ones."""
    settings: Settings = current_app.config["SETTINGS"]
    where, key = places(settings), config.load_key(settings, "backup")
    run.session.rollback()
    run.add(due=1)
    made = backup.make(where, run.by, key=key, now=clock.now())
    with run.slice() as now:
        backup.note(run.session, run.by, made, now=now)
        backup.prune_backups(where.folder, run.by, now=now)
    run.add(done=1)


def let_go(run: Run) -> None:
    """Carry out the retention table row by row, then forget donors whom a backup brought back."""
    for row in retention.rows():
        if row.then == retention.DELETE:
            _carry_out(run, row.name)
    with run.slice() as now:
        count = forgetting_donors.forget_again(run.session, run.by, now=now)
    run.add(due=count, done=count)


def _carry_out(run: Run, name: str) -> None:
    """Carry out one row, slice by slice, until a slice finds nothing more."""
    done = -1
    while done:
        with run.slice() as now:
            done = retention.carry_out(run.session, run.by, name, now=now)
        run.add(due=done, done=done)


def tidy_uploads(run: Run) -> None:
    """Remove photographs that belong to nothing; one that is lost counts as failed."""
    settings: Settings = current_app.config["SETTINGS"]
    with run.slice() as now:
        found = uploads.tidy(run.session, run.by, files=LocalFiles(settings.uploads), now=now)
    run.add(due=len(found.files) + len(found.rows), done=len(found.files), failed=len(found.rows))
