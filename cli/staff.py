"""`flask staff`: the first administrators, the list of logins, a new link for one locked out."""

import click
from flask import current_app
from flask.cli import AppGroup

from cli.answers import say, told
from extensions import db
from privacy import viewers
from services.accounts import factor_resets, grants, staffing
from services.accounts.staffing import FIRST_ADMINISTRATORS, WHOLE_REGION, NewAccount
from services.writing import begin_writing
from vocabulary import clock

staff = AppGroup("staff", help="The first two administrators; everybody else is made by them.")
DAYS = 7


@staff.command("add")
@click.argument("logins", nargs=-1)
@click.option("--name", "names", multiple=True, help="The person's name; once per login.")
@click.option("--region", default=WHOLE_REGION, show_default=True, help="12-digit division code.")
@click.option("--json", "as_json", is_flag=True)
@told
def add(logins: tuple[str, ...], names: tuple[str, ...], region: str, as_json: bool) -> None:
    """Make the first two administrators and print a one-time link for each.

    Without LOGINS: admin-1 and admin-2, or the one that is missing.
    """
    session, by, now = db.session(), viewers.console(), clock.now()
    begin_writing(session)
    missing = FIRST_ADMINISTRATORS - grants.administrators(session, by, now=now)
    wanted = logins or _free_names(missing)
    made = []
    for number, login in enumerate(wanted):
        name = names[number] if number < len(names) else login
        person = NewAccount(login=login, name=name, region_code=region)
        _, token = staffing.first_administrator(session, by, person, now=now)
        made.append({"login": login, "link": _link(token), "days": DAYS})
    if not made:
        staffing.first_administrator(session, by, NewAccount("", "", region), now=now)
    session.commit()
    _say(made, as_json=as_json)


@staff.command("list")
@click.option("--json", "as_json", is_flag=True)
@told
def index(as_json: bool) -> None:
    """List logins with status and roles; no names."""
    found = staffing.logins(db.session(), viewers.console())
    if as_json:
        say([dict(card) for card in found])
        return
    for card in found:
        click.echo(f"{card['login']:<24}{card['status']:<10}{', '.join(card['roles']) or '-'}")
    if not found:
        click.echo("no accounts yet: `flask --app app staff add`", err=True)


@staff.command("reset-link")
@click.argument("login")
@click.option("--json", "as_json", is_flag=True)
@told
def reset_link(login: str, as_json: bool) -> None:
    """Print a new one-time link for an administrator who cannot get in."""
    session = db.session()
    begin_writing(session)
    token = staffing.new_link(session, viewers.console(), login=login, now=clock.now())
    session.commit()
    _say([{"login": login, "link": _link(token), "days": DAYS}], as_json=as_json)


@staff.command("agree-reset")
@click.argument("login")
@told
def agree_reset(login: str) -> None:
    """Agree, as the second person, that an administrator's lost phone no longer counts."""
    session = db.session()
    begin_writing(session)
    factor_resets.agree_at_console(session, viewers.console(), login, now=clock.now())
    session.commit()
    click.echo(f"{login}: signs in by password alone and sets up a new phone", err=True)


def _free_names(missing: int) -> tuple[str, ...]:
    taken = {card["login"] for card in staffing.logins(db.session(), viewers.console())}
    names = (f"admin-{number}" for number in range(1, 100))
    free = [name for name in names if name not in taken]
    return tuple(free[: max(missing, 0)])


def _link(token: str) -> str:
    """Return the full address under PUBLIC_URL: never one from a Host header."""
    settings = current_app.config["SETTINGS"]
    with current_app.test_request_context(base_url=settings.public_url):
        path = current_app.url_for("auth.first_password", token=token, _external=False)
    return f"{settings.public_url}{path}"


def _say(made: list[dict[str, object]], *, as_json: bool) -> None:
    if as_json:
        say(made)
        return
    for one in made:
        click.echo(f"{one['login']}  {one['link']}")
    click.echo(f"Each link opens once and for {DAYS} days. Hand it over in person.", err=True)
