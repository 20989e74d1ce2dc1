"""Who may not be one of the two reads so before clicking, on the page and in the list (law 8)."""

import pytest

from models.pledges import Recusal
from services.care import deciding, desk
from services.care.blocks import Block
from services.care.desk import Shown
from tests.factories import PASSWORD
from tests.services.care.worlds import World, a_caring_child, a_world, an_accepted
from vocabulary.dates import today
from vocabulary.enums import Role
from vocabulary.errors import ActedBefore, NeedsApprover


@pytest.fixture
def world(session, now) -> World:
    return a_world(session, now)


def waits(world, now, **more):
    return an_accepted(world.session, world.child, world.mother, now, **more)


def entered_child(world, now, actor):
    world.child.entered_by = actor
    return waits(world, now)


def entered_her(world, now, actor):
    world.mother.entered_by = actor
    return waits(world, now)


def is_she(world, now, actor):
    world.mother.account_id = world.who("worker", now).account_id
    return waits(world, now)


def noted(world, now, actor):
    return waits(world, now, answered_by=actor)


def proposed(world, now, actor):
    return waits(world, now, proposed_by=actor)


def agreed(world, now, actor):
    return waits(world, now, agreed_by=actor, agreed_as=Role.APPROVER, agreed_on=today(now))


def aside(world, now, actor):
    world.session.add(Recusal(child_id=world.child.id, actor=actor, since_on=today(now)))
    return waits(world, now)


def no_approver(world, now, actor):
    first = {"agreed_by": "account:other", "agreed_as": Role.CASE_WORKER}
    return waits(world, now, agreed_on=today(now), **first)


def entered_sibling(world, now, actor):
    brother = a_caring_child(world.session, name="巴特尔", entered_by=actor)
    an_accepted(world.session, brother, world.mother, now, family="F1")
    return waits(world, now, family="F1")


WAYS = {
    entered_child: Block.ENTERED,
    entered_her: Block.ENTERED_HER,
    is_she: Block.SELF,
    noted: Block.NOTED,
    proposed: Block.NOTED,
    agreed: Block.AGREED,
    aside: Block.ASIDE,
    no_approver: Block.APPROVER,
    entered_sibling: Block.ENTERED,
}


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_whoever_would_be_refused_reads_why_beforehand(world, session, now, way) -> None:
    worker = world.who("worker", now)
    match = way(world, now, worker.actor)
    session.flush()

    assert desk.detail(session, worker, match.ref, now=now)["block"] is WAYS[way]
    with pytest.raises((ActedBefore, NeedsApprover)):
        deciding.agree(session, worker, match.ref, now=now)


def test_whoever_may_decide_reads_nothing_and_may(world, session, now) -> None:
    match = waits(world, now)
    worker = world.who("worker", now)

    assert desk.detail(session, worker, match.ref, now=now)["block"] is None
    assert [one["block"] for one in desk.listed(session, worker, Shown.DECIDE)] == [None]
    deciding.agree(session, worker, match.ref, now=now)


def test_the_page_and_the_list_say_it_and_offer_no_button(app, world, session, now) -> None:
    match = entered_her(world, now, world.who("worker", now).actor)
    ref = match.ref
    session.commit()
    first, second = app.test_client(), app.test_client()
    first.post("/login", data={"login": "worker", "password": PASSWORD})
    second.post("/login", data={"login": "worker2", "password": PASSWORD})

    own, others = first.get(f"/staff/care/{ref}").text, second.get(f"/staff/care/{ref}").text
    listed = first.get("/staff/care/").text

    assert "这位爱心妈妈是你登记的" in own
    assert ("同意，等第二个人" in own, "同意，等第二个人" in others) == (False, True)
    assert "她是你登记的" in listed
    assert "她是你登记的" not in second.get("/staff/care/").text
