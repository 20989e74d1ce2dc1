"""The operator's door. stdout is the answer alone; everything else goes to stderr."""

from flask import Flask

from cli.backup import backup, restore, upgrade
from cli.catalogue import catalogue
from cli.check import check
from cli.demo import demo as demo_commands
from cli.honey import honey
from cli.imports import import_
from cli.jobs import jobs
from cli.keys import keys
from cli.matches import matches
from cli.outbox import outbox
from cli.pledges import pledges
from cli.redact import redact
from cli.replay import replay
from cli.server import serve, up
from cli.staff import staff
from cli.stipends import stipends
from cli.twins import twin_seed

COMMANDS = (
    backup,
    catalogue,
    restore,
    upgrade,
    up,
    serve,
    demo_commands,
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
    replay,
    redact,
    twin_seed,
)


def init_app(app: Flask) -> None:
    """Register every command."""
    for command in COMMANDS:
        app.cli.add_command(command)
