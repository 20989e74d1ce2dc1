"""`flask matches run`: the night's matching, by hand."""

import click
from flask.cli import AppGroup

from cli.answers import actor, say, told
from extensions import db
from jobs.matching import match_all
from jobs.run import Run
from vocabulary import clock
from vocabulary.dates import today

matches = AppGroup("matches", help="Pair pledges with children.")


@matches.command("run")
@click.option("--by", "login", help="The login on whose behalf; the console if absent.")
@click.option("--json", "as_json", is_flag=True)
@told
def run(login: str | None, as_json: bool) -> None:
    """Propose the best total assignment of what is open; proposals that wait stay."""
    by = actor(login)
    did: dict[str, int] = {}
    Run(db.session(), "matching", period=today(clock.now()), by=by).execute(
        lambda work: did.update(match_all(work))
    )
    text = "拟结对 {proposed} 对，还在等的孩子 {unmatched_needs} 位，收回 {lapsed} 对。"
    say(did if as_json else text.format_map(did), as_json=as_json)
