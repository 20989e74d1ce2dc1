"""`flask catalogue`: the field catalogue, as docs/field-catalogue.md keeps it; opens no database."""

import click

from services.oversight import catalogue as fields


@click.command("catalogue")
def catalogue() -> None:
    """Print every column's class, how it is kept, and who may ever read it."""
    click.echo(fields.page(), nl=False)
