"""A volunteer leaves: notice on her page, a successor first, days together, a goodbye, the history."""

import re
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from extensions import db
from jobs.matching import propose
from jobs.run import Run
from models.care import CareMatch
from models.notices import Notice
from services.care import leaving
from tests.services.care.worlds import World, a_proposal, a_volunteer, a_world
from tests.web.desks import body, colleague, post
from vocabulary import clock
from vocabulary.dates import today
from vocabulary.enums import CareEnd, CareStatus, NoticeKind


@pytest.fixture
def world(app: Flask, session: Session, now: datetime) -> World:
    """Her pair with a child has stood since two agreed."""
    made = a_world(session, now)
    pair = a_proposal(session, made.child, made.mother, now)
    session.commit()
    post(colleague(app, "mama"), f"/volunteer/care/{pair.her_ref}/yes")
    for login in ("worker", "approver"):
        post(colleague(app, login), f"/staff/care/{pair.ref}/agree")
    db.session.rollback()
    return made


def pairs(session: Session) -> list[CareMatch]:
    db.session.rollback()
    session.expire_all()
    return list(session.scalars(select(CareMatch).order_by(CareMatch.id)))


def leaves(app: Flask, on: date) -> str:
    mother = colleague(app, "mama")
    answer = post(mother, "/volunteer/care/leave", on=on.isoformat())
    return (
        answer.get_data(as_text=True) if answer.status_code == 200 else body(mother, "/volunteer/")
    )


def night(session: Session, now: datetime) -> None:
    session.commit()
    Run(session, "matching", period=today(now)).execute(propose)


def test_her_notice_stands_on_her_page_and_calls_the_staff(
    app: Flask, session: Session, world: World, now: datetime
) -> None:
    day = today(now) + timedelta(days=30)

    assert "你陪到" in leaves(app, day)

    kinds = set(session.scalars(select(Notice.kind)))
    assert NoticeKind.CARE_LEAVES in kinds
    assert world.child.name in body(colleague(app, "worker"), "/staff/care/?show=leaving")


def test_a_day_too_near_is_said_on_the_form(
    app: Flask, session: Session, world: World, now
) -> None:
    page = leaves(app, today(now) + timedelta(days=leaving.NOTICE_DAYS - 1))

    assert "最早 14 天以后" in page
    assert session.get_one(type(world.mother), world.mother.id).leaves_on is None


def test_a_successor_is_sought_first_and_both_are_with_the_child_until_the_goodbye(
    app: Flask, session: Session, world: World, now: datetime
) -> None:
    last = today(now) + timedelta(days=30)
    leaves(app, last)
    a_volunteer(session, now, login="next", name="接着陪的")
    night(session, now)
    first, second = pairs(session)
    assert (first.status, second.status) == (CareStatus.TRIAL, CareStatus.PROPOSED)
    worker = colleague(app, "worker")
    assert "接着陪的" in body(worker, f"/staff/care/{first.ref}")

    post(colleague(app, "next"), f"/volunteer/care/{second.her_ref}/yes")
    for login in ("worker", "approver"):
        post(colleague(app, login), f"/staff/care/{second.ref}/agree")
    goodbye = last - timedelta(days=2)
    post(worker, f"/staff/care/{first.ref}/goodbye", on=goodbye.isoformat())
    assert re.search("去告别", body(colleague(app, "mama"), "/volunteer/"))

    with clock.moved_to(now + timedelta(days=30)):
        night(session, now + timedelta(days=30))
    first, second = pairs(session)
    assert (first.status, first.end_reason) == (CareStatus.ENDED, CareEnd.HANDED_ON)
    assert second.status is CareStatus.TRIAL and first.goodbye_on == goodbye


def test_without_a_successor_the_pair_ends_on_her_day_and_the_child_waits_again(
    app: Flask, session: Session, world: World, now: datetime
) -> None:
    leaves(app, today(now) + timedelta(days=20))
    with clock.moved_to(now + timedelta(days=19)):
        night(session, now + timedelta(days=19))
        assert pairs(session)[0].status is CareStatus.TRIAL
    with clock.moved_to(now + timedelta(days=20)):
        night(session, now + timedelta(days=20))

    [pair] = pairs(session)
    assert (pair.status, pair.end_reason) == (CareStatus.ENDED, CareEnd.SHE_LEFT)


def test_she_may_stay_after_all_and_a_goodbye_lies_before_her_last_day(
    app: Flask, session: Session, world: World, now: datetime
) -> None:
    last = today(now) + timedelta(days=30)
    leaves(app, last)
    [pair] = pairs(session)
    late = (last + timedelta(days=1)).isoformat()
    post(colleague(app, "worker"), f"/staff/care/{pair.ref}/goodbye", on=late)
    assert pairs(session)[0].goodbye_on is None

    mother = colleague(app, "mama")
    post(mother, "/volunteer/care/stay")

    assert "你陪到" not in body(mother, "/volunteer/")
