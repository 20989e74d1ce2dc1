"""A swap by hand: what it costs, who gives way, and that somebody else decides it."""

import pytest
from sqlalchemy import select

from models.children import Child
from models.pledges import Exclusion, Match, Pledge
from models.trace import OrdinaryEntry
from privacy import viewers
from services.pairing import matches, swapping
from services.runs import nights
from tests.factories import a_child, a_pledge, a_school, an_account, viewer
from vocabulary.enums import MatchStatus, Role, Sex
from vocabulary.errors import ActedBefore, AlreadyDecided, NoLongerFits, NoPlaceLeft, NotPermitted

WORKER = viewer(Role.CASE_WORKER)
APPROVER = viewer(Role.APPROVER)


@pytest.fixture
def two(session, now) -> tuple[Match, Match]:
    """Two children and two pledges, proposed crosswise or not: the engine chose."""
    school = a_school(session)
    for number, name in enumerate(("陈雨桐", "乌云嘎")):
        a_child(session, school, name=name)
        a_pledge(session, f"1380000000{number}")
    nights.pair_pledges(session, viewers.engine("matching"), now=now)
    first, second = session.scalars(select(Match).order_by(Match.id)).all()
    return first, second


def code_of(session, match: Match) -> str:
    return session.get_one(Pledge, match.pledge_id).code


def test_two_alike_change_places_and_it_costs_nothing(session, two, now) -> None:
    first, second = two
    code, own = code_of(session, second), code_of(session, first)

    seen = swapping.foresee(session, WORKER, first.child_ref, code, now=now)
    assert (seen["cost"]["points"], seen["cost"]["is_exact"]) == (0, True)
    assert seen["other"]["child_ref"] == second.child_ref

    made = swapping.swap(session, WORKER, first.child_ref, code, note="兄妹", now=now)

    assert [first.status, second.status] == [MatchStatus.LAPSED] * 2
    new = [session.scalars(select(Match).where(Match.child_ref == ref)).one() for ref in made]
    assert [code_of(session, one) for one in new] == [code, own]
    assert [one.child_id for one in new] == [first.child_id, second.child_id]
    assert session.query(Exclusion).count() == 0


def test_who_swapped_does_not_approve_and_another_does(session, two, now) -> None:
    both = viewer(Role.CASE_WORKER, Role.APPROVER, actor="account:both")
    made = swapping.swap(
        session, both, two[0].child_ref, code_of(session, two[1]), note="x", now=now
    )

    with pytest.raises(ActedBefore):
        matches.approve(session, both, made[0], now=now)
    matches.approve(session, APPROVER, made[0], now=now)


def test_a_swap_that_costs_says_how_much_and_one_unweighed_says_so(session, now) -> None:
    a_child(session, a_school(session), name="陈雨桐")
    wished, _ = a_pledge(session, "13800000001", wish_sex=Sex.FEMALE)
    plain, _ = a_pledge(session, "13800000002")
    nights.pair_pledges(session, viewers.engine("matching"), now=now)
    match = session.scalars(select(Match)).one()
    assert match.pledge_id == wished.id
    later, _ = a_pledge(session, "13800000003")

    costs = [
        swapping.foresee(session, WORKER, match.child_ref, one.code, now=now)["cost"]
        for one in (plain, later)
    ]

    assert costs[0]["points"] > 0
    assert costs[1] is None


def test_what_was_approved_never_moves(session, two, now) -> None:
    first, second = two
    matches.approve(session, APPROVER, second.child_ref, now=now)

    with pytest.raises(NoPlaceLeft):
        swapping.swap(session, WORKER, first.child_ref, code_of(session, second), note="x", now=now)
    with pytest.raises(AlreadyDecided):
        swapping.swap(session, WORKER, second.child_ref, code_of(session, first), note="x", now=now)
    with pytest.raises(NotPermitted):
        swapping.foresee(session, viewer(Role.PAYING_DESK), first.child_ref, "X", now=now)

    assert first.status is MatchStatus.PROPOSED


def test_a_swap_is_offered_only_where_it_can_be_made(session, two, now) -> None:
    first, second = two
    code = code_of(session, second)
    assert swapping.may(session, WORKER, first.child_ref, code, now=now)

    matches.approve(session, APPROVER, second.child_ref, now=now)

    assert not swapping.may(session, WORKER, first.child_ref, code, now=now)


def test_a_pledge_whose_wish_the_child_does_not_meet_is_not_offered(session, two, now) -> None:
    first, _ = two
    session.get_one(Child, first.child_id).sex = Sex.MALE
    girls, _ = a_pledge(session, "13800000009", wish_sex=Sex.FEMALE)

    assert not swapping.may(session, WORKER, first.child_ref, girls.code, now=now)
    with pytest.raises(NoLongerFits):
        swapping.swap(session, WORKER, first.child_ref, girls.code, note="x", now=now)
    assert first.status is MatchStatus.PROPOSED


def test_a_list_is_approved_but_for_ones_own(session, two, now) -> None:
    account = an_account(session, Role.APPROVER, login="approver")
    by = viewer(Role.APPROVER, actor=f"account:{account.ref}")
    two[0].proposed_by = by.actor
    session.flush()

    found = matches.approve_several(
        session, by, [one.child_ref for one in two] + [two[1].child_ref], now=now
    )

    assert [(ref, type(why)) for ref, why in found] == [
        (two[0].child_ref, ActedBefore),
        (two[1].child_ref, type(None)),
    ]
    assert [one.status for one in two] == [MatchStatus.PROPOSED, MatchStatus.ACTIVE]
    acts = session.scalars(select(OrdinaryEntry.act).order_by(OrdinaryEntry.seq.desc())).first()
    assert acts == "match.approve"
