"""Step-up: before what cannot be undone, whoever sits there proves anew that it is still he.

The list of acts is privacy.permissions.STEP_UP. What was typed goes along and comes out again.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, current_app, redirect, render_template, request, url_for
from flask import session as cookie
from flask_login import current_user
from werkzeug.wrappers import Response

from config import Settings
from extensions import db
from privacy.permissions import SECOND_STEP
from services.accounts import second_factor
from vocabulary import clock
from web.core import sessions
from web.core.access import current_viewer
from web.forms.auth import ProofForm

View = TypeVar("View", bound=Callable[..., Any])
FRESH = timedelta(minutes=30)


def init_app(app: Flask) -> None:
    """Ask before each request whether the second step is set up where it must be."""
    app.before_request(_lead_to_second_step)


def note() -> None:
    """Note that whoever sits there has just proved who he is."""
    cookie["proof"] = int(clock.now().timestamp())


def note_second_step() -> None:
    """Note that this session went through the second step."""
    cookie["two_steps"] = True
    note()


def is_fresh() -> bool:
    """Say whether the last proof is at most half an hour old."""
    return clock.now() - datetime.fromtimestamp(cookie.get("proof", 0), UTC) <= FRESH


def proven(view: View) -> View:
    """Ask for a fresh proof before a view, whatever the method."""

    @wraps(view)
    def entered(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs) if is_fresh() else ask()

    return entered  # type: ignore[return-value]


def ask() -> tuple[str, int]:
    """Answer with the question, which leads on to what was being done."""
    page = render_template(
        "auth/prove.html",
        form=ProofForm(formdata=None),
        kept=sessions.typed(),
        has_files=any(file.filename for file in request.files.values()),
        action=url_for("auth.prove", **sessions.way_on()),
        by_code=second_factor.is_on(db.session(), current_viewer().account_id or 0),
        refused="",
    )
    return page, sessions.LOCKED


def is_required() -> bool:
    """Say whether the signed-in person must have a second step here."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.needs_second_step and current_viewer().has(*SECOND_STEP)


def _lead_to_second_step() -> Response | tuple[str, int] | None:
    """Open nothing but the way to the second step to who must have one and has not."""
    endpoint = request.endpoint or ""
    if "_user_id" not in cookie or cookie.get("two_steps") or _is_always_open(endpoint):
        return None
    if not current_user.is_authenticated or not is_required():
        return None
    if second_factor.is_on(db.session(), current_viewer().account_id or 0):
        sessions.leave()  # signed in before the second step was set up: sign in anew
        return sessions.locked()
    return redirect(url_for("auth.second_step"), 303)


def _is_always_open(endpoint: str) -> bool:
    return endpoint in {"", "static", "healthz.check"} or endpoint.startswith("auth.")
