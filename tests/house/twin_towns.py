"""The authorisation matrix's inhabitants, played into a twin world: who differs, who looks, errors."""

import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from unittest import mock

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import TooManyRequests
from werkzeug.test import TestResponse

from extensions import db
from gateways.uploads import LocalFiles
from services import uploads
from tests.factories import OTHER_BANNER, viewer
from tests.house.crawl import Seen, seen_of
from tests.house.inhabitants import build
from tests.house.matrix import (
    HIGH,
    PEOPLE,
    Told,
    address_of,
    come_in,
    look_round,
    seen_by_the_second,
)
from tests.house.observing import TRIED, Observations, logged
from tests.house.places import Apart, Town
from tests.house.worlds import DONORS, Twin, begin, world
from vocabulary import clock, refs
from vocabulary.enums import Role

NEAR = frozenset({"case_worker", "approver", "case_deputy", "auditor"})
"""They see children of the banner, and who comes to it: high towards a child's identity."""
# Whoever reads: of a person, of a link, of nobody.
ERRORS_TO = ("public", "school_officer", "paying_desk", "donor", "family")
LOW = tuple(who for who in PEOPLE if who not in HIGH)
FAR = tuple(who for who in PEOPLE if who not in NEAR)
_TOWNS: dict[Twin, "Sight"] = {}


@dataclass(frozen=True, slots=True)
class Sight:
    """What one town showed, who asked it, and two papers that only some may read."""

    app: Flask
    town: Town
    told: Told
    receipt: TestResponse
    photographs: bytes

    def to(self, people: Iterable[str]) -> Observations:
        """What some of the people got."""
        return {key: one for key, one in self.told.seen.items() if key[0] in people}


def of(twin: Twin, template: Path, tmp_path_factory: pytest.TempPathFactory) -> Sight:
    """Settle a town in a twin world and let its people look round, once.

    In every world in the same order: who is low towards both, who knows a donor, who the child; what
    the last ones read leaves traces that custodians count, so that they come where no child differs.
    """
    if twin not in _TOWNS:
        folder = tmp_path_factory.mktemp("town") / "instance"
        with world(template, folder, twin) as (app, _):
            town = settle(app, apart(twin))
            near = [who for who in LOW if who in NEAR] if twin in DONORS else []
            people = [*(who for who in LOW if who in FAR), *sorted(HIGH), *near]
            told = told_by(app, town, people, _words(twin))
            desk = come_in(app, town, "collecting_desk")
            paper = address_of(app, town, "staff.fiscal_receipts.paper", "collecting_desk")
            receipt = desk.get(paper)
            _TOWNS[twin] = Sight(app, town, told, receipt, _photographs(app, town))
    return _TOWNS[twin]


def _words(twin: Twin) -> Callable[[str], list[bytes]]:
    """Say which words may stand in no answer to somebody."""
    donors = [str(word).encode() for word in twin.donor[:5]]
    self = twin.oneself
    childs = [self.name, self.address, self.remark, self.guardian, self.phone]

    def words(who: str) -> list[bytes]:
        own = [str(word).encode() for word in childs] if who in FAR else []
        return own + (donors if who in LOW else [])

    return words


def _photographs(app: Flask, town: Town) -> bytes:
    """What the case staff of the far child's own banner see of its slip and of its letter."""
    far = town.others["case_worker", "photograph"]
    near = viewer(Role.CASE_WORKER, regions=(OTHER_BANNER,))
    with app.app_context():
        files = LocalFiles(app.config["SETTINGS"].uploads)
        return b"".join(uploads.photo_of(db.session(), near, one, files=files) for one in far)


def apart(twin: Twin) -> Apart:
    """Let the first donor of the town be the twin's secret one, and the far children its child.

    What was photographed of each differs too.
    """
    name, contact, *_, day, _ = twin.donor
    return Apart(
        contact=contact,
        name=name,
        paid_on=date(2026, 10, day),
        receipt=_colour(name),
        pupil=twin.oneself,
        slip=_colour(twin.oneself.name),
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


def told_by(
    app: Flask,
    town: Town,
    people: Iterable[str],
    words: Callable[[str], list[bytes]],
) -> Told:
    """What the people of a town get, the errors too, and what the machine's log says of it."""
    told = Told()
    for who in people:
        begin(f"town/{who}")
        with logged(app) as lines:
            look_round(app, town, who, told, words=words(who))
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
