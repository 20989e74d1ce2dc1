"""A pair's page names people on both sides: the trace names each of them; strange handles find nothing."""

import pytest

from models.trace import OrdinaryEntry
from tests.factories import OTHER_BANNER, an_account
from tests.services.care.worlds import (
    a_caring_child,
    a_pair,
    a_proposal,
    a_volunteer,
    a_world,
)
from tests.web.desks import body, colleague, post
from vocabulary.enums import CareStatus, Role

HANDLES = ("NONE", "7KQ2M8TD4XWA", "%00", "a" * 300)


def read(session, act: str) -> list[str]:
    session.rollback()
    entry = session.query(OrdinaryEntry).filter_by(act=act).order_by(OrdinaryEntry.seq.desc())
    last = entry.first()
    return last.detail.get("subjects") or [last.subject]


def test_whom_a_pairs_page_names_the_trace_names(app, session, now) -> None:
    world = a_world(session, now)
    other, next_best = a_caring_child(session, name="陈雨"), a_volunteer(session, now, name="图雅")
    beside = [
        {"side": "child", "code": other.ref, "lacks": [], "placed_with": None},
        {"side": "volunteer", "code": next_best.ref, "lacks": [], "placed_with": None},
    ]
    match = a_proposal(session, world.child, world.mother, now, runners_up=beside)
    children = [f"child:{one.ref}" for one in (world.child, other)]
    mothers = [f"volunteer:{one.ref}" for one in (world.mother, next_best)]
    path = f"/staff/care/{match.ref}"
    session.commit()

    page = body(colleague(app, "worker"), path)

    assert "陈雨" in page
    assert "图雅" in page
    assert read(session, "child.read") == sorted(children)
    assert read(session, "volunteer.read") == sorted(mothers)


@pytest.mark.parametrize("view", ["", "/child", "/yes", "/no"])
def test_anothers_handle_and_none_find_nothing_for_a_volunteer(app, session, now, view) -> None:
    world = a_world(session, now)
    a_volunteer(session, now, login="other")
    pair = a_pair(session, world.child, world.mother, now)
    handles = (pair.her_ref, pair.ref, *HANDLES)
    session.commit()
    other = colleague(app, "other")

    act = post if view in ("/yes", "/no") else type(other).get
    more = {"reason": "too_far"} if view == "/no" else {}
    answers = [act(other, f"/volunteer/care/{one}{view}", **more) for one in handles]

    assert {one.status_code for one in answers} == {404}


@pytest.mark.parametrize("act", ["turn-down", "her-yes", "her-no", "go-on", "end", "lift", "agree"])
def test_another_banners_staff_find_no_pair_whatever_they_try(app, session, now, act) -> None:
    world = a_world(session, now)
    an_account(session, Role.APPROVER, login="far", region_code=OTHER_BANNER)
    pair = a_pair(session, world.child, world.mother, now)
    handles = (pair.ref, pair.her_ref, *HANDLES)
    reasons = {"turn-down": "other", "her-no": "too_far", "end": "not_suited"}
    session.commit()
    far = colleague(app, "far")

    more = {"reason": reasons[act], "note": "x"} if act in reasons else {}
    answers = [post(far, f"/staff/care/{one}/{act}", **more) for one in handles]

    assert {one.status_code for one in answers} == {404}
    session.rollback()
    assert pair.status is CareStatus.TRIAL
