"""`flask keys make`: the keys of a real installation, before anything else can start."""

import click
from flask import Flask
from flask.cli import AppGroup

import config

keys = AppGroup("keys", help="The installation's own secrets.")


@keys.command("make", with_appcontext=False)
def make() -> None:
    """Make the missing keys of a real installation in KEYS_DIR; none is ever replaced."""
    folder = config.make_keys()
    click.echo(f"{folder}: {', '.join(config.KEY_NAMES)}")


def only_door(argv: list[str]) -> Flask | None:
    """Return an application with this one command when it is what was asked for.

    Production does not start without keys, so the command that makes them cannot need them.
    """
    if argv[-2:] != ["keys", "make"]:
        return None
    app = Flask("weiguang")
    app.cli.add_command(keys)
    return app
