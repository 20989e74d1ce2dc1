"""What waits for two people when its volunteer gives notice, or lacks a paper, stands on no desk as if."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from extensions import db
from jobs.matching import propose
from jobs.run import Run
from models.care import CareExclusion, CareMatch
from tests.services.care.worlds import World, a_caring_child, a_volunteer, a_world, an_accepted
from tests.web.desks import body, colleague, post
from vocabulary.dates import today
from vocabulary.enums import CareRefusal, CareStatus

AGREE = "同意，等第二个人"


@pytest.fixture
def world(app: Flask, session: Session, now: datetime) -> World:
    """She said yes; nobody of the staff has agreed yet."""
    made = a_world(session, now)
    an_accepted(session, made.child, made.mother, now)
    session.commit()
    return made


def pairs(session: Session) -> list[CareMatch]:
    db.session.rollback()
    session.expire_all()
    return list(session.scalars(select(CareMatch).order_by(CareMatch.id)))


def night(session: Session, now: datetime) -> None:
    session.commit()
    Run(session, "matching", period=today(now)).execute(propose)


def notice_is_noted(app: Flask, world: World, now: datetime):
    """One of the staff writes down what she said by telephone."""
    on = (today(now) + timedelta(days=30)).isoformat()
    worker = colleague(app, "worker")
    answer = post(worker, f"/staff/volunteers/{world.mother.ref}/leaves", on=on)
    assert answer.status_code == 303
    return worker


def test_her_notice_takes_back_at_once_what_two_have_not_agreed_to(
    app: Flask, session: Session, world: World, now: datetime
) -> None:
    (pair,) = pairs(session)
    assert AGREE in body(colleague(app, "worker"), f"/staff/care/{pair.ref}")

    worker = notice_is_noted(app, world, now)

    (pair,) = pairs(session)
    assert (pair.status, pair.refusal) == (CareStatus.LAPSED, CareRefusal.SHE_LEAVES)
    assert session.scalars(select(CareExclusion)).all() == []
    page = body(worker, f"/staff/care/{pair.ref}")
    assert "她说要离开" in page and "收回了" in page and "过期了" not in page
    assert AGREE not in page
    assert pair.ref not in body(worker, "/staff/care/")
    post(worker, f"/staff/care/{pair.ref}/agree")
    assert pairs(session)[0].agreed_by is None


def test_a_sibling_that_waits_with_it_goes_the_same_way(
    app: Flask, session: Session, world: World, now: datetime
) -> None:
    world.mother.capacity = 2
    brother = a_caring_child(session, name="陈雨")
    an_accepted(session, brother, world.mother, now)
    session.commit()

    notice_is_noted(app, world, now)

    assert {pair.refusal for pair in pairs(session)} == {CareRefusal.SHE_LEAVES}


def test_the_child_is_matched_anew_that_night(
    app: Flask, session: Session, world: World, now: datetime
) -> None:
    other = a_volunteer(session, now, name="接着问的")
    session.commit()
    notice_is_noted(app, world, now)

    night(session, now)

    first, second = pairs(session)
    assert (second.volunteer_id, second.status) == (other.id, CareStatus.PROPOSED)
    assert first.status is CareStatus.LAPSED


def test_who_stays_after_all_may_be_asked_for_the_same_child_again(
    app: Flask, session: Session, world: World, now: datetime
) -> None:
    worker = notice_is_noted(app, world, now)
    night(session, now)
    assert len(pairs(session)) == 1  # nobody else is there, and she leaves

    assert post(worker, f"/staff/volunteers/{world.mother.ref}/stays").status_code == 303
    assert pairs(session)[0].status is CareStatus.LAPSED
    night(session, now)

    again = pairs(session)[1]
    assert (again.volunteer_id, again.child_id) == (world.mother.id, world.child.id)
    assert again.status is CareStatus.PROPOSED


def test_a_paper_that_ran_out_is_said_before_anybody_presses(
    app: Flask, session: Session, world: World, now: datetime
) -> None:
    world.mother.insured_until = today(now) - timedelta(days=1)
    session.commit()
    (pair,) = pairs(session)
    worker = colleague(app, "worker")

    page = body(worker, f"/staff/care/{pair.ref}")

    assert "资质到期了。今晚系统收回" in page
    assert AGREE not in page
    post(worker, f"/staff/care/{pair.ref}/agree")
    assert "资质到期了。今晚系统收回" in body(worker, f"/staff/care/{pair.ref}")
    assert pairs(session)[0].agreed_by is None
    night(session, now)
    assert pairs(session)[0].status is CareStatus.LAPSED
