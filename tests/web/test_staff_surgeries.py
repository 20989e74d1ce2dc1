"""A sum for a surgery on the desks: one asks, the approver reads the hospital's words and agrees."""

from sqlalchemy import select

from models.pledges import Match
from models.surgeries import Surgery
from tests.factories import a_child
from tests.web.desks import sign_in
from vocabulary.enums import AmendmentStatus, GiftOccasion

WORDS = "旗医院诊断先天性斜视"


def test_one_asks_and_another_agrees(app, desk, session):
    ref = a_child(session, None).ref
    session.commit()
    asked = desk.post(f"/staff/children/{ref}/surgery", data={"amount": "3000", "note": WORDS})
    assert asked.status_code == 303
    asked_ref = session.scalars(select(Surgery.ref)).one()
    session.rollback()
    page = desk.get(f"/staff/surgeries/{asked_ref}").text
    assert WORDS in page
    assert "这是你提出的" in page

    approver = app.test_client()
    sign_in(approver, "gaomin")
    assert WORDS in approver.get(f"/staff/surgeries/{asked_ref}").text
    for _ in range(2):  # a double click
        approver.post(f"/staff/surgeries/{asked_ref}/agree")

    assert session.scalars(select(Surgery.status)).one() is AmendmentStatus.DONE
    (match,) = session.scalars(select(Match)).all()
    assert (match.occasion, match.instalment_fen) == (GiftOccasion.SURGERY, 300_000)


def test_what_was_typed_stays_in_a_refused_form(desk, session):
    ref = a_child(session, None).ref
    session.commit()

    page = desk.post(f"/staff/children/{ref}/surgery", data={"amount": "三千", "note": WORDS}).text

    assert "金额没看懂" in page
    assert WORDS in page
    assert session.scalars(select(Surgery)).all() == []


def test_another_banners_staff_finds_neither_child_nor_request(app, desk, session):
    ref = a_child(session, None).ref
    session.commit()
    desk.post(f"/staff/children/{ref}/surgery", data={"amount": "3000", "note": WORDS})
    asked_ref = session.scalars(select(Surgery.ref)).one()
    session.rollback()
    far = app.test_client()
    sign_in(far, "far")

    assert far.get(f"/staff/children/{ref}/surgery").status_code == 404
    assert far.get(f"/staff/surgeries/{asked_ref}").status_code == 404
    assert far.post(f"/staff/surgeries/{asked_ref}/turn-down").status_code == 404
