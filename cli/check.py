"""`flask check`: says whether the database agrees with itself."""

import sys
from typing import Any

import click
from flask.cli import with_appcontext

from cli.answers import say, told
from extensions import db
from privacy import viewers
from services.accountancy import comparing
from services.checking import checks
from services.writing import begin_writing
from vocabulary import clock
from vocabulary.money import Fen, format_yuan


@click.command("check")
@click.option("--json", "as_json", is_flag=True)
@click.option("--keep", is_flag=True, help="Keep the outcome: a clean one lets money leave again.")
@with_appcontext
@told
def check(as_json: bool, keep: bool) -> None:
    """Verify the books, the chains, the triggers, and what was due against what was done."""
    session = db.session()
    report = checks.report(session, viewers.console(), now=clock.now())
    if keep:
        session.rollback()
        begin_writing(session)
        comparing.keep(session, viewers.console(), report, now=clock.now())
        session.commit()
    say(report if as_json else _plain(report), as_json=as_json)
    sys.exit(0 if report["ok"] else 1)


def _plain(report: dict[str, Any]) -> str:
    lines = [
        f"{check['name']}: {check['count'] or 'ok'}{_own(check)}" for check in report["checks"]
    ]
    lines += [f"  ! {found}" for check in report["checks"] for found in check["findings"]]
    lines += [f"  ~ match {ref} is set apart" for ref in report["apart"]]
    lines += [
        f"  = {one['account']}: {format_yuan(Fen(one['balance']))}" for one in report["balance"]
    ]
    lines += [
        f"  j {job['name']} {job['period']}: due {job['due']}, done {job['done']}, "
        f"skipped {job['skipped']}, failed {job['failed']} ({job['status']})"
        for job in report["jobs"]
    ]
    since = report["oldest"]
    lines += [
        f"  . {name}: {count}" + (f", oldest {since[name]}" if since.get(name) else "")
        for name, count in report["states"].items()
    ]
    return "\n".join([*lines, "ok" if report["ok"] else "FINDINGS"])


def _own(check: dict[str, Any]) -> str:
    """Say how many findings are wholly about records that are set apart: others' money goes on."""
    return f" ({check['contained']} set apart)" if check["contained"] else ""
