"""What the bank did not pay goes to the hand of the day it was put back, not of the day it was ordered."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models.stipends import Batch, Stipend
from services.batches import bank_answers, orders
from services.batches.bank_answers import Told
from services.routes import deciding
from services.routes.deciding import Way
from tests.factories import a_school
from tests.services.routes.test_cards import OTHER_CARD, on_card
from tests.services.routes.worlds import DESK, FIRST, a_card, a_pupil, lines, morning
from vocabulary.dates import at
from vocabulary.enums import BankAnswer, Route, RouteReason

DECEMBER = date(2026, 12, 1)
LATER = DECEMBER + timedelta(days=5)
NOT_PAID = Told(BankAnswer.NOT_PAID, note="王经理，没有汇出")


def ordered(session) -> Batch:
    batch = session.scalars(select(Batch)).one()
    orders.prepare(session, DESK, [batch.ref], now=at(DECEMBER))
    return batch


@pytest.fixture
def school(session):
    found = a_school(session)
    found.account_name, found.account_bank, found.account_number = "第一小学", "某行", "62001"
    return found


def test_a_card_changed_while_the_bank_had_the_order_gets_what_is_put_back(session) -> None:
    child, _, _ = on_card(session)
    morning(session, DECEMBER)
    batch = ordered(session)
    new = a_card(session, child, OTHER_CARD, on=DECEMBER)

    bank_answers.answer(session, DESK, batch.ref, NOT_PAID, now=at(LATER))
    morning(session, LATER)

    used = select(Batch.card_id).join(Stipend, Stipend.batch_id == Batch.id).distinct()
    assert session.scalars(used).all() == [new.id]


def test_a_way_changed_while_the_bank_had_the_order_holds_for_what_is_put_back(
    session, school
) -> None:
    moved, _ = a_pupil(session, school, 1)
    stays, _ = a_pupil(session, school, 2)
    morning(session, DECEMBER)
    batch = ordered(session)
    way = Way(Route.OFFICE, RouteReason.OTHER, LATER, note="学校停办")
    deciding.decide(session, FIRST, moved.ref, way, now=at(LATER))

    bank_answers.answer(session, DESK, batch.ref, NOT_PAID, now=at(LATER))
    morning(session, LATER + timedelta(days=1))

    assert {route for _, route, _ in lines(session, moved)} == {"office"}
    assert {route for _, route, _ in lines(session, stays)} == {"school"}


def test_a_school_changed_while_the_bank_had_the_order_gets_what_is_put_back(
    session, school
) -> None:
    child, _ = a_pupil(session, school)
    morning(session, DECEMBER)
    batch = ordered(session)
    child.school_id = a_school(session, "第二小学").id
    deciding.follow_school(session, FIRST, child, child.route, has_moved=True, now=at(LATER))

    bank_answers.answer(session, DESK, batch.ref, NOT_PAID, now=at(LATER))
    morning(session, LATER)

    hands = select(Batch.organisation_id).join(Stipend, Stipend.batch_id == Batch.id).distinct()
    assert session.scalars(hands).all() == [child.school_id]
