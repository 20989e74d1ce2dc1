"""The authorisation matrix's inhabitants, played into a twin world: who differs, who looks, errors."""

import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from unittest import mock

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import TooManyRequests
from werkzeug.test import TestResponse

from cli.twins.cast import Oneself
from extensions import db
from tests.house.crawl import Seen, seen_of
from tests.house.inhabitants import build
from tests.house.matrix import Told, come_in, look_round, seen_by_the_second
from tests.house.observing import TRIED, logged
from tests.house.places import Apart, Town
from tests.house.worlds import Twin, begin
from vocabulary import clock, refs

NEAR = frozenset({"case_worker", "approver", "case_deputy", "auditor"})
"""They see children of the banner, and who comes to it: high towards a child's identity."""
# Whoever reads: of a person, of a link, of nobody.
ERRORS_TO = ("public", "school_officer", "paying_desk", "donor", "family")


@dataclass(frozen=True, slots=True)
class Looking:
    """Who looks at a town, which words may stand in no answer, and whether shut doors are asked."""

    people: Iterable[str]
    words: tuple[str, ...]
    only_open: bool = False


def apart(twin: Twin, pupil: Oneself | None = None) -> Apart:
    """Let the first donor of the town be the twin's secret one, and the far children this pupil.

    What was photographed of each differs too.
    """
    name, contact, *_, day, _ = twin.donor
    return Apart(
        contact=contact,
        name=name,
        paid_on=date(2026, 10, day),
        receipt=_colour(name),
        pupil=pupil,
        slip=_colour(pupil.name if pupil else ""),
        logins="town-",
    )


def _colour(of: str) -> str:
    return f"#{zlib.crc32(of.encode()) & 0xFFFFFF:06x}"


def settle(app: Flask, who: Apart) -> Town:
    """Play the town into a world."""
    begin("town")
    with app.app_context(), refs.seeded("1/town"):
        town = build(db.session(), clock.now(), who)
        db.session.remove()
    return seen_by_the_second(town)


def told_by(app: Flask, town: Town, looking: Looking) -> Told:
    """What the people of a town get, the errors too, and what the machine's log says of it."""
    told, words = Told(), [word.encode() for word in looking.words]
    for who in looking.people:
        begin(f"town/{who}")
        with logged(app) as lines:
            look_round(app, town, who, told, words=words, only_open=looking.only_open)
            if who in ERRORS_TO:
                told.seen |= dict(errors(app, town, who))
        told.seen[who, "log "] = Seen(0, (), "\n".join(lines).encode())
    return told


def errors(app: Flask, town: Town, who: str) -> Iterator[tuple[tuple[str, str], Seen]]:
    """What somebody reads when something went wrong, each way as it goes wrong."""
    for name in _WRONG:
        yield (who, f"error {name}"), error(app, come_in(app, town, who), name)


def error(app: Flask, client: FlaskClient, name: str) -> Seen:
    """What one browser gets when this goes wrong."""
    with _WRONG[name](app) as ask:
        return seen_of(ask(client))


Ask = Callable[[FlaskClient], TestResponse]


@contextmanager
def _asked(address: str, method: str, _app: Flask) -> Iterator[Ask]:
    yield lambda client: client.open(address, method=method, headers={TRIED: "1"})


@contextmanager
def _tokenless(app: Flask) -> Iterator[Ask]:
    with mock.patch.dict(app.config, WTF_CSRF_ENABLED=True):
        yield lambda client: client.post("/login", data={"login": "a", "password": "b"})


@contextmanager
def _too_large(app: Flask) -> Iterator[Ask]:
    with mock.patch.dict(app.config, MAX_CONTENT_LENGTH=9):
        yield lambda client: client.post("/login", data={"login": "somebody", "password": "b"})


@contextmanager
def _broken(fault: Callable[[], Exception], app: Flask) -> Iterator[Ask]:
    def breaks() -> None:
        raise fault()

    with mock.patch.dict(app.view_functions, {"public.home": breaks}):
        yield lambda client: client.get("/")


_WRONG = {
    "400": _tokenless,
    "404": partial(_asked, "/no-such-page", "GET"),
    "405": partial(_asked, "/login", "DELETE"),
    "413": _too_large,
    # What every limit raises; the limits themselves are off under TWIN_SEED.
    "429": partial(_broken, partial(TooManyRequests, retry_after=60)),
    "500": partial(_broken, partial(RuntimeError, "ours")),
    "503": partial(_broken, partial(OperationalError, "", {}, Exception("database is locked"))),
}
