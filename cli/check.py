"""`flask check`: says whether the database agrees with itself."""

import sys
from typing import Any

import click
from flask.cli import with_appcontext

from cli.answers import say, told
from extensions import db
from privacy import viewers
from services import checks
from vocabulary import clock


@click.command("check")
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
@told
def check(as_json: bool) -> None:
    """Verify the books, the chains, the triggers, and what was due against what was done."""
    report = checks.report(db.session(), viewers.console(), now=clock.now())
    say(report if as_json else _plain(report), as_json=as_json)
    sys.exit(0 if report["ok"] else 1)


def _plain(report: dict[str, Any]) -> str:
    lines = [f"{check['name']}: {check['count'] or 'ok'}" for check in report["checks"]]
    lines += [f"  ! {found}" for check in report["checks"] for found in check["findings"]]
    lines += [f"  . {name}: {count}" for name, count in report["states"].items()]
    return "\n".join([*lines, "ok" if report["ok"] else "FINDINGS"])
