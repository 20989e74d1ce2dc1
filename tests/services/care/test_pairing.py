"""The night's pairing of volunteers: best in all, with reasons, proof, siblings and few words to her."""

from datetime import timedelta

import pytest
from sqlalchemy import select

import matching
from jobs.matching import match_all
from jobs.run import Run
from models.care import CareExclusion, CareMatch
from models.children import Child, Need
from models.matching_runs import MatchingRun
from models.notices import Notice
from models.volunteers import Volunteer
from privacy import viewers
from services.care import answering, clocks
from services.care.answering import No
from services.runs import nights
from tests.factories import OTHER_BANNER, a_school
from tests.services.care.worlds import a_caring_child, a_pair, a_volunteer, a_world
from vocabulary.dates import today
from vocabulary.enums import CareRefusal, CareStatus, NeedKind, NoticeKind, Sex, VolunteerStatus

JOB = viewers.engine("matching")
FAR_TOWNSHIP = "150785101000"


@pytest.fixture
def world(session, now):
    return a_world(session, now)


def propose(session, now) -> list[CareMatch]:
    nights.pair_volunteers(session, JOB, now=now)
    waiting = select(CareMatch).where(CareMatch.status == CareStatus.PROPOSED)
    return list(session.scalars(waiting.order_by(CareMatch.id)))


def test_a_volunteer_is_proposed_with_her_reasons_and_48_hours(session, world, now) -> None:
    (match,) = propose(session, now)

    assert (match.child_id, match.volunteer_id) == (world.child.id, world.mother.id)
    assert match.answer_by == now + timedelta(hours=48)
    reasons = {part["factor"]: part for part in match.reasons}
    assert reasons["language"]["spoken"] is True
    assert reasons["language"]["language"] == "mn"
    assert reasons["distance"]["same_township"] is True
    assert reasons["waiting"]["days"] == (today(now) - session.query(Need).first().since_on).days
    assert match.score == sum(part["points"] for part in match.reasons)
    asked = session.query(Notice).filter_by(kind=NoticeKind.CARE_ASKED).one()
    assert asked.subject == f"care:{match.her_ref}"


def test_what_she_reads_before_holds_bands_alone(session, world, now) -> None:
    (match,) = propose(session, now)

    assert match.about == {
        "kinds": ["companionship"],
        "stage": "primary",
        "language": "mn",
        "same_township": True,
        "km": None,
        "times": [],
    }


def test_run_again_nothing_more_is_proposed(session, world, now) -> None:
    propose(session, now)

    assert nights.pair_volunteers(session, JOB, now=now).proposed == 0
    assert session.query(CareMatch).count() == 1


@pytest.mark.parametrize(
    "spoil",
    [
        {"checked_on": None},
        {"insured_until": None},
        {"trained_on": None},
        {"status": VolunteerStatus.ON_LEAVE},
        {"languages": ["鄂温克语"]},
        {"wish_sex": Sex.MALE},
        {"age_from": 12},
        {"sex": Sex.MALE},
    ],
)
def test_who_may_not_is_never_proposed(session, world, now, spoil) -> None:
    for field, value in spoil.items():
        setattr(world.mother, field, value)
    session.flush()

    assert propose(session, now) == []


def test_without_the_consent_for_it_no_child_is_proposed(session, world, now) -> None:
    from models.children import Consent

    session.query(Consent).filter_by(child_id=world.child.id, purpose="care").delete()

    assert propose(session, now) == []


def test_a_child_in_danger_waits_for_the_staff(session, world, now) -> None:
    world.child.in_danger = True
    session.flush()

    assert propose(session, now) == []


def test_a_teacher_is_not_given_a_pupil_of_her_school(session, world, now) -> None:
    school = a_school(session)
    world.child.school_id = world.mother.organisation_id = school.id
    session.flush()

    assert propose(session, now) == []


def test_a_lesson_asks_for_who_can_teach(session, world, now) -> None:
    need = session.scalars(select(Need).where(Need.kind == NeedKind.COMPANIONSHIP)).one()
    need.kind = NeedKind.TUTORING
    session.flush()
    assert propose(session, now) == []

    world.mother.skills = ["数学辅导"]
    session.flush()

    (match,) = propose(session, now)
    assert match.kinds == ["tutoring"]


def test_siblings_go_to_one_volunteer_or_to_nobody(session, world, now) -> None:
    from models.children import Kin

    session.query(Kin).filter_by(child_id=world.child.id).update({"phone_index": "home"})
    brother = a_caring_child(session, name="陈雨", phone_index="home", sex=Sex.MALE)
    assert propose(session, now) == []  # she has one place

    world.mother.capacity = 2
    session.flush()
    both = propose(session, now)

    assert {match.child_id for match in both} == {world.child.id, brother.id}
    her = world.who("mama", now)
    answering.accept(session, her, both[0].her_ref, now=now)
    assert [match.status for match in both] == [CareStatus.ACCEPTED] * 2


