"""The operator's door. stdout is the answer alone; everything else goes to stderr."""

from flask import Flask

from cli.jobs import jobs
from cli.server import serve, up
from cli.stipends import stipends

COMMANDS = (up, serve, stipends, jobs)


def init_app(app: Flask) -> None:
    """Register every command."""
    for command in COMMANDS:
        app.cli.add_command(command)
