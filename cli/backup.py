"""`flask backup`, `restore` and `upgrade`: what an operator does with the data as a whole."""

import sys
from pathlib import Path

import click
from alembic.script import ScriptDirectory
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade as migrate_up

import config
from cli.answers import say, told
from config import Settings
from extensions import db
from jobs.upkeep import places
from privacy import viewers
from services.checking import checks
from services.gate import Card
from services.upkeep import backup as service
from services.upkeep.backup import Wish
from services.vault import forgetting_donors
from services.writing import begin_writing
from vocabulary import clock

# After days without the machine something is due and not opened: no damage, the next run does it.
TO_CATCH_UP = "due_against_done"
FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def make_one(folder: Path | None = None) -> Card:
    """Make a backup and keep the act."""
    settings, now = _settings(), clock.now()
    by = viewers.console()
    db.session.rollback()
    made = service.make(places(settings, folder), by, key=_key(settings), now=now)
    begin_writing(db.session())
    service.note(db.session(), by, made, now=now)
    db.session.commit()
    return made


@click.command("backup")
@click.argument("folder", type=FOLDER, required=False)
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
@told
def backup(folder: Path | None, as_json: bool) -> None:
    """Write an encrypted backup and its key store into FOLDER (default: BACKUP_DIR)."""
    made = make_one(folder)
    if as_json:
        say(dict(made))
        return
    click.echo(f"{made['file']}\n{made['keystore']}")
    kept = service.KEYSTORE_DAYS
    click.echo(f"Copy both to another machine; delete key stores after {kept} days.", err=True)


@click.command("restore")
@click.argument("file", type=FILE)
@click.option("--keystore", type=FILE, help="The key store; the newest beside FILE if absent.")
@click.option("--force", is_flag=True, help="Replace what is here, after backing it up.")
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
@told
def restore(file: Path, keystore: Path | None, force: bool, as_json: bool) -> None:
    """Put a backup in place: verified first, then migrated, its triggers made anew, and checked."""
    settings, by = _settings(), viewers.console()
    db.session.rollback()
    db.engine.dispose()
    wish = Wish(file, keystore, is_forced=force, known_revisions=_known_revisions())
    restored = service.restore(places(settings), by, wish, key=_key(settings), now=clock.now())
    migrate_up()
    db.session.rollback()
    begin_writing(db.session())
    service.note_restored(db.session(), by, restored, now=clock.now())
    forgetting_donors.forget_again(db.session(), by, now=clock.now())
    db.session.commit()
    findings = _findings()
    if as_json:
        say({**restored, "findings": findings})
    else:
        click.echo(f"restored the state of {restored['made_at']}")
    _end_with(findings)


@click.command("upgrade")
@with_appcontext
@told
def upgrade() -> None:
    """Back up, migrate, make the triggers anew, and check: after installing a new version."""
    made = make_one()
    click.echo(f"backup: {made['file']}", err=True)
    try:
        migrate_up()
    except (Exception, SystemExit) as error:  # whatever it was, the operator needs the way back
        click.echo(f"the migration failed: {type(error).__name__}", err=True)
        _advise(made)
        sys.exit(1)
    findings = _findings()
    if findings:
        _advise(made)
    click.echo("upgraded" if not findings else "upgraded, with findings", err=True)
    _end_with(findings)


def _advise(made: Card) -> None:
    click.echo(
        "To go back: install the version before, then\n"
        f"    flask --app app restore {made['file']} --force",
        err=True,
    )


def _findings() -> list[str]:
    """Run every check of the books, the chains and the triggers; return what they found."""
    db.session.rollback()
    report = checks.report(db.session(), viewers.console(), now=clock.now())
    db.session.rollback()
    found = [(one["name"], finding) for one in report["checks"] for finding in one["findings"]]
    if any(name == TO_CATCH_UP for name, _ in found):
        click.echo("What came due meanwhile is opened by the next stipend run.", err=True)
    return [f"{name}: {finding}" for name, finding in found if name != TO_CATCH_UP]


def _end_with(findings: list[str]) -> None:
    for one in findings:
        click.echo(f"finding: {one}", err=True)
    if findings:
        sys.exit(1)


def _known_revisions() -> frozenset[str]:
    folder = current_app.extensions["migrate"].directory
    return frozenset(one.revision for one in ScriptDirectory(folder).walk_revisions())


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _key(settings: Settings) -> bytes:
    return config.load_key(settings, "backup")
