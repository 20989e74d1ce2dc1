"""A run is a draft until somebody looked at it; the policy is tried before it is kept."""

import re
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from extensions import db
from jobs.matching import match_asked
from jobs.run import Run
from models.care import CareMatch
from models.matching_runs import MatchingPolicy, MatchingRun, PolicyTrial
from models.notices import Notice
from models.pledges import Match
from privacy import viewers
from services.runs import nights
from tests.factories import BANNER, OTHER_BANNER, a_child, a_pledge, an_account
from tests.web.desks import body, colleague, post, sign_in
from vocabulary import clock
from vocabulary.dates import today
from vocabulary.enums import NoticeKind, Role, RunStatus, Sex

WHOLE = "150000000000"
ALL = {
    "urgency": 0, "waiting": 1, "wish": 0, "amount": 1, "rhythm": 100, "waiting_full_days": 1,
}  # fmt: skip
NO_POINTS = {"amount": 0}
ENGINE = viewers.engine("matching")


@pytest.fixture
def draft(session: Session, now: datetime) -> str:
    """Two dozen children in two banners, pledges for the girls and half the boys: boys are flagged."""
    an_account(session, Role.STATISTICS, login="region", name="乌兰", region_code=WHOLE)
    an_account(session, Role.STATISTICS, login="other", name="高娃", region_code=WHOLE)
    an_account(session, Role.APPROVER, login="approver")
    for n in range(12):
        place = BANNER if n % 2 else OTHER_BANNER
        a_child(session, name=f"女{n}", sex=Sex.FEMALE, region_code=place, banner_code=place)
        a_child(session, name=f"男{n}", sex=Sex.MALE, region_code=place, banner_code=place)
        a_pledge(session, f"138000000{n:02}", wish_sex=Sex.FEMALE)
        if n < 6:
            a_pledge(session, f"139000000{n:02}", wish_sex=Sex.MALE)
    ref = nights.pair_pledges(session, ENGINE, now=now).run_ref
    session.commit()
    return ref


def tried(session: Session, client: FlaskClient, **numbers: int) -> str:
    """Ask for a trial, let the clock work it out, and return its address."""
    asked = post(client, "/staff/matching/policy/try", kind="pledges", **numbers)
    db.session.rollback()
    now = clock.now()
    Run(session, "matching-asked", period=today(now)).execute(match_asked)
    return str(asked.location)


def made(session: Session) -> int:
    db.session.rollback()
    return session.scalar(select(func.count(Match.id))) or 0


def status(session: Session, ref: str) -> RunStatus:
    db.session.rollback()
    return session.scalars(select(MatchingRun).where(MatchingRun.ref == ref)).one().status


def test_a_run_over_banners_waits_with_its_report_and_nothing_reaches_a_desk(
    app: Flask, client: FlaskClient, session: Session, draft: str
) -> None:
    assert (made(session), status(session, draft)) == (0, RunStatus.DRAFT)
    assert session.scalars(select(Notice.kind).distinct()).all() == [NoticeKind.RUN_WAITS]
    sign_in(client, "region")

    assert "等人看过再放行" in body(client, "/staff/matching/")
    page = body(client, f"/staff/matching/{draft}")
    assert "“男”配上的偏少" in page and "看过了，放行" in page
    approver = colleague(app, "approver")
    assert "都批完了" in body(approver, "/staff/matches/")


def test_released_by_a_person_the_proposals_stand_on_the_desks(
    client: FlaskClient, session: Session, draft: str
) -> None:
    sign_in(client, "region")

    answer = post(client, f"/staff/matching/{draft}/release")

    assert answer.status_code == 303
    assert (made(session), status(session, draft)) == (18, RunStatus.RELEASED)
    run = session.scalars(select(MatchingRun).where(MatchingRun.ref == draft)).one()
    assert run.decided_by.startswith("account:") and run.proposed == 18
    assert "有人看过，放行" in body(client, f"/staff/matching/{draft}")
    assert post(client, f"/staff/matching/{draft}/release").status_code == 303
    assert made(session) == 18  # a second click proposes nothing twice


def test_discarded_nobody_hears_of_it(client: FlaskClient, session: Session, draft: str) -> None:
    sign_in(client, "region")

    post(client, f"/staff/matching/{draft}/discard")

    assert (made(session), status(session, draft)) == (0, RunStatus.DISCARDED)
    assert "谁也没有收到" in body(client, f"/staff/matching/{draft}")


