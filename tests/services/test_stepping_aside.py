"""A unit's clerk says at each list whose guardian works there; that money never goes by his hands."""

import pytest
from sqlalchemy import select

from models.children import Child
from models.notices import Notice
from models.pledges import Match
from models.routes import ChildRoute
from models.stipends import Batch, Stipend
from services.batches import batches, returns
from services.handover import handovers, slips
from services.routes import deciding
from services.work_units import stepping_aside
from tests.factories import viewer
from tests.services.routes.worlds import DESK, lines, morning
from tests.services.test_unit_hands import NOW, World, hand_of
from tests.services.test_work_units import clerk_of
from vocabulary.dates import at
from vocabulary.enums import NoticeKind, Role, Route, RouteReason, Snag
from vocabulary.errors import AlreadyDecided, BadInput, NotCleared, NotFound, NotPermitted
from vocabulary.refs import stipend_ref

MONTHS = 3


@pytest.fixture
def world(session) -> World:
    return World(session)


def list_of(session, world):
    (card,) = world.list_of(session, world.unit)
    return card["ref"], card["lines"][0]["ref"]


def test_nothing_of_a_units_list_is_handed_over_before_its_clerk_answered(session, world) -> None:
    me, (batch, line) = hand_of(world.unit), list_of(session, world)

    for act in (
        lambda: handovers.hand_over_one(session, me, line, now=NOW),
        lambda: handovers.note_snag(session, me, line, Snag.ON_LEAVE, now=NOW),
        lambda: handovers.confirm_all(session, me, batch, now=NOW),
    ):
        with pytest.raises(NotCleared):
            act()

    assert slips.make_slips(session, me, batch, now=NOW)
    assert stepping_aside.say(session, me, batch, own_staff=(), now=NOW) == 0
    assert handovers.confirm_all(session, me, batch, now=NOW) == MONTHS


def test_the_next_list_asks_again(session, world) -> None:
    me, (batch, _) = hand_of(world.unit), list_of(session, world)
    stepping_aside.say(session, me, batch, own_staff=(), now=NOW)
    handovers.confirm_all(session, me, batch, now=NOW)

    december = at(NOW.date().replace(month=12, day=1))
    morning(session, december.date())
    batches.send_all(session, DESK, list(session.scalars(_opened())), now=december)

    assert session.scalars(_of_unit(world)).all() == [NOW.date(), None]


def _opened():
    return select(Batch.ref).where(Batch.sent_on.is_(None))


def _of_unit(world):
    mine = Batch.organisation_id == world.unit.id
    return select(Batch.cleared_on).where(mine).order_by(Batch.month)


def test_a_colleagues_child_is_handed_nothing_by_the_unit_ever_again(session, world) -> None:
    me, (batch, line) = hand_of(world.unit), list_of(session, world)

    assert stepping_aside.say(session, me, batch, own_staff=[line], now=NOW) == MONTHS

    child = session.get_one(Child, world.child.id)
    assert (child.route, child.hand_id) == (Route.OFFICE, None)
    with pytest.raises(AlreadyDecided):
        handovers.hand_over_one(session, me, line, now=NOW)
    with pytest.raises(AlreadyDecided):
        handovers.clear_snag(session, me, line, now=NOW)
    history = deciding.history(session, viewer(Role.CASE_WORKER), child.ref)
    assert history[0]["reason"] is RouteReason.OWN_STAFF
    told = select(Notice).where(Notice.kind == NoticeKind.UNIT_STEPS_ASIDE)
    assert {one.subject for one in session.scalars(told)} <= {f"batch:{batch}"}


def test_its_money_goes_back_and_out_again_by_another_hand(session, world) -> None:
    me, (batch, line) = hand_of(world.unit), list_of(session, world)
    stepping_aside.say(session, me, batch, own_staff=[line], now=NOW)

    (expected,) = [one for one in returns.expected(session, DESK) if one["ref"] == batch]
    read = returns.Sum(expected["count"], expected["total_fen"])
    returns.record(session, DESK, batch, read, on=NOW.date(), now=NOW)
    for one in session.scalars(select(Stipend).where(Stipend.returned_on.is_not(None))).all():
        ref = stipend_ref(session.get_one(Match, one.match_id).child_ref, one.due_on)
        returns.send_again(session, viewer(Role.CASE_WORKER), ref, now=NOW)
    morning(session, NOW.date())

    assert [route for _, route, _ in lines(session, world.child)] == ["office"] * MONTHS


def test_somebody_met_at_the_door_is_said_later_and_what_was_handed_over_stays(
    session, world
) -> None:
    me, (batch, line) = hand_of(world.unit), list_of(session, world)
    stepping_aside.say(session, me, batch, own_staff=(), now=NOW)
    with pytest.raises(AlreadyDecided):
        stepping_aside.say(session, me, batch, own_staff=(), now=NOW)

    handovers.hand_over_one(session, me, line, now=NOW)
    session.flush()

    with pytest.raises(AlreadyDecided):
        stepping_aside.say(session, me, batch, own_staff=[line], now=NOW)
    assert session.scalars(select(ChildRoute.reason)).all().count(RouteReason.OWN_STAFF) == 0


def test_no_other_hand_says_it_and_nobody_of_another_list(session, world) -> None:
    batch, line = list_of(session, world)
    (others,) = world.list_of(session, world.other)
    school = session.scalars(select(Batch).where(Batch.route == Route.SCHOOL)).one()
    officer = viewer(Role.SCHOOL_OFFICER, organisation_id=world.school.id)

    with pytest.raises(NotFound):
        stepping_aside.say(session, hand_of(world.other), batch, own_staff=(), now=NOW)
    with pytest.raises(NotFound):
        stepping_aside.say(session, hand_of(world.other), others["ref"], own_staff=[line], now=NOW)
    with pytest.raises(NotFound):
        stepping_aside.say(session, officer, school.ref, own_staff=(), now=NOW)
    with pytest.raises(NotPermitted):
        stepping_aside.say(session, clerk_of(world.unit), batch, own_staff=(), now=NOW)
    pupils = session.scalars(select(Stipend).where(Stipend.batch_id == school.id)).all()
    assert {one.snag for one in pupils} == {None}


def test_the_word_stands_on_no_list_of_exceptions(session, world) -> None:
    me, (batch, line) = hand_of(world.unit), list_of(session, world)
    stepping_aside.say(session, me, batch, own_staff=(), now=NOW)

    with pytest.raises(BadInput):
        handovers.note_snag(session, me, line, Snag.OWN_STAFF, now=NOW)
    with pytest.raises(BadInput):
        handovers.confirm_all(session, me, batch, {line: Snag.OWN_STAFF}, now=NOW)
