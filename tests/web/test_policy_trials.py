"""Weights are tried by the clock: the page shows how far it is, can stop it, and says its limit."""

from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

import matching
from extensions import db
from jobs.matching import match_asked
from jobs.run import Run
from models.matching_runs import MatchingRun, PolicyTrial
from privacy import viewers
from services.lifecycle import advance
from services.runs import nights, trials
from tests.factories import BANNER, a_child, a_pledge, an_account
from tests.web.desks import body, colleague, post, sign_in
from vocabulary.dates import today
from vocabulary.enums import Role, TrialStatus

WHOLE = "150000000000"
WEIGHTS = {
    "urgency": 0, "waiting": 1, "wish": 90, "amount": 1, "rhythm": 0, "waiting_full_days": 180,
}  # fmt: skip
ENGINE = viewers.engine("matching")


@pytest.fixture
def ran(session: Session, now: datetime) -> None:
    an_account(session, Role.STATISTICS, login="region", name="乌兰", region_code=WHOLE)
    for n in range(3):
        a_child(session, name=f"孩子{n}", region_code=BANNER, banner_code=BANNER)
        a_pledge(session, f"1380000000{n}")
    nights.pair_pledges(session, ENGINE, now=now)
    session.commit()


def ask(client: FlaskClient) -> str:
    answer = post(client, "/staff/matching/policy/try", kind="pledges", **WEIGHTS)
    db.session.rollback()
    return str(answer.location)


def the_trial(session: Session) -> PolicyTrial:
    db.session.rollback()
    return session.scalars(select(PolicyTrial)).one()


def work(session: Session, now: datetime) -> None:
    Run(session, "matching-asked", period=today(now)).execute(match_asked)


def test_a_page_asks_and_does_not_solve_and_asks_again_by_itself(
    client: FlaskClient, session: Session, ran: None, now: datetime, monkeypatch
) -> None:
    monkeypatch.setattr(matching, "propose", lambda *_, **__: pytest.fail("solved in a request"))
    sign_in(client, "region")

    page = client.get(ask(client))

    assert page.headers["Refresh"] == "3" and "一分钟内开始" in page.get_data(as_text=True)
    assert the_trial(session).status is TrialStatus.ASKED
    monkeypatch.undo()
    work(session, now)
    done = client.get(f"/staff/matching/policy/trials/{the_trial(session).ref}")
    assert "Refresh" not in done.headers and "再配一遍" in done.get_data(as_text=True)


def test_a_trial_shows_how_far_it_is_and_stops_without_a_trace_of_itself(
    client: FlaskClient, session: Session, ran: None, now: datetime
) -> None:
    sign_in(client, "region")
    address = ask(client)
    trial = the_trial(session)
    begun = trials.begin(session, ENGINE, trial.ref, holder="here", now=now)
    assert (
        trials.note(session, ENGINE, trial.ref, {"phase": "solving", "done": 2, "of": 3}) is False
    )
    session.commit()
    assert "2 / 3 项" in body(client, address)

    post(client, f"{address}/stop")

    db.session.rollback()
    assert trials.note(session, ENGINE, trial.ref, {}) is True
    with pytest.raises(matching.Stopped):
        trials.solve(begun, progress=lambda _: None, stop=lambda: True)
    trials.finish(session, ENGINE, trial.ref, None, now=now)
    session.commit()
    assert (the_trial(session).status, the_trial(session).outcome) == (TrialStatus.STOPPED, {})
    assert "没有算完" in body(client, address)


def test_before_the_first_run_there_is_nothing_to_try(
    client: FlaskClient, session: Session
) -> None:
    an_account(session, Role.STATISTICS, login="region", region_code=WHOLE)
    session.commit()
    sign_in(client, "region")

    page = post(client, "/staff/matching/policy/try", kind="pledges", **WEIGHTS)

    assert "还没有配过" in page.get_data(as_text=True)


def test_asked_twice_it_is_one_and_another_question_takes_its_place(
    client: FlaskClient, session: Session, ran: None
) -> None:
    sign_in(client, "region")
    assert ask(client) == ask(client)

    post(client, "/staff/matching/policy/try", kind="pledges", **WEIGHTS | {"wish": 80})

    db.session.rollback()
    states = session.scalars(select(PolicyTrial.status).order_by(PolicyTrial.id)).all()
    assert states == [TrialStatus.STOPPED, TrialStatus.ASKED]


def test_what_a_killed_process_or_a_damaged_run_left_is_closed(
    client: FlaskClient, session: Session, ran: None, now: datetime
) -> None:
    sign_in(client, "region")
    ask(client)
    trial = the_trial(session)
    session.scalars(select(MatchingRun)).one().certificate = b"broken"
    session.commit()

    work(session, now)

    assert the_trial(session).status is TrialStatus.STOPPED
    left = PolicyTrial(
        kind="pledges", run_ref=trial.run_ref, numbers={}, against="", asked_by="account:x",
        asked_on=today(now), holder="gone",
    )  # fmt: skip
    session.add(left)
    session.flush()
    advance(session, left, TrialStatus.RUNNING, by=ENGINE, now=now)
    assert trials.close_left(session, ENGINE, is_gone=lambda who: who == "gone", now=now) == 1
    assert left.status is TrialStatus.STOPPED


def test_nobody_stops_what_another_tries(
    app: Flask, client: FlaskClient, session: Session, ran: None
) -> None:
    an_account(session, Role.STATISTICS, login="other", name="高娃", region_code=WHOLE)
    session.commit()
    sign_in(client, "region")
    address = ask(client)

    answer = post(colleague(app, "other"), f"{address}/stop")

    assert answer.status_code == 404 and the_trial(session).status is TrialStatus.ASKED
