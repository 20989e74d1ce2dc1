"""The nightly backup, and forgetting what need not be kept."""

from pathlib import Path

from flask import current_app

import config
from config import Settings
from gateways.uploads import LocalFiles
from jobs.run import Run
from services import accounts, activity, backup, forgetting, forgetting_donors, limits, uploads
from services.backup import Places
from vocabulary import clock


def places(settings: Settings, folder: Path | None = None) -> Places:
    """Return where this installation lives. Raises BadSettings for a database that is no file."""
    file = settings.database_file
    if file is None:
        config.refuse("backup and restore work on a SQLite file; use pg_dump for PostgreSQL")
    return Places(file, settings.uploads, folder or settings.backups)


def back_up(run: Run) -> None:
    """Write the night's backup, then let go of old ones and of yesterday's failed sign-ins."""
    settings: Settings = current_app.config["SETTINGS"]
    where, key = places(settings), config.load_key(settings, "backup")
    run.session.rollback()
    run.add(due=1)
    made = backup.make(where, run.by, key=key, now=clock.now())
    with run.slice() as now:
        backup.note(run.session, run.by, made, now=now)
        accounts.forget_failures(run.session, run.by, now=now)
        limits.forget(run.session, run.by, now=now)
        activity.forget(run.session, run.by, now=now)
        backup.prune_backups(where.folder, run.by, now=now)
    run.add(done=1)


def forget_imports(run: Run) -> None:
    """Delete what is left of old uploaded lists, and of donors whom a backup brought back."""
    with run.slice() as now:
        count = forgetting.forget_imports(run.session, run.by, now=now)
        count += forgetting_donors.forget_again(run.session, run.by, now=now)
    run.add(due=count, done=count)


def tidy_uploads(run: Run) -> None:
    """Remove photographs that belong to nothing; one that is lost counts as failed."""
    settings: Settings = current_app.config["SETTINGS"]
    with run.slice() as now:
        found = uploads.tidy(run.session, run.by, files=LocalFiles(settings.uploads), now=now)
    run.add(due=len(found.files) + len(found.rows), done=len(found.files), failed=len(found.rows))
