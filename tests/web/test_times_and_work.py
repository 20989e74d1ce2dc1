"""Staff write down when somebody may come, and where a guardian and a volunteer work."""

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from extensions import db
from models.children import Kin, Need
from models.volunteers import Volunteer
from tests.services.care.worlds import World, a_world
from tests.web.desks import body, colleague, post
from vocabulary.enums import NeedKind


@pytest.fixture
def world(app: Flask, session: Session, now: datetime) -> World:
    made = a_world(session, now)
    session.commit()
    return made


def need(session: Session, kind: NeedKind) -> Need:
    db.session.rollback()
    session.expire_all()
    return session.scalars(select(Need).where(Need.kind == kind)).one()


def test_times_are_entered_with_a_need_and_changed_on_a_page_of_their_own(
    app: Flask, session: Session, world: World
) -> None:
    worker, file = colleague(app, "worker"), f"/staff/children/{world.child.ref}"
    asked = {"kind": "tutoring", "urgency": "1", "times": ["weekend", "evening"]}
    assert post(worker, f"{file}/need", **asked).status_code == 303
    tutoring = need(session, NeedKind.TUTORING)
    assert tutoring.times == "evening weekend"
    assert "平日放学后、周末可以去" in body(worker, file)

    page = f"{file}/need/{tutoring.ref}/times"
    assert 'value="weekend" checked' in " ".join(body(worker, page).split())
    assert post(worker, page, times=["holiday"]).status_code == 303
    assert need(session, NeedKind.TUTORING).times == "holiday"
    assert post(worker, page, csrf_token="as every browser sends").status_code == 303
    assert need(session, NeedKind.TUTORING).times == ""
    assert "可以去" not in body(worker, file)


def test_money_has_no_page_of_times_and_a_strange_time_is_refused(
    app: Flask, session: Session, world: World
) -> None:
    worker, file = colleague(app, "worker"), f"/staff/children/{world.child.ref}"
    money = need(session, NeedKind.FINANCIAL).ref
    body(worker, f"{file}/need/{money}/times", 303)
    assert "助学金不分时间" in body(worker, file)
    body(worker, f"{file}/need/nobodys/times", 404)

    company = need(session, NeedKind.COMPANIONSHIP).ref
    assert post(worker, f"{file}/need/{company}/times", times=["midnight"]).status_code == 200
    assert need(session, NeedKind.COMPANIONSHIP).times == ""


def test_a_guardians_work_is_written_down_and_taken_out_again(
    app: Flask, session: Session, world: World
) -> None:
    worker, file = colleague(app, "worker"), f"/staff/children/{world.child.ref}"
    kin = session.scalars(select(Kin)).one()
    page = f"{file}/kin/{kin.ref}"

    assert post(worker, page, change="work", workplace="旗人民医院").status_code == 303
    assert "在旗人民医院工作" in body(worker, file)
    assert 'value="旗人民医院"' in body(worker, page)

    assert post(worker, page, change="work", workplace="").status_code == 303
    assert "旗人民医院" not in body(worker, file)


def test_a_carers_work_comes_back_with_what_was_typed(
    app: Flask, session: Session, world: World
) -> None:
    worker, file = colleague(app, "worker"), f"/staff/children/{world.child.ref}"
    typed = {"kin_role": "carer", "name": "某某", "relation": "姑姑", "workplace": "旗人民医院"}

    answer = post(worker, f"{file}/kin", **typed)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "只记监护人的工作单位" in page and 'value="旗人民医院"' in page


def test_a_volunteers_times_and_work_are_on_her_terms(
    app: Flask, session: Session, world: World
) -> None:
    worker, hers = colleague(app, "worker"), f"/staff/volunteers/{world.mother.ref}"
    terms = {"capacity": "2", "age_from": "0", "age_to": "25", "reach_km": "30", "wish_sex": ""}
    said = {"availability": "周六上午", "workplace": "旗人民医院"}

    assert post(worker, f"{hers}/terms", **terms, **said).status_code == 303

    page = body(worker, hers)
    assert "周六上午（配对时算平日白天、周末）" in page and "旗人民医院" in page
    her = session.scalars(select(Volunteer)).one()
    assert her.workplace_index is not None
