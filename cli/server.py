"""`flask up` and `flask serve`."""

import signal
import socket
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from waitress.server import create_server

from cli.answers import told
from config import Mode, Settings, refuse
from extensions import db
from gateways import keyfiles
from jobs.clockwork import Clockwork, environment_for
from jobs.schedule import JOBS
from jobs.start import expect_all
from privacy import viewers
from services.upkeep import installation
from vocabulary.errors import NotEmpty
from web.core.static import served_by_whitenoise

THREADS = 8
PORTS_TRIED = 20


@click.command("up")
@with_appcontext
def up() -> None:
    """Make ready and serve: schema, and the demo world if the database is empty. `make run`."""
    settings: Settings = current_app.config["SETTINGS"]
    if settings.is_production:
        refuse("`up` brings a demo: in production use `flask --app app serve`")
    file = settings.database_file
    if settings.mode is Mode.DEMO and file is not None and not file.exists():
        click.echo("第一次启动：建数据库、搭演示数据，不到两分钟……", err=True)
    upgrade()
    settings = _with_free_port(settings)
    app = _real_app()
    app.config["SETTINGS"] = settings  # the table's link names the port that is really used
    if settings.mode is Mode.DEMO:
        _fill_with_demo()
    _serve(app, settings)


@click.command("serve")
@with_appcontext
@told
def serve() -> None:
    """Serve pages and run the schedule, on a database that is ready."""
    _serve(_real_app(), _with_free_port(current_app.config["SETTINGS"]))


def _fill_with_demo() -> None:
    """Build the demo world in an empty database, and show its logins in one that is demo's."""
    from cli import demo  # noqa: PLC0415 its cast and story are read only where they are played

    with suppress(NotEmpty):
        demo.build()
    session = db.session()
    if installation.is_demo(session, viewers.console()):
        session.rollback()
        click.echo("\n演示帐号（一个角色一个）：", err=True)
        click.echo("\n".join(demo.login_table()), err=True)
    session.rollback()


def _real_app() -> Flask:
    # waitress needs the app itself, not its proxy
    return current_app._get_current_object()  # type: ignore[attr-defined,no-any-return]  # noqa: SLF001


def _with_free_port(settings: Settings) -> Settings:
    """Return the settings with a port that is free: the wished one, else one of the next.

    Production takes the wished one or none, since its proxy knows no other.
    """
    tried = 1 if settings.is_production else PORTS_TRIED
    ports = range(settings.port, settings.port + tried)
    free = next((port for port in ports if _is_free(settings.host, port)), None)
    if free is None:
        refuse(f"port {settings.port} is in use: stop what uses it, or set PORT=5080")
    return _moved(settings, free)


def _is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _moved(settings: Settings, port: int) -> Settings:
    """Take another port, and say so; links follow where they led to this very server."""
    if port == settings.port:
        return settings
    click.echo(f"端口 {settings.port} 有别的程序在用，改用 {port}。", err=True)
    own = f"http://127.0.0.1:{settings.port}"
    moved = f"http://127.0.0.1:{port}" if settings.public_url == own else settings.public_url
    return replace(settings, port=port, public_url=moved)


def _serve(app: Flask, settings: Settings) -> None:
    """Serve until SIGTERM or Ctrl-C: then answer what was asked, and end the children."""
    app.config["SETTINGS"] = settings
    clockwork = Clockwork(
        root=Path(app.root_path),
        instance=settings.instance,
        environment=environment_for(settings.public_url, settings.port),
    )
    try:
        _start_jobs(clockwork, settings)
        signal.signal(signal.SIGTERM, _stop)
        pages = create_server(
            served_by_whitenoise(app),
            host=settings.host,
            port=settings.port,
            threads=1 if settings.twin_seed else THREADS,  # one order of drawing
            ident="",
            **_behind(settings.trusted_proxy),
        )
        click.echo(f"\n打开：{settings.public_url}\n停下：Ctrl-C", err=True)
        with keyfiles.used(settings.instance, alone=False):
            pages.run()
    finally:
        clockwork.stop()


def _start_jobs(clockwork: Clockwork, settings: Settings) -> None:
    """Run the schedule here, unless the clock stands or another process runs it."""
    if settings.twin_seed:
        click.echo("TWIN_SEED：时钟停着，定时任务不跑。", err=True)
    elif clockwork.elect():
        clockwork.start(expect_all(db.session(), JOBS))
        db.session.remove()
    else:
        click.echo("另一个进程已经在跑定时任务，这个进程只提供网页。", err=True)


def _behind(proxy: str) -> dict[str, Any]:
    """Believe the reverse proxy of this address, and nobody else, about who is calling."""
    if not proxy:
        return {}
    headers = {"x-forwarded-for", "x-forwarded-proto"}  # its Host is the one we answer to
    return {
        "trusted_proxy": proxy,
        "trusted_proxy_count": 1,
        "trusted_proxy_headers": headers,
        "clear_untrusted_proxy_headers": True,
    }


def _stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)
