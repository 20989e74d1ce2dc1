"""最近活动 lists where one is signed in, without hour or address, and ends each of them by itself."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts import SignIn
from services.accounts import accounts
from tests.factories import PASSWORD, an_account
from vocabulary import clock
from vocabulary.enums import Role

PHONE = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) Mobile"}
PC = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0)"}
ENDS = re.compile(r"/account/sign-ins/([A-Z0-9]+)/end")


@pytest.fixture
def browsers(app: Flask, session: Session, now) -> tuple[FlaskClient, FlaskClient]:
    """One person at the office's PC and on a telephone."""
    an_account(session, Role.CASE_WORKER, login="wulan")
    an_account(session, Role.CASE_WORKER, login="bater")
    session.commit()
    return enter(app, PC), enter(app, PHONE)


def enter(app: Flask, agent: dict[str, str], login: str = "wulan") -> FlaskClient:
    client = app.test_client()
    client.post("/login", data={"login": login, "password": PASSWORD}, headers=agent)
    return client


def page(client: FlaskClient) -> str:
    return client.get("/account/activity").get_data(as_text=True)


def is_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def test_each_sign_in_is_a_line_with_device_and_day_and_this_one_is_marked(browsers, now) -> None:
    office, _ = browsers

    shown = page(office).partition("现在登录着的")[2].partition("不像是你")[0]

    assert re.findall(r'row-title">([^<]+)', shown) == ["电脑", "手机"]
    assert shown.count("这台") == 1 and shown.index("这台") < shown.index("手机")
    assert len(ENDS.findall(shown)) == 1
    assert re.search(r"\d:\d\d|127\.0", shown) is None


def test_ending_one_ends_that_one_alone(app: Flask, browsers, session) -> None:
    office, telephone = browsers
    third = enter(app, PC)

    (ref,) = set(ENDS.findall(page(office))) & set(ENDS.findall(page(third)))
    assert office.post(f"/account/sign-ins/{ref}/end").location == "/account/activity"

    assert [is_in(one) for one in (office, telephone, third)] == [True, False, True]
    assert office.post(f"/account/sign-ins/{ref}/end").status_code == 404
    assert len(ENDS.findall(page(office))) == 1


def test_anothers_sign_in_is_not_there(app: Flask, browsers, session) -> None:
    stranger = enter(app, PC, "bater")
    *others, _own = session.scalars(select(SignIn.ref).order_by(SignIn.id)).all()
    session.rollback()

    answers = [stranger.post(f"/account/sign-ins/{ref}/end").status_code for ref in others]

    assert answers == [404, 404]
    assert all(is_in(one) for one in browsers)


def test_it_asks_for_a_fresh_proof_first(browsers, now) -> None:
    """Who finds a page left open ends nobody else's sign-in."""
    office, telephone = browsers
    (ref,) = ENDS.findall(page(office))
    with clock.moved_to(now + timedelta(minutes=31)):
        asked = office.post(f"/account/sign-ins/{ref}/end")
        others = office.post("/account/end-others")

    assert (asked.status_code, others.status_code) == (401, 401)
    assert "再确认一次" in asked.get_data(as_text=True)
    assert is_in(telephone)


@pytest.mark.parametrize(
    ("address", "typed"),
    [
        ("/account/end-others", {}),
        (
            "/account",
            {"old": PASSWORD, "password": "a new Secret 5519", "again": "a new Secret 5519"},
        ),
    ],
)
def test_ending_all_others_or_another_password_leaves_one_line(browsers, address, typed) -> None:
    office, telephone = browsers

    office.post(address, data=typed, headers=PC)

    assert not is_in(telephone)
    assert ENDS.findall(page(office)) == []
    assert "这台" in page(office)


def test_a_fresh_proof_keeps_the_line_and_signing_out_takes_it_away(app, browsers) -> None:
    office, telephone = browsers
    before = ENDS.findall(page(telephone))
    office.post("/account/prove", data={"password_again": PASSWORD})

    assert ENDS.findall(page(telephone)) == before

    office.post("/logout")
    assert ENDS.findall(page(telephone)) == []


def test_after_twelve_hours_a_sign_in_is_not_listed(browsers, now, app: Flask) -> None:
    with clock.moved_to(now + accounts.LONGEST + timedelta(minutes=1)):
        again = enter(app, PC)

        assert ENDS.findall(page(again)) == []
