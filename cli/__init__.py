"""The operator's door. stdout is the answer alone; everything else goes to stderr."""

from importlib.util import find_spec

from flask import Flask

from cli.backup import backup, restore, upgrade
from cli.catalogue import catalogue
from cli.check import check
from cli.honey import honey
from cli.imports import import_
from cli.jobs import jobs
from cli.keys import keys
from cli.matches import matches
from cli.outbox import outbox
from cli.pledges import pledges
from cli.redact import redact
from cli.server import serve, up
from cli.staff import staff
from cli.stipends import stipends
from cli.townships import townships
from config import Mode

COMMANDS = (
    backup,
    catalogue,
    restore,
    upgrade,
    up,
    serve,
    honey,
    import_,
    stipends,
    jobs,
    matches,
    check,
    keys,
    outbox,
    pledges,
    staff,
    redact,
    townships,
)


def init_app(app: Flask) -> None:
    """Register every command; where real people are, none that plays a story."""
    for command in COMMANDS:
        app.cli.add_command(command)
    if app.config["SETTINGS"].mode is not Mode.PRODUCTION:
        _add_stories(app)


def _add_stories(app: Flask) -> None:
    """Register what invents people: an archive for production does not even hold it (.gitattributes)."""
    if find_spec("cli.demo") is None:
        return
    from cli.demo import demo  # noqa: PLC0415 it may not be there
    from cli.replay import replay  # noqa: PLC0415
    from cli.twins import twin_seed  # noqa: PLC0415

    for command in (demo, replay, twin_seed):
        app.cli.add_command(command)
