"""`flask demo load`: a living world, relative to today, through the real services."""

from datetime import timedelta
from random import Random

from flask import current_app
from flask.cli import AppGroup
from flask_migrate import upgrade
from sqlalchemy import inspect

from cli.answers import say, told
from cli.demo import cast
from cli.demo.stage import Stage
from cli.demo.story import play
from config import Mode
from extensions import db
from privacy import viewers
from services import links
from services.links import Subject
from services.upkeep import installation
from services.vault import vault
from services.writing import begin_writing
from vocabulary import clock
from vocabulary.dates import at, today
from vocabulary.enums import LinkPurpose
from vocabulary.errors import NoDemoHere, NotEmpty

SEED = 20170301
NIGHT_ENDS = 7
"""The hour by which a night's jobs have run."""

demo = AppGroup("demo", help="A world to look around in; never in production.")


@demo.command("load")
@told
def load() -> None:
    """Build the demo world in an empty database, migrated first where it has no tables yet."""
    if not inspect(db.engine).get_table_names():
        upgrade()
    build()
    say("\n".join(login_table()), as_json=False)


def build() -> None:
    """Play the demo's two years. Raises NotEmpty unless the database is empty, and in production."""
    session = db.session()
    if current_app.config["SETTINGS"].mode is Mode.PRODUCTION:
        raise NoDemoHere()
    if not installation.is_empty(session, viewers.console()):
        raise NotEmpty()
    now = clock.now()
    story, yesterday = Stage(session, Random(SEED), today(now)), today(now) - timedelta(days=1)
    story.scene(story.today, lambda: installation.mark_demo(session, viewers.console()))
    play(story, night=story.today if now >= at(story.today, NIGHT_ENDS) else yesterday)


def login_table() -> list[str]:
    """Return the lines of the table of demo logins, one per role, and a donor's private link."""
    from web.core.labels import label

    rows = [(label(one.roles[0]), one.login) for one in cast.logins() if one.shown]
    return [
        *(f"  {login:<20} {role}" for role, login in rows),
        f"  密码都是 {installation.DEMO_PASSWORD}",
        *(f"  捐赠人不登录，用专用链接：{link}" for link in _donor_links()),
    ]


def _donor_links() -> list[str]:
    """Make a fresh private link of the donor whose two years can be read, unless he was forgotten."""
    session = db.session()
    begin_writing(session)
    donor_id = vault.find_donor_by_contact(session, cast.VISITED_DONOR)
    if donor_id is None:
        return []
    by, subject = viewers.engine("notices"), Subject(donor_id=donor_id)
    token = links.make(session, by, LinkPurpose.DONOR_HOME, subject, now=clock.now())
    session.commit()
    return [f"{current_app.config['SETTINGS'].public_url}/d/{token}"]
