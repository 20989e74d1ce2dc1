"""The administrators' pages: two together, neither for himself, nothing typed is lost."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts import Account, Grant
from models.security import AccountEvent
from tests.factories import BANNER, PASSWORD, a_school, an_account
from vocabulary.enums import Activity, GrantStatus, Role

FORM = {"name": "其格", "login": "qige", "region": BANNER, "place": "", "organisation": ""}


def entered(app: Flask, login: str) -> FlaskClient:
    client = app.test_client()
    assert client.post("/login", data={"login": login, "password": PASSWORD}).status_code == 303
    return client


@pytest.fixture
def two(app: Flask, session: Session, now) -> tuple[FlaskClient, FlaskClient]:
    for login, name in (("wulan", "乌兰"), ("bater", "巴特尔")):
        an_account(session, Role.ADMINISTRATOR, login=login, name=name)
    session.commit()
    return entered(app, "wulan"), entered(app, "bater")


def ref_of(session: Session, login: str) -> str:
    """Read from what is committed, and leave no transaction open for the next request."""
    session.rollback()
    ref = session.scalars(select(Account.ref).where(Account.login == login)).one()
    session.rollback()
    return ref


def grant_of(session: Session, role: Role, login: str) -> tuple[str, GrantStatus]:
    session.rollback()
    query = select(Grant.ref, Grant.status).join(Account, Account.id == Grant.account_id)
    found = session.execute(query.where(Grant.role == role, Account.login == login)).one()
    session.rollback()
    return tuple(found)


def test_an_account_is_made_asked_for_and_agreed_by_two(app, session, two) -> None:
    first, second = two
    link_page = first.post("/staff/accounts/new", data=FORM).get_data(as_text=True)
    assert "http://127.0.0.1:5000/first-password/" in link_page
    address = f"/staff/accounts/{ref_of(session, 'qige')}"

    asked = first.post(f"{address}/roles", data={"role": "approver"})
    assert asked.location == address
    own_page = first.get(address).get_data(as_text=True)
    assert "你提出的，要另一位来同意" in own_page
    assert "/agree" not in own_page
    assert "有 1 个角色等你同意" in second.get("/staff/accounts/").get_data(as_text=True)
    grant, status = grant_of(session, Role.APPROVER, "qige")
    assert status is GrantStatus.ASKED

    first.post(f"{address}/roles/{grant}/agree")
    assert grant_of(session, Role.APPROVER, "qige") == (grant, GrantStatus.ASKED)
    second.post(f"{address}/roles/{grant}/agree")
    assert grant_of(session, Role.APPROVER, "qige") == (grant, GrantStatus.GRANTED)
    assert "乌兰提出，巴特尔同意" in second.get(address).get_data(as_text=True)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"login": "乌兰"}, "登录名用 3 到 40 个小写字母和数字"),
        ({"login": "bater"}, "这个登录名已经有人用了"),
        ({"place": "没有这个镇"}, "没有找到这个地方"),
        ({"organisation": "没有这个学校"}, "没有找到这个单位"),
        ({"phone": "12"}, "手机号是 11 位数字"),
        ({"region": ""}, "请选盟市或旗县"),
        ({"name": ""}, "请填姓名"),
    ],
)
def test_a_refused_form_comes_back_filled_in(session, two, more, said) -> None:
    page = two[0].post("/staff/accounts/new", data=FORM | more).get_data(as_text=True)

    assert said in page
    assert "你填的都还在" in page
    for name, value in (FORM | more).items():
        assert not value or name == "region" or f'value="{value}"' in page
    assert f'<option selected value="{BANNER}"' in page or more.get("region") == ""
    session.rollback()
    assert len(session.scalars(select(Account)).all()) == 2


def test_a_role_that_excludes_is_refused_with_its_sentence(session, two) -> None:
    an_account(session, Role.AUDITOR, login="qige")
    session.commit()
    ref = ref_of(session, "qige")

    page = two[0].post(f"/staff/accounts/{ref}/roles", data={"role": "approver"})

    assert "这个人已有的角色不能和它兼任" in page.get_data(as_text=True)
    assert len(session.scalars(select(Grant).where(Grant.role == Role.APPROVER)).all()) == 0


def test_an_ended_account_is_out_at_its_next_step(app, session, two) -> None:
    an_account(session, Role.STATISTICS, login="qige")
    session.commit()
    ref, theirs = ref_of(session, "qige"), entered(app, "qige")
    assert theirs.get("/account").status_code == 200

    without_reason = two[0].post(f"/staff/accounts/{ref}/end", data={})
    assert "请选一个原因" in without_reason.get_data(as_text=True)
    two[0].post(f"/staff/accounts/{ref}/end", data={"reason": "离职"})

    assert theirs.get("/account").status_code == 302
    ended = two[0].get("/staff/accounts/?list=ended").get_data(as_text=True)
    assert "qige" in ended


def test_an_administrator_ends_every_sign_in_of_another_and_never_his_own(
    app, session, two
) -> None:
    an_account(session, Role.STATISTICS, login="qige")
    session.commit()
    ref, own = ref_of(session, "qige"), ref_of(session, "wulan")
    phone, desk = entered(app, "qige"), entered(app, "qige")

    two[0].post(f"/staff/accounts/{ref}/sign-out")
    two[0].post(f"/staff/accounts/{own}/sign-out")

    assert [one.get("/account").status_code for one in (phone, desk)] == [302, 302]
    assert two[0].get("/account").status_code == 200
    session.rollback()
    ended = select(AccountEvent.kind).where(AccountEvent.kind == Activity.SESSIONS_ENDED)
    assert len(session.scalars(ended).all()) == 1


def test_a_role_ends_at_the_next_step(app, session, two) -> None:
    an_account(session, Role.ADMINISTRATOR, login="third")
    session.commit()
    ref, (grant, _) = ref_of(session, "third"), grant_of(session, Role.ADMINISTRATOR, "third")
    theirs = entered(app, "third")
    assert theirs.get("/staff/accounts/").status_code == 200

    address = f"/staff/accounts/{ref}/roles/{grant}/end"
    assert "系统管理员" in two[0].get(address).get_data(as_text=True)
    two[0].post(address, data={"reason": "换岗"})

    assert theirs.get("/staff/accounts/").status_code == 302


def test_ones_own_page_offers_no_act(session, two) -> None:
    page = two[0].get(f"/staff/accounts/{ref_of(session, 'wulan')}").get_data(as_text=True)

    assert "自己的角色自己不能加" in page
    for act in ("/end", "/agree", "/link", "/roles", "/sign-out"):
        assert act not in page


def test_a_new_link_is_shown_once_and_never_for_oneself(session, two) -> None:
    an_account(session, Role.APPROVER, login="qige")
    session.commit()
    ref, own = ref_of(session, "qige"), ref_of(session, "wulan")

    assert "/first-password/" in two[0].post(f"/staff/accounts/{ref}/link").get_data(as_text=True)
    assert two[0].post(f"/staff/accounts/{own}/link").status_code == 303
    assert "/first-password/" not in two[0].get(f"/staff/accounts/{ref}").get_data(as_text=True)


def test_one_administrator_with_all_he_can_fetch_does_not_get_in_as_another(
    app, session, two
) -> None:
    """He makes a link, asks for digits at every door of his, and tries whatever six digits he saw."""
    first, second = two
    an_account(session, Role.APPROVER, login="qige")
    session.commit()
    theirs = f"/staff/accounts/{ref_of(session, 'qige')}"
    link_page = first.post(f"{theirs}/link").get_data(as_text=True)
    address = re.search(r"/first-password/\w+", link_page)[0]
    shown = link_page + "".join(
        first.open(f"{theirs}{rest}", method=method, follow_redirects=True).get_data(as_text=True)
        for method, rest in (("GET", ""), ("POST", "/code"), ("GET", ""))
    )
    assert "money-huge" not in shown
    code_page = second.post(f"{theirs}/code").get_data(as_text=True)
    digits = re.search(r"money-huge[^>]*>(\d{6})<", code_page)[1]

    assert digits not in shown
    assert "/first-password/" not in code_page + second.get(theirs).get_data(as_text=True)
    new = {"password": PASSWORD + "x", "again": PASSWORD + "x"}
    for guess in ({}, {"code": ""}, {"code": "000000" if digits != "000000" else "111111"}):
        assert app.test_client().post(address, data=new | guess).status_code == 200
    assert (
        app.test_client()
        .post("/login", data={"login": "qige", "password": PASSWORD + "x"})
        .status_code
        != 303
    )
    assert app.test_client().post(address, data=new | {"code": digits}).location == "/login"


def test_wrong_digits_are_counted_although_the_page_is_shown_again(app, session, two) -> None:
    first, second = two
    page = first.post("/staff/accounts/new", data=FORM).get_data(as_text=True)
    address = re.search(r"/first-password/\w+", page)[0]
    theirs = f"/staff/accounts/{ref_of(session, 'qige')}"
    stranger = app.test_client()
    assert "还差六位数" in stranger.get(address).get_data(as_text=True)
    code_page = second.post(f"{theirs}/code").get_data(as_text=True)
    digits = re.search(r"money-huge[^>]*>(\d{6})<", code_page)[1]
    new = {"password": PASSWORD + "x", "again": PASSWORD + "x"}

    for _ in range(5):
        answer = stranger.post(address, data=new | {"code": "x"})
        assert "六位数不对" in answer.get_data(as_text=True)

    assert stranger.post(address, data=new | {"code": digits}).status_code == 410


@pytest.mark.parametrize("role", [Role.APPROVER, Role.AUDITOR, Role.SCHOOL_OFFICER])
def test_other_roles_find_no_such_page(app, session, two, role) -> None:
    an_account(session, role, login="other", organisation_id=a_school(session).id)
    session.commit()
    client = entered(app, "other")

    for address in ("/staff/accounts/", "/staff/accounts/new"):
        assert client.get(address).status_code == 404


def test_a_missing_account_and_a_missing_role_are_the_same_404(session, two) -> None:
    ref = ref_of(session, "bater")

    assert two[0].get("/staff/accounts/NOBODY").status_code == 404
    assert two[0].get(f"/staff/accounts/{ref}/roles/NOTHING/end").status_code == 404


def test_every_list_says_when_it_is_empty(two) -> None:
    waiting = two[0].get("/staff/accounts/?list=waiting").get_data(as_text=True)
    ended = two[0].get("/staff/accounts/?list=ended").get_data(as_text=True)

    assert "没有等人同意的角色" in waiting
    assert "没有停用的帐号" in ended
