"""转出 while money is with the village: whoever has it states what became of it, and nobody else."""

from datetime import date

import pytest
from sqlalchemy import select

from models.stipends import Batch, Stipend
from services import gate
from services.children import transfers
from services.handover import hand_lists, whole_lists
from tests.factories import OTHER_BANNER, a_school, viewer
from tests.services.routes.worlds import FIRST, VILLAGE, a_pupil, morning
from tests.services.test_transfers import NOVEMBER, NOW, THERE, TODAY, TOWN, WORDS, arrival, sent
from vocabulary.enums import BatchStatus, Role, Route, Snag

DECEMBER = date(2026, 12, 1)
OLD = viewer(Role.VILLAGE_DIRECTOR, actor="account:old", regions=(VILLAGE,))
NEW = viewer(Role.VILLAGE_DIRECTOR, actor="account:new", regions=(TOWN,))


@pytest.fixture
def gone(session):
    """A child of a village whose money had left before another banner took it over."""
    child, _ = a_pupil(session, a_school(session), region_code=VILLAGE, route=Route.VILLAGE)
    there = a_school(session, "根河中学", TOWN)
    morning(session, NOVEMBER)
    sent(session, TODAY)
    ref = transfers.ask(session, FIRST, child.ref, to=OTHER_BANNER, words=WORDS, now=NOW)
    transfers.accept(session, THERE, ref, arrival(there), now=NOW)
    return child, session.scalars(select(Batch)).one()


def test_the_old_director_still_has_its_lines_without_a_name_and_the_new_one_none(
    session, gone
) -> None:
    _, batch = gone
    (card,) = hand_lists.list_for(session, OLD, now=NOW)

    assert (card["ref"], len(card["todo"])) == (batch.ref, 3)
    assert {(one["name"], one["address"]) for one in card["lines"]} == {
        (hand_lists.MOVED_AWAY, None)
    }
    assert hand_lists.list_for(session, NEW, now=NOW) == []


def test_what_she_states_closes_the_batch_and_the_rest_comes_back(session, gone) -> None:
    _, batch = gone
    (card,) = hand_lists.list_for(session, OLD, now=NOW)
    first = card["todo"][0]["ref"]

    assert (
        whole_lists.confirm_all(session, OLD, batch.ref, {first: Snag.UNDELIVERABLE}, now=NOW) == 2
    )

    assert batch.status is BatchStatus.CLOSED
    held = select(Stipend.snag).where(Stipend.not_handed_over_on.is_not(None))
    assert session.scalars(held).all() == [Snag.UNDELIVERABLE]


def test_what_goes_to_the_new_place_is_none_of_the_old_villages(session, gone) -> None:
    morning(session, DECEMBER)
    sent(session, DECEMBER)

    seen = gate.rows(session, OLD, Stipend)
    assert len(seen) == 3
    assert DECEMBER not in {one.due_on for one in seen}
    assert DECEMBER in set(session.scalars(select(Stipend.due_on)))


def test_a_child_in_danger_is_in_no_village_view(session, gone) -> None:
    child, _ = gone
    child.in_danger = True
    session.flush()

    (card,) = hand_lists.list_for(session, OLD, now=NOW)
    assert card["lines"] == []
