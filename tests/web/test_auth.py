"""Signing in: alike for all who fail, locked in time, and nothing typed is lost."""

import re
import shutil
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app import create_app
from config import Mode
from extensions import db, limiter
from models.accounts import SignInFailure
from privacy import viewers
from services.accounts import accounts, passwords, staffing, way_in
from services.accounts.staffing import NewAccount
from tests.factories import BANNER, PASSWORD, an_account
from tests.plugins.installation import settings_in
from vocabulary import clock
from vocabulary.enums import Role
from web.core import sessions

NEW = "草原上的十匹马 2026"
TOKEN = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')


def sign_in(client: FlaskClient, login: str = "wulan", password: str = PASSWORD, **more):
    return client.post("/login", data={"login": login, "password": password}, **more)


def without_what_was_typed(body: bytes, login: str) -> bytes:
    return body.replace(login.encode(), b"LOGIN")


@pytest.fixture
def wulan(session: Session, now):
    account = an_account(session, Role.ADMINISTRATOR, login="wulan")
    session.commit()
    return account


def test_a_known_and_an_unknown_login_get_the_same_answer_to_the_byte_and_statement(
    app: Flask, session, wulan
) -> None:
    seen: dict[str, list] = {}
    engine = session.get_bind()
    for login in ("wulan", "nobod"):
        client = app.test_client()
        for _ in range(accounts.TRIES + 2):
            count: list[int] = []

            def note(*_args, count=count) -> None:
                count.append(1)

            event.listen(engine, "before_cursor_execute", note)
            answer = sign_in(client, login, "wrong password")
            event.remove(engine, "before_cursor_execute", note)
            headers = sorted(k for k, _ in answer.headers)
            body = re.sub(rb'nonce="[^"]+"', b"", answer.data)
            seen.setdefault(login, []).append(
                (answer.status_code, headers, without_what_was_typed(body, login), len(count))
            )

    assert seen["wulan"] == seen["nobod"]
    assert "试得太多了" in seen["wulan"][-1][2].decode()


def test_the_count_of_failures_outlives_the_request(client, session, wulan) -> None:
    sign_in(client, password="wrong")
    session.rollback()

    assert session.scalars(select(SignInFailure.tries)).all() == [1]


def test_a_refused_sign_in_keeps_the_login_and_not_the_password(client, wulan) -> None:
    page = sign_in(client, password="my wrong secret").get_data(as_text=True)

    assert 'value="wulan"' in page
    assert "my wrong secret" not in page


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_a_sign_in_never_leads_off_the_site(client, wulan, target) -> None:
    answer = client.post(f"/login?next={target}", data={"login": "wulan", "password": PASSWORD})

    assert answer.status_code == 303
    assert answer.location.startswith("/")
    assert "evil" not in answer.location


def test_an_hour_without_a_step_locks_a_desk_and_leads_back(client, wulan, now) -> None:
    sign_in(client)
    with clock.moved_to(now + timedelta(minutes=59)):
        assert client.get("/staff/accounts/").status_code == 200
    with clock.moved_to(now + timedelta(minutes=120)):
        locked = client.get("/staff/accounts/?list=ended")

        assert locked.status_code == sessions.LOCKED
        assert "/login?next=/staff/accounts/?list%3Dended" in locked.get_data(as_text=True)
        assert client.get("/staff/accounts/").status_code == 302


def test_twelve_hours_end_a_sign_in_however_busy(client, wulan, now) -> None:
    sign_in(client)
    for half_hours in range(1, 24):
        with clock.moved_to(now + timedelta(minutes=30 * half_hours)):
            assert client.get("/account").status_code == 200

    with clock.moved_to(now + timedelta(hours=12, minutes=1)):
        assert client.get("/account").status_code == sessions.LOCKED


def test_a_teachers_phone_is_not_locked_after_an_hour(client, session, now) -> None:
    an_account(session, Role.SCHOOL_OFFICER, login="bater")
    session.commit()
    sign_in(client, "bater")

    with clock.moved_to(now + timedelta(hours=11)):
        assert client.get("/account").status_code == 200


def test_what_was_typed_goes_through_the_lock(app: Flask, client, session, wulan, now) -> None:
    sign_in(client)
    form = {"name": "其格", "login": "qige", "region": BANNER, "organisation": '<b>&"学校'}
    with clock.moved_to(now + timedelta(hours=2)):
        locked = client.post("/staff/accounts/new", data=form)
        assert locked.status_code == sessions.LOCKED
        kept = {f"keep.{name}": value for name, value in form.items()}
        for name in kept:
            assert f'name="{name}"' in locked.get_data(as_text=True)

        address = "/login?next=/staff/accounts/new"
        wrong = client.post(address, data={"login": "wulan", "password": "wrong", **kept})
        assert 'name="keep.name" value="其格"' in wrong.get_data(as_text=True)
        resumed = client.post(address, data={"login": "wulan", "password": PASSWORD, **kept})

        page = resumed.get_data(as_text=True)
        assert 'action="/staff/accounts/new"' in page
        assert 'name="name" value="其格"' in page
        assert "keep." not in page
        refused = client.post("/staff/accounts/new", data=form)
    assert "在所选的旗县里没有找到这个单位" in refused.get_data(as_text=True)


