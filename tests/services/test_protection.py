"""A child in danger leaves every low view at once, until a second person closes its case."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from models.letters import LetterFriend
from services import gate
from services.danger import harm, protection
from services.handover import hand_lists
from tests.factories import (
    a_school,
)
from tests.services.endangered import (
    SECOND,
    WORKER,
    a_volunteer,
    a_world,
    end,
    fields_of,
    press,
)
from vocabulary.enums import (
    HarmOutcome,
)
from vocabulary.errors import ActedBefore, AlreadyDecided, WrongState


@pytest.fixture
def world(session: Session):
    return a_world(session)


@pytest.mark.parametrize("who", ["school", "class", "village", "donor"])
def test_a_child_in_danger_stands_in_no_low_view_until_the_case_is_closed(
    session: Session, now: datetime, world, who: str
) -> None:
    child, _, _, low = world
    before = fields_of(session, low[who], child)
    assert len(before) == 1

    ref = press(session, child, now)

    assert fields_of(session, low[who], child) == []
    end(session, ref, now)
    assert fields_of(session, low[who], child) == before


def test_to_the_school_it_is_a_pupil_who_moved_away_byte_for_byte(
    session: Session, now: datetime, world
) -> None:
    child, school, batch, low = world
    child.school_id = a_school(session, "别的学校").id
    session.flush()
    moved = hand_lists.batch(session, low["school"], batch.ref, now=now)
    child.school_id = school.id
    session.flush()

    press(session, child, now)

    in_danger = hand_lists.batch(session, low["school"], batch.ref, now=now)
    assert dict(in_danger) == dict(moved)
    assert [one["name"] for one in in_danger["lines"]] == [hand_lists.MOVED_AWAY]
    assert hand_lists.batch(session, low["class"], batch.ref, now=now)["lines"] == []


def test_a_volunteer_and_a_donor_read_no_letter_of_it(session: Session, now: datetime, world):
    child, *_ = world
    me = a_volunteer(session, child, now)
    assert len(gate.cards(session, me, LetterFriend)) == 1

    ref = press(session, child, now)

    assert gate.cards(session, me, LetterFriend) == []
    end(session, ref, now)
    assert len(gate.cards(session, me, LetterFriend)) == 1


def test_it_is_closed_by_a_second_person_once_and_after_it_was_taken_up(
    session: Session, now: datetime, world
) -> None:
    child, *_ = world
    ref = press(session, child, now)
    safe = {"outcome": HarmOutcome.SAFE, "now": now}

    with pytest.raises(WrongState):
        protection.close(session, SECOND, ref, **safe)
    harm.take_up(session, WORKER, ref, now=now)
    with pytest.raises(ActedBefore):
        protection.close(session, WORKER, ref, **safe)
    assert child.in_danger
    protection.close(session, SECOND, ref, **safe)
    with pytest.raises(AlreadyDecided):
        protection.close(session, SECOND, ref, **safe)
    assert not child.in_danger


def test_while_another_report_is_open_the_child_stays_out_of_sight(
    session: Session, now: datetime, world
) -> None:
    child, *_, low = world
    first = press(session, child, now)
    second = press(session, child, now, by=low["village"])

    end(session, first, now)

    assert child.in_danger
    end(session, second, now)
    assert not child.in_danger
