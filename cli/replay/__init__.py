"""`flask replay FILE`: plays a story through the real services on a database made for it alone."""

import gc
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from sqlalchemy import event

from cli.answers import say
from cli.replay.player import Player
from cli.replay.playing import play
from cli.replay.reading import BadStory, Story, read
from config import Mode, Settings
from extensions import db
from privacy import viewers
from services.stories import stories


@click.command("replay")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="The answer is JSON in any case.")
@with_appcontext
def replay(file: Path, as_json: bool) -> None:
    """Replay a story and count what arrived."""
    del as_json  # scripts say it; there is no other form
    try:
        story = read(file.read_bytes())
        gc.freeze()  # what is loaded stays: looking through it again took a tenth of the time
        with _throw_away_database():
            say(outcome(story))
    except BadStory as error:
        click.echo(f"bad_story: {error}", err=True)
        sys.exit(1)
    finally:
        gc.unfreeze()


def outcome(story: Story) -> dict[str, Any]:
    """Play the story in the present database and return what its children got."""
    player = Player(db.session(), story)
    play(player)
    return _counted(player)


def _counted(player: Player) -> dict[str, Any]:
    engine = viewers.engine("stipends")
    paid = stories.confirmed(player.session, engine)
    given = stories.confirmed_gifts(player.session, engine)
    child_of = {pledge.code: pledge.child for pledge in player.running}
    key_of = {ref: key for key, ref in player.children.items()}
    payments = Counter(child_of[one.pledge] for one in paid)
    totals: Counter[str] = Counter()
    gifts: Counter[str] = Counter()
    for one in paid:
        totals[child_of[one.pledge]] += one.amount
    for ref, amount in given:
        gifts[key_of[ref]] += amount
    kids = list(player.story.children)
    total = {key: totals[key] + gifts[key] for key in kids}
    return {
        "payments": {key: payments[key] for key in kids},
        "total_fen": total,
        "gifts_fen": {key: gifts[key] for key in kids if key in gifts},
        "grand_total_fen": sum(total.values()),
        **_against_schedule(player, Counter((one.pledge, one.due_on) for one in paid)),
    }


def _against_schedule(player: Player, paid: Counter[Any]) -> dict[str, int]:
    """Count what the pure schedule wanted and nobody got, and what came twice or unasked."""
    wanted = {
        (pledge.code, day) for pledge in player.running for day in pledge.due_days(player.story.now)
    }
    return {
        "missed": len(wanted - paid.keys()),
        "double": sum(paid.values()) - len(wanted & paid.keys()),
    }


def _spare_the_disk() -> None:
    """Connect anew without waiting for the disk: a story that is torn off is told again."""

    def hurry(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous = OFF")

    db.session.remove()
    db.engine.dispose()
    event.listen(db.engine, "connect", hurry)


@contextmanager
def _throw_away_database() -> Iterator[None]:
    """Let the block live in an installation of its own: folder, keys, migrated database."""
    another: Callable[[Settings], Flask] = current_app.extensions["another"]
    with stories.keys_kept(), TemporaryDirectory(prefix="weiguang-replay-") as folder:
        home = Path(folder)
        settings = Settings(
            database_url=f"sqlite:///{home / 'story.db'}",
            mode=Mode.TEST,
            instance=home,
            keys_dir=home / "keys",
        )
        with another(settings).app_context():
            try:
                upgrade()
                _spare_the_disk()
                yield
            finally:
                db.session.remove()
                db.engine.dispose()
