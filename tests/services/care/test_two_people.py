"""A volunteer's match takes two of the staff who did nothing before, one of them an approver."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from models.care import CareExclusion
from models.pledges import Recusal
from models.trace import OrdinaryEntry
from services.care import deciding
from tests.factories import OTHER_BANNER, an_account
from tests.services.care.worlds import a_pair, a_proposal, a_world, an_accepted, places_held
from vocabulary.dates import today
from vocabulary.enums import CareEnd, CareRefusal, CareStatus, Role, VolunteerStatus
from vocabulary.errors import (
    ActedBefore,
    AlreadyDecided,
    BadInput,
    NeedsApprover,
    NoConsent,
    NoPlaceLeft,
    NotFound,
    NotPermitted,
    SteppedAside,
    TooEarly,
)


@pytest.fixture
def world(session, now):
    return a_world(session, now)


@pytest.fixture
def match(session, world, now):
    return an_accepted(session, world.child, world.mother, now)


def agree(session, world, login, match, now) -> bool:
    return deciding.agree(session, world.who(login, now), match.ref, now=now)


def test_two_people_begin_a_trial_of_sixty_days(session, world, match, now) -> None:
    assert not agree(session, world, "worker", match, now)
    assert match.status is CareStatus.ACCEPTED
    assert agree(session, world, "approver", match, now)

    assert match.status is CareStatus.TRIAL
    assert match.trial_until == today(now) + timedelta(days=60)
    assert world.mother.status is VolunteerStatus.ACTIVE


def test_nobody_is_both_of_the_two(session, world, match, now) -> None:
    agree(session, world, "approver", match, now)

    with pytest.raises(ActedBefore):
        agree(session, world, "approver", match, now)

    assert match.status is CareStatus.ACCEPTED


def test_the_database_itself_wants_two(session, world, match, now) -> None:
    match.agreed_by = match.decided_by = "account:same"

    with pytest.raises(IntegrityError), session.begin_nested():
        session.flush()


def test_one_of_the_two_is_an_approver(session, world, match, now) -> None:
    agree(session, world, "worker", match, now)

    with pytest.raises(NeedsApprover):
        agree(session, world, "worker2", match, now)


def test_after_an_approver_a_case_worker_suffices(session, world, match, now) -> None:
    agree(session, world, "approver", match, now)

    assert agree(session, world, "worker2", match, now)


@pytest.mark.parametrize("before", ["proposed_by", "answered_by"])
def test_who_proposed_or_wrote_her_yes_down_is_neither_of_the_two(
    session, world, match, now, before
) -> None:
    setattr(match, before, world.who("approver", now).actor)
    session.flush()

    with pytest.raises(ActedBefore):
        agree(session, world, "approver", match, now)


def test_who_entered_the_child_is_neither_of_the_two(session, world, match, now) -> None:
    world.child.entered_by = world.who("worker", now).actor
    session.flush()

    with pytest.raises(ActedBefore):
        agree(session, world, "worker", match, now)


def test_a_volunteer_of_the_staff_does_not_decide_her_own_match(session, match, world, now) -> None:
    account = an_account(session, Role.CASE_WORKER, Role.VOLUNTEER, login="both")
    world.mother.account_id = account.id
    session.flush()

    with pytest.raises(ActedBefore):
        agree(session, world, "both", match, now)


def test_who_stepped_aside_does_not_decide(session, world, match, now) -> None:
    by = world.who("approver", now)
    session.add(Recusal(child_id=world.child.id, actor=by.actor, since_on=today(now)))
    session.flush()

    with pytest.raises(SteppedAside):
        deciding.agree(session, by, match.ref, now=now)
    with pytest.raises(SteppedAside):
        deciding.turn_down(session, by, match.ref, CareRefusal.RELATED, now=now)


def test_without_the_guardians_yes_nobody_agrees(session, world, match, now) -> None:
    from models.children import Consent

    session.query(Consent).filter_by(child_id=world.child.id, purpose="care").delete()

    with pytest.raises(NoConsent):
        agree(session, world, "approver", match, now)


@pytest.mark.parametrize("paper", ["checked_on", "trained_on", "insured_until"])
def test_a_paper_that_ran_out_stops_the_second_person_too(
    session, world, match, now, paper
) -> None:
    agree(session, world, "worker", match, now)
    setattr(world.mother, paper, today(now) - timedelta(days=800))
    session.flush()

    with pytest.raises(NoPlaceLeft):
        agree(session, world, "approver", match, now)


def test_staff_of_another_banner_find_nothing(session, world, match, now) -> None:
    an_account(session, Role.APPROVER, login="far", region_code=OTHER_BANNER)

    with pytest.raises(NotFound):
        agree(session, world, "far", match, now)


def test_a_volunteer_never_agrees(session, world, match, now) -> None:
    with pytest.raises(NotPermitted):
        agree(session, world, "mama", match, now)


def test_what_she_has_not_answered_cannot_be_agreed_to(session, world, now) -> None:
    match = a_proposal(session, world.child, world.mother, now)

    with pytest.raises(AlreadyDecided):
        agree(session, world, "approver", match, now)


def test_a_no_with_its_reason_frees_her_place_and_shuts_the_pair(
    session, world, match, now
) -> None:
    by = world.who("worker", now)
    with pytest.raises(BadInput):
        deciding.turn_down(session, by, match.ref, CareRefusal.OTHER, now=now)
    with pytest.raises(BadInput):
        deciding.turn_down(session, by, match.ref, CareRefusal.NOT_DECIDED, now=now)

    deciding.turn_down(session, by, match.ref, CareRefusal.CHILD_UNWILLING, now=now)

    assert match.status is CareStatus.DECLINED
    assert places_held(session, world.mother) == 0
    shut = session.query(CareExclusion).one()
    assert (shut.reason, shut.lifted_on) == (CareRefusal.CHILD_UNWILLING, None)


def test_lifting_leaves_a_trace_and_is_done_once(session, world, match, now) -> None:
    by = world.who("worker", now)
    deciding.turn_down(session, by, match.ref, CareRefusal.PAPERS_TO_CHECK, now=now)

    deciding.lift(session, by, match.ref, now=now)

    assert session.query(CareExclusion).one().lifted_on == today(now)
    acts = [entry.act for entry in session.query(OrdinaryEntry).order_by(OrdinaryEntry.seq)]
    assert acts[-2:] == ["care.decline", "care.lift"]
    with pytest.raises(AlreadyDecided):
        deciding.lift(session, by, match.ref, now=now)


def test_declared_kinship_is_lifted_by_somebody_else(session, world, match, now) -> None:
    by = world.who("worker", now)
    deciding.turn_down(session, by, match.ref, CareRefusal.RELATED, now=now)

    with pytest.raises(ActedBefore):
        deciding.lift(session, by, match.ref, now=now)

    deciding.lift(session, world.who("worker2", now), match.ref, now=now)


def test_the_trial_ends_on_its_sixtieth_day_and_not_before(session, world, now) -> None:
    pair, by = a_pair(session, world.child, world.mother, now), world.who("worker", now)

    with pytest.raises(TooEarly):
        deciding.go_on(session, by, pair.ref, now=now + timedelta(days=59))
    deciding.go_on(session, by, pair.ref, now=now + timedelta(days=60))

    assert pair.status is CareStatus.ACTIVE


def test_a_pair_may_end_in_the_trial_and_its_history_stays(session, world, now) -> None:
    pair, by = a_pair(session, world.child, world.mother, now), world.who("worker", now)

    deciding.end(session, by, pair.ref, CareEnd.NOT_SUITED, now=now)

    assert (pair.status, pair.end_reason, pair.ended_on) == (
        CareStatus.ENDED,
        CareEnd.NOT_SUITED,
        today(now),
    )
    assert places_held(session, world.mother) == 0
    with pytest.raises(AlreadyDecided):
        deciding.end(session, by, pair.ref, CareEnd.NOT_SUITED, now=now)
