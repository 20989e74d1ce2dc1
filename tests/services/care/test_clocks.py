"""48 hours for her, seven days for the staff, sixty of trial: what runs out is free at once."""

from datetime import timedelta

import pytest

from models.care import CareExclusion
from models.notices import Notice
from privacy import viewers
from services.care import answering, clocks
from services.care.answering import No
from services.children import consents
from tests.services.care.worlds import (
    a_pair,
    a_proposal,
    a_world,
    an_accepted,
    places_held,
)
from vocabulary.dates import today
from vocabulary.enums import CareEnd, CareRefusal, CareStatus, ChildStatus, NoticeKind, Purpose
from vocabulary.errors import AlreadyDecided, BadInput, Lapsed, NotFound, NotPermitted

JOB = viewers.engine("care-holds")
HOURS, SECOND = timedelta(hours=48), timedelta(seconds=1)


@pytest.fixture
def world(session, now):
    return a_world(session, now)


@pytest.fixture
def match(session, world, now):
    return a_proposal(session, world.child, world.mother, now)


def test_she_has_48_hours_to_the_second(session, world, match, now) -> None:
    assert clocks.lapse_overdue(session, JOB, now=now + HOURS - SECOND) == 0
    assert clocks.is_idle(session, JOB, now + HOURS - SECOND)
    assert not clocks.is_idle(session, JOB, now + HOURS)

    assert clocks.lapse_overdue(session, JOB, now=now + HOURS) == 1

    assert (match.status, match.refusal) == (CareStatus.LAPSED, CareRefusal.NOT_ANSWERED)
    assert places_held(session, world.mother) == 0
    assert session.query(CareExclusion).one().reason is CareRefusal.NOT_ANSWERED


def test_a_yes_in_the_last_second_counts_and_one_after_it_does_not(
    session, world, match, now
) -> None:
    her = world.who("mama", now)
    with pytest.raises(Lapsed):
        answering.accept(session, her, match.her_ref, now=now + HOURS)

    answering.accept(session, her, match.her_ref, now=now + HOURS - SECOND)

    assert match.status is CareStatus.ACCEPTED


def test_the_staff_have_seven_days_after_her_yes(session, world, match, now) -> None:
    answering.accept(session, world.who("mama", now), match.her_ref, now=now)
    week = now + timedelta(days=7)

    assert match.decide_by == today(week)
    assert clocks.lapse_overdue(session, JOB, now=week) == 0
    assert clocks.lapse_overdue(session, JOB, now=week + timedelta(days=1)) == 1

    assert match.refusal is CareRefusal.NOT_DECIDED
    assert places_held(session, world.mother) == 0


def test_twice_run_nothing_more_lapses(session, match, now) -> None:
    late = now + HOURS
    assert clocks.lapse_overdue(session, JOB, now=late) == 1
    assert clocks.lapse_overdue(session, JOB, now=late) == 0
    assert session.query(CareExclusion).count() == 1


def test_her_no_needs_a_reason_of_hers_and_frees_her_at_once(session, world, match, now) -> None:
    her = world.who("mama", now)
    for no in (No(CareRefusal.RELATED), No(CareRefusal.OTHER, "  ")):
        with pytest.raises(BadInput):
            answering.decline(session, her, match.her_ref, no, now=now)

    answering.decline(session, her, match.her_ref, No(CareRefusal.TOO_FAR), now=now)

    assert (match.status, match.refusal) == (CareStatus.DECLINED, CareRefusal.TOO_FAR)
    assert places_held(session, world.mother) == 0
    with pytest.raises(AlreadyDecided):
        answering.accept(session, her, match.her_ref, now=now)


def test_another_volunteer_does_not_find_her_proposal(session, world, match, now) -> None:
    from tests.services.care.worlds import a_volunteer

    a_volunteer(session, now, login="other", name="图雅")

    with pytest.raises(NotFound):
        answering.accept(session, world.who("other", now), match.her_ref, now=now)
    with pytest.raises(NotPermitted):
        answering.accept(session, world.who("worker", now), match.her_ref, now=now)


def test_her_word_on_the_telephone_is_written_down_with_whose_hand(
    session, world, match, now
) -> None:
    by = world.who("worker", now)

    answering.accept_for(session, by, match.ref, now=now)

    assert (match.status, match.answered_by) == (CareStatus.ACCEPTED, by.actor)


def test_after_the_trial_the_staff_are_asked_every_day_until_they_say(session, world, now) -> None:
    pair = a_pair(session, world.child, world.mother, now)
    assert clocks.ask_after_trial(session, JOB, now=now + timedelta(days=59)) == 0

    for day in (60, 60, 61):
        assert clocks.ask_after_trial(session, JOB, now=now + timedelta(days=day)) == 1

    asked = session.query(Notice).filter_by(kind=NoticeKind.TRIAL_OVER).all()
    assert len(asked) == 2 * 3  # two days, three of the staff
    assert pair.status is CareStatus.TRIAL


def test_a_guardian_who_takes_the_yes_back_ends_everything_in_the_same_breath(
    session, world, now
) -> None:
    pair = a_pair(session, world.child, world.mother, now)

    by = world.who("worker", now)
    consents.withdraw(session, by, world.child.ref, purpose=Purpose.CARE, now=now)

    assert (pair.status, pair.end_reason) == (CareStatus.ENDED, CareEnd.CONSENT_WITHDRAWN)


def test_what_waits_is_taken_back_without_shutting_the_pair(session, world, now) -> None:
    match = an_accepted(session, world.child, world.mother, now)

    by = world.who("worker", now)
    consents.withdraw(session, by, world.child.ref, purpose=Purpose.CARE, now=now)

    assert match.status is CareStatus.LAPSED
    assert session.query(CareExclusion).count() == 0


def test_the_night_takes_back_what_breaks_a_rule_and_leaves_what_keeps_them(
    session, world, match, now
) -> None:
    assert clocks.lapse_broken(session, JOB, now=now) == 0

    world.mother.insured_until = today(now) - timedelta(days=1)
    session.flush()

    assert clocks.lapse_broken(session, JOB, now=now) == 1
    assert match.status is CareStatus.LAPSED


def test_the_pair_of_a_child_whose_record_ended_ends(session, world, now) -> None:
    pair = a_pair(session, world.child, world.mother, now)
    assert clocks.end_over(session, JOB, now=now) == 0

    world.child.status = ChildStatus.ENDED
    session.flush()

    assert clocks.end_over(session, JOB, now=now) == 1
    assert pair.end_reason is CareEnd.CHILD_LEFT
