"""Law 6: swap one anonymous donor for another in the same history, and nobody else can tell.

Three twins: the secret donor's contact, name, city, employer, account, pay-in day and reading hour
sort below, between and above those of the other donors.
"""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner

from app import create_app
from cli import twins
from cli.twins import cast
from cli.twins.donor import read_donor
from extensions import db
from tests.house.crawl import Seen, crawl, look, probes, sample_refs
from tests.plugins.installation import settings_in
from vocabulary import clock, refs

pytestmark = pytest.mark.slow

FIELDS = ("name", "phone", "city", "employer", "account", "pay_in_day", "seen_at")
BELOW = ("阿古拉", "13000000001", "鞍山", "一家林场", "1000000000000001", 8, "06:10")
BETWEEN = ("孟和", "13650000050", "昌都", "森工公司", "6222020000000007", 15, "12:00")
ABOVE = ("卓玛·齐齐格𠮷", "zz@example.org", "漳州", "邹记五金店", "9999000000000009", 27, "23:05")
STARTS = ("/", "/staff/", "/school/", "/village/", "/volunteer/", "/donor/", "/family/")


@contextmanager
def world(template: Path, folder: Path, donor: tuple) -> Iterator[tuple[Flask, dict]]:
    """One installation with the same history but for the secret donor; and its links."""
    shutil.copytree(template, folder)
    with ExitStack() as stack:
        stack.callback(clock.stand_at, None)
        stack.callback(refs.seed_process, None)
        stack.callback(setattr, TimestampSigner, "get_timestamp", TimestampSigner.get_timestamp)
        app = create_app(replace(settings_in(folder), twin_seed="1"))
        app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
        given = dict(zip(FIELDS, donor, strict=True))
        with app.app_context():
            links = twins.play(read_donor(given), seed=1)
        refs.seed_process("1/serve")
        # Outside the context: one left open would carry g, and the person signed in, to all clients.
        yield app, links
        with app.app_context():
            db.engine.dispose()


def observe(app: Flask, links: dict) -> dict[tuple[str, str], Seen]:
    """Everything that every low observer can fetch."""
    with app.app_context():
        addresses = probes(app, sample_refs(db.session()))
    seen: dict[tuple[str, str], Seen] = {}
    for observer in (*cast.LOW, *links):
        client = enter(app, observer, links)
        found = crawl(client, STARTS)
        found |= {a: look(client, a) for a in addresses if a not in found}
        seen |= {(observer, address): one for address, one in found.items()}
    return seen


def enter(app: Flask, observer: str, links: dict) -> FlaskClient:
    client = app.test_client()
    if observer in cast.LOW:
        typed = {"login": cast.LOW[observer].login, "password": cast.PASSWORD}
        assert client.post("/login", data=typed).status_code in (302, 303), observer
    elif observer == "class_teacher":
        path, code = links[observer]
        assert client.post(path, data={"code": code}).status_code in (302, 303)
    else:
        client.get(links[observer][0])
    return client


@pytest.fixture(scope="module")
def observations(template: Path, tmp_path_factory: pytest.TempPathFactory):
    """What the low observers see in each of the three worlds."""
    seen = []
    for donor in (BELOW, BETWEEN, ABOVE):
        with world(template, tmp_path_factory.mktemp("twin") / "instance", donor) as (app, links):
            seen.append(observe(app, links))
    return seen


def test_no_low_observer_can_tell_the_twins_apart(observations) -> None:
    below, *others = observations
    differing = [
        (key, which)
        for which, other in enumerate(others)
        for key in sorted(below.keys() | other.keys())
        if below.get(key) != other.get(key)
    ]

    assert differing == []


def test_the_observations_are_not_hollow(observations) -> None:
    shown = {observer for (observer, _), one in observations[0].items() if one.status == 200}

    by_link = {"family", "other_family", "guardian", "asked_guardian", "class_teacher"} | {
        "reader",
        "other_reader",
    }
    assert shown >= {*cast.LOW, *by_link, "other_donor", "public"}
    assert len(observations[0]) >= 2_000


def test_the_identity_stands_in_no_observation(observations) -> None:
    for donor, seen in zip((BELOW, BETWEEN, ABOVE), observations, strict=True):
        said = [str(part).encode() for part in donor[:5]]
        hits = [key for key, one in seen.items() if any(part in one.body for part in said)]
        assert hits == []