def test_passwords_are_never_carried_through_the_lock(client, wulan, now) -> None:
    sign_in(client)
    with clock.moved_to(now + timedelta(hours=2)):
        locked = client.post("/account", data={"old": "first", "password": "x", "again": "y"})

    assert b"keep." not in locked.data


def second(session, now):
    return accounts.viewer_of(
        session, an_account(session, Role.ADMINISTRATOR, login="bater"), now=now
    )


def test_a_one_time_link_sets_a_password_once(client, session, wulan, now) -> None:
    by = accounts.viewer_of(session, wulan, now=now)
    ref, token = staffing.make(session, by, NewAccount("qige", "其格", BANNER), now=now)
    code = way_in.give_code(session, second(session, now), ref, now=now)
    session.commit()
    address = f"/first-password/{token}"

    assert "其格" in client.get(address).get_data(as_text=True)
    short = client.post(address, data={"code": code, "password": "short", "again": "short"})
    assert "密码至少 10 个字" in short.get_data(as_text=True)
    other = client.post(address, data={"code": code, "password": NEW, "again": NEW + "x"})
    assert "两次填的不一样" in other.get_data(as_text=True)
    whole = {"code": code, "password": NEW, "again": NEW}
    assert client.post(address, data=whole).location == "/login"

    assert client.get(address).status_code == 410
    assert client.post(address, data=whole).status_code == 410
    assert sign_in(client, "qige", NEW).location == "/account"


def test_an_unknown_used_and_old_link_look_the_same(client, session, wulan, now) -> None:
    by = accounts.viewer_of(session, wulan, now=now)
    ref, used = staffing.make(session, by, NewAccount("qige", "其格", BANNER), now=now)
    code = way_in.give_code(session, second(session, now), ref, now=now)
    passwords.set_first(session, used, NEW, now=now, code=code)
    old = staffing.new_link(session, by, ref=ref, now=now - timedelta(days=8))
    session.commit()

    pages = {client.get(f"/first-password/{token}").data for token in (used, old, "A" * 32)}

    assert len({re.sub(rb'nonce="[^"]+"', b"", page) for page in pages}) == 1


def test_a_new_password_signs_out_every_other_device(app: Flask, wulan) -> None:
    here, there = app.test_client(), app.test_client()
    sign_in(here)
    sign_in(there)

    wrong = here.post("/account", data={"old": "not it at all", "password": NEW, "again": NEW})
    assert "现在的密码不对" in wrong.get_data(as_text=True)
    changed = here.post("/account", data={"old": PASSWORD, "password": NEW, "again": NEW})

    assert changed.location == "/account"
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302


def test_signing_out_everywhere_ends_all_sessions(app: Flask, wulan) -> None:
    here, there = app.test_client(), app.test_client()
    sign_in(here)
    sign_in(there)

    here.post("/account/sign-out-everywhere")

    assert [one.get("/account").status_code for one in (here, there)] == [302, 302]


def test_a_stolen_cookie_is_worthless_after_sign_out_everywhere(app: Flask, wulan) -> None:
    thief, owner = app.test_client(), app.test_client()
    sign_in(thief)
    sign_in(owner)
    owner.post("/account/sign-out-everywhere")
    sign_in(owner)

    assert thief.get("/account").status_code == 302


def test_the_session_cookie_is_closed_to_scripts_and_other_sites(client, wulan) -> None:
    cookie = sign_in(client).headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie  # the test speaks http; see test_config for https


def test_every_form_needs_its_token(app: Flask, client, wulan) -> None:
    app.config["WTF_CSRF_ENABLED"] = True

    assert sign_in(client).status_code == 400
    token = TOKEN.search(client.get("/login").data)
    assert token
    answer = client.post(
        "/login", data={"login": "wulan", "password": PASSWORD, "csrf_token": token[1].decode()}
    )
    assert answer.status_code == 303


def test_the_console_is_nobody_who_could_sign_in(session) -> None:
    assert viewers.console().account_id is None


def test_one_address_gets_thirty_tries_in_five_minutes(template, tmp_path) -> None:
    shutil.copytree(template, tmp_path / "instance")
    settings = replace(settings_in(tmp_path / "instance"), mode=Mode.DEMO)
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    limiter.reset()

    answers = [sign_in(app.test_client(), f"login-{n}", "wrong").status_code for n in range(31)]

    assert answers == [200] * 30 + [429]
    limiter.reset()
    for handler in app.logger.handlers:
        handler.close()
    with app.app_context():
        db.engine.dispose()


def test_signing_out_clears_what_the_browser_holds_and_pages_know_when_they_end(
    client: FlaskClient, wulan
) -> None:
    assert "data-ends-after" not in client.get("/login").text
    sign_in(client)
    assert 'data-ends-after="3600"' in client.get("/account").text

    answer = client.post("/logout")

    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
