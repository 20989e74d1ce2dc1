"""转入转出 at the desks of two banners, and a card's payment that only the bank can speak of."""

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.children import Child
from models.stipends import Batch, Stipend
from models.transfers import Transfer
from services.batches import batches
from tests.factories import BANNER, OTHER_BANNER, a_school, an_account
from tests.services.routes.test_cards import on_card
from tests.services.routes.worlds import DESK, a_pupil, morning
from tests.web.desks import body, colleague, post, sign_in
from vocabulary.dates import at
from vocabulary.enums import BatchStatus, Role, Route, TransferStatus

TOWN, WORDS = "150785001000", "随父亲搬到根河，住舅舅家"
HERE = {"township": TOWN, "address": "河西 2 号", "grade": "4", "class_name": "2班"}


def handed_over(session: Session, desk: FlaskClient) -> tuple[str, str, str]:
    """Hand a pupil over; return the refs of child, transfer and a school of the other banner."""
    child, _ = a_pupil(session, a_school(session))
    there, ref = a_school(session, "根河中学", TOWN).ref, child.ref
    session.commit()
    asked = post(desk, f"/staff/children/{ref}/transfer", to=OTHER_BANNER, words=WORDS)
    assert asked.status_code == 303
    return ref, session.scalars(select(Transfer.ref)).one(), there


def test_the_old_banner_hands_over_and_the_new_one_accepts(
    desk: FlaskClient, app: Flask, session: Session
) -> None:
    child, ref, there = handed_over(session, desk)
    far = colleague(app, "far")
    assert "等那边接" in body(desk, f"/staff/children/{child}/transfer")
    assert WORDS in body(far, f"/staff/transfers/{ref}")
    body(far, f"/staff/children/{child}", 404)

    done = post(far, f"/staff/transfers/{ref}", **HERE, school=there, route="school")

    assert done.location.endswith(f"/staff/children/{child}")
    assert "河西 2 号" in body(far, f"/staff/children/{child}")
    body(desk, f"/staff/children/{child}", 404)
    assert "那边接了" in body(desk, "/staff/transfers/")
    again = post(far, f"/staff/transfers/{ref}", **HERE, school=there, route="school")
    assert "那边接了" in again.get_data(as_text=True)
    session.rollback()
    assert session.scalar(select(Child.banner_code).where(Child.ref == child)) == OTHER_BANNER


def test_a_way_that_leads_nowhere_is_refused_and_what_was_typed_stays(
    desk: FlaskClient, app: Flask, session: Session
) -> None:
    child, ref, _ = handed_over(session, desk)

    page = post(
        colleague(app, "far"), f"/staff/transfers/{ref}", **HERE, school="", route="school"
    ).get_data(as_text=True)

    assert "没有选学校，钱换一个人转交" in page
    assert 'value="河西 2 号"' in page
    session.rollback()
    assert session.scalar(select(Child.banner_code).where(Child.ref == child)) == BANNER


def test_the_old_banner_takes_back_and_the_new_one_turns_down(
    desk: FlaskClient, app: Flask, session: Session
) -> None:
    child, ref, _ = handed_over(session, desk)
    far = colleague(app, "far")
    nothing = post(far, f"/staff/transfers/{ref}/turn-down", answer="")
    assert "请写几句" in nothing.get_data(as_text=True)
    assert post(far, f"/staff/transfers/{ref}/turn-down", answer="还没有搬来").status_code == 303
    assert "还没有搬来" in body(desk, "/staff/transfers/")

    post(desk, f"/staff/children/{child}/transfer", to=OTHER_BANNER, words=WORDS)
    session.rollback()
    waits = select(Transfer.ref).where(Transfer.status == TransferStatus.ASKED)
    second = session.scalars(waits).one()
    post(desk, f"/staff/transfers/{second}/take-back")

    session.rollback()
    assert session.scalars(waits).all() == []
    assert "收回了" in body(far, "/staff/transfers/")


def test_the_paying_desk_writes_down_what_the_bank_says_of_a_cards_payment(
    client: FlaskClient, session: Session, now
) -> None:
    day = now.date() - timedelta(days=20)
    on_card(session, on=day - timedelta(days=10))
    morning(session, day)
    ref = session.scalars(select(Batch.ref).where(Batch.route == Route.CARD)).one()
    batches.send_all(session, DESK, [ref], now=at(day))
    an_account(session, Role.PAYING_DESK, login="bofu")
    session.commit()
    sign_in(client, "bofu")
    page = f"/staff/batches/{ref}/bank"

    assert page in body(client, "/staff/batches/")
    wrong = post(client, page, answer="not_paid", note="").get_data(as_text=True)
    assert "请写问了银行哪一位" in wrong
    assert post(client, page, answer="not_paid", note="柜台王经理").status_code == 303

    assert page not in body(client, "/staff/batches/")
    assert "银行没有付，重新拨" in body(client, "/staff/batches/")
    body(client, page, 404)
    session.rollback()
    assert session.scalars(select(Batch.status).where(Batch.ref == ref)).one() is BatchStatus.CLOSED
    assert session.scalars(select(Stipend.sent_on)).all().count(None) > 0


def test_case_staff_read_whom_to_call_and_a_card_that_two_guardians_may_share(
    desk: FlaskClient, session: Session, now
) -> None:
    day = now.date() - timedelta(days=20)
    child, _, card = on_card(session, on=day - timedelta(days=10))
    morning(session, day)
    ref = session.scalars(select(Batch.ref).where(Batch.route == Route.CARD)).one()
    batches.send_all(session, DESK, [ref], now=at(day))
    name = child.name
    session.commit()

    page = body(desk, "/staff/routes/")

    assert "打卡的钱，银行两个星期没有下文" in page
    assert name in page
    assert card.number not in page
