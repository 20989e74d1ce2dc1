"""The first page of each staff role, exact figures of the own part only, and pledges by code."""

from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from extensions import db
from models.children import Child
from models.jobs import JobRun
from models.regions import Region
from privacy import viewers
from services import trace
from services.figures import figures_internal
from services.pledges import pledge_lists
from services.pledges.pledge_lists import Listed
from services.runs import nights
from tests.factories import (
    BANNER,
    OTHER_BANNER,
    PASSWORD,
    TOWNSHIP,
    a_child,
    a_match,
    a_pledge,
    an_account,
    viewer,
)
from vocabulary.enums import ChildStatus, JobStatus, PledgeKind, PledgeStatus, RegionLevel, Role
from vocabulary.errors import NotFound, NotPermitted
from vocabulary.leagues import LEAGUES

WORKER = viewer(Role.CASE_WORKER)
WHOLE = viewer(Role.STATISTICS, regions=("150000000000",))


def sign_in(client: FlaskClient, session: Session, *roles: Role, region: str = BANNER) -> None:
    an_account(session, *roles, login="someone", region_code=region)
    session.commit()
    db.session.rollback()
    client.post("/login", data={"login": "someone", "password": PASSWORD})


def test_the_leagues_are_those_of_the_map(session: Session) -> None:
    known = session.execute(
        select(Region.code, Region.name).where(Region.level == RegionLevel.LEAGUE)
    )

    assert {code: name for code, name in known} == LEAGUES


def test_waiting_children_are_counted_in_the_own_part_only(session: Session, now: datetime) -> None:
    for n in range(3):
        a_child(session, name=f"近{n}", region_code=TOWNSHIP)
    a_child(session, name="远", region_code=OTHER_BANNER, banner_code=OTHER_BANNER)
    a_child(session, name="有人帮", status=ChildStatus.SUPPORTED)

    own = figures_internal.waiting_children(session, WORKER, now=now)
    whole = figures_internal.waiting_children(session, WHOLE, now=now)

    assert [(card["code"], card["value"], card["long"]) for card in own] == [(TOWNSHIP, 3, 3)]
    assert [(card["name"], card["value"]) for card in whole] == [("呼伦贝尔市", 4)]


def test_what_is_to_do_is_counted_in_the_own_part_only(session: Session, now: datetime) -> None:
    a_child(session, name="等核实", status=ChildStatus.DRAFT, held_because="no_school")
    a_child(session)
    a_pledge(session)
    nights.pair_pledges(session, viewers.engine("matching"), now=now)

    own = figures_internal.to_do(session, WORKER, now=now)
    other = viewer(Role.CASE_WORKER, regions=(OTHER_BANNER,))

    assert dict(own) == {
        "harm": 0, "disputes": 0, "silent": 0, "proposals": 1, "late": 0, "drafts": 1, "held": 1,
    }  # fmt: skip
    assert set(figures_internal.to_do(session, other, now=now).values()) == {0}


def test_exact_figures_are_for_case_staff_and_statistics_only(
    session: Session, now: datetime
) -> None:
    for role in (Role.PUBLIC, Role.DONOR, Role.SCHOOL_OFFICER, Role.COLLECTING_DESK):
        with pytest.raises(NotPermitted):
            figures_internal.waiting_children(session, viewer(role), now=now)


@pytest.mark.parametrize(
    "role",
    [Role.COLLECTING_DESK, Role.PAYING_DESK, Role.AUDITOR, Role.CUSTODIAN, Role.ADMINISTRATOR],
)
def test_a_role_with_one_desk_is_led_to_it(
    client: FlaskClient, session: Session, now: datetime, role: Role
) -> None:
    sign_in(client, session, role)

    answer = client.get("/staff/", follow_redirects=True)

    assert (answer.status_code, answer.request.path) != (200, "/staff/")
    assert answer.status_code == 200


