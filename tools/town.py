"""The demo world as a town to walk in: built once in a folder, served on a free port, clock moved.

Screenshots and browser tests share it. The server is the one of production (waitress, with the
static files in front), in a thread of its own and without the schedule.
"""

import re
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from waitress import wasyncore
from waitress.server import create_server

from app import create_app
from cli import demo
from config import Mode, Settings
from extensions import db
from jobs.schedule import BY_NAME
from jobs.start import start
from privacy import viewers
from services import leaps
from services.upkeep.installation import DEMO_PASSWORD
from vocabulary import clock
from vocabulary.dates import at
from web.core.static import served_by_whitenoise

DAY = date(2026, 11, 21)
"""The day on which the demo's two years end: pictures and journeys look alike on every machine."""

MORNING = ("backup", "matching", "pledges", "stipends", "reminders")


def build(folder: Path) -> None:
    """Make the demo world in an empty folder, as it is on the morning of DAY."""
    app = create_app(_settings(folder, port=0))
    with app.app_context():
        with clock.moved_to(at(DAY)):
            upgrade()
            demo.build()
        for job in (BY_NAME[name] for name in MORNING):
            with clock.moved_to(job.next_start(at(DAY, 0))):
                start(db.session(), job, period=DAY)
        with clock.moved_to(at(DAY)):
            start(db.session(), BY_NAME["notices"], period=DAY)
        db.session.remove()
        db.engine.dispose()


def _settings(folder: Path, *, port: int) -> Settings:
    return Settings(
        database_url=f"sqlite:///{folder / 'weiguang.db'}",
        mode=Mode.TEST,
        public_url=f"http://127.0.0.1:{port}",
        instance=folder,
        keys_dir=folder / "keys",
        port=port,
    )


class Town:
    """One served copy of a world. `now` is its clock: set it to move on."""

    def __init__(self, world: Path, folder: Path) -> None:
        shutil.copytree(world, folder)
        self.folder = folder
        self.now: datetime = at(DAY)
        self._map: dict[int, Any] = {}
        self._ends = threading.Event()
        self._server = create_server(
            self._answer, map=self._map, host="127.0.0.1", port=0, threads=4, ident=""
        )
        port = self._server.effective_port
        self.url = f"http://127.0.0.1:{port}"
        self.app: Flask = create_app(_settings(folder, port=port))
        self._pages = served_by_whitenoise(self.app)
        self._thread = threading.Thread(target=self._run, name="town", daemon=True)
        self._thread.start()

    def _answer(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        with clock.moved_to(self.now):
            return self._pages(environ, start_response)

    def _run(self) -> None:
        while not self._ends.is_set():
            wasyncore.loop(timeout=0.1, map=self._map, count=1)

    def close(self) -> None:
        """Stop answering and give the port and the database back."""
        self._ends.set()
        self._thread.join(timeout=10)
        self._server.task_dispatcher.shutdown()
        wasyncore.close_all(self._map, ignore_all=True)
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    def command(self, *words: str) -> str:
        """Run `flask --app app WORDS` on this town at its time; return what it printed."""
        self._stay_awake()
        with clock.moved_to(self.now):
            result = self.app.test_cli_runner().invoke(args=list(words))
        if result.exit_code:
            sentence = f"{' '.join(words)} ended with {result.exit_code}: {result.output}"
            raise RuntimeError(sentence) from result.exception
        return result.stdout

    def _stay_awake(self) -> None:
        """Its clock moves by weeks, but its machine was never off (services/leaps)."""
        with self.app.app_context():
            leaps.stay_awake(db.session(), viewers.engine("town"), now=self.now)
            db.session.commit()

    def letters(self) -> str:
        """Return every short message that was sent so far; without a provider they go to a file."""
        file = self.folder / "outbox" / "sms.log"
        return file.read_text() if file.exists() else ""

    def newest_link(self, path: str, *, to: str) -> str:
        """Return the newest link below `path` in the messages to a number."""
        pattern = rf"{re.escape(self.url)}{re.escape(path)}[A-Z0-9]+"
        lines = [line for line in self.letters().splitlines() if to in line]
        return re.findall(pattern, "\n".join(lines))[-1]

    def newest_code(self, *, to: str) -> str:
        """Return the newest six digits in the messages to a number."""
        lines = [line for line in self.letters().splitlines() if to in line]
        return re.findall(r"：(\d{6})。", "\n".join(lines))[-1]


@contextmanager
def town(world: Path, folder: Path) -> Iterator[Town]:
    """Serve a copy of a world for the block."""
    place = Town(world, folder)
    try:
        yield place
    finally:
        place.close()


def sign_in(page: Any, url: str, login: str, password: str = DEMO_PASSWORD) -> None:
    """Sign in on the real page; ends on the role's first page."""
    page.goto(f"{url}/login")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda address: "/login" not in address)
