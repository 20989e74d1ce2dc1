"""A letter's photograph is chosen once: it waits sealed through the warning, and leaves nothing behind."""

import io
import os
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from extensions import db
from gateways.uploads import LocalFiles
from models.imports import Upload
from privacy import viewers
from services import uploads
from tests.services.letters.worlds import WEDNESDAY, World, a_world
from tests.web.test_letters import EXPOSING, as_family, as_guardian, letters
from vocabulary import clock

PAGE = "/family/letters"
PLAIN = "家里都好。"


@pytest.fixture
def client(app):
    """Requests share the test's session; nothing lies in the folder of uploads."""
    app.config["RATELIMIT_ENABLED"] = False
    app.before_request_funcs.setdefault(None, []).insert(0, db.session.rollback)
    found = app.test_client()
    for name in left(found):
        (folder(found) / name).unlink()
    return found


@pytest.fixture
def world(session):
    with clock.moved_to(WEDNESDAY):
        yield a_world(session, WEDNESDAY)


def a_photo(colour: str = "#a8324f") -> tuple[io.BytesIO, str]:
    made = io.BytesIO()
    Image.new("RGB", (300, 200), colour).save(made, "JPEG")
    made.seek(0)
    return made, "letter.jpg"


def folder(client: FlaskClient) -> Path:
    return client.application.config["SETTINGS"].uploads


def left(client: FlaskClient) -> list[str]:
    return sorted(LocalFiles(folder(client)).names())


def press(client: FlaskClient, world: World, act: str, text: str, **more):
    """Press a button of the page as it stands: with the code of the page that was shown last."""
    shown = client.get(PAGE).get_data(as_text=True)
    mark = shown.partition('name="mark" value="')[2].partition('"')[0]
    said = {"act": act, "voice": "child", "text": text, "mark": mark} | more
    return client.post(PAGE, data=said, content_type="multipart/form-data")


def test_the_photograph_waits_through_the_warning_and_goes_with_the_letter(client, world) -> None:
    as_family(client, world)

    warned = press(client, world, "look", EXPOSING, photo=a_photo()).get_data(as_text=True)
    assert 'name="kept_photo"' in warned
    assert "不用再选" in warned
    assert letters(world.session) == []
    sent = press(client, world, "send", EXPOSING, kept_photo="yes")

    assert sent.status_code == 303
    (upload,) = world.session.scalars(select(Upload)).all()
    assert upload.letter_id == world.letter.id
    assert left(client) == [f"{upload.ref}.jpg"]


def test_what_waits_is_sealed(client, world) -> None:
    as_family(client, world)
    press(client, world, "look", EXPOSING, photo=a_photo())

    (name,) = left(client)
    raw = (folder(client) / name).read_bytes()

    assert b"JFIF" not in raw
    assert LocalFiles(folder(client)).read(name)[:2] == b"\xff\xd8"
    assert world.child.ref not in name


def test_a_form_that_comes_back_keeps_it_too(client, world) -> None:
    as_family(client, world)

    back = press(client, world, "look", PLAIN, voice="", photo=a_photo()).get_data(as_text=True)

    assert "请选一下是谁写的" in back
    assert 'name="kept_photo"' in back
    assert press(client, world, "look", PLAIN, kept_photo="yes").status_code == 303
    assert len(world.session.scalars(select(Upload)).all()) == 1


def test_another_one_takes_its_place_and_nothing_else_lies_there(client, world) -> None:
    as_family(client, world)
    press(client, world, "look", EXPOSING, photo=a_photo())
    before = LocalFiles(folder(client)).read(*left(client))

    press(client, world, "look", EXPOSING, kept_photo="yes", photo=a_photo("#ffffff"))

    assert len(left(client)) == 1
    assert LocalFiles(folder(client)).read(*left(client)) != before


def test_one_that_is_not_wanted_is_gone_at_once(client, world) -> None:
    as_family(client, world)
    press(client, world, "look", EXPOSING, photo=a_photo())

    back = press(client, world, "drop", EXPOSING, kept_photo="yes").get_data(as_text=True)

    assert left(client) == []
    assert 'name="kept_photo"' not in back
    assert EXPOSING in back
    press(client, world, "send", EXPOSING)
    assert world.session.scalars(select(Upload)).all() == []


def test_what_is_no_photograph_is_said_and_nothing_is_kept(client, world) -> None:
    as_family(client, world)
    broken = (io.BytesIO(b"not a picture"), "x.jpg")

    back = press(client, world, "look", EXPOSING, photo=broken).get_data(as_text=True)

    assert "这不是照片" in back
    assert left(client) == []
    assert letters(world.session) == []


def test_another_page_neither_finds_it_nor_sends_it(client, world) -> None:
    as_family(client, world)
    press(client, world, "look", EXPOSING, photo=a_photo())

    as_guardian(client, world)
    shown = client.get("/family/mailbox").get_data(as_text=True)
    mark = shown.partition('name="mark" value="')[2].partition('"')[0]
    said = {"act": "send", "voice": "child", "text": PLAIN, "mark": mark, "kept_photo": "yes"}
    client.post("/family/mailbox", data=said)

    assert world.session.scalars(select(Upload)).all() == []
    assert len(letters(world.session)) == 1


def test_one_left_lying_is_taken_away_after_a_day(client, world) -> None:
    as_family(client, world)
    press(client, world, "look", EXPOSING, photo=a_photo())
    files, by = LocalFiles(folder(client)), viewers.engine("uploads")
    (name,) = left(client)
    stamp = WEDNESDAY.timestamp()
    os.utime(folder(client) / name, (stamp, stamp))

    young = uploads.tidy(world.session, by, files=files, now=WEDNESDAY + timedelta(hours=20))
    assert (young.files, left(client)) == ((), [name])
    uploads.tidy(world.session, by, files=files, now=WEDNESDAY + timedelta(hours=25))

    assert left(client) == []
