"""What the whole loses when a proposal is not made, or another instead: exact, from the run itself."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.pledges import Match
from services.pairing import whole_costs
from services.runs import nights
from tests.factories import OTHER_BANNER, a_child, a_match, a_pledge, viewer
from tests.services.deciding import CASE_WORKER, ENGINE, need_of
from vocabulary.enums import Role
from vocabulary.errors import NotFound, NotPermitted
from vocabulary.money import Fen


def proposed(session: Session, now: datetime) -> Match:
    nights.pair_pledges(session, ENGINE, now=now)
    return session.scalars(select(Match)).one()


def test_without_the_pair_the_whole_falls_to_the_next_child(session: Session, now: datetime):
    a_pledge(session)
    urgent, other = a_child(session, name="甲"), a_child(session, name="乙")
    need_of(session, urgent).urgency = 3
    match = proposed(session, now)
    assert match.child_id == urgent.id

    found = whole_costs.costs(session, CASE_WORKER, match.child_ref)

    assert found["is_best"]
    (next_child,) = found["others"]
    assert next_child["child"]["name"] == other.name
    assert found["without"] == next_child["cost"]
    lost = 2 * (match.score - next_child["score"])
    assert found["without"] == {"points": lost, "is_exact": True}
    assert lost > 0


def test_with_a_child_more_the_pledge_would_meet_the_next_one_by_name(
    session: Session, now: datetime
):
    a_pledge(session)
    urgent, other = a_child(session, name="甲"), a_child(session, name="乙")
    need_of(session, urgent).urgency = 3
    match = proposed(session, now)

    found = whole_costs.costs(session, CASE_WORKER, match.child_ref)

    (next_child,) = found["others"]
    more = found["more"]
    assert [child["name"] for child in more["children"]] == [other.name]
    assert (more["points"], more["is_exact"]) == (2 * next_child["score"], True)
    assert next_child["more"] is None


def test_a_child_of_another_banner_whom_a_place_more_would_bring_has_no_name(
    session: Session, now: datetime
):
    a_pledge(session)
    urgent = a_child(session, name="甲")
    a_child(session, name="乙", region_code=OTHER_BANNER)
    need_of(session, urgent).urgency = 3
    match = proposed(session, now)
    assert match.child_id == urgent.id

    more = whole_costs.costs(session, CASE_WORKER, match.child_ref)["more"]

    assert more["points"] > 0
    assert more["children"] == []


def test_a_full_pledge_with_a_child_more_would_take_this_one(session: Session, now: datetime):
    a_pledge(session)
    a_pledge(session, "13800000002", instalment_fen=Fen(5_000))
    urgent, other = a_child(session, name="甲"), a_child(session, name="乙")
    need_of(session, urgent).urgency = 3
    nights.pair_pledges(session, ENGINE, now=now)
    match = session.scalars(select(Match).where(Match.child_id == other.id)).one()

    (full,) = [
        one
        for one in whole_costs.costs(session, CASE_WORKER, match.child_ref)["others"]
        if one["side"] == "pledge"
    ]

    assert full["more"]["is_here"]
    assert full["more"]["points"] > 0


def test_a_pair_without_any_other_loses_itself(session: Session, now: datetime):
    a_pledge(session)
    a_child(session)
    match = proposed(session, now)

    found = whole_costs.costs(session, CASE_WORKER, match.child_ref)

    assert found["without"] == {"points": found["total"], "is_exact": True}
    assert found["others"] == []


def test_a_pair_by_hand_was_weighed_by_no_run(session: Session, now: datetime):
    match = a_match(session, a_pledge(session)[0], a_child(session))

    assert whole_costs.costs(session, CASE_WORKER, match.child_ref)["total"] is None


def test_only_case_staff_of_the_banner_may_ask(session: Session, now: datetime):
    a_pledge(session)
    a_child(session)
    match = proposed(session, now)

    with pytest.raises(NotPermitted):
        whole_costs.costs(session, viewer(Role.COLLECTING_DESK), match.child_ref)
    with pytest.raises(NotFound):
        whole_costs.costs(
            session, viewer(Role.CASE_WORKER, regions=(OTHER_BANNER,)), match.child_ref
        )
