"""create_app(): the one place that knows every room and reads the configuration. No logic."""

from pathlib import Path

from flask import Flask
from jinja2 import StrictUndefined

import cli
import config
import web
from extensions import babel, csrf, db, limiter, login, migrate
from models import keys

ROOT = Path(__file__).parent


def create_app(settings: config.Settings | None = None) -> Flask:
    """Build the application from settings, or from the environment when none are given."""
    settings = settings or config.from_environment()
    ring, session_secret = config.load_keys(settings)
    keys.install(ring)
    app = Flask(
        "weiguang",
        root_path=str(ROOT),
        instance_path=str(settings.instance.resolve()),
        static_folder="static",
        template_folder="templates",
    )
    settings.instance.mkdir(parents=True, exist_ok=True)
    is_https = settings.public_url.startswith("https")
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=session_secret,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        MAX_CONTENT_LENGTH=20 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        SESSION_COOKIE_NAME="weiguang",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=is_https,
        WTF_CSRF_TIME_LIMIT=8 * 3600,
        # The referrer is never sent (no-referrer); the token and SameSite cookies do the work.
        WTF_CSRF_SSL_STRICT=False,
        BABEL_DEFAULT_LOCALE="zh_CN",
        BABEL_DEFAULT_TIMEZONE="Asia/Shanghai",
        TESTING=settings.mode is config.Mode.TEST,
    )
    app.jinja_env.undefined = StrictUndefined
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    login.init_app(app)
    csrf.init_app(app)
    babel.init_app(app)
    limiter.init_app(app)
    web.init_app(app)
    cli.init_app(app)
    return app
