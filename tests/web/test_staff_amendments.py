"""Changes by two people and pairs by hand, as the browser meets them: nothing typed is lost."""

from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from extensions import db
from models.amendments import Amendment
from models.children import Child, Need
from models.organisations import Organisation
from models.pledges import Match
from tests.factories import PASSWORD, a_child, a_pledge, a_school, an_account
from vocabulary.enums import MatchStatus, Role, Sex


@pytest.fixture
def first(app: Flask, session: Session, now: datetime) -> FlaskClient:
    """A case worker at her desk; a colleague, a child and its school are there."""
    an_account(session, Role.CASE_WORKER, login="first", name="李晓燕")
    an_account(session, Role.APPROVER, login="second", name="高敏")
    a_child(session, a_school(session))
    session.commit()
    return desk(app, "first")


def desk(app: Flask, login: str) -> FlaskClient:
    client = app.test_client()
    client.post("/login", data={"login": login, "password": PASSWORD})
    return client


def text(client: FlaskClient, path: str) -> str:
    db.session.rollback()
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def the(session: Session, table: type) -> object:
    """Return the only row of a table, free of the session, which the next request needs."""
    session.rollback()
    row = session.scalars(select(table)).one()
    session.expunge(row)
    session.rollback()
    return row


def test_a_name_is_corrected_by_two_and_the_file_says_that_it_waits(
    app: Flask, session: Session, first: FlaskClient
) -> None:
    child = f"/staff/children/{the(session, Child).ref}"
    form = {"name": "陈雨彤", "number": "", "reason": "录入时写错了"}

    asked = first.post(f"{child}/identity", data=form)
    change = f"/staff/amendments/{the(session, Amendment).ref}"
    own = first.post(change, data={"again": ""}).get_data(as_text=True)
    second = desk(app, "second")

    assert asked.status_code == 303
    assert "提出改姓名和身份证号，等另一位同事对原件" in text(first, child)
    assert "要由另一位同事对过原件来同意" in text(first, change)
    assert "要由另一位同事对过原件来同意" in own
    assert "处修改等你对原件" in text(second, "/staff/")
    assert second.post(change, data={"again": ""}).status_code == 303
    assert "陈雨彤" in text(second, child)
    assert "没有等第二个人的修改" in text(second, "/staff/amendments/")


def test_an_account_whose_two_numbers_differ_is_not_changed(
    app: Flask, session: Session, first: FlaskClient
) -> None:
    school = f"/staff/schools/{the(session, Organisation).ref}"
    form = {"name": "吉文中学", "bank": "新信用社", "number": "6217 0001", "reason": "换行"}
    first.post(f"{school}/account", data=form)
    change = f"/staff/amendments/{the(session, Amendment).ref}"
    second = desk(app, "second")

    refused = second.post(change, data={"again": "6217 0002"}).get_data(as_text=True)

    assert "和第一个人填的不一样" in refused
    assert "6217 0002" in refused
    assert "62170001" not in refused
    assert the(session, Organisation).account_bank == "某农村信用社"
    assert second.post(change, data={"again": "62170001"}).status_code == 303
    assert the(session, Organisation).account_number == "62170001"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"reason": ""}, "请写一句为什么改"),
        ({"number": "150723201505041230"}, "身份证号有误"),
        ({"name": "陈雨桐"}, "和现在登记的一样"),
    ],
)
def test_a_refused_change_comes_back_filled_in(
    session: Session, first: FlaskClient, more: dict[str, str], said: str
) -> None:
    form = {"name": "陈雨彤", "number": "", "reason": "写错了字"} | more

    page = first.post(f"/staff/children/{the(session, Child).ref}/identity", data=form)

    words = page.get_data(as_text=True)
    assert said in words
    assert all(value in words for value in form.values())
    assert session.scalars(select(Amendment)).all() == []


def test_a_pair_is_proposed_by_hand_with_its_reason_and_decided_by_another(
    app: Flask, session: Session, first: FlaskClient
) -> None:
    code = a_pledge(session)[0].code
    hidden = a_pledge(session, "13800000009", wish_sex=Sex.MALE)[0].code
    session.commit()
    page = f"/staff/children/{the(session, Child).ref}/propose/"
    pair = f"{the(session, Need).ref}.{code}"

    bare = first.post(page, data={"pair": pair, "note": ""}).get_data(as_text=True)
    done = first.post(page, data={"pair": pair, "note": "兄妹想在一起"})

    offered = text(desk(app, "second"), f"/staff/matches/{the(session, Match).child_ref}")
    assert code in bare
    assert hidden not in bare
    assert "请写一句为什么" in bare
    assert f'value="{pair}" checked' in " ".join(bare.split())
    assert done.status_code == 303
    assert "兄妹想在一起" in offered
    assert the(session, Match).status is MatchStatus.PROPOSED


def test_without_a_pledge_that_fits_the_page_says_so(session: Session, first: FlaskClient) -> None:
    page = text(first, f"/staff/children/{the(session, Child).ref}/propose/")

    assert "现在没有合条件的认捐" in page
    assert "提出来" not in page
