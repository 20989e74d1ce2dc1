"""`flask honey plant`: a child and a donor who never were, to be opened by nobody."""

import click
from flask.cli import AppGroup

from cli.answers import told
from extensions import db
from privacy import viewers
from services.oversight import honey as honey_records
from services.writing import begin_writing
from vocabulary import clock

honey = AppGroup("honey", help="Records whose opening alarms administrators and custodian.")


@honey.command("plant")
@click.option("--banner", required=True, help="12-digit code of the banner the child stands in.")
@click.option("--contact", help="A mailbox or phone of your own, for the donor.")
@told
def plant(banner: str, contact: str | None) -> None:
    """Plant a honey child, and a honey donor when a contact is given. Nothing tells them apart."""
    session, by, now = db.session(), viewers.console(), clock.now()
    begin_writing(session)
    honey_records.plant_child(session, by, banner, now=now)
    if contact:
        honey_records.plant_donor(session, by, contact, now=now)
    session.commit()
    click.echo("planted; tell nobody which records they are", err=True)
