"""The operator's door. stdout is the answer alone; everything else goes to stderr."""

from flask import Flask

from cli import jobs, server, stipends

COMMANDS = (server.up, server.serve, stipends.stipends, jobs.jobs)


def init_app(app: Flask) -> None:
    """Register every command."""
    for command in COMMANDS:
        app.cli.add_command(command)
