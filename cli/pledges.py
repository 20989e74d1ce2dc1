"""`flask pledges invite`: where pledging is by invitation, this makes one."""

from datetime import timedelta

import click
from flask import current_app, url_for
from flask.cli import AppGroup

from cli.answers import say, told
from privacy import invitations
from vocabulary import clock
from vocabulary.dates import today
from web.public.pledging import secret

pledges = AppGroup("pledges", help="Pledging by invitation.")


@pledges.command("invite")
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 366))
@told
def invite(days: int) -> None:
    """Print an invitation: a code to read out, and an address that holds it."""
    until = today(clock.now()) + timedelta(days=days)
    code = invitations.make(secret(), until)
    settings = current_app.config["SETTINGS"]
    with current_app.test_request_context(base_url=settings.public_url):
        address = url_for("public.pledge", invitation=code, _external=True)
    say({"code": code, "until": until.isoformat(), "address": address})
