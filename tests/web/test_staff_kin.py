"""Who looks after a child, and what its guardian signed: written down on pages of their own."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.amendments import Amendment
from models.children import Child, Kin
from tests.factories import BANNER, PASSWORD, a_child, an_account
from vocabulary.enums import Role


def sign_in(client: FlaskClient, session: Session, role: Role, login: str = "somebody") -> None:
    an_account(session, role, login=login, region_code=BANNER)
    session.commit()
    client.post("/login", data={"login": login, "password": PASSWORD})


@pytest.fixture
def kin(session) -> Kin:
    child = a_child(session)
    return session.scalars(select(Kin).where(Kin.child_id == child.id)).one()


@pytest.fixture
def page(client, session, kin) -> str:
    """The page on which a child's guardian is changed."""
    sign_in(client, session, Role.CASE_WORKER)
    found = f"/staff/children/{session.get_one(Child, kin.child_id).ref}/kin/{kin.ref}"
    session.commit()
    return found


def file_of(page: str) -> str:
    return page.partition("/kin/")[0]


def test_another_telephone_is_asked_for_with_a_reason_and_nothing_changes_yet(client, page) -> None:
    assert page in client.get(file_of(page)).get_data(as_text=True)
    new = {"change": "phone", "phone": "139 0000 9999"}

    assert "请再看一遍" in client.post(page, data={**new, "phone": "12"}).get_data(as_text=True)
    assert "请填上" in client.post(page, data=new).get_data(as_text=True)
    assert client.post(page, data={**new, "reason": "本人来说的"}).status_code == 303
    assert "13900009999" not in client.get(file_of(page)).get_data(as_text=True)
    again = client.post(page, data={**new, "reason": "又说了一遍"}).get_data(as_text=True)
    assert "已经有一处修改在等第二个人" in again


def test_a_second_person_types_the_number_again_and_is_not_shown_it(client, session, page) -> None:
    asked = {"change": "phone", "phone": "13900009999", "reason": "本人来说的"}
    client.post(page, data=asked)
    client.post("/logout")
    sign_in(client, session, Role.APPROVER, "second")
    waits = session.scalars(select(Amendment.ref)).one()
    session.commit()

    shown = client.get(f"/staff/amendments/{waits}").get_data(as_text=True)
    assert "家里人的电话" in shown
    assert "9999" not in shown
    answer = client.post(f"/staff/amendments/{waits}", data={"again": "13900009999"})
    assert "用新电话" in client.get(answer.location).get_data(as_text=True)


def test_a_lost_telephone_and_an_end_are_written_down_at_once(client, page) -> None:
    assert client.post(page, data={"change": "lost"}).status_code == 303
    assert "没有电话" in client.get(file_of(page)).get_data(as_text=True)
    assert client.post(page, data={"change": "died"}).status_code == 303
    shown = client.get(file_of(page)).get_data(as_text=True)
    assert "起不再监护" in shown
    assert page not in shown


def test_who_is_added_to_a_checked_record_waits_with_the_telephone(client, session, page) -> None:
    new = {"kin_role": "carer", "name": "李某", "relation": "邻居", "phone": "13900008888"}
    answer = client.post(f"{file_of(page)}/kin", data=new)

    assert "电话要两个人" in client.get(answer.location).get_data(as_text=True)
    assert session.scalars(select(Kin.phone).where(Kin.relation == "邻居")).one() is None


def test_no_purpose_is_ticked_before_a_paper_was_read(client, session) -> None:
    child = a_child(session)
    sign_in(client, session, Role.CASE_WORKER)
    session.commit()

    page = client.get(f"/staff/children/{child.ref}/consent").get_data(as_text=True)

    assert 'name="purposes"' in page
    assert "checked" not in page
