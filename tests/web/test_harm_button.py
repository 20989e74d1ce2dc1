"""The red button stands on every child's page, whichever door, and leads to a receipt."""

import pytest
from sqlalchemy import select

from extensions import db
from models.harm import HarmReport
from models.notices import Notice
from services import links
from services.handover import class_lists, hand_lists
from tests.factories import (
    LEAGUE,
    PASSWORD,
    a_child,
    a_match,
    a_pledge,
    a_school,
    a_sent_batch,
    an_account,
    viewer,
)
from vocabulary.enums import Called, LinkPurpose, NoticeKind, Role
from vocabulary.refs import slip_code, stipend_ref

VILLAGE = "150723101201"


@pytest.fixture
def world(app, session, now):
    """One pupil on a batch; who stands near the child, and a case worker."""
    app.before_request_funcs.setdefault(None, []).insert(0, db.session.rollback)
    school = a_school(session)
    child = a_child(session, school, class_name="2班", region_code=VILLAGE)
    match = a_match(session, a_pledge(session)[0], child)
    batch = a_sent_batch(session, school, match)
    an_account(session, Role.SCHOOL_OFFICER, login="school", organisation_id=school.id)
    an_account(session, Role.VILLAGE_DIRECTOR, login="village", region_code=VILLAGE)
    an_account(session, Role.CASE_WORKER, login="staff")
    officer = viewer(Role.SCHOOL_OFFICER, organisation_id=school.id)
    label = hand_lists.batch(session, officer, batch.ref, now=now)["lines"][0]["class_label"]
    passed = class_lists.pass_class(
        session, officer, batch.ref, label, phone="13900000090", now=now
    )
    link = links.find(session, passed["token"], LinkPurpose.CLASS_LIST, now=now)
    passed = passed.and_also(code=links.give_code(link, now=now))
    session.commit()
    line = stipend_ref(match.child_ref, batch.month)
    return {"app": app, "child": child.ref, "line": line, "class": passed}


def enter(world, door):
    client = world["app"].test_client()
    if door == "classroom":
        token, code = world["class"]["token"], world["class"]["code"]
        client.post(f"/c/{token}", data={"code": code})
    else:
        client.post("/login", data={"login": door, "password": PASSWORD})
    return client


PAGES = {
    "staff": ["/staff/children/{child}"],
    "school": [
        "/school/stipends/{line}/snag",
        "/school/stipends/{line}/photo",
        "/school/slips/{code}",
    ],
    "classroom": ["/c/stipends/{line}/snag", "/c/stipends/{line}/photo", "/c/slips/{code}"],
    "village": ["/village/families/{line}/answer"],
}


@pytest.mark.parametrize(("door", "page"), [(d, p) for d, ps in PAGES.items() for p in ps])
def test_the_button_stands_on_every_childs_page(world, door, page):
    client = enter(world, door)
    names = {**world, "code": slip_code(world["line"])}

    shown = client.get(page.format(**names))

    prefix = "/c" if door == "classroom" else f"/{door}"
    ref = world["child"] if door == "staff" else world["line"]
    assert shown.status_code == 200
    assert f'href="{prefix}/children/{ref}/harm"' in shown.text


@pytest.mark.parametrize("door", PAGES)
def test_pressing_it_tells_the_banner_and_shows_what_happens_next(world, session, door):
    client = enter(world, door)
    prefix = "/c" if door == "classroom" else f"/{door}"
    ref = world["child"] if door == "staff" else world["line"]
    form = client.get(f"{prefix}/children/{ref}/harm").text
    empty = client.post(f"{prefix}/children/{ref}/harm", data={})
    none_yet = session.scalars(select(HarmReport.id)).all()

    done = client.post(f"{prefix}/children/{ref}/harm", data={"called": "police"})
    receipt = client.get(done.location).text

    report = session.scalars(select(HarmReport)).one()
    assert form.index("tel:110") < form.index("tel:12338") and "陈雨桐" in form
    assert (empty.status_code, none_yet) == (200, []) and "请选打给谁了" in empty.text
    assert done.status_code == 303
    assert report.called is Called.POLICE
    told = select(Notice.kind).where(Notice.kind != NoticeKind.CLASS_CODE)
    assert session.scalars(told).all() == [NoticeKind.HARM_SUSPECTED]
    assert report.ref in receipt and "等人接手" in receipt


