"""`flask stipends run`: the scheduler's stipend run, by hand."""

from datetime import date

import click
from flask.cli import AppGroup

from cli.answers import Day, day_of, say, told
from extensions import db
from jobs.run import Run
from jobs.stipends import open_and_fund
from services.stipends import due
from services.stipends import stipends as service

PATIENCE_SECONDS = 120  # the scheduler's own run may be at work: this one then finds nothing to do

stipends = AppGroup("stipends", help="Open what is due, fund it, and put it into batches.")


@stipends.command("run")
@click.option("--on", type=Day(), help="The day to work for; today if absent.")
@click.option("--json", "as_json", is_flag=True)
@told
def run(on: date | None, as_json: bool) -> None:
    """Open every instalment that is due by the day, exactly once."""
    day = day_of(on)
    work = Run(db.session(), "stipends", period=day)
    counts = work.execute(open_and_fund, patience_seconds=PATIENCE_SECONDS)
    all_due, opened = due.count_due(db.session(), work.by, on=day)
    say(
        {
            "due": all_due,
            "opened": counts["done"],
            "already": opened - counts["done"],
            "from_gap_fund": work.bridged,
            "set_aside": service.standing_aside(db.session(), work.by, on=day),
            "notices": work.notices,
        }
    )