def test_the_dashboard_is_amber_while_a_nightly_job_never_ran(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    sign_in(client, session, Role.CASE_WORKER)

    page = client.get("/staff/").get_data(as_text=True)

    assert "拟结对还没有跑过" in page
    assert "watch-fine" not in page


def test_all_is_green_only_when_last_nights_jobs_ended_well(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    runs = [JobRun(name=name, period=now.date(), started_at=now, finished_at=now,
                   status=JobStatus.DONE) for name in ("matching", "stipends")]  # fmt: skip
    session.add_all(runs)
    sign_in(client, session, Role.CASE_WORKER)
    fine = client.get("/staff/").get_data(as_text=True)

    runs[0].finished_at = now - timedelta(hours=31)
    session.commit()
    missed = client.get("/staff/").get_data(as_text=True)
    runs[0].finished_at, runs[1].failed = now, 2
    session.commit()
    short = client.get("/staff/").get_data(as_text=True)

    assert ["watch-fine" in page for page in (fine, missed, short)] == [True, False, False]
    assert "拟结对昨夜没有跑" in missed
    assert "每天的助学金该办的没有都办" in short


def test_statistics_see_figures_and_no_name(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    child = a_child(session, name="阿茹娜别出现")
    a_match(session, a_pledge(session)[0], child)
    sign_in(client, session, Role.STATISTICS, region="150000000000")

    page = client.get("/staff/").get_data(as_text=True)

    assert "内部资料" in page
    assert "tile-map" in page
    assert "阿茹娜别出现" not in page
    assert "今天要办" not in page
    assert client.get("/staff/matches/").status_code == 404
    assert client.get("/staff/pledges/").status_code == 404


def test_pledges_are_listed_by_what_they_wait_for(session: Session, now: datetime) -> None:
    waiting = a_pledge(session)[0]
    matched = a_pledge(session, "13800000002")[0]
    a_match(session, matched, a_child(session))
    far = a_pledge(session, "13800000003")[0]
    there = a_child(session, name="远", region_code=OTHER_BANNER, banner_code=OTHER_BANNER)
    a_match(session, far, there)
    a_pledge(session, "13800000004", kind=PledgeKind.GAP_FUND)
    a_pledge(session, "13800000005", status=PledgeStatus.OFFERED)

    lists = {
        listed: [card["code"] for card in pledge_lists.listing(session, WORKER, listed)]
        for listed in Listed
    }

    assert lists == {
        Listed.WAITING: [waiting.code],
        Listed.MATCHED: [matched.code],
        Listed.PAUSED: [],
        Listed.ENDED: [],
    }
    counts = pledge_lists.counts(session, WORKER)
    assert counts == {listed: len(codes) for listed, codes in lists.items()}


def test_the_list_of_pledges_opens_where_there_is_something(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    a_match(session, a_pledge(session)[0], a_child(session))
    sign_in(client, session, Role.CASE_WORKER)

    page = client.get("/staff/pledges/").get_data(as_text=True)

    assert 'class="num" data-label="孩子">1 / 1' in page
    assert "没有等结对的认捐" not in page


def test_the_latest_backup_is_the_one_the_trace_tells_of(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    trace.record(session, viewers.console(), "backup.make", "backup:weiguang-1.backup", now=now)
    sign_in(client, session, Role.ADMINISTRATOR, region="150000000000")

    page = client.get("/staff/health/").get_data(as_text=True)

    assert "11月21日 09:00" in page
    assert "还没有备份" not in page


def test_a_pledge_shows_children_of_the_own_part_and_counts_the_others(
    session: Session, now: datetime
) -> None:
    pledge = a_pledge(session, children_wanted=2)[0]
    here = a_child(session)
    there = a_child(session, name="远", region_code=OTHER_BANNER, banner_code=OTHER_BANNER)
    for child in (here, there):
        a_match(session, pledge, child)

    card = pledge_lists.detail(session, WORKER, pledge.code)

    assert [one["child"]["ref"] for one in card["matches"]] == [here.ref]
    assert (card["active"], card["elsewhere"]) == (2, 1)
    assert not card.has("donor_ref")
    with pytest.raises(NotFound):
        pledge_lists.detail(session, WORKER, "NOTHERE2")


def test_the_pledge_pages_name_no_donor(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    pledge, reference = a_pledge(session, alias="老王好人")
    child = a_child(session)
    match = a_match(session, pledge, child)
    hidden = (reference, pledge.donor_ref, match.donor_ref, match.code_name, "老王好人")
    code = pledge.code
    sign_in(client, session, Role.CASE_WORKER)

    pages = [
        client.get(path).get_data(as_text=True)
        for path in ("/staff/pledges/?show=matched", f"/staff/pledges/{code}")
    ]

    assert all(code in page for page in pages)
    assert not any(secret in page for page in pages for secret in hidden)
    assert session.scalar(select(Child.id)) is not None
