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
