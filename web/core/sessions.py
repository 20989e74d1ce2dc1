"""How long a sign-in lasts, and the lock: what was typed goes through it and comes out again."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, g, render_template, request, url_for
from flask import session as cookie
from flask.sessions import SecureCookieSessionInterface
from flask_login import current_user, logout_user

from extensions import db
from services.accounts import sign_ins
from services.accounts.accounts import LONGEST
from vocabulary import clock
from vocabulary.enums import Role
from web.core import devices
from web.core.access import SIGN_IN, current_viewer
from web.forms.auth import LoginForm

LONGEST_IDLE = timedelta(minutes=60)
# On their own phones, once a month: a lock after an hour would only be in the way.
_UNHURRIED = frozenset({Role.SCHOOL_OFFICER, Role.VILLAGE_DIRECTOR, Role.UNIT_HAND, Role.VOLUNTEER})
_NEVER_LOCKED = frozenset({"static", "healthz.check", "auth.login", "auth.code", "auth.logout"})
_STEP = timedelta(minutes=1)  # so that not every answer sets a cookie
_KEEP = "keep."
_SECRET = ("password", "csrf_token", "old", "again")
LOCKED = 401


class _Signed(SecureCookieSessionInterface):
    """The cookie under HMAC-SHA-256; the library's own choice is SHA-1."""

    digest_method = staticmethod(hashlib.sha256)


def init_app(app: Flask) -> None:
    """Ask before each request whether the sign-in still counts."""
    if not app.config["SETTINGS"].twin_seed:  # the cookies of twins end where their clock stands
        app.session_interface = _Signed()
    app.before_request(_check)
    app.jinja_env.globals["ends_after"] = ends_after


def ends_after() -> int | None:
    """Return after how many seconds alone this page's sign-in is over; None without a login.

    static/app.js then takes the page off the screen.
    """
    if not current_user.is_authenticated:
        return None
    longest = LONGEST if _is_unhurried() else LONGEST_IDLE
    return int(longest.total_seconds())


def begin() -> None:
    """Note that somebody has just signed in."""
    cookie["since"] = cookie["seen"] = int(clock.now().timestamp())
    cookie[SIGN_IN] = sign_ins.begin(
        db.session(), *_account(), now=clock.now(), device=devices.kind()
    )


def end() -> None:
    """Sign out: this device, and whoever kept a copy of its cookie."""
    _end_copies()
    leave()


def renew() -> None:
    """Go on after a fresh proof; a copy of the cookie from before it opens nothing any more."""
    cookie[SIGN_IN] = sign_ins.renew(
        db.session(),
        cookie.get(SIGN_IN, ""),
        *_account(),
        now=clock.now(),
        device=devices.kind(),
    )


def _account() -> tuple[int, str]:
    """Return the account's key and stamp, as flask-login carries them."""
    account_id, _, stamp = current_user.get_id().partition(":")
    return int(account_id), stamp


def _end_copies() -> None:
    if SIGN_IN in cookie:
        sign_ins.end(db.session(), cookie[SIGN_IN], now=clock.now())


def leave() -> None:
    """Forget this device's cookie; the next form gets a token of its own."""
    logout_user()
    cookie.clear()
    g.pop("csrf_token", None)  # Flask-WTF keeps it for the whole request


def _check() -> tuple[str, int] | None:
    if "_user_id" not in cookie or request.endpoint in _NEVER_LOCKED:
        return None
    now = clock.now()
    since, seen = _instant("since"), _instant("seen")
    if now - since > LONGEST or (now - seen > LONGEST_IDLE and not _is_unhurried()):
        logout_user()
        return locked()
    if now - seen > _STEP:
        cookie["seen"] = int(now.timestamp())
    return None


def _instant(name: str) -> datetime:
    return datetime.fromtimestamp(cookie.get(name, 0), UTC)


def _is_unhurried() -> bool:
    roles = current_viewer().roles
    return bool(current_user.is_authenticated and roles and roles <= _UNHURRIED)


def locked() -> tuple[str, int]:
    """Answer with the lock: a sign-in that leads on to what was being done."""
    page = render_template(
        "errors/locked.html",
        form=LoginForm(formdata=None),
        kept=typed(),
        has_files=any(file.filename for file in request.files.values()),
        action=url_for("auth.login", **way_on()),
    )
    return page, LOCKED


def way_on() -> dict[str, Any]:
    """Return where this request wanted to go, and whether it was sending something there."""
    target = request.full_path if request.query_string else request.path
    return {"next": target, "sent": "1"} if request.method == "POST" else {"next": target}


def typed() -> list[tuple[str, str]]:
    """Return what a locked form held, for hidden fields; passwords are typed anew."""
    return [
        (_KEEP + name, value)
        for name, value in request.form.items(multi=True)
        if not name.startswith(_SECRET)
    ]


def kept() -> list[tuple[str, str]]:
    """Return the kept fields that a sign-in form carries, under the names it carries them."""
    return [(n, v) for n, v in request.form.items(multi=True) if n.startswith(_KEEP)]


def restored() -> list[tuple[str, str]]:
    """Return the kept fields under their own names."""
    return [(name.removeprefix(_KEEP), value) for name, value in kept()]
