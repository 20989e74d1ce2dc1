"""`flask matches`: the night's matching by hand, and the proof of any run."""

import sys

import click
from flask.cli import AppGroup

from cli.answers import actor, say, told
from extensions import db
from jobs.matching import match_all
from jobs.run import Run
from services.gate import Card
from services.pairing import matching_runs
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


@matches.command("verify")
@click.argument("run_ref", metavar="RUN", required=False)
@click.option("--by", "login", help="The login on whose behalf; the console if absent.")
@click.option("--json", "as_json", is_flag=True)
@told
def verify(run_ref: str | None, login: str | None, as_json: bool) -> None:
    """Prove that RUN (the latest, if absent) was best and broke no rule; exit 1 if it does not."""
    by, session = actor(login), db.session()
    found = matching_runs.verify(session, by, run_ref or matching_runs.latest(session, by))
    say(dict(found) if as_json else _verdict(found), as_json=as_json)
    if found["gap"] or found["faults"]:
        sys.exit(1)


def _verdict(found: Card) -> str:
    """Say what was proved, and every rule that was broken."""
    if found["faults"]:
        return "\n".join(["这一次配对违反了规则：", *found["faults"]])
    if found["gap"]:
        return f"规则都守住了；还没有证明是最好的，最多可能再好 {found['gap']} 分。"
    parts = f"，其中 {found['searched']} 块由 CP-SAT 证明" if found["searched"] else ""
    return f"{found['made']} 对，共 {found['total']} 分：规则都守住了，没有更好的安排{parts}。"
