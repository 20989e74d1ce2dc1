"""How commands answer: JSON alone on stdout, refusals on stderr with a code of 1."""

import json
import re
import sqlite3
import sys
from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any, NoReturn, TypeVar

import click
from flask import current_app
from sqlalchemy.exc import OperationalError

from extensions import db
from privacy import viewers
from privacy.viewers import Viewer
from services.accounts import accounts
from vocabulary import clock
from vocabulary.dates import today
from vocabulary.errors import BadInput, DayToCome, Refused, WrongPassword
from web.core.messages import sentence

_SHAPE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
Command = TypeVar("Command", bound=Callable[..., Any])


def say(answer: object, *, as_json: bool = True) -> None:
    """Print the answer: one line of JSON, or the text as it is."""
    click.echo(json.dumps(answer, ensure_ascii=False) if as_json else answer)


def actor(login: str | None) -> Viewer:
    """Return who acts: the login given by --by, or the console, which may enter but not approve."""
    if not login:
        return viewers.console()
    try:
        return accounts.viewer_by_login(db.session(), login, now=clock.now())
    except WrongPassword:
        _fail(f"没有“{login}”这个登录名，或它已经停用。")


class Day(click.ParamType[date]):
    """A day as 2026-09-01; what is none is refused in a sentence, like everything else."""

    name = "YYYY-MM-DD"

    def convert(
        self, value: str | date, _param: click.Parameter | None, _ctx: click.Context | None
    ) -> date:
        """Return the day that was typed."""
        if isinstance(value, date):
            return value
        try:
            day = date.fromisoformat(value) if _SHAPE.fullmatch(value) else None
        except ValueError:
            day = None
        if day is None:
            _fail(f"“{value[:20]}”不是一个日子。请写成 2026-09-01 这样：四位年，两位月，两位日。")
        return day


def day_of(given: date | None) -> date:
    """Return the day to work for, today if none is given.

    Raises DayToCome for a later one on a real installation: it would open, and let the fund pay,
    what falls due in months. The demo world and replays may look ahead.
    """
    day = today(clock.now())
    if given is None:
        return day
    if given > day and current_app.config["SETTINGS"].is_production:
        raise DayToCome()
    return given


def told(command: Command) -> Command:
    """Turn a refusal into a sentence on stderr and exit code 1."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except Refused as refusal:
            db.session.rollback()
            _fail(f"{refusal.code}: {sentence(refusal)}{_which(refusal)}")
        except (OperationalError, sqlite3.OperationalError) as error:
            db.session.rollback()
            _fail(_trouble(str(getattr(error, "orig", error))))

    return run  # type: ignore[return-value]


def _which(refusal: Refused) -> str:
    """Name what cannot be used: the console has no form in which the field would be marked."""
    found = [str(refusal.params[key]) for key in ("field", "reason") if key in refusal.params]
    return f"（{': '.join(found)}）" if isinstance(refusal, BadInput) and found else ""


def _trouble(said: str) -> str:
    """Say what to do when the database itself does not go along."""
    if said.startswith(("no such table", "no such column")):
        return "database: its tables are not up to date; run `flask --app app db upgrade`"
    return f"database: {said}; check the disk and the file's owner, then try again"


def _fail(text: str) -> NoReturn:
    click.echo(text, err=True)
    sys.exit(1)
