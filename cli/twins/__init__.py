"""`flask twin-seed`: one history, told again with another donor in it, for whoever compares.

Serve two such databases with the same TWIN_SEED: clock, refs and tokens of forms and cookies stand
still, so that any byte that differs for a low role is a leak of who gives.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask_migrate import upgrade

from cli.answers import say, told
from cli.twins import cast, meeting, money, post
from cli.twins.cast import Pupil
from cli.twins.donor import TwinDonor, read_donor
from cli.twins.script import steps
from cli.twins.story import Story
from config import TWIN_NOW, Mode
from extensions import db
from privacy import viewers
from services.upkeep import installation
from vocabulary import clock, refs
from vocabulary.errors import BadInput, NotEmpty, NotPermitted


@click.command("twin-seed")
@click.option(
    "--donor-json", "file", required=True, type=click.Path(dir_okay=False, path_type=Path)
)
@click.option("--seed", required=True, type=int, help="the number TWIN_SEED takes at serve")
@told
def twin_seed(file: Path, seed: int) -> None:
    """Build the scripted history in an empty database and print who can look at it."""
    if current_app.config["SETTINGS"].mode is Mode.PRODUCTION:
        raise NotPermitted()
    secret = read_donor(_given(file))
    upgrade()
    session = db.session()
    if not installation.is_empty(session, viewers.console()):
        raise NotEmpty()
    say(_observers(seed, play(secret, seed=seed)))


def play(
    secret: TwinDonor,
    *,
    seed: int,
    second: TwinDonor | None = None,
    pupils: Sequence[Pupil] = cast.CHILDREN,
) -> dict[str, list[str]]:
    """Play the script in an empty database; return the paths of those who come by a link.

    `second` plays the second donor, `pupils` the children: for twins that differ in these.
    """
    story = Story(db.session(), secret, second=second, pupils=pupils)
    with refs.seeded(f"{seed}/history"):
        for step in steps(pay_in_day=secret.pay_in_day, hour_seen=secret.hour_seen):
            story.live(step.act, step.on, step.hour)
        with clock.moved_to(TWIN_NOW):
            return story.links() | meeting.links(story) | post.links(story) | money.papers(story)


def _given(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise BadInput(field="donor_json", reason="unreadable") from error


def _observers(seed: int, links: dict[str, list[str]]) -> dict[str, Any]:
    """Return, per low role, how it comes in."""
    public = current_app.config["SETTINGS"].public_url
    with_login = {
        role: {"login": one.login, "password": cast.PASSWORD, "links": [f"{public}{one.home}"]}
        for role, one in cast.LOW.items()
    }
    with_link = {role: _by_link(public, ways) for role, ways in links.items()}
    return {"seed": seed, "now": TWIN_NOW.isoformat(), "roles": with_login | with_link}


def _by_link(public: str, ways: list[str]) -> dict[str, Any]:
    """Return somebody's links, and the code that a class teacher types at hers."""
    paths = [f"{public}{way}" for way in ways if way.startswith("/")]
    codes = [way for way in ways if not way.startswith("/")]
    told = {"login": None, "password": None, "links": paths}
    return told | ({"code": codes[0]} if codes else {})
