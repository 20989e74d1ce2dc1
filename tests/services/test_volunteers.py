"""爱心妈妈 and her login: her own, a volunteer's, and nobody else's."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from services.accounts import accounts
from services.pairing import volunteer_logins, volunteers
from services.pairing.volunteers import NewVolunteer
from tests.factories import OTHER_BANNER, PASSWORD, TOWNSHIP, an_account, viewer
from vocabulary.enums import Role
from vocabulary.errors import BadInput, NotFound, NotPermitted

WORKER = viewer(Role.CASE_WORKER)
SECOND = viewer(Role.CASE_WORKER, actor="account:second")


@pytest.fixture
def mother(session, now) -> str:
    an_account(session, Role.VOLUNTEER, login="mama")
    return volunteers.enter(session, WORKER, NewVolunteer("乌兰", TOWNSHIP), now=now)


def test_with_her_login_she_sees_her_own_record(session, mother, now) -> None:
    before = accounts.viewer_by_login(session, "mama", now=now)
    assert volunteers.myself(session, before, now=now) is None

    volunteer_logins.give(session, WORKER, mother, " mama ", now=now)
    volunteer_logins.agree(session, SECOND, mother, login="mama", now=now)

    herself = accounts.viewer_by_login(session, "mama", now=now)
    card = volunteers.myself(session, herself, now=now)
    assert card is not None
    assert card["name"] == "乌兰"
    assert volunteers.detail(session, WORKER, mother, now=now)["has_login"]


@pytest.mark.parametrize("login", ["nobody", "school", "far"])
def test_only_a_volunteers_login_of_ones_own_part_is_taken(session, mother, now, login) -> None:
    an_account(session, Role.SCHOOL_OFFICER, login="school")
    an_account(session, Role.VOLUNTEER, login="far", region_code=OTHER_BANNER)

    with pytest.raises(BadInput) as refused:
        volunteer_logins.give(session, WORKER, mother, login, now=now)

    assert refused.value.params["reason"] == "unknown"
    assert not volunteers.detail(session, WORKER, mother, now=now)["has_login"]


def test_a_login_leads_to_one_record_alone(session, mother, now) -> None:
    other = volunteers.enter(session, WORKER, NewVolunteer("图雅", TOWNSHIP), now=now)
    volunteer_logins.give(session, WORKER, mother, "mama", now=now)
    volunteer_logins.agree(session, SECOND, mother, login="mama", now=now)
    assert volunteer_logins.give(session, WORKER, mother, "mama", now=now)

    with pytest.raises(BadInput) as refused:
        volunteer_logins.give(session, WORKER, other, "mama", now=now)

    assert refused.value.params["reason"] == "taken"
    with pytest.raises(IntegrityError):
        session.execute(text("UPDATE volunteers SET account_id = 1"))


def test_who_may_not_clear_a_volunteer_ties_no_login(session, mother, now) -> None:
    with pytest.raises(NotPermitted):
        volunteer_logins.give(session, viewer(Role.ADMINISTRATOR), mother, "mama", now=now)
    stranger = viewer(Role.CASE_WORKER, regions=(OTHER_BANNER,))
    with pytest.raises(NotFound):
        volunteer_logins.give(session, stranger, mother, "mama", now=now)


def test_staff_tie_the_login_on_her_page(app, session, mother, now) -> None:
    an_account(session, Role.CASE_WORKER, login="case")
    session.commit()
    client = app.test_client()
    client.post("/login", data={"login": "case", "password": PASSWORD})
    address = f"/staff/volunteers/{mother}"

    wrong = client.post(f"{address}/login", data={"login": "nobody"}).get_data(as_text=True)
    done = client.post(f"{address}/login", data={"login": "mama"}, follow_redirects=True)

    assert ("这里没有这个爱心妈妈的登录名" in wrong, 'value="nobody"' in wrong) == (True, True)
    assert "要另一位同意才算数" in done.get_data(as_text=True)
    assert not volunteers.detail(session, WORKER, mother, now=now)["has_login"]
    volunteer_logins.agree(session, SECOND, mother, login="mama", now=now)
    assert volunteers.detail(session, WORKER, mother, now=now)["has_login"]