def test_an_approver_of_one_banner_does_not_release_what_reaches_beyond_it(
    client: FlaskClient, session: Session, draft: str
) -> None:
    sign_in(client, "approver")

    assert post(client, f"/staff/matching/{draft}/release").status_code == 404
    assert made(session) == 0


def test_a_run_may_be_asked_for_stopped_and_shows_how_far_it_is(
    client: FlaskClient, session: Session, draft: str, now: datetime
) -> None:
    sign_in(client, "region")
    post(client, "/staff/matching/ask", kind="pledges")
    db.session.rollback()
    asked = session.scalars(select(MatchingRun).where(MatchingRun.status == RunStatus.ASKED)).one()
    asked.status = RunStatus.RUNNING
    asked.progress = {"phase": "solving", "done": 9, "of": 24, "banners": {BANNER: [12, 9, 7]}}
    session.commit()

    page = body(client, f"/staff/matching/{asked.ref}")
    assert "9 / 24" in page and re.search(r"鄂伦春.*?12.*?9.*?7", page, re.S)
    post(client, f"/staff/matching/{asked.ref}/stop")
    assert "正在停" in body(client, f"/staff/matching/{asked.ref}")


def test_a_policy_is_tried_then_kept_and_its_first_run_waits_for_another(
    app: Flask, client: FlaskClient, session: Session, draft: str, now: datetime
) -> None:
    sign_in(client, "region")
    numbers = {
        "urgency": 0, "waiting": 1, "wish": 100, "amount": 1, "rhythm": 0, "waiting_full_days": 180,
    }  # fmt: skip
    trial = tried(session, client, **numbers)
    page = body(client, trial)
    assert "再配一遍" in page and "急不急：40 → 0" in page
    assert session.scalar(select(func.count(MatchingPolicy.id))) == 0  # trying keeps nothing

    post(client, f"{trial}/keep", why="心愿先合")

    db.session.rollback()
    kept = session.scalars(select(MatchingPolicy)).one()
    assert (kept.version, kept.why) == ("2026-k1", "心愿先合") and "wish = 100" in kept.text
    assert "2026-k1" in body(client, "/staff/matching/policy/")
    ref = nights.pair_pledges(session, ENGINE, now=now).run_ref
    session.commit()
    post(client, f"/staff/matching/{ref}/release")
    assert made(session) == 0  # whoever kept the policy does not release its first run
    post(colleague(app, "other"), f"/staff/matching/{ref}/release")
    assert made(session) == 18


def test_numbers_that_are_no_weights_are_said_on_the_form(
    client: FlaskClient, session: Session, draft: str
) -> None:
    sign_in(client, "region")

    for asked, said in (({"urgency": "viel"}, "填一个整数"), (ALL | NO_POINTS, "这一项至少 1")):
        page = post(client, "/staff/matching/policy/try", kind="pledges", **asked)
        assert said in page.get_data(as_text=True)
    assert session.scalar(select(func.count(PolicyTrial.id))) == 0


def test_an_approver_sees_a_trial_by_code_and_keeps_nothing(
    client: FlaskClient, session: Session, draft: str
) -> None:
    sign_in(client, "approver")
    trial = tried(session, client, **ALL)
    page = body(client, trial)

    assert "再配一遍" in page and "留下，从下一次配对起用" not in page
    assert not re.search(r"[男女]\d", page)
    assert post(client, f"{trial}/keep", why="试试").status_code == 404
    assert session.scalar(select(func.count(CareMatch.id))) == 0


def test_the_page_says_what_proves_a_run_and_claims_no_more(
    client: FlaskClient, session: Session, draft: str
) -> None:
    sign_in(client, "region")
    run = session.scalars(select(MatchingRun).where(MatchingRun.ref == draft)).one()
    assert (run.proof, run.total) == ("flow", run.bound)
    proofs = []

    for proof, more, kind in (
        ("flow", 0, "pledges"),
        ("cp_sat", 0, "volunteers"),
        ("bound", 7, "pledges"),
    ):
        run.proof, run.bound, run.kind = proof, run.total + more, kind
        session.commit()
        page = body(client, f"/staff/matching/{draft}")
        proofs.append(re.search(r"这一次共 \d+ 分，([^<]*?)\s*</p>", page)[1])  # type: ignore[index]

    assert proofs == [
        "没有更好的安排：每项需要、每份名额都有价格作证。",
        "没有更好的安排：兄弟姐妹要在一起、重点关注的孩子一人最多带一个的几块由求解器查到底，"
        "其余每项都有价格作证。",
        "最多可能再好 7 分：各人给的数不一样、每笔又要整给，这样连成的一大块只算出了上限，"
        "没有查到底。规则都守住了。",
    ]
