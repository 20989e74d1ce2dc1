"""create_app(): the one place that knows every room and reads the configuration. No logic."""

import sys
from pathlib import Path
from urllib.parse import urlsplit

from babel import Locale
from flask import Flask
from jinja2 import StrictUndefined

import cli
import config
import web
from cli.keys import is_rotating, only_door
from extensions import babel, csrf, db, limiter, login, migrate
from gateways.payments import configured as payments
from models import keys
from privacy import viewers
from services.upkeep import installation

ROOT = Path(__file__).parent
LOCALE = Locale.parse("zh_CN")  # read once: reading it took a millisecond of every answer


def create_app(settings: config.Settings | None = None) -> Flask:
    """Build the application from settings, or from the environment when none are given.

    Raises BadSettings, which ends a command with one sentence on stderr.
    """
    if settings is None and (door := only_door(sys.argv)):
        return door
    settings = settings or config.from_environment()
    config.prepare(settings)
    ring, session_secret = config.load_keys(settings, is_rotating=is_rotating(sys.argv))
    keys.install(ring)
    app = Flask(
        "weiguang",
        root_path=str(ROOT),
        instance_path=str(settings.instance.resolve()),
        static_folder="static",
        template_folder="templates",
    )
    is_https = settings.public_url.startswith("https")
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=session_secret,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={
            "hide_parameters": True,  # an error's text names nobody
            "execution_options": {"preserve_rowcount": True},  # PostgreSQL's inserts forget theirs
        },
        TRUSTED_HOSTS=_hosts(settings),
        RATELIMIT_ENABLED=settings.mode is not config.Mode.TEST and not settings.twin_seed,
        MAX_CONTENT_LENGTH=20 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        SESSION_COOKIE_NAME="__Host-weiguang" if is_https else "weiguang",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=is_https,
        WTF_CSRF_TIME_LIMIT=None,  # it lives as long as the session: a page left open still sends
        # The referrer is never sent (no-referrer); the token and SameSite cookies do the work.
        WTF_CSRF_SSL_STRICT=False,
        BABEL_DEFAULT_LOCALE="zh_CN",
        BABEL_DEFAULT_TIMEZONE="Asia/Shanghai",
        TESTING=settings.mode is config.Mode.TEST,
    )
    # Every template stays: by default 400, the least used of which each page would look for in a row.
    app.jinja_options = {"undefined": StrictUndefined, "cache_size": -1}
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    login.init_app(app)
    csrf.init_app(app)
    babel.init_app(app, locale_selector=lambda: LOCALE)
    limiter.init_app(app)
    app.extensions |= {
        "another": create_app,  # a story is played in an installation of its own
        "payments": payments.ways(
            settings.payments, public_url=settings.public_url, is_production=settings.is_production
        ),
    }
    web.init_app(app)
    cli.init_app(app)
    _refuse_demo(app, settings)
    return app


def _hosts(settings: config.Settings) -> list[str] | None:
    """Production answers under its own name only, and to a health check on the machine itself."""
    if not settings.is_production:
        return None
    return [urlsplit(settings.public_url).hostname or "", "localhost", "127.0.0.1"]


def _refuse_demo(app: Flask, settings: config.Settings) -> None:
    if not settings.is_production:
        return
    with app.app_context():
        session = db.session()
        is_demo = installation.is_demo(session, viewers.console())
        has_login = not is_demo and installation.has_demo_login(session, viewers.console())
        db.session.remove()
    if is_demo:
        config.refuse("MODE=production: this database holds the demo; set DATABASE_URL to another")
    if has_login:
        config.refuse("MODE=production: a login here has the demo's password; use a new database")
