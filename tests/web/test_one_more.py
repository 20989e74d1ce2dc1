"""什么会改变这个结果: the run is solved again, and the page says what it found."""

import pytest
from sqlalchemy import select

from models.care import CareMatch
from models.pledges import Match
from models.trace import OrdinaryEntry
from services.runs import nights
from tests.factories import a_child, a_pledge, an_account
from tests.services.care.worlds import a_caring_child, a_volunteer, a_world
from tests.services.deciding import ENGINE, need_of
from tests.web.desks import body, sign_in
from vocabulary.enums import Role
from web.core import one_more_words


def test_a_place_more_with_her_names_the_child_she_would_be_paired_with(client, session, now):
    world = a_world(session, now)
    other = a_caring_child(session, name="乌云嘎", verified_by="account:other")
    made = nights.pair_volunteers(session, world.who("worker", now), now=now)
    session.commit()
    pair = session.scalars(select(CareMatch)).one()
    waits = "乌云嘎" if pair.child_id != other.id else world.child.name
    sign_in(client, "worker")

    page = body(client, f"/staff/care/{pair.ref}/whole")

    assert made.proposed == 1
    assert f"若她再有一个名额，会改配给{waits}，整体多" in page


def test_a_full_volunteer_who_would_take_the_child_with_a_place_more_is_named(client, session, now):
    world = a_world(session, now)
    world.mother.name = "高娃"
    a_volunteer(session, now, name="托娅", languages=["日语", "汉语"])
    a_caring_child(session, name="乌云嘎", verified_by="account:other")
    nights.pair_volunteers(session, world.who("worker", now), now=now)
    session.commit()
    pairs = {one.volunteer_id: one for one in session.scalars(select(CareMatch))}
    hers = next(one for key, one in pairs.items() if key != world.mother.id)
    sign_in(client, "worker")

    page = body(client, f"/staff/care/{hers.ref}/whole")

    assert "若高娃再有一个名额，这个孩子会改配过去，整体多" in page


def test_a_pledge_for_one_child_more_names_the_next_and_leaves_a_trace(client, session, now):
    an_account(session, Role.CASE_WORKER, login="worker")
    a_pledge(session)
    urgent, other = a_child(session, name="包晓军"), a_child(session, name="乌云嘎")
    need_of(session, urgent).urgency = 3
    nights.pair_pledges(session, ENGINE, now=now)
    session.commit()
    match, other_ref = session.scalars(select(Match)).one(), other.ref
    sign_in(client, "worker")

    page = body(client, f"/staff/matches/{match.child_ref}/whole")

    assert "若这份认捐再多帮一个孩子，会改配给乌云嘎，整体多" in page
    read = session.scalars(select(OrdinaryEntry).where(OrdinaryEntry.act == "child.read"))
    assert any(f"child:{other_ref}" in entry.detail["subjects"] for entry in read)


COST = {"points": 7, "is_exact": True}
MORE = {"points": 5, "is_exact": True, "is_here": False, "children": []}


def said(others=(), **more):
    found = {"total": 90, "others": others, "more": MORE | more}
    words = {"hers": "若她再有一个名额", "name_of": lambda one: one["name"]}
    return one_more_words.lines(found, **words, may_fit_better=True)


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ({"points": 0}, "若她再有一个名额，整体也不会多一分，不会改。"),
        ({}, "若她再有一个名额，会多配别的孩子，整体多 5 分。"),
        (
            {"is_exact": False},
            "若她再有一个名额，会多配别的孩子，整体多 5 分（这一片太大，没有算到底）。",
        ),
    ],
)
def test_what_is_not_sure_is_not_promised(more, line) -> None:
    assert said(**more) == [line]


@pytest.mark.parametrize(
    ("other", "line"),
    [
        ({"cost": COST, "more": None}, "若高娃和这个孩子的匹配度再高出 7 分以上，会改配给她。"),
        (
            {"cost": COST, "more": MORE | {"points": 0}},
            "若高娃再有一个名额，整体也不会多一分，这一对不变。",
        ),
        ({"cost": COST, "more": MORE}, "若高娃再有一个名额，会多配别的孩子，整体多 5 分。"),
    ],
)
def test_a_runner_up_says_what_she_lacks_exactly(other, line) -> None:
    assert said([{"side": "volunteer", "name": "高娃"} | other])[1] == line


def test_a_cost_that_was_not_proved_or_is_none_promises_nothing() -> None:
    costs = [COST | {"is_exact": False}, COST | {"points": 0}]
    others = [{"side": "volunteer", "name": "高娃", "more": None, "cost": cost} for cost in costs]

    assert len(said(others)) == 1


def test_what_no_run_weighed_says_nothing() -> None:
    assert one_more_words.lines({"total": None}, hers="", name_of=str, may_fit_better=True) == []