def test_staff_find_it_first_in_their_work_and_take_it_up_once(world, session):
    enter(world, "school").post(
        f"/school/children/{world['line']}/harm", data={"called": "not_yet"}
    )
    staff, ref = enter(world, "staff"), session.scalars(select(HarmReport.ref)).one()
    home, listed = staff.get("/staff/").text, staff.get("/staff/harm").text

    first = staff.post(f"/staff/harm/{ref}/take-up", follow_redirects=True).text
    second = staff.post(f"/staff/harm/{ref}/take-up", follow_redirects=True).text
    told = enter(world, "school").get(f"/school/harm/{ref}").text

    assert "件担心孩子受伤害" in home and 'href="/staff/harm"' in home
    assert "陈雨桐" in listed and "我来接手" in listed
    assert "由你接手" in first and "我来接手" not in first
    assert "刚刚已经处理" in second
    assert "有人接手了" in told and "staff" not in told.partition("接下来")[2]
    assert "件担心孩子受伤害" not in staff.get("/staff/").text


def test_nobody_presses_it_for_a_child_he_does_not_know(world, session):
    an_account(session, Role.SCHOOL_OFFICER, login="else", organisation_id=a_school(session).id)
    session.commit()
    client = enter(world, "else")

    answer = client.post(f"/school/children/{world['line']}/harm", data={"called": "police"})

    assert answer.status_code == 404
    assert session.scalars(select(HarmReport.id)).all() == []


def test_the_staff_list_is_closed_to_hands(world):
    assert enter(world, "school").get("/staff/harm").status_code == 404


def test_a_fear_about_the_office_is_read_by_those_above_alone(world, session):
    an_account(session, Role.CASE_WORKER, login="league", region_code=LEAGUE)
    session.commit()
    form = {"called": "police", "about": "office"}

    enter(world, "school").post(f"/school/children/{world['line']}/harm", data=form)

    ref = session.scalars(select(HarmReport.ref)).one()
    accused, above = enter(world, "staff"), enter(world, "league")
    assert "件担心孩子受伤害" not in accused.get("/staff/").text
    assert "没有报告" in accused.get("/staff/harm").text
    missing = accused.get("/staff/harm/ZZZZZZZZZZZZ/case")
    for page in (accused.get(f"/staff/harm/{ref}/case"), accused.get(f"/staff/harm/{ref}")):
        assert (page.status_code, len(page.data)) == (404, len(missing.data))
    assert "陈雨桐" in above.get(f"/staff/harm/{ref}/case").text


def test_a_hand_names_no_colleague_and_staff_may(world):
    school = enter(world, "school").get(f"/school/children/{world['line']}/harm").text
    staff = enter(world, "staff").get(f"/staff/children/{world['child']}/harm").text

    assert "旗里的经办人或审批人" in school and "account:" not in school
    assert staff.count('value="account:') == 3  # the school's, the village's and the office's


def test_a_case_is_named_and_closed_on_its_page_and_the_child_comes_back(world, session):
    an_account(session, Role.APPROVER, login="second")
    session.commit()
    enter(world, "school").post(f"/school/children/{world['line']}/harm", data={"called": "police"})
    ref = session.scalars(select(HarmReport.ref)).one()
    session.rollback()
    address = f"/staff/harm/{ref}"
    staff, second, school = (enter(world, who) for who in ("staff", "second", "school"))
    staff.post(f"{address}/take-up")
    gone = school.get(f"/school/slips/{slip_code(world['line'])}").text

    named = staff.post(f"{address}/about", data={"about": "family"}, follow_redirects=True).text
    own = staff.post(f"{address}/close", data={"outcome": "safe"}, follow_redirects=True).text
    empty = second.post(f"{address}/close", data={}).text
    closed = second.post(f"{address}/close", data={"outcome": "safe"}, follow_redirects=True).text

    assert "已转出的同学" in gone and "陈雨桐" not in gone
    assert "家里的人" in named and "你接手的，请另一位同事结案" in named
    assert "已结案" not in own and "请选怎么样了" in empty
    assert "已结案" in closed and "查清了，孩子现在安全" in closed
    assert "陈雨桐" in school.get(f"/school/slips/{slip_code(world['line'])}").text
    assert "已结案" in staff.get("/staff/harm").text


def test_naming_nobody_keeps_nothing_and_says_so(world, session):
    enter(world, "school").post(f"/school/children/{world['line']}/harm", data={"called": "police"})
    ref = session.scalars(select(HarmReport.ref)).one()
    session.rollback()

    nobody = {"about": "unknown"}
    page = enter(world, "staff").post(
        f"/staff/harm/{ref}/about", data=nobody, follow_redirects=True
    )

    assert "先选一个人" in page.text and "还没有写" in page.text
