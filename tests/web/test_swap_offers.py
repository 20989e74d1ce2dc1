"""Another pledge is offered for a proposed child only where the click could be made."""

import re
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.pledges import Match, Pledge
from privacy import viewers
from services.pairing import matches
from services.runs import nights
from tests.factories import a_child, a_pledge, a_school, an_account, viewer
from tests.web.desks import body, colleague
from vocabulary.enums import Role

APPROVER = viewer(Role.APPROVER)


@pytest.fixture
def three(session: Session, now: datetime) -> list[Match]:
    """Three children who are proposed three pledges alike."""
    school = a_school(session)
    for number, name in enumerate(("陈雨桐", "乌云嘎", "包晓军")):
        a_child(session, school, name=name)
        a_pledge(session, f"1380000000{number}")
    an_account(session, Role.CASE_WORKER, login="worker")
    nights.pair_pledges(session, viewers.engine("matching"), now=now)
    session.commit()
    return list(session.scalars(select(Match).order_by(Match.id)))


def offered(app: Flask, ref: str) -> set[str]:
    """The codes of the pledges that one child's page offers instead; each leads to a page."""
    worker = colleague(app, "worker")
    page = body(worker, f"/staff/matches/{ref}/whole")
    codes = set(re.findall(rf"/staff/matches/{ref}/swap/([^\"]+)\"", page))
    assert all("换" in body(worker, f"/staff/matches/{ref}/swap/{code}") for code in codes)
    return codes


def test_what_was_approved_meanwhile_is_not_offered_any_more(
    app: Flask, session: Session, three: list[Match], now: datetime
) -> None:
    first, *others = three
    ref = first.child_ref
    codes = {session.get_one(Pledge, one.pledge_id).code: one.child_ref for one in others}
    free = offered(app, ref)
    assert free and free <= codes.keys()

    gone = sorted(free)[0]
    matches.approve(session, APPROVER, codes[gone], now=now)
    session.commit()

    assert offered(app, ref) == free - {gone}