def test_a_sibling_joins_the_volunteer_who_has_the_other(session, world, now) -> None:
    from models.children import Kin

    a_pair(session, world.child, world.mother, now)
    session.query(Kin).filter_by(child_id=world.child.id).update({"phone_index": "home"})
    a_caring_child(session, name="陈雨", phone_index="home")
    other = a_volunteer(session, now, name="图雅", skills=["做饭", "数学"])
    assert propose(session, now) == []

    world.mother.capacity = 2
    session.flush()

    (match,) = propose(session, now)
    assert match.volunteer_id == world.mother.id != other.id


def test_one_volunteer_bears_one_child_at_high_risk(session, world, now) -> None:
    world.mother.capacity = 3
    for name in ("甲", "乙"):
        a_caring_child(session, name=name)
    session.query(Need).filter(Need.kind != NeedKind.FINANCIAL).update({"urgency": 3})
    session.flush()

    assert len(propose(session, now)) == 1


def test_a_declined_pair_is_not_proposed_again_until_it_is_lifted(session, world, now) -> None:
    from services.care import deciding

    (match,) = propose(session, now)
    her = world.who("mama", now)
    answering.decline(session, her, match.her_ref, No(CareRefusal.NO_TIME), now=now)
    assert propose(session, now) == []

    deciding.lift(session, world.who("worker", now), match.ref, now=now)

    assert len(propose(session, now)) == 1


def test_a_lapse_frees_her_for_another_child_the_same_night(session, world, now) -> None:
    (first,) = propose(session, now)
    other = a_caring_child(session, name="乌云嘎")
    later = now + timedelta(hours=48)
    assert propose(session, now) == [first]

    clocks.lapse_overdue(session, JOB, now=later)

    (match,) = propose(session, later)
    assert match.child_id == other.id


def test_that_a_psychologist_is_needed_stands_with_the_childs_own_case_workers(
    session, world, now
) -> None:
    from services.care import desk
    from services.care.desk import Shown

    session.add(Need(child_id=world.child.id, kind=NeedKind.PSYCHOLOGICAL, since_on=today(now)))
    world.mother.skills = ["心理咨询师"]
    session.flush()
    (match,) = propose(session, now)
    assert match.is_delicate

    assert desk.listed(session, world.who("approver", now), Shown.ANSWER) == []
    world.child.verified_by = world.who("approver", now).actor
    session.flush()
    assert len(desk.listed(session, world.who("approver", now), Shown.ANSWER)) == 1


def test_what_is_not_met_of_it_stands_in_no_reason(session, world, now) -> None:
    session.add(Need(child_id=world.child.id, kind=NeedKind.PSYCHOLOGICAL, since_on=today(now)))
    session.flush()

    (match,) = propose(session, now)

    assert match.is_delicate  # what is missing of the points would tell it to everybody else
    assert "psychological" not in str([match.runners_up, match.about, match.kinds])


def test_the_run_keeps_a_proof_that_holds(session, world, now) -> None:
    from services.pairing import matching_runs

    for n in range(6):
        a_caring_child(
            session, name=f"孩子{n}", region_code=FAR_TOWNSHIP if n % 2 else "150723103000"
        )
        a_volunteer(session, now, name=f"志愿者{n}", skills=["数学辅导"] if n % 2 else ["做饭"])
    nights.pair_volunteers(session, JOB, now=now)

    run = session.scalars(select(MatchingRun)).one()
    assert run.kind == "volunteers"
    found = matching_runs.verify(session, viewers.console(), run.ref)
    assert (found["gap"], found["faults"], found["made"]) == (0, [], run.made)
    proof = matching_runs.certificate_of(run)
    names = {child.name for child in session.query(Child)} | {
        one.name for one in session.query(Volunteer)
    }
    assert not any(name in repr(proof.needs) + repr(proof.offers) for name in names)


def test_staff_of_another_banner_see_none_of_it(session, world, now) -> None:
    from services.care import desk
    from services.care.desk import Shown
    from tests.factories import an_account
    from vocabulary.enums import Role

    propose(session, now)
    an_account(session, Role.APPROVER, login="far", region_code=OTHER_BANNER)

    assert desk.listed(session, world.who("far", now), Shown.ANSWER) == []


def test_the_nights_job_pairs_volunteers_too_and_may_run_twice(session, world, now) -> None:
    session.commit()
    for _ in range(2):
        run = Run(session, "matching", period=today(now))
        found = {}
        run.execute(lambda work: found.update(match_all(work)))  # noqa: B023 at once

    assert session.query(CareMatch).count() == 1
    assert found["care_proposed"] == 0
    assert session.query(CareExclusion).count() == 0
    assert matching.VOLUNTEERS.name == "volunteers"


def test_a_child_whose_need_is_a_detail_of_its_case_is_named_to_its_case_workers_alone(
    session, world, now
) -> None:
    from services.care import whom

    other = a_caring_child(session, NeedKind.PSYCHOLOGICAL, name="苏日娜")
    refs, colleague = [world.child.ref, other.ref], world.who("worker2", now)

    assert set(whom.by_need(session, colleague, refs)) == {world.child.ref}
    other.verified_by = colleague.actor
    session.flush()
    assert set(whom.by_need(session, colleague, refs)) == set(refs)
