"""A village director verifies visits: she reads their days aloud, the family says whether it was so."""

import pytest
from sqlalchemy import select

from models.guardian_requests import GuardianRequest
from models.visits import Visit
from services.care import visit_lists
from services.danger import harm, protection
from services.danger.protection import About
from tests.factories import (
    TOWNSHIP,
    a_match,
    a_pledge,
    a_school,
    a_sent_batch,
    an_account,
    viewer,
)
from tests.services.care import worlds
from tests.web.desks import body, colleague, post
from vocabulary.dates import today
from vocabulary.enums import Called, ChildMood, Complained, HarmOutcome, Role, VisitKind
from vocabulary.errors import NotFound, NotPermitted
from vocabulary.refs import stipend_ref

WORKER = viewer(Role.CASE_WORKER, actor="account:w")
DIRECTOR = viewer(Role.VILLAGE_DIRECTOR, regions=(TOWNSHIP,), actor="account:v")
FAR = viewer(Role.VILLAGE_DIRECTOR, regions=("150723102000",), actor="account:far")
WORDS, OTHERS = "手上有伤，说是摔的", "别人家的"


@pytest.fixture
def world(session, now):
    """A child with money on its way and a 爱心妈妈, her two visits, and another child's."""
    world = worlds.a_world(session, now)
    world.child.school_id = a_school(session).id
    pair = worlds.a_pair(session, world.child, world.mother, now)
    other = worlds.a_caring_child(session, name="别家", id_index="other")
    elsewhere = worlds.a_pair(session, other, worlds.a_volunteer(session, now), now)
    for kept, kind, words in (
        (pair, VisitKind.VISIT, WORDS),
        (pair, VisitKind.CALL, None),
        (elsewhere, VisitKind.OUTING, OTHERS),
    ):
        told = {"mood": ChildMood.GOOD, "signs": [], "concerns": [], "words": words}
        days = {"met_on": today(now), "entered_on": today(now), "entered_by": "account:m"}
        session.add(Visit(care_id=kept.id, child_id=kept.child_id, kind=kind, **told, **days))
    match = a_match(session, a_pledge(session)[0], world.child)
    batch = a_sent_batch(session, a_school(session, "另一所"), match)
    an_account(session, Role.VILLAGE_DIRECTOR, login="village", region_code=TOWNSHIP)
    session.flush()
    world.line = stipend_ref(match.child_ref, batch.month)  # type: ignore[attr-defined]
    return world


def kinds(world, who) -> set:
    return {one["kind"] for one in visit_lists.read_aloud(world.session, who, world.line)}


def test_she_reads_day_and_kind_of_her_own_familys_and_nothing_else(world, now) -> None:
    found = visit_lists.read_aloud(world.session, DIRECTOR, world.line)

    assert kinds(world, DIRECTOR) == {VisitKind.VISIT, VisitKind.CALL}
    assert [set(one) for one in found] == [{"met_on", "kind"}] * 2
    with pytest.raises(NotFound):
        visit_lists.read_aloud(world.session, FAR, world.line)
    with pytest.raises(NotPermitted):
        visit_lists.read_aloud(world.session, viewer(Role.SCHOOL_OFFICER), world.line)


def test_what_was_taken_back_never_was(world, now) -> None:
    for one in world.session.scalars(select(Visit).where(Visit.kind == VisitKind.CALL)):
        one.taken_back_on = today(now)
    world.session.flush()

    assert kinds(world, DIRECTOR) == {VisitKind.VISIT}


def test_of_a_child_in_danger_she_reads_none_and_whom_a_report_named_never_again(
    world, now
) -> None:
    session, about = world.session, About(Complained.VILLAGE)
    an_account(session, Role.VILLAGE_DIRECTOR, login="named", region_code=TOWNSHIP)
    said = {"called": Called.POLICE, "about": about, "now": now}
    ref = harm.report(session, WORKER, world.child.ref, **said)
    with pytest.raises(NotFound):
        visit_lists.read_aloud(session, DIRECTOR, world.line)

    harm.take_up(session, WORKER, ref, now=now)
    closer = viewer(Role.APPROVER, actor="account:closer")
    protection.close(session, closer, ref, outcome=HarmOutcome.HANDED_ON, now=now)
    named = world.who("named", now)

    assert kinds(world, DIRECTOR) == {VisitKind.VISIT, VisitKind.CALL}
    assert kinds(world, named) == set()


def test_the_page_has_the_days_and_takes_the_familys_word(app, world) -> None:
    line, session = world.line, world.session
    session.commit()
    director, address = colleague(app, "village"), f"/village/families/{line}/file"

    page = body(director, address)
    said = {"wish": "correct", "part": "other", "words": "这一天她没有来过", "language": "mn"}
    answer = post(director, address, **said)

    assert "念给家里核对" in page
    assert WORDS not in page
    assert OTHERS not in page
    assert answer.status_code == 303
    assert session.scalars(select(GuardianRequest.words)).all() == ["这一天她没有来过"]


def test_a_family_nobody_visits_has_no_such_part(app, world) -> None:
    for one in world.session.scalars(select(Visit)):
        world.session.delete(one)
    world.session.commit()

    page = body(colleague(app, "village"), f"/village/families/{world.line}/file")
    assert "念给家里核对" not in page
