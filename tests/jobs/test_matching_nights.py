"""The night's runs: only what is new, in its banner alone; stopped or killed, nothing half-proposed."""

import os
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from jobs.matching import match_all, match_asked, nothing_asked
from jobs.run import Run
from models.care import CareMatch
from models.children import Child, Need
from models.matching_runs import MatchingRun
from models.pledges import Match
from privacy import viewers
from services.pairing import matches
from services.runs import drafting, news
from tests.factories import BANNER, OTHER_BANNER, a_child, a_pledge, viewer
from vocabulary.enums import DeclineReason, MatchStatus, Role, RunStatus

ROOT = Path(__file__).parents[2]
ENGINE = viewers.engine("matching")
REGION = viewer(Role.STATISTICS, regions=("150000000000",))


def night(session: Session, now: datetime, **how: bool) -> dict[str, int]:
    did: dict[str, int] = {}
    session.commit()
    work = Run(session, "matching", period=now.date())
    work.execute(lambda run: did.update(match_all(run, **how)))
    return did


def runs(session: Session) -> list[tuple[str, str | None, RunStatus]]:
    found = session.scalars(select(MatchingRun).order_by(MatchingRun.id))
    return [(one.kind, one.banner, one.status) for one in found]


def afar(session: Session, name: str) -> Child:
    return a_child(session, name=name, region_code=OTHER_BANNER, banner_code=OTHER_BANNER)


def test_a_second_night_without_news_makes_no_run(session: Session, now: datetime) -> None:
    a_child(session)
    a_pledge(session)
    assert night(session, now)["proposed"] == 1
    before = runs(session)

    assert night(session, now)["proposed"] == 0

    assert before == runs(session) == [("pledges", None, RunStatus.RELEASED)]


def test_a_new_child_matches_only_her_banner_again(session: Session, now: datetime) -> None:
    afar(session, "外旗")
    a_pledge(session, children_wanted=3)
    night(session, now)
    there = session.scalars(select(Match)).one()
    a_child(session, name="新来的")

    night(session, now)

    assert runs(session)[1:] == [("pledges", BANNER, RunStatus.RELEASED)]
    assert session.get_one(Match, there.id).status is MatchStatus.PROPOSED
    assert session.scalar(select(func.count(Match.id))) == 2


def test_a_new_pledge_matches_the_whole_region(session: Session, now: datetime) -> None:
    a_child(session)
    night(session, now)
    a_pledge(session)

    assert night(session, now)["proposed"] == 1
    assert runs(session)[-1] == ("pledges", None, RunStatus.RELEASED)


def test_a_child_whose_proposal_was_declined_is_news_of_her_banner(
    session: Session, now: datetime
) -> None:
    a_child(session)
    a_pledge(session)
    night(session, now)
    ref = session.scalars(select(Match.child_ref)).one()
    approver = viewer(Role.APPROVER)
    matches.decline(session, approver, ref, reason=DeclineReason.RELATED, now=now)
    session.commit()

    found = news.find(session, "pledges", on=now.date())

    assert (found.whole, found.banners) == (False, (BANNER,))


@pytest.fixture
def rivals(session: Session, now: datetime) -> tuple[Need, Need]:
    """Two children for one pledge: the needs of who is proposed, and of who came a night later."""
    first = a_child(session, name="先来的")
    a_pledge(session)
    night(session, now)
    second = a_child(session, name="后来的")
    mine, other = (
        session.scalars(select(Need).where(Need.child_id == child.id)).one()
        for child in (first, second)
    )
    other.urgency = mine.urgency
    return mine, other


def proposed(session: Session) -> list[int | None]:
    stands = select(Match.need_id).where(Match.status == MatchStatus.PROPOSED)
    return list(session.scalars(stands))


def test_a_shown_proposal_moves_only_for_more_than_the_threshold(
    session: Session, now: datetime, rivals: tuple[Need, Need]
) -> None:
    mine, other = rivals
    night(session, now)
    assert proposed(session) == [mine.id]  # no better: who was shown keeps it

    other.urgency, mine.urgency = 3, 0
    night(session, now)

    assert proposed(session) == [other.id]  # 40 points more a unit: it moves
    lapsed = session.scalars(select(Match).where(Match.status == MatchStatus.LAPSED)).one()
    assert lapsed.need_id == mine.id and lapsed.decline_reason is None


