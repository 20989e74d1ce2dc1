"""Whoever is refused is found in the trace by name, with the page and the time; strangers leave nothing."""

import json
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.trace import CustodianEntry, OrdinaryEntry
from tests.factories import OTHER_BANNER, PASSWORD, a_child, an_account
from tests.house.places import OTHER_TOWN
from vocabulary import clock
from vocabulary.enums import Role


def sign_in(app: Flask, login: str = "wulan") -> FlaskClient:
    client = app.test_client()
    client.post("/login", data={"login": login, "password": PASSWORD})
    return client


def kept(session: Session, act: str, table=OrdinaryEntry) -> list[tuple[str, str]]:
    session.rollback()
    rows = session.scalars(select(table).where(table.act == act).order_by(table.seq))
    return [(one.subject, one.why) for one in rows]


@pytest.fixture
def actor(session: Session) -> str:
    return f"account:{an_account(session, Role.CASE_WORKER, login='wulan').ref}"


def test_anothers_file_a_desk_of_others_and_a_missing_page_are_kept_by_name(
    app: Flask, session: Session, now, actor
) -> None:
    far = a_child(session, None, region_code=OTHER_TOWN, banner_code=OTHER_BANNER)
    ref = far.ref
    session.commit()
    client = sign_in(app)

    for path in (f"/staff/children/{ref}", "/staff/custody/", "/staff/没有这一页/陈雨桐"):
        assert client.get(path).status_code == 404

    assert kept(session, "access.refused") == [
        ("page:staff.children.detail", "404"),
        ("page:staff.custody.index", "404"),
        ("page:unknown", "404"),
    ]
    entries = session.scalars(select(OrdinaryEntry).where(OrdinaryEntry.act == "access.refused"))
    whole = [
        (one.actor, json.dumps([one.detail, one.subject], ensure_ascii=False)) for one in entries
    ]
    assert {who for who, _ in whole} == {actor}
    assert not any(ref in text or "陈雨桐" in text for _, text in whole)


def test_a_post_that_is_refused_keeps_the_refusal_and_nothing_else(
    app: Flask, session: Session, now, actor
) -> None:
    session.commit()
    client = sign_in(app)

    assert client.post("/staff/stipends/MISSING-202611/again").status_code == 404
    assert client.put("/staff/harm").status_code == 405

    assert kept(session, "access.refused") == [
        ("page:staff.returns.again", "404"),
        ("page:unknown", "405"),
    ]


def test_a_form_without_its_token_is_kept(app: Flask, session: Session, now, actor) -> None:
    session.commit()
    client = sign_in(app)
    app.config["WTF_CSRF_ENABLED"] = True

    assert client.post("/staff/notices/read").status_code == 400

    assert kept(session, "access.refused") == [("page:staff.notices.read_all", "400")]


def test_a_proof_that_does_not_fit_is_kept_and_so_is_the_block(
    app: Flask, session: Session, now, actor
) -> None:
    session.commit()
    client = sign_in(app)

    with clock.moved_to(now + timedelta(minutes=31)):
        for _ in range(6):
            client.post("/account/prove", data={"password_again": "wrong-wrong-wrong"})

    assert kept(session, "account.proof_refused") == [(actor, "wrong")] * 5 + [(actor, "blocked")]


def test_a_custodians_refusal_stays_in_the_custodians_chain(
    app: Flask, session: Session, now
) -> None:
    an_account(session, Role.CUSTODIAN, login="baomi")
    session.commit()
    client = sign_in(app, "baomi")

    assert client.get("/staff/children/").status_code == 404

    assert kept(session, "access.refused") == []
    assert kept(session, "access.refused", CustodianEntry) == [("page:staff.children.index", "404")]


def test_strangers_and_private_links_leave_no_refusal(
    app: Flask, session: Session, now, actor
) -> None:
    session.commit()

    for path in ("/nothing", "/donor/", "/staff/children/X", "/d/none", "/family/"):
        app.test_client().get(path)
    client = sign_in(app)
    (rule,) = app.url_map.iter_rules("donor.matches.show")
    client.get(rule.rule.replace("<string:ref>", "NONE"))

    assert kept(session, "access.refused") == []


def test_a_page_that_opens_leaves_none(app: Flask, session: Session, now, actor) -> None:
    session.commit()
    client = sign_in(app)

    assert client.get("/staff/children/").status_code == 200

    assert kept(session, "access.refused") == []
