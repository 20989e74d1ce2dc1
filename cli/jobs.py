"""`flask jobs run NAME`: the very command that the scheduler starts and a test kills."""

from datetime import datetime

import click
from flask.cli import AppGroup

from cli.answers import say, told
from extensions import db
from jobs.schedule import BY_NAME
from jobs.start import start
from vocabulary import clock
from vocabulary.dates import today

jobs = AppGroup("jobs", help="Scheduled work, by hand.")


@jobs.command("run")
@click.argument("name", type=click.Choice(sorted(BY_NAME)))
@click.option(
    "--period", type=click.DateTime(["%Y-%m-%d"]), help="The day to work for; today if absent."
)
@told
def run(name: str, period: datetime | None) -> None:
    """Run one job for one period; safe to repeat."""
    day = period.date() if period else today(clock.now())
    say(start(db.session(), BY_NAME[name], period=day))
