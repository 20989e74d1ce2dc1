"""What a prepared order says may be wrong by now: it is handed out no more, and not paid beside it."""

import pytest

from services.batches import batches, orders, unsent
from services.children import amendments
from tests.factories import viewer
from tests.services import test_payouts
from tests.services.endangered import press
from tests.services.test_payouts import DESK
from vocabulary.enums import Role
from vocabulary.errors import BadInput, OrderStale

FIRST = viewer(Role.CASE_WORKER, actor="account:first")
SECOND = viewer(Role.APPROVER, actor="account:second")
NEW = "6217990000001"


@pytest.fixture
def world(session):
    return test_payouts.World(session)


def change_account(session, school, now) -> str:
    words = {"name": school.name, "bank": "新的信用社", "number": NEW, "reason": "换了开户行"}
    asked = amendments.ask_account(session, FIRST, school.ref, **words, now=now)
    amendments.agree(session, SECOND, asked, again=NEW, now=now)
    return asked


def test_an_order_is_not_handed_out_while_an_account_of_it_changes(session, world, now) -> None:
    order = world.order(now)
    orders.take(session, DESK, order, "xlsx", now=now)
    asked = change_account(session, world.school, now)

    with pytest.raises(OrderStale):
        orders.take(session, DESK, order, "pdf", now=now)

    amendments.turn_down(session, FIRST, asked, now=now)
    orders.take(session, DESK, order, "pdf", now=now)


def test_nor_does_the_desks_word_pay_an_account_that_changes(session, world, now) -> None:
    asked = change_account(session, world.school, now)

    with pytest.raises(BadInput, match="account_changes"):
        batches.send(session, DESK, world.batch.ref, now=now)

    amendments.turn_down(session, FIRST, asked, now=now)
    batches.send(session, DESK, world.batch.ref, now=now)


def test_an_order_does_not_pay_the_hand_that_a_report_took_a_child_from(
    session, world, now
) -> None:
    order = world.order(now)
    press(session, world.children[0], now)
    unsent.take_out(session, world.children[0].id)

    with pytest.raises(OrderStale):
        orders.take(session, DESK, order, "xlsx", now=now)
