"""A child's way at the desk: a card by two people, a way by one, the calendar seen before it is kept."""

from datetime import date, timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.amendments import Amendment
from models.children import Child, Kin
from models.notices import Notice
from models.routes import BankCard, ChildRoute, Holiday
from models.stipends import Batch
from tests.factories import BANNER, LEAGUE, TOWNSHIP, a_school, an_account
from tests.services.routes.worlds import CARD, a_pupil, morning
from tests.web.desks import body, colleague, post
from vocabulary import clock
from vocabulary.dates import at
from vocabulary.enums import NoticeKind, Role, Route


class Family:
    """A pupil, and what its card says."""

    def __init__(self, session: Session) -> None:
        child, _ = a_pupil(session, a_school(session))
        kin = session.scalars(select(Kin)).one()
        self.session, self.ref, self.name = session, child.ref, kin.name
        self.path = f"/staff/children/{child.ref}"
        self.form = {
            "holder": kin.ref, "name": kin.name, "bank": "某农村信用社", "reason": "办了一卡通",
            "number": CARD,
        }  # fmt: skip
        session.commit()

    def asks(self, desk: FlaskClient, **more: str):
        return post(desk, f"{self.path}/card", **self.form | more)

    def goes_by_card(self, client: FlaskClient, on: date):
        form = {"route": "card", "hand": "", "reason": "card_ready", "note": ""}
        return post(client, f"{self.path}/route", **form, from_on=on.isoformat())

    def has_card(self, desk: FlaskClient, app: Flask, on: date) -> date:
        """Asked and agreed on a day; return the day on which it is in force."""
        self.asks(desk)
        ref = self.session.scalars(select(Amendment.ref)).one()
        post(colleague(app, "gaomin"), f"/staff/amendments/{ref}", again=CARD)
        morning(self.session, on + timedelta(days=4))
        return on + timedelta(days=4)


def test_a_card_that_does_not_fit_the_record_is_refused_and_nothing_typed_is_lost(
    desk: FlaskClient, session: Session
) -> None:
    family = Family(session)

    wrong = family.asks(desk, number=CARD[:-1] + "9").get_data(as_text=True)
    teachers = family.asks(desk, name="王老师").get_data(as_text=True)

    assert "卡号有一位不对" in wrong
    assert f'value="{family.name}"' in wrong
    assert "户名和档案里这个人的姓名不一样" in teachers
    assert session.scalars(select(Amendment)).all() == []


def test_the_second_person_types_the_number_again_and_the_guardian_is_told(
    desk: FlaskClient, app: Flask, session: Session
) -> None:
    family = Family(session)
    assert family.asks(desk).status_code == 303
    ref = session.scalars(select(Amendment.ref)).one()

    page = body(colleague(app, "gaomin"), f"/staff/amendments/{ref}")
    agreed = post(colleague(app, "gaomin"), f"/staff/amendments/{ref}", again=CARD)

    assert "照卡输" in page
    assert CARD not in page
    assert agreed.status_code == 303
    session.rollback()
    told = select(Notice).where(Notice.kind == NoticeKind.CARD_CHANGES)
    assert len(session.scalars(told).all()) == 1


def test_the_way_to_a_card_opens_when_the_card_holds(
    desk: FlaskClient, app: Flask, session: Session, now
) -> None:
    family, day = Family(session), now.date()

    early = family.goes_by_card(desk, day).get_data(as_text=True)
    holds = family.has_card(desk, app, day)

    assert "还没有能收款的卡" in early
    assert session.scalars(select(BankCard.tail)).one() == CARD[-4:]
    with clock.moved_to(at(holds)):
        assert family.goes_by_card(colleague(app, "gaomin"), holds).status_code == 303


def test_the_paying_desk_pays_a_card_and_reads_its_payee_alone(
    desk: FlaskClient, app: Flask, session: Session, now
) -> None:
    family = Family(session)
    an_account(session, Role.PAYING_DESK, login="bofu", region_code=LEAGUE)
    session.commit()
    holds = family.has_card(desk, app, now.date())
    with clock.moved_to(at(holds)):
        family.goes_by_card(colleague(app, "gaomin"), holds)
    morning(session, holds)
    session.rollback()
    ref = session.scalars(select(Batch.ref).where(Batch.route == Route.CARD)).one()

    with clock.moved_to(at(holds)):
        pays = colleague(app, "bofu")
        listed = body(pays, "/staff/batches/")
        made = post(pays, "/staff/orders/", batch=ref)
        order = body(pays, made.headers["Location"])

    assert family.name in listed
    assert f"尾号 {CARD[-4:]}" in order
    assert CARD not in listed + order


