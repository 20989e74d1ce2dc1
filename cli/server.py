"""`flask up` and `flask serve`."""

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from waitress import serve as waitress_serve


@click.command("up")
@with_appcontext
def up() -> None:
    """Migrate and serve: what `make run` does."""
    upgrade()
    _serve()


@click.command("serve")
@with_appcontext
def serve() -> None:
    """Serve pages and run the schedule."""
    _serve()


def _serve() -> None:
    settings = current_app.config["SETTINGS"]
    click.echo(f"http://{settings.host}:{settings.port}", err=True)
    waitress_serve(current_app._get_current_object(), host=settings.host, port=settings.port)  # type: ignore[attr-defined]
