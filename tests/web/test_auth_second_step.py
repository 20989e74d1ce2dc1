"""Signing in with a code, the grace page of production, step-up before what cannot be undone."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import patch

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from extensions import db
from privacy.permissions import SECOND_STEP, STEP_UP
from services.accounts import accounts
from tests.factories import PASSWORD, a_school, an_account
from tests.services.test_second_factor import enrolled
from tests.web.test_auth import TOKEN, sign_in
from vocabulary import clock
from vocabulary.enums import Role
from web.core.access import ASKS_PROOF, NO_ACCOUNT

KEY = re.compile(r"照着填</dt><dd>([A-Z2-7 ]+)</dd>")
CODES = re.compile(r'class="code">([0-9A-Z]{5}-[0-9A-Z]{5})<')
LATER = timedelta(minutes=31)


@pytest.fixture
def wulan(session: Session, now):
    account = an_account(session, Role.ADMINISTRATOR, login="wulan")
    session.commit()
    return account


@pytest.fixture
def phone(session: Session, now, wulan):
    made, codes = enrolled(session, accounts.viewer_of(session, wulan, now=now), now)
    session.commit()
    made.recovery = codes
    return made


@pytest.fixture
def strict(app: Flask) -> Iterator[Flask]:
    """An installation that asks for the second step, as production does."""
    asking = replace(app.config["SETTINGS"], second_step="required")
    with patch.dict(app.config, SETTINGS=asking):
        yield app


def test_a_password_alone_opens_nothing_where_a_code_is_asked_for(client, phone, now) -> None:
    page = sign_in(client)

    assert page.status_code == 200
    assert "再填手机上的验证码" in page.get_data(as_text=True)
    assert client.get("/account").status_code == 302
    wrong = client.post("/login/code", data={"code": "AAAAAA"})
    assert "验证码不对" in wrong.get_data(as_text=True)
    assert client.get("/account").status_code == 302
    assert client.post("/login/code", data={"code": phone.at(now)}).status_code == 303
    assert client.get("/account").status_code == 200


def test_a_code_seen_over_the_shoulder_opens_no_second_time(app: Flask, phone, now) -> None:
    owner, thief = app.test_client(), app.test_client()
    for client in (owner, thief):
        sign_in(client)

    assert owner.post("/login/code", data={"code": phone.at(now)}).status_code == 303
    assert thief.post("/login/code", data={"code": phone.at(now)}).status_code == 200
    assert thief.get("/account").status_code == 302


def test_a_recovery_code_signs_in_and_stands_under_recent_activity(client, phone) -> None:
    sign_in(client)

    client.post("/login/code", data={"code": phone.recovery[3]})

    page = client.get("/account/activity").get_data(as_text=True)
    assert "用了一个备用码" in page
    assert "2026年11月21日" in page


def test_codes_cannot_be_guessed_one_after_the_other(client, phone, now) -> None:
    sign_in(client)
    for _ in range(5):
        client.post("/login/code", data={"code": "AAAAAA"})

    answer = client.post("/login/code", data={"code": phone.at(now)})

    assert "请过 5 分钟再试" in answer.get_data(as_text=True)
    assert client.get("/account").status_code == 302


def test_the_half_way_house_closes_after_ten_minutes(client, phone, now) -> None:
    sign_in(client)
    with clock.moved_to(now + timedelta(minutes=11)):
        code = phone.at(clock.now())
        assert client.post("/login/code", data={"code": code}).location == "/login"
        assert client.get("/account").status_code == 302


def test_a_code_without_a_password_leads_to_the_sign_in(client, phone, now) -> None:
    assert client.post("/login/code", data={"code": phone.at(now)}).location == "/login"


def test_setting_it_up_shows_a_code_to_scan_a_key_to_type_and_ten_codes_once(
    client: FlaskClient, wulan, now
) -> None:
    sign_in(client)
    assert client.post("/account/second-step/start").status_code == 303

    page = client.get("/account/second-step").get_data(as_text=True)
    key = KEY.search(page)
    assert key and 'src="data:image/svg+xml' in page
    code = pyotp.TOTP(key[1].replace(" ", "")).at(now)
    shown = client.post("/account/second-step/confirm", data={"code": code})
    codes = CODES.findall(shown.get_data(as_text=True))
    assert len(set(codes)) == 10
    again = client.get("/account/second-step").get_data(as_text=True)
    assert "还有 10 个没用" in again
    assert CODES.findall(again) == []


@pytest.mark.parametrize("role", sorted(SECOND_STEP))
def test_where_it_is_asked_for_nothing_opens_before_it_is_set_up(strict: Flask, now, role) -> None:
    session = db.session()
    account = an_account(session, role, login="wulan", organisation_id=a_school(session).id)
    session.commit()
    client = strict.test_client()
    home = sign_in(client).location

    assert client.get(home).location == "/account/second-step"
    assert client.post("/staff/imports/").location == "/account/second-step"
    page = client.get("/account/second-step").get_data(as_text=True)
    assert "装好以后，别的页面才打开" in page
    client.post("/account/second-step/start")
    key = KEY.search(client.get("/account/second-step").get_data(as_text=True))
    assert key
    totp = pyotp.TOTP(key[1].replace(" ", ""))
    client.post("/account/second-step/confirm", data={"code": totp.at(now)})
    assert client.get(home).status_code == 200
    assert account.login == "wulan"


def test_a_session_from_before_the_second_step_signs_in_anew(strict: Flask, now) -> None:
    session = db.session()
    account = an_account(session, Role.ADMINISTRATOR, login="wulan")
    session.commit()
    client = strict.test_client()
    sign_in(client)
    enrolled(session, accounts.viewer_of(session, account, now=now), now)
    session.commit()

    assert client.get("/staff/accounts/").status_code == 401
    assert client.get("/staff/accounts/").location == "/login?next=/staff/accounts/"


def test_a_volunteer_and_a_village_director_are_not_made_to(strict: Flask, now) -> None:
    session = db.session()
    an_account(session, Role.VILLAGE_DIRECTOR, login="wulan", region_code="150723101001")
    session.commit()
    client = strict.test_client()

    assert client.get(sign_in(client).location).status_code == 200


def test_the_acts_that_ask_for_a_fresh_proof_are_those_of_the_list(app: Flask) -> None:
    asking = {
        name: getattr(view, ASKS_PROOF)
        for name, view in app.view_functions.items()
        if hasattr(view, ASKS_PROOF)
    }

    assert set(asking.values()) == STEP_UP  # which route is of which kind: test_fresh_proof


@pytest.fixture
def officer(session: Session, now):
    ref = a_school(session).ref
    an_account(session, Role.APPROVER, login="wulan")
    session.commit()
    return SimpleNamespace(ref=ref)


TYPED = {
    "name": "吉文中学",
    "bank": "另一家银行",
    "number": "6222020000000017",
    "reason": "换了开户行",
}


def token_of(client: FlaskClient, address: str) -> dict[str, str]:
    found = TOKEN.search(client.get(address).data)
    assert found
    return {"csrf_token": found[1].decode()}


def test_what_was_typed_goes_through_the_question_and_comes_out_again(
    app: Flask, client, officer, now
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    address = f"/staff/schools/{officer.ref}/account"
    sign = {"login": "wulan", "password": PASSWORD}
    client.post("/login", data=sign | token_of(client, "/login"))
    with clock.moved_to(now + LATER):
        token = token_of(client, address)
        asked = client.post(address, data=TYPED | token)
        page = asked.get_data(as_text=True)
        assert (asked.status_code, "这一步先确认是你" in page) == (401, True)
        assert all(f'name="keep.{n}" value="{v}"' in page for n, v in TYPED.items())

        form = token | {f"keep.{name}": value for name, value in TYPED.items()}
        proof = f"/account/prove?next={address}&sent=1"
        refused = client.post(proof, data=form | {"password_again": "not it"}).text
        assert "密码不对" in refused
        assert "另一家银行" in refused
        back = client.post(proof, data=form | {"password_again": PASSWORD}).text
        assert all(f'name="{n}" value="{v}"' in back for n, v in TYPED.items())
        assert f'action="{address}"' in back
        assert client.post(address, data=TYPED | token).status_code != 401


def test_within_half_an_hour_nobody_is_asked_again(client, officer, now) -> None:
    sign_in(client)
    with clock.moved_to(now + timedelta(minutes=30)):
        answer = client.post(f"/staff/schools/{officer.ref}/account", data=TYPED)

    assert answer.status_code != 401


def test_a_press_without_fields_is_pressed_again_after_the_question(client, officer, now) -> None:
    sign_in(client)
    with clock.moved_to(now + LATER):
        asked = client.post("/staff/matches/NONE/approve").get_data(as_text=True)
        assert "/account/prove?next=/staff/matches/NONE/approve&amp;sent=1" in asked
        way = "/account/prove?next=/staff/matches/NONE/approve&sent=1"
        back = client.post(way, data={"password_again": PASSWORD}).get_data(as_text=True)

    assert 'method="post" action="/staff/matches/NONE/approve"' in back


def test_a_press_without_fields_outlives_the_lock_too(client, officer, now) -> None:
    sign_in(client)
    with clock.moved_to(now + timedelta(minutes=61)):
        client.post("/staff/matches/NONE/approve")
        way = "/login?next=/staff/matches/NONE/approve&sent=1"
        back = client.post(way, data={"login": "wulan", "password": PASSWORD})

    assert 'method="post" action="/staff/matches/NONE/approve"' in back.get_data(as_text=True)


def test_the_form_after_a_sign_in_with_kept_words_has_a_token_that_counts(
    app: Flask, client, officer, now
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    token = TOKEN.search(client.get("/login").data)
    assert token
    address = f"/staff/schools/{officer.ref}/account"
    typed = {"login": "wulan", "password": PASSWORD, "csrf_token": token[1].decode()}
    kept = {f"keep.{name}": value for name, value in TYPED.items()}
    page = client.post(f"/login?next={address}&sent=1", data=typed | kept).data

    fresh = TOKEN.search(page)
    assert fresh
    answer = client.post(address, data=TYPED | {"csrf_token": fresh[1].decode()})
    assert answer.status_code in (200, 303)


def test_with_a_second_step_the_password_is_no_proof(client, phone, now) -> None:
    sign_in(client)
    client.post("/login/code", data={"code": phone.at(now)})
    with clock.moved_to(now + LATER):
        assert client.post("/account/second-step/codes").status_code == 401
        way = "/account/prove?next=/account/second-step/codes&sent=1"
        by_password = client.post(way, data={"password_again": PASSWORD})
        assert "验证码不对" in by_password.get_data(as_text=True)
        client.post(way, data={"password_again": phone.at(clock.now())})
        shown = client.post("/account/second-step/codes").get_data(as_text=True)

    assert len(CODES.findall(shown)) == 10


def test_guessing_the_password_at_the_question_is_counted(client, officer, now) -> None:
    sign_in(client)
    answers = [
        client.post("/account/prove", data={"password_again": "no"}).get_data(as_text=True)
        for _ in range(6)
    ]

    assert "密码不对" in answers[4]
    assert "请过 5 分钟再试" in answers[5]


def test_ending_other_sessions_leaves_this_one(app: Flask, wulan) -> None:
    here, there = app.test_client(), app.test_client()
    sign_in(here)
    sign_in(there)

    assert here.post("/account/end-others").location == "/account/activity"

    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302
    assert "让别的设备退出" in here.get("/account/activity").get_data(as_text=True)


@pytest.mark.parametrize("role", sorted(set(Role) - NO_ACCOUNT))
def test_recent_activity_is_there_for_everyone_with_a_login(
    app: Flask, session: Session, now, role
) -> None:
    account = an_account(session, role, login="wulan", organisation_id=a_school(session).id)
    session.commit()
    client = app.test_client()
    sign_in(
        client,
        headers={"User-Agent": "Mozilla/5.0 (Linux; Android 14) Mobile MicroMessenger/8.0"},
    )

    page = client.get("/account/activity").get_data(as_text=True)

    assert "2026年11月21日 · 手机" in page
    assert "127.0.0.1" not in page
    assert "09:00" not in page
    assert account.login == "wulan"


def test_a_screen_left_open_takes_no_strangers_phone(client, session, now) -> None:
    an_account(session, Role.VILLAGE_DIRECTOR, login="wulan")
    session.commit()
    sign_in(client)

    with clock.moved_to(now + timedelta(minutes=40)):
        assert client.post("/account/second-step/start").status_code == 401
        assert (
            client.post("/account/second-step/confirm", data={"code": "123456"}).status_code == 401
        )
