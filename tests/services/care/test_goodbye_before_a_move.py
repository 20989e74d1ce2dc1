"""A child is to move to another banner: her goodbye is planned while that waits, and never outlives it."""

from datetime import timedelta

import pytest

from models.transfers import Transfer
from privacy.viewers import engine
from services.care import leaving
from services.children import transfers
from services.children.transfers import Arrival
from tests.factories import OTHER_BANNER, viewer
from tests.services.care.worlds import a_pair, a_world
from vocabulary.dates import today
from vocabulary.enums import CareEnd, CareStatus, Role, Route, Stage
from vocabulary.errors import AlreadyDecided, BadInput

THERE = viewer(Role.APPROVER, actor="account:there", regions=(OTHER_BANNER,))
ENGINE = engine("matching")


@pytest.fixture
def world(session, now):
    return a_world(session, now)


def asked(session, world, now) -> str:
    said = {"to": OTHER_BANNER, "words": "随父亲搬到那边"}
    return transfers.ask(session, world.who("worker", now), world.child.ref, **said, now=now)


def test_it_is_planned_while_the_move_waits_and_the_pair_ends_with_the_move(
    session, world, now
) -> None:
    pair, worker = a_pair(session, world.child, world.mother, now), world.who("worker", now)
    on = today(now) + timedelta(days=5)
    with pytest.raises(AlreadyDecided):
        leaving.plan_goodbye(session, worker, pair.ref, on, now=now)
    ref = asked(session, world, now)

    leaving.plan_goodbye(session, worker, pair.ref, on, now=now)

    card = leaving.of_pair(session, world.who("approver", now), pair.ref)
    assert (card["moves"], card["goodbye_on"], card["follower"]) == (True, on, None)
    for days in (1, 6, 40):
        assert leaving.end_left(session, ENGINE, now=now + timedelta(days=days)) == 0
    assert (pair.status, pair.goodbye_on) == (CareStatus.TRIAL, on)
    arrival = Arrival(OTHER_BANNER, "河西 2 号", None, 4, "2班", Stage.PRIMARY, Route.OFFICE)
    transfers.accept(session, THERE, ref, arrival, now=now)
    assert (pair.status, pair.end_reason) == (CareStatus.ENDED, CareEnd.CHILD_LEFT)


def test_not_in_the_past_and_not_years_ahead(session, world, now) -> None:
    pair, worker = a_pair(session, world.child, world.mother, now), world.who("worker", now)
    asked(session, world, now)

    for days in (-1, 366):
        on = today(now) + timedelta(days=days)
        with pytest.raises(BadInput):
            leaving.plan_goodbye(session, worker, pair.ref, on, now=now)


@pytest.mark.parametrize("how", ["turned_down", "taken_back"])
def test_a_child_that_stays_takes_no_goodbye(session, world, now, how) -> None:
    pair, worker = a_pair(session, world.child, world.mother, now), world.who("worker", now)
    ref = asked(session, world, now)
    leaving.plan_goodbye(session, worker, pair.ref, today(now), now=now)
    if how == "turned_down":
        transfers.turn_down(session, THERE, ref, answer="那边没有人接", now=now)
    else:
        transfers.take_back(session, worker, ref, now=now)
    session.expire_all()
    assert session.query(Transfer).one().status.value == how

    assert leaving.end_left(session, ENGINE, now=now + timedelta(days=1)) == 0

    assert (pair.status, pair.goodbye_on) == (CareStatus.TRIAL, None)
    assert leaving.of_pair(session, world.who("approver", now), pair.ref) is None


def test_who_leaves_anyway_keeps_her_goodbye(session, world, now) -> None:
    pair, worker = a_pair(session, world.child, world.mother, now), world.who("worker", now)
    on = today(now) + timedelta(days=9)
    leaving.note_notice(session, worker, world.mother.ref, on, now=now)
    leaving.plan_goodbye(session, worker, pair.ref, on, now=now)

    leaving.end_left(session, ENGINE, now=now + timedelta(days=1))

    assert pair.goodbye_on == on
