"""Whoever answers or decides a pair does so for what he stands near; a volunteer never for herself."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.notices import Notice
from services.care import answering, deciding, hers
from services.care.answering import No
from services.children import consents, transfers
from services.children.transfers import Arrival
from services.notices import drawing
from tests.factories import OTHER_BANNER, an_account, viewer
from tests.services.care.worlds import (
    a_caring_child,
    a_pair,
    a_proposal,
    a_world,
    an_accepted,
)
from vocabulary.dates import today
from vocabulary.enums import (
    CareEnd,
    CareRefusal,
    CareStatus,
    ChildStatus,
    NeedKind,
    NoticeKind,
    Role,
    Route,
    Stage,
)
from vocabulary.errors import ActedBefore, NotFound

ELSEWHERE = {"region_code": OTHER_BANNER, "banner_code": OTHER_BANNER}


@pytest.fixture
def world(session, now):
    made = a_world(session, now)
    made.mother.capacity = 3
    return made


def of_one_home(session, world, now, make, **more):
    """Two children of one home, with the same woman: the second elsewhere, or of a delicate need."""
    place = {name: more.pop(name) for name in ("region_code", "banner_code") if name in more}
    sister = a_caring_child(session, **place)
    family = {"family": "f.home"}
    return (
        make(session, world.child, world.mother, now, **family),
        make(session, sister, world.mother, now, **family, **more),
    )


def test_a_sibling_of_another_banner_is_left_to_its_own_staff(session, world, now) -> None:
    here, there = of_one_home(session, world, now, an_accepted, **ELSEWHERE)

    by = world.who("worker", now)
    deciding.turn_down(session, by, here.ref, CareRefusal.PAPERS_TO_CHECK, now=now)

    assert (here.status, there.status) == (CareStatus.DECLINED, CareStatus.ACCEPTED)


def test_a_sibling_whose_need_is_delicate_is_left_to_its_case_workers(session, world, now) -> None:
    kinds = {"kinds": [NeedKind.PSYCHOLOGICAL.value], "is_delicate": True}
    plain, delicate = of_one_home(session, world, now, an_accepted, **kinds)

    deciding.agree(session, world.who("approver", now), plain.ref, now=now)

    assert plain.agreed_by is not None
    assert delicate.agreed_by is None


def test_a_word_noted_for_one_sibling_is_not_noted_for_another_banners(session, world, now) -> None:
    here, there = of_one_home(session, world, now, a_proposal, **ELSEWHERE)

    answering.accept_for(session, world.who("worker", now), here.ref, now=now)

    assert (here.status, there.status) == (CareStatus.ACCEPTED, CareStatus.PROPOSED)


def test_a_sibling_in_danger_neither_shows_itself_nor_holds_the_other_up(
    session, world, now
) -> None:
    safe, feared = of_one_home(session, world, now, a_proposal)
    session.get_one(type(world.child), feared.child_id).in_danger = True
    session.flush()

    answering.accept(session, world.who("mama", now), safe.her_ref, now=now)

    assert (safe.status, feared.status) == (CareStatus.ACCEPTED, CareStatus.PROPOSED)


def test_each_sibling_has_two_people_of_its_own(session, world, now) -> None:
    older, younger = of_one_home(session, world, now, an_accepted, status=CareStatus.PROPOSED)
    deciding.agree(session, world.who("approver", now), older.ref, now=now)
    answering.accept(session, world.who("mama", now), younger.her_ref, now=now)

    assert deciding.agree(session, world.who("worker", now), older.ref, now=now)

    assert (older.status, younger.status) == (CareStatus.TRIAL, CareStatus.ACCEPTED)
    assert younger.agreed_by == world.who("worker", now).actor
    assert younger.decided_by is None


@pytest.fixture
def both(session, world, now):
    """The volunteer has a desk in the banner's office, too."""
    account = an_account(session, Role.CASE_WORKER, Role.VOLUNTEER, login="both")
    world.mother.account_id = account.id
    session.flush()
    return world.who("both", now)


def test_she_does_not_say_for_the_staff_that_her_own_trial_went_well(
    session, world, now, both
) -> None:
    pair = a_pair(session, world.child, world.mother, now, trial_until=today(now))

    with pytest.raises(ActedBefore):
        deciding.go_on(session, both, pair.ref, now=now)

    assert pair.status is CareStatus.TRIAL


def test_she_does_not_lift_what_was_turned_down_between_herself_and_a_child(
    session, world, now, both
) -> None:
    match = an_accepted(session, world.child, world.mother, now)
    by = world.who("worker", now)
    deciding.turn_down(session, by, match.ref, CareRefusal.RELATED, now=now)

    with pytest.raises(ActedBefore):
        deciding.lift(session, both, match.ref, now=now)


def test_that_she_knows_the_family_is_not_unsaid_by_who_noted_it(session, world, now) -> None:
    match, by = a_proposal(session, world.child, world.mother, now), world.who("worker", now)
    answering.decline_for(session, by, match.ref, No(CareRefusal.KNOWS_FAMILY), now=now)

    with pytest.raises(ActedBefore):
        deciding.lift(session, by, match.ref, now=now)
    deciding.lift(session, world.who("worker2", now), match.ref, now=now)


def test_a_child_whose_record_ended_is_nobodys_at_once(session, world, now) -> None:
    pair, her = a_pair(session, world.child, world.mother, now), world.who("mama", now)
    assert hers.child(session, her, pair.her_ref, now=now)["child"]["name"] == world.child.name

    world.child.status = ChildStatus.ENDED
    session.flush()

    with pytest.raises(NotFound):
        hers.child(session, her, pair.her_ref, now=now)
    assert not [one for one in hers.children(session, her, now=now) if one.has("child")]


@pytest.mark.parametrize("age", [9, 15])
def test_the_no_of_a_child_that_is_old_enough_ends_her_visits(session, world, now, age) -> None:
    world.child.birth_on = today(now) - timedelta(days=366 * age)
    world.child.agreed_on = today(now)
    pair, by = a_pair(session, world.child, world.mother, now), world.who("worker", now)

    consents.record_word(session, by, world.child.ref, agrees=False, now=now)

    assert pair.status is (CareStatus.TRIAL if age == 9 else CareStatus.ENDED)


def test_a_child_whom_another_banner_took_over_leaves_her_with_no_word_of_where(
    session, world, now
) -> None:
    pair, her = a_pair(session, world.child, world.mother, now), world.who("mama", now)
    ask = {"to": OTHER_BANNER, "words": "随父亲搬到那边"}
    ref = transfers.ask(session, world.who("worker", now), world.child.ref, **ask, now=now)
    there = viewer(Role.APPROVER, actor="account:there", regions=(OTHER_BANNER,))
    arrival = Arrival(OTHER_BANNER, "河西 2 号", None, 4, "2班", Stage.PRIMARY, Route.OFFICE)

    transfers.accept(session, there, ref, arrival, now=now)

    assert (pair.status, pair.end_reason) == (CareStatus.ENDED, CareEnd.CHILD_LEFT)
    told = select(Notice).where(Notice.kind == NoticeKind.CARE_MOVED)
    (one,) = session.scalars(told).all()
    assert (one.subject, one.recipient_id) == (f"care:{pair.her_ref}", her.account_id)
    said = drawing.draw(session, her, one, now=now, hotline="")
    assert said is not None
    assert "搬" in said.inbox
    assert "河西" not in said.inbox
    with pytest.raises(NotFound):
        hers.child(session, her, pair.her_ref, now=now)
