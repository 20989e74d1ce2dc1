"""`flask keys`: the installation's own secrets, made before anything else, changed one by one."""

import os
from collections.abc import Iterator
from dataclasses import replace

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

import config
from cli.answers import told
from config import Settings
from extensions import db
from gateways import keyfiles
from gateways.sealed_files import Damaged
from gateways.uploads import LocalFiles
from privacy import viewers
from services.vault import rotation
from services.vault.rotation import Change
from services.writing import begin_writing
from vocabulary import clock
from vocabulary.errors import OtherKeys

keys = AppGroup("keys", help="The installation's own secrets.")


@keys.command("make", with_appcontext=False)
def make() -> None:
    """Make the missing keys of a real installation in KEYS_DIR; none is ever replaced."""
    folder = config.make_keys()
    click.echo(f"{folder}: {', '.join(config.KEY_NAMES)}")


@keys.command("rotate")
@click.argument("name", type=click.Choice(keyfiles.ROTATED))
@with_appcontext
@told
def rotate(name: str) -> None:
    """Change one master key; stop `serve` first. A run that was killed goes on when run again."""
    settings: Settings = current_app.config["SETTINGS"]
    with keyfiles.used(settings.instance, alone=True):
        db.session.rollback()
        changed = _change_over(settings, name)
        _note(name, changed)
        retired = keyfiles.retire(settings.keys_dir, name, f"{clock.now():%Y%m%d-%H%M%S}")
    click.echo(f"{name}: {changed} changed; the old key is {retired}")
    click.echo(
        "Make a backup now. Backups made before open only with the old key: keep it apart from\n"
        "them for as long as you keep them, and delete it then.",
        err=True,
    )


def _change_over(settings: Settings, name: str) -> int:
    """Take every row over in slices, each a transaction; a wrong old key leaves all as it was."""
    is_new = not keyfiles.is_half_rotated(settings.keys_dir, name)
    old = rotation.ring()
    fresh = keyfiles.next_key(settings.keys_dir, name, os.environ)
    change = Change(old, replace(old, **{name: fresh}))
    if name == "index":  # nothing is opened with it: all is made anew out of what is sealed
        rotation.install(change.new)
    changed = 0
    try:
        for step in rotation.steps(name).values():
            for count in _slices(step, change):
                changed += count
    except OtherKeys:
        if is_new and not changed:
            keyfiles.drop_next(settings.keys_dir, name)
        raise
    rotation.install(change.new)
    return changed + (_reseal_uploads(settings, change) if name == "sealing" else 0)


def _slices(step: rotation.Slice, change: Change) -> Iterator[int]:
    """Commit slice by slice; each says how many rows it changed."""
    after, is_over = 0, False
    while not is_over:
        begin_writing(db.session())
        done = step(db.session(), viewers.console(), change, after)
        db.session.commit()
        after, is_over = done.last, done.is_over
        yield done.changed


def _reseal_uploads(settings: Settings, change: Change) -> int:
    """Photographs last; one that was damaged before stays as it is, and is named."""
    files, count = LocalFiles(settings.uploads), 0
    for one in sorted(files.names()):
        try:
            count += files.reseal(one, old=change.old.sealing, new=change.new.sealing)
        except Damaged:
            click.echo(f"{one} is damaged and was left as it is", err=True)
    return count


def _note(name: str, changed: int) -> None:
    begin_writing(db.session())
    rotation.note(db.session(), viewers.console(), name, changed, now=clock.now())
    db.session.commit()


def only_door(argv: list[str]) -> Flask | None:
    """Return an application with this one command when it is what was asked for.

    Production does not start without keys, so the command that makes them cannot need them.
    """
    if argv[-2:] != ["keys", "make"]:
        return None
    app = Flask("weiguang")
    app.cli.add_command(keys)
    return app


def is_rotating(argv: list[str]) -> bool:
    """Say whether a change of keys is asked for: it alone starts where one was broken off."""
    return argv[-3:-1] == ["keys", "rotate"]
