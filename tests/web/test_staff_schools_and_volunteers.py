"""Schools and volunteers at the desk: entered once, cleared paper by paper."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.amendments import Amendment
from models.organisations import Organisation
from models.volunteers import Volunteer
from tests.factories import START, TOWNSHIP, a_school, an_account
from tests.web.desks import body, colleague, post
from vocabulary.enums import Role, VolunteerStatus


def test_a_school_is_entered_once(desk: FlaskClient, session: Session) -> None:
    form = {
        "name": "吉文镇中心小学",
        "township": TOWNSHIP,
        "contact": "秦晓燕",
        "phone": "138 9834 0931",
    }
    first, second = (post(desk, "/staff/schools/new", **form) for _ in range(2))

    page = body(desk, first.headers["Location"])
    assert "本旗已经有这所学校了" in second.get_data(as_text=True)
    assert "13898340931" in page
    assert "登记账户" in page


@pytest.fixture
def bare(session: Session) -> Organisation:
    """A school whose account nobody wrote down yet."""
    school = a_school(session)
    school.account_name = school.account_bank = school.account_number = None
    session.commit()
    return school


def test_one_person_alone_enters_no_account_not_even_the_first(
    desk: FlaskClient, app: Flask, session: Session, bare: Organisation
) -> None:
    path, second = f"/staff/schools/{bare.ref}", colleague(app, "gaomin")
    given = {"name": "吉文中学", "bank": "信用社", "number": "6222 0000", "reason": "第一次"}

    post(desk, f"{path}/complete", contact="秦晓燕", account_name="别的", account_number="1")
    post(desk, f"{path}/account", **given)
    asked = f"/staff/amendments/{session.scalars(select(Amendment.ref)).one()}"
    page = body(second, asked)
    post(desk, asked, again="62220000")
    session.expire_all()
    before = (bare.contact_name, bare.account_name, bare.account_number)
    post(second, asked, again="6222-0000")
    session.expire_all()

    assert ("还没有" in page, "62220000" in page) == (True, False)
    assert before == ("秦晓燕", None, None)
    assert (bare.account_name, bare.account_number) == ("吉文中学", "62220000")


def a_volunteer(session: Session, **more: object) -> Volunteer:
    volunteer = Volunteer(
        name="阿拉坦", region_code=TOWNSHIP, entered_by="console", entered_on=START, **more
    )
    session.add(volunteer)
    session.commit()
    return volunteer


def test_papers_clear_a_volunteer_one_by_one(desk: FlaskClient, session: Session) -> None:
    volunteer = a_volunteer(session)
    path = f"/staff/volunteers/{volunteer.ref}"
    states = []
    for paper, on in (
        ("record_check", "2025-11-20"),  # a year and a day ago: over
        ("record_check", "2025-11-21"),
        ("training", "2026-11-01"),
        ("insurance", "2027-08-31"),
    ):
        assert post(desk, path, paper=paper, on=on).status_code == 303
        session.expire_all()
        states.append(volunteer.status)

    assert states == [
        VolunteerStatus.CLEARANCE,
        VolunteerStatus.TRAINING,
        VolunteerStatus.TRAINING,
        VolunteerStatus.CLEARED,
    ]
    assert "资格齐了" in body(desk, path)


@pytest.mark.parametrize(
    ("paper", "on", "words"),
    [
        ("record_check", "2026-11-22", "日期还没到"),
        ("insurance", "2026-11-20", "保险要填到期日"),
        ("training", "", "请填日期"),
    ],
)
def test_a_paper_with_an_impossible_day_is_refused(
    desk: FlaskClient, session: Session, paper: str, on: str, words: str
) -> None:
    volunteer = a_volunteer(session)

    answer = post(desk, f"/staff/volunteers/{volunteer.ref}", paper=paper, on=on)

    assert words in answer.get_data(as_text=True)


def test_a_volunteer_sees_what_she_lacks_and_nobody_elses(
    app: Flask, desk: FlaskClient, session: Session
) -> None:
    account = an_account(session, Role.VOLUNTEER, login="mama")
    an_account(session, Role.VOLUNTEER, login="new")
    a_volunteer(session, account_id=account.id, trained_on=START)
    mine, unknown = colleague(app, "mama"), colleague(app, "new")

    page = body(mine, "/volunteer/")
    assert "还差 2 件，补齐才能结对" in page
    assert "有效到2028年8月31日" in page
    assert "你的登记还没有接上这个帐号" in body(unknown, "/volunteer/")
    body(mine, "/staff/volunteers/", status=404)
