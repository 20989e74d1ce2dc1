"""Children's files at the desk: found, read with a trace, changed by whoever may, nothing typed lost."""

import re
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from extensions import db
from models.children import Child, Consent, Need
from models.trace import OrdinaryEntry
from tests.factories import BANNER, LEAGUE, TOWNSHIP, a_child, a_match, a_pledge, a_school
from tests.services.rosters.lists import an_id
from tests.web.desks import body, colleague, post
from vocabulary.enums import ChildStatus


def kept(session: Session, child: Child) -> Child:
    """A child as the database has it, for tests that go on in the browser."""
    session.commit()
    return child


FORM = {
    "name": "陈雨桐",
    "id_number": "",
    "sex": "F",
    "birth_on": "2016-05-04",
    "township": TOWNSHIP,
    "address": "某嘎查",
    "category": "other",
    "school": "",
    "grade": "4",
    "guardian": "陈奶奶",
    "relation": "奶奶",
    "phone": "13900000001",
    "needs": ["financial", "tutoring"],
    "monthly": "１００元",
    "urgency": "2",
    "consented_on": "2026-09-01",
}


def test_a_child_entered_by_hand_waits_for_a_second_person(
    desk: FlaskClient, app: Flask, session: Session
) -> None:
    path = post(desk, "/staff/children/new", **FORM).headers["Location"]
    mine, theirs = body(desk, path), body(colleague(app, "gaomin"), path)
    refused = post(desk, f"{path}/verify", visited="y", word="yes")

    child = session.scalars(select(Child)).one()
    needs = session.execute(select(Need.kind, Need.monthly_fen).order_by(Need.id)).all()
    assert (child.status, child.held_because) == (ChildStatus.DRAFT, "no_school")
    assert [tuple(need) for need in needs] == [("financial", 10_000), ("tutoring", None)]
    assert "录入的人自己不能核实" in mine
    assert f'href="{path}/verify"' not in mine
    assert f'href="{path}/verify"' in theirs
    assert "要由另一个人来做" in refused.get_data(as_text=True)


def test_the_verify_page_shows_a_sentence_instead_of_the_button_to_whoever_entered(
    desk: FlaskClient,
) -> None:
    path = post(desk, "/staff/children/new", **FORM).headers["Location"]

    page = body(desk, f"{path}/verify")

    assert "这份档案是你录入的，要由另一位同事到家里核实" in page
    assert "核实好了" not in page


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "请填孩子姓名"),
        ({"monthly": "好多"}, "金额请写成 100 或 150.50 这样"),
        ({"phone": "123"}, "电话是 11 位手机号"),
        ({"id_number": "150723201805259181", "birth_on": ""}, "身份证号有误"),
        ({"consented_on": "2026-11-22"}, "日期还没到"),
    ],
)
def test_a_refused_form_comes_back_filled_in(
    desk: FlaskClient, session: Session, change: dict[str, str], words: str
) -> None:
    answer = post(desk, "/staff/children/new", **{**FORM, "remark": "爱画画", **change})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert words in page
    assert "你填的都还在" in page
    assert "爱画画" in page
    assert 'value="陈奶奶"' in page
    assert session.scalars(select(Child)).all() == []


def test_a_number_that_is_known_is_said_and_not_entered_twice(
    desk: FlaskClient, session: Session
) -> None:
    sound = {**FORM, "id_number": an_id(), "birth_on": "2018-05-25"}
    first, second = (post(desk, "/staff/children/new", **sound) for _ in range(2))

    assert (first.status_code, second.status_code) == (303, 200)
    assert "系统里已有这个身份证号" in second.get_data(as_text=True)


def test_a_visit_opens_a_child_whose_papers_are_there(desk: FlaskClient, session: Session) -> None:
    child = kept(session, a_child(session, a_school(session), status=ChildStatus.DRAFT))
    path = f"/staff/children/{child.ref}"
    unasked = post(desk, f"{path}/verify", visited="y").get_data(as_text=True)
    from_desk = post(desk, f"{path}/verify", word="yes").get_data(as_text=True)
    done = post(desk, f"{path}/verify", visited="y", word="yes")

    session.expire_all()
    assert "满 8 岁的孩子要问他本人" in unasked
    assert "到家里看过以后再勾这一条" in from_desk
    assert done.status_code == 303
    assert child.status is ChildStatus.OPEN


def test_a_file_is_read_with_a_trace_and_by_staff_of_its_banner_only(
    desk: FlaskClient, app: Flask, session: Session
) -> None:
    child = kept(session, a_child(session, a_school(session)))
    path = f"/staff/children/{child.ref}"
    page = body(desk, path)
    body(colleague(app, "far"), path, status=404)

    acts = session.scalars(
        select(OrdinaryEntry.actor).where(
            OrdinaryEntry.act == "child.read", OrdinaryEntry.subject == f"child:{child.ref}"
        )
    ).all()
    assert "陈雨桐" in page
    assert "13900000001" in page
    assert len(acts) == 1


def test_a_childs_file_names_no_donor(desk: FlaskClient, session: Session) -> None:
    child = a_child(session, a_school(session), status=ChildStatus.SUPPORTED)
    pledge, reference = a_pledge(session, "13899998888", alias="北方的雪")
    a_match(session, pledge, child)
    kept(session, child)

    page = body(desk, f"/staff/children/{child.ref}")

    assert pledge.code in page
    for secret in (reference, "13899998888", "北方的雪", "河边的白桦"):
        assert secret not in page


