"""`flask jobs run NAME`: the very command that the scheduler starts and a test kills."""

from datetime import date

import click
from flask.cli import AppGroup

from cli.answers import Day, day_of, say, told
from extensions import db
from jobs.schedule import BY_NAME
from jobs.start import start

jobs = AppGroup("jobs", help="Scheduled work, by hand.")


@jobs.command("run")
@click.argument("name", type=click.Choice(sorted(BY_NAME)))
@click.option("--period", type=Day(), help="The day to work for; today if absent.")
@told
def run(name: str, period: date | None) -> None:
    """Run one job for one period; safe to repeat."""
    say(start(db.session(), BY_NAME[name], period=day_of(period)))