def test_a_way_is_changed_with_a_reason_and_its_history_stands_on_the_page(
    desk: FlaskClient, session: Session, now
) -> None:
    child, _ = a_pupil(session, a_school(session))
    ref = child.ref
    session.commit()
    path = f"/staff/children/{ref}/route"
    form = {"route": "personal", "hand": "", "from_on": now.date().isoformat(), "note": "老师微信"}

    assert "请选为什么改" in post(desk, path, **form).get_data(as_text=True)
    assert post(desk, path, **form, reason="old_arrangement").status_code == 303

    page, red = body(desk, f"/staff/children/{ref}"), body(desk, "/staff/routes/")
    assert "个人账户转交。请在一个学期里登记" in page
    assert "个人账户转交，要改成打卡" in red
    assert "老师微信" in red
    assert "以前的安排" in body(desk, path)
    assert session.scalars(select(ChildRoute.route)).one() is Route.PERSONAL


def test_a_double_click_decides_once(desk: FlaskClient, session: Session, now) -> None:
    child, _ = a_pupil(session, a_school(session))
    ref = child.ref
    session.commit()
    form = {
        "route": "village", "hand": "", "from_on": now.date().isoformat(), "note": "",
        "reason": "suspended",
    }  # fmt: skip

    codes = [post(desk, f"/staff/children/{ref}/route", **form).status_code for _ in range(2)]

    assert codes == [303, 200]
    assert len(session.scalars(select(ChildRoute)).all()) == 1


def test_a_holiday_is_shown_before_it_is_kept(desk: FlaskClient, session: Session) -> None:
    a_pupil(session, a_school(session))
    session.commit()
    form = {
        "banner": BANNER, "kind": "winter", "from_on": "2027-01-09", "until_on": "2027-03-07",
    }  # fmt: skip

    seen = post(desk, "/staff/calendar/", **form).get_data(as_text=True)
    assert "2027年2月、2027年3月" in seen.replace("\n", "")
    assert session.scalars(select(Holiday)).all() == []
    assert post(desk, "/staff/calendar/", **form, keep="y").status_code == 303
    again = post(desk, "/staff/calendar/", **form, keep="y").get_data(as_text=True)
    assert "和已经填的假期重叠了" in again

    session.rollback()
    ref = session.scalars(select(Holiday.ref)).one()
    assert post(desk, "/staff/calendar/withdraw", ref=ref).status_code == 303
    assert "还没有填假期" in body(desk, "/staff/calendar/")


def test_a_schools_telephone_is_changed_by_two(
    desk: FlaskClient, app: Flask, session: Session
) -> None:
    school = a_school(session)
    school.contact_phone, ref = "13900000001", school.ref
    session.commit()
    path = f"/staff/schools/{ref}/complete"

    assert post(desk, path, contact="李专干", phone="13900000002").status_code == 303

    assert "等另一位同事打到学校问过" in body(desk, f"/staff/schools/{ref}")
    waits = session.scalars(select(Amendment.ref)).one()
    done = post(colleague(app, "gaomin"), f"/staff/amendments/{waits}", again="13900000002")
    assert done.status_code == 303
    assert "13900000002" in body(desk, f"/staff/schools/{ref}")


def test_another_banners_desk_finds_no_such_child(app: Flask, desk, session: Session) -> None:
    child, _ = a_pupil(session, a_school(session))
    ref = child.ref
    session.commit()
    far = colleague(app, "far")

    assert body(far, f"/staff/children/{ref}/route", 404)
    assert body(far, f"/staff/children/{ref}/card", 404)
    assert session.scalars(select(Child.route)).one() is Route.SCHOOL


def test_an_institution_is_entered_and_chosen_as_a_childs_hand(
    desk: FlaskClient, session: Session, now
) -> None:
    child, _ = a_pupil(session, a_school(session))
    ref = child.ref
    session.commit()
    new = {"name": "旗儿童福利院", "township": TOWNSHIP, "is_home": "y", "contact": "", "phone": ""}
    path = post(desk, "/staff/schools/new", **new).headers["Location"]
    home = path.rpartition("/")[2]

    done = post(
        desk, f"/staff/children/{ref}/route", route="institution", hand=home, reason="moved",
        from_on=now.date().isoformat(), note="",
    )  # fmt: skip

    assert done.status_code == 303
    assert "福利机构转交：旗儿童福利院" in body(desk, f"/staff/children/{ref}/route")
    assert "旗儿童福利院" not in body(desk, f"/staff/children/{ref}/school")