def test_consent_is_withdrawn_after_one_question(desk: FlaskClient, session: Session) -> None:
    child = kept(session, a_child(session, a_school(session)))
    path = f"/staff/children/{child.ref}/consent/sponsorship/withdraw"
    question = body(desk, path)
    done = post(desk, path)

    session.expire_all()
    ends = session.scalars(select(Consent.withdrawn_on).order_by(Consent.id)).all()
    assert "今天以前到期的助学金照常给" in question
    assert done.status_code == 303
    assert [end is not None for end in ends] == [False, True]
    assert "补齐才能结对：监护人同意书" in body(desk, f"/staff/children/{child.ref}")


def looked_for(client: FlaskClient, typed: str, **more: str) -> str:
    """What a search shows; no address on the way holds what was typed."""
    answer = client.post("/staff/children/find", data={"q": typed, **more})
    assert answer.status_code == 303
    assert quote(typed) not in answer.location
    assert typed not in answer.location
    return body(client, answer.location)


def test_a_list_asked_for_anew_forgets_the_search(desk: FlaskClient, session: Session) -> None:
    kept(session, a_child(session, a_school(session)))
    looked_for(desk, "王")

    assert "陈雨桐" in body(desk, "/staff/children/")
    assert "陈雨桐" in body(desk, "/staff/children/?q=王")
    assert desk.post("/staff/children/find", data={"q": " "}).location == "/staff/children/"


@pytest.mark.parametrize(
    ("typed", "found"),
    [("雨桐", True), ("chenyu", True), ("cyt", True), ("王", False), ("13900000009", True)],
)
def test_a_child_is_found_by_name_pinyin_initials_or_telephone(
    desk: FlaskClient, session: Session, typed: str, found: bool
) -> None:
    post(desk, "/staff/children/new", **{**FORM, "phone": "13900000009"})

    page = looked_for(desk, typed)

    assert ("陈雨桐" in page) is found
    assert ("没有找到" in page) is not found


def test_names_are_opened_inside_one_banner_only(
    app: Flask, desk: FlaskClient, session: Session
) -> None:
    kept(session, a_child(session, a_school(session)))
    league = colleague(app, "league")

    wide = looked_for(league, "雨桐")
    narrow = looked_for(league, "雨桐", banner=BANNER)

    assert "要先选一个旗县" in wide
    assert "陈雨桐" not in wide
    assert "陈雨桐" in narrow


def test_a_search_does_not_reach_beyond_the_viewers_banner(
    app: Flask, desk: FlaskClient, session: Session
) -> None:
    kept(session, a_child(session, a_school(session)))
    far = colleague(app, "far")

    pages = [looked_for(far, "雨桐", banner=code) for code in (BANNER, LEAGUE, "x", "")]

    assert ["陈雨桐" in page for page in pages] == [False] * 4


def test_a_list_costs_the_same_statements_however_long(desk: FlaskClient, session: Session) -> None:
    school = a_school(session)

    def cost() -> int:
        seen: list[str] = []

        def note(_connection, _cursor, statement, *_more) -> None:
            seen.append(statement)

        session.commit()
        body(desk, "/staff/children/")
        event.listen(db.engine, "before_cursor_execute", note)
        body(desk, "/staff/children/")
        event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    a_child(session, school)
    one = cost()
    for number in range(20):
        a_child(session, school, name=f"孩子{number}")

    assert cost() == one


def test_needs_kin_and_school_change_from_the_file(desk: FlaskClient, session: Session) -> None:
    school = a_school(session)
    child = kept(session, a_child(session))
    path = f"/staff/children/{child.ref}"
    answers = [
        post(desk, f"{path}/need", kind="material", urgency="1", detail="冬衣"),
        post(desk, f"{path}/kin", kin_role="carer", name="王姨", relation="邻居", phone=""),
        post(
            desk, f"{path}/school", school=school.ref, route="school", grade="7", class_name="1班"
        ),
    ]
    refused = post(desk, f"{path}/need", kind="financial", urgency="1", monthly="")

    session.expire_all()
    page = body(desk, path)
    assert [answer.status_code for answer in answers] == [303] * 3
    assert "金额请写成" in refused.get_data(as_text=True)
    assert "物品" in page and "王姨" in page
    assert "冬衣" not in page  # she is not whose case the child is
    assert "吉文中学，初一1班" in page


def test_the_red_button_says_110_first_and_leaves_a_trace(
    desk: FlaskClient, session: Session
) -> None:
    child = kept(session, a_child(session, a_school(session)))
    path = f"/staff/children/{child.ref}"
    page = body(desk, f"{path}/harm")
    done = post(desk, f"{path}/harm", called="police")

    kept_why = session.scalars(
        select(OrdinaryEntry.why).where(OrdinaryEntry.act == "child.harm_suspected")
    ).all()
    receipt = body(desk, done.location)
    assert f'href="{path}/harm"' in body(desk, path)
    assert page.index("tel:110") < page.index("tel:12338")
    assert (done.status_code, kept_why) == (303, ["police"])
    assert "已经送到能办的人手里" in receipt and "等人接手" in receipt


def test_an_ended_file_offers_nothing_more(desk: FlaskClient, session: Session) -> None:
    child = kept(session, a_child(session, a_school(session)))
    path = f"/staff/children/{child.ref}"
    post(desk, f"{path}/end", reason="adopted")

    page = body(desk, path)
    assert "档案在2026年11月21日结束：被收养" in page
    assert not re.search(rf'href="{path}/(?!harm)', page)


@pytest.mark.parametrize("page", ["children", "volunteers", "schools"])
def test_empty_lists_say_what_comes_next(desk: FlaskClient, page: str) -> None:
    assert "还没有" in body(desk, f"/staff/{page}/")