def test_an_accepted_pair_never_moves(
    session: Session, now: datetime, rivals: tuple[Need, Need]
) -> None:
    mine, other = rivals
    ref = session.scalars(select(Match.child_ref)).one()
    matches.approve(session, viewer(Role.APPROVER), ref, now=now)
    other.urgency, mine.urgency = 3, 0

    night(session, now)

    stands = session.scalars(select(Match)).one()
    assert (stands.need_id, stands.status) == (mine.id, MatchStatus.ACTIVE)


def test_what_somebody_asked_for_is_taken_up_once(session: Session, now: datetime) -> None:
    a_child(session)
    a_pledge(session)
    ref = drafting.ask(session, REGION, "pledges", None, now=now)
    assert drafting.ask(session, REGION, "pledges", None, now=now) == ref
    session.commit()
    assert not nothing_asked(session, ENGINE, now)

    Run(session, "matching-asked", period=now.date()).execute(match_asked)

    assert nothing_asked(session, ENGINE, now)
    assert runs(session) == [("pledges", None, RunStatus.RELEASED)]


def test_a_run_asked_to_stop_leaves_nothing(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(3):
        a_child(session, name=f"孩子{n}")
        a_pledge(session, f"1380000000{n}")
    session.commit()
    write = drafting.note

    def stop_it(at_work: Session, by, ref: str, said) -> bool:
        drafting.stop(at_work, REGION, ref, now=now)
        return write(at_work, by, ref, said)

    monkeypatch.setattr(drafting, "note", stop_it)

    assert night(session, now, whole=True)["proposed"] == 0

    assert runs(session)[0] == ("pledges", None, RunStatus.STOPPED)
    assert session.scalar(select(func.count(Match.id))) == 0


def test_a_killed_run_leaves_nothing_half_proposed_and_the_next_one_begins_anew(
    app: Flask, session: Session, now: datetime
) -> None:
    """The real command, killed by the real SIGKILL while it solves."""
    for n in range(5):
        a_child(session, name=f"孩子{n}")
        a_pledge(session, f"1380000000{n}")
    session.commit()
    started = _begun(app)
    _wait_until_it_solves(session, started)
    started.send_signal(signal.SIGKILL)
    started.communicate()
    assert started.returncode == -signal.SIGKILL
    session.expire_all()
    assert runs(session) == [("pledges", None, RunStatus.RUNNING)]
    assert session.scalar(select(func.count(Match.id))) == 0

    assert night(session, now)["proposed"] == 5

    assert runs(session) == [
        ("pledges", None, RunStatus.STOPPED), ("pledges", None, RunStatus.RELEASED),
    ]  # fmt: skip
    assert session.scalar(select(func.count(CareMatch.id))) == 0


# It solves for a minute, so that the kill falls into the solving and nowhere else.
_SLOWLY = """
import sys, time
import matching
from flask.cli import main
solve = matching.propose
def slowly(*given, **how):
    time.sleep(60)
    return solve(*given, **how)
matching.propose = slowly
sys.argv = ["flask", "--app", "app", "jobs", "run", "matching"]
main()
"""


def _begun(app: Flask) -> "subprocess.Popen[bytes]":
    settings = app.config["SETTINGS"]
    environment = os.environ | {
        "DATABASE_URL": settings.database_url,
        "INSTANCE_DIR": str(settings.instance),
        "KEYS_DIR": str(settings.keys_dir),
        "MODE": "test",
    }
    return subprocess.Popen(
        [sys.executable, "-c", _SLOWLY], cwd=ROOT, env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip


def _wait_until_it_solves(session: Session, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        session.rollback()
        if runs(session):
            return
        assert process.poll() is None, process.stderr.read().decode()
        time.sleep(0.1)
    raise AssertionError


def test_a_list_that_came_in_asks_for_its_banner_alone(session: Session, now: datetime) -> None:
    a_child(session)
    a_pledge(session, children_wanted=2)
    night(session, now)
    a_child(session, name="名单上的")
    drafting.ask_after_list(session, viewer(Role.CASE_WORKER), BANNER, now=now)
    session.commit()

    Run(session, "matching-asked", period=now.date()).execute(match_asked)

    assert [(kind, banner, status) for kind, banner, status in runs(session)][1:] == [
        ("pledges", BANNER, RunStatus.RELEASED), ("volunteers", BANNER, RunStatus.EMPTY),
    ]  # fmt: skip
