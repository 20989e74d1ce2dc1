"""`flask outbox`: what an installation without provider has to pass on by hand."""

import sys

import click
from flask import current_app
from flask.cli import with_appcontext

from extensions import db
from jobs.outside import local_file
from privacy import viewers
from services import trace
from services.writing import begin_writing
from vocabulary import clock
from vocabulary.enums import Chain, Channel


@click.command("outbox")
@click.argument("way", type=click.Choice([Channel.SMS.value, Channel.MAIL.value]))
@with_appcontext
def outbox(way: str) -> None:
    """Print the messages of the local file, one a line; the reading stands in the custodian's chain."""
    channel = Channel(way)
    session, now = db.session(), clock.now()
    begin_writing(session)
    subject = f"outbox:{channel.value}"
    trace.record(session, viewers.console(), "outbox.read", subject, now=now, chain=Chain.CUSTODIAN)
    session.commit()
    found = list(local_file(current_app.config["SETTINGS"], channel).lines())
    for line in found:
        if line is not None:
            click.echo(line)
    if None in found:
        click.echo(f"{found.count(None)} lines do not open under this sealing key", err=True)
        sys.exit(1)
