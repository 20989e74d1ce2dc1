"""TWIN_SEED: clock, refs, form tokens and cookies stand still, so that two servers compare."""

import hashlib
from datetime import datetime

from flask import Flask
from flask import session as cookie
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from itsdangerous import TimestampSigner

from config import TWIN_NOW
from vocabulary import clock, refs


def init_app(app: Flask) -> None:
    """Bind to the application when its settings name a seed (production refuses one)."""
    seed = app.config["SETTINGS"].twin_seed
    if not seed:
        return
    clock.stand_at(TWIN_NOW)
    refs.seed_process(f"{seed}/serve")
    app.config["SECRET_KEY"] = hashlib.sha256(f"{seed}/cookies".encode()).digest()
    app.session_interface = _StandingSessions()
    TimestampSigner.get_timestamp = _stands  # type: ignore[method-assign, assignment]
    # Before Flask-WTF looks: the page that refuses a form without its token holds one as well.
    app.before_request_funcs.setdefault(None, []).insert(0, _draw_form_token)


class _StandingSessions(SecureCookieSessionInterface):
    """A cookie's end counts from where the clock stands."""

    def get_expiration_time(self, app: Flask, session: SessionMixin) -> datetime | None:
        return TWIN_NOW + app.permanent_session_lifetime if session.permanent else None


def _stands(_signer: TimestampSigner) -> int:
    return int(TWIN_NOW.timestamp())


def _draw_form_token() -> None:
    """Draw what Flask-WTF would draw at random, from a stream."""
    if "csrf_token" not in cookie:
        cookie["csrf_token"] = refs.new_token("csrf")
