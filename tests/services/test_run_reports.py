"""The fairness report of a run: the viewer's own regions, no small group of what is sensitive."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.matching_runs import MatchingRun
from models.pledges import Match
from services.pairing import matches, run_reports
from services.runs import nights, releasing
from tests.factories import BANNER, OTHER_BANNER, a_child, a_pledge, viewer
from tests.services.deciding import CASE_WORKER, ENGINE
from vocabulary.enums import Category, Role, Sex
from vocabulary.errors import NotFound, NotPermitted

REGION = viewer(Role.STATISTICS, regions=("150000000000",))
BANNER_FIGURES = viewer(Role.STATISTICS, regions=(BANNER,))
APPROVER = viewer(Role.APPROVER)


def a_run(session: Session, now: datetime) -> str:
    return nights.pair_pledges(session, ENGINE, now=now).run_ref


def a_dozen(session: Session) -> None:
    """Twelve girls, twelve boys; pledges for every girl and for six of the boys."""
    for n in range(12):
        a_child(
            session, name=f"女{n}", sex=Sex.FEMALE, ethnicity="蒙古族", category=Category.ORPHAN
        )
        a_child(session, name=f"男{n}", sex=Sex.MALE, ethnicity="汉族")
        a_pledge(session, f"138000000{n:02}", wish_sex=Sex.FEMALE)
        if n < 6:
            a_pledge(session, f"139000000{n:02}", wish_sex=Sex.MALE)


def of(rows: list[dict], group: str) -> dict:
    return next(row for row in rows if row["group"] == group)


def test_the_group_left_waiting_is_flagged(session: Session, now: datetime):
    a_dozen(session)

    found = run_reports.report(session, REGION, a_run(session, now))

    assert (found["pool"], found["met"]) == (24, 18)
    boys, girls = of(found["kinds"]["sex"], "M"), of(found["kinds"]["sex"], "F")
    assert (boys["pool"], boys["met"], boys["is_flagged"]) == (12, 6, True)
    assert (girls["pool"], girls["met"], girls["is_flagged"]) == (12, 12, False)


def test_what_staff_decided_is_told_by_group(session: Session, now: datetime):
    a_dozen(session)
    run_ref = a_run(session, now)
    releasing.release(session, REGION, run_ref, now=now)
    first = session.scalars(select(Match).order_by(Match.id)).first()
    matches.approve(session, APPROVER, first.child_ref, now=now)

    found = run_reports.report(session, REGION, run_ref)

    accepted = [row["accepted"] for row in found["kinds"]["sex"]]
    assert sorted(accepted, key=str) == [1.0, None]


def test_the_runs_before_stand_beside_it(session: Session, now: datetime):
    a_child(session, sex=Sex.FEMALE)
    a_run(session, now)
    a_pledge(session)
    later = a_run(session, now + timedelta(days=1))

    (row,) = run_reports.report(session, REGION, later)["kinds"]["sex"]

    assert (row["met"], row["before"]) == (1, 0.0)


def test_peoples_are_compared_in_the_whole_regions_own_report_only(session: Session, now: datetime):
    a_dozen(session)
    run_ref = a_run(session, now)

    assert {
        row["group"] for row in run_reports.report(session, REGION, run_ref)["kinds"]["ethnicity"]
    } == {"蒙古族", "汉族"}
    for one in (BANNER_FIGURES, CASE_WORKER):
        assert "ethnicity" not in run_reports.report(session, one, run_ref)["kinds"]


def test_a_category_or_people_of_fewer_than_ten_is_not_shown(session: Session, now: datetime):
    a_dozen(session)
    a_child(session, name="独一个", category=Category.MIGRANT, ethnicity="鄂伦春族")

    kinds = run_reports.report(session, REGION, a_run(session, now))["kinds"]

    assert Category.MIGRANT.value not in {row["group"] for row in kinds["category"]}
    assert "鄂伦春族" not in {row["group"] for row in kinds["ethnicity"]}


def test_the_whole_less_what_is_shown_tells_of_no_small_group(session: Session, now: datetime):
    a_dozen(session)
    a_child(session, name="独一个", category=Category.MIGRANT, ethnicity="鄂伦春族")

    found = run_reports.report(session, REGION, a_run(session, now))

    for kind in ("category", "ethnicity"):
        shown = found["kinds"][kind]
        assert shown
        assert found["pool"] - sum(row["pool"] for row in shown) >= 10


def test_of_a_group_that_was_small_before_nothing_is_told(session: Session, now: datetime):
    a_child(session, category=Category.ORPHAN)
    a_run(session, now)
    for n in range(10):
        a_child(session, name=f"后{n}", category=Category.ORPHAN)
    later = a_run(session, now + timedelta(days=1))

    (row,) = run_reports.report(session, REGION, later)["kinds"]["category"]

    assert (row["pool"], row["before"]) == (11, None)


def test_another_banners_children_are_not_counted(session: Session, now: datetime):
    a_child(session, name="本旗")
    a_child(session, name="外旗", region_code=OTHER_BANNER, banner_code=OTHER_BANNER)
    run_ref = a_run(session, now)

    assert run_reports.report(session, CASE_WORKER, run_ref)["pool"] == 1
    assert run_reports.report(session, REGION, run_ref)["pool"] == 2


def test_who_may_not_and_what_is_not(session: Session, now: datetime):
    for refused in (
        Role.COLLECTING_DESK,
        Role.PAYING_DESK,
        Role.SCHOOL_OFFICER,
        Role.ADMINISTRATOR,
    ):
        with pytest.raises(NotPermitted):
            run_reports.runs(session, viewer(refused))
    with pytest.raises(NotFound):
        run_reports.report(session, REGION, "NOTHING")


def test_runs_are_listed_the_newest_first(session: Session, now: datetime):
    refs = [a_run(session, now + timedelta(days=n)) for n in range(3)]

    assert [card["ref"] for card in run_reports.runs(session, CASE_WORKER)] == refs[::-1]
    assert session.query(MatchingRun).count() == 3
