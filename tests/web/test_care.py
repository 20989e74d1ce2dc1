"""爱心妈妈 by the browser: she is asked in bands, two of the staff agree, then she reads of her child."""

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest

from models.care import CareMatch
from models.volunteers import Volunteer
from tests.services.care.worlds import a_proposal, a_volunteer, a_world
from tests.web.desks import body, colleague, post
from vocabulary.enums import CareStatus


@dataclass
class Pair:
    """Her page, the staff's, and the name that she may not read yet."""

    hers: str
    staffs: str
    name: str


@pytest.fixture
def pair(session, now) -> Pair:
    world = a_world(session, now)
    a_volunteer(session, now, login="other", name="高娃")
    made = a_proposal(session, world.child, world.mother, now)
    session.commit()
    return Pair(f"/volunteer/care/{made.her_ref}", f"/staff/care/{made.ref}", world.child.name)


def agree(app, login: str, pair: Pair) -> str:
    client = colleague(app, login)
    assert post(client, f"{pair.staffs}/agree").status_code == 303
    return body(client, pair.staffs)


def test_from_her_yes_to_her_child_by_two_of_the_staff(app, pair) -> None:
    mother = colleague(app, "mama")
    assert pair.name not in body(mother, pair.hers)

    post(mother, f"{pair.hers}/yes")
    body(mother, f"{pair.hers}/child", status=404)

    assert "还要另一位同事同意才开始" in agree(app, "worker", pair)
    body(mother, f"{pair.hers}/child", status=404)
    assert "今天起磨合 60 天" in agree(app, "approver", pair)
    shown = body(mother, f"{pair.hers}/child")
    worry = re.search(r'href="(/volunteer/children/[^"]+/harm)"', shown)
    assert pair.name in shown
    assert worry
    assert "先不记，回到首页" in body(mother, worry[1])


def test_one_person_agrees_once(app, session, pair) -> None:
    post(colleague(app, "mama"), f"{pair.hers}/yes")

    agree(app, "worker", pair)
    again = agree(app, "worker", pair)

    assert "今天起磨合" not in again
    assert session.query(CareMatch).one().status is CareStatus.ACCEPTED


def test_a_no_wants_a_reason_and_shuts_the_pair_until_it_is_lifted(app, pair) -> None:
    mother, worker = colleague(app, "mama"), colleague(app, "worker")

    assert post(mother, f"{pair.hers}/no").status_code == 200
    assert post(mother, f"{pair.hers}/no", reason="too_far").status_code == 303

    assert pair.name in body(worker, "/staff/care/turned-down")
    assert post(worker, f"{pair.staffs}/lift").status_code == 303
    assert pair.name not in body(worker, "/staff/care/turned-down")


def test_another_volunteer_finds_nothing(app, session, pair) -> None:
    other = colleague(app, "other")

    body(other, pair.hers, status=404)
    assert post(other, f"{pair.hers}/yes").status_code == 404
    assert session.query(CareMatch).one().status is CareStatus.PROPOSED


def test_who_gave_notice_is_agreed_to_by_nobody(app, session, pair, now) -> None:
    post(colleague(app, "mama"), f"{pair.hers}/yes")
    hers = session.get_one(Volunteer, session.query(CareMatch).one().volunteer_id)
    hers.leaves_on = (now + timedelta(days=30)).date()
    session.commit()

    assert "她那边现在不行" in agree(app, "worker", pair)
    assert session.query(CareMatch).one().status is CareStatus.ACCEPTED
