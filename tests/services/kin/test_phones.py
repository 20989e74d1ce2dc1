"""Where links and questions about money go is never one person's act: another telephone takes two."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.amendments import Amendment
from models.children import Kin
from models.notices import Notice
from privacy import viewers
from services import gate
from services.children import amendments
from services.children.children import NewKin, add_kin
from services.kin import changes
from services.kin.reached import reached
from services.letters import letter_links
from services.notices import addressing
from services.notices.drawing import draw
from services.routes import asking, holding
from tests.factories import viewer
from tests.services.letters.worlds import DESK, WEDNESDAY, World, a_world
from vocabulary.dates import today
from vocabulary.enums import AmendmentStatus, ChildStatus, KinEnd, KinRole, NoticeKind, Role
from vocabulary.errors import ActedBefore, AlreadyDecided, BadInput, LinkExpired, NotFound

OLD, NEW = "13900000092", "13900009999"
SECOND = replace(DESK, actor="account:SECOND")
JOBS = viewers.engine("pledges")


@pytest.fixture
def world(session: Session) -> World:
    world = a_world(session, WEDNESDAY)
    kin_of(world).phone = OLD
    return world


def kin_of(world: World) -> Kin:
    return world.session.scalars(select(Kin).where(Kin.child_id == world.child.id)).one()


def ask(world: World, *, by=DESK, phone: str = NEW) -> str:
    said = {"phone": phone, "reason": "本人来说的", "now": world.now}
    return asking.ask_phone(world.session, by, world.child.ref, kin_of(world).ref, **said)


def agree(world: World, ref: str, *, by=SECOND, again: str = "139 0000 9999") -> object:
    return amendments.agree(world.session, by, ref, again=again, now=world.now)


def let_hold(world: World) -> int:
    on = today(world.now)
    return holding.take_effect(world.session, JOBS, on=on, now=world.now)


def told(world: World) -> list[Notice]:
    changes_told = select(Notice).where(Notice.kind == NoticeKind.PHONE_CHANGES)
    return list(world.session.scalars(changes_told.order_by(Notice.id)))


def link_of(world: World) -> str:
    subject = f"letters:{world.child.ref}"
    return letter_links.make(world.session, DESK, subject, now=world.now)


def test_one_person_alone_turns_no_telephone_to_himself(world: World) -> None:
    ref = ask(world)

    assert kin_of(world).phone == OLD
    with pytest.raises(ActedBefore):
        agree(world, ref, by=DESK)
    with pytest.raises(BadInput, match="differs"):
        agree(world, ref, again="13900009998")
    assert kin_of(world).phone == OLD


def test_the_old_number_is_told_and_three_whole_days_pass(world: World) -> None:
    token = link_of(world)
    holds_on = agree(world, ask(world))

    assert holds_on == today(world.now) + timedelta(days=4)
    (notice,) = told(world)
    person = addressing.find(world.session, notice, now=world.now, staff_by=frozenset())
    assert person.address is not None and person.address.to == OLD
    drawn = draw(world.session, person.viewer, notice, now=world.now, hotline="12338")
    assert drawn is not None and "11月22日" in drawn.outside and NEW not in drawn.outside
    world.now += timedelta(days=3)
    assert let_hold(world) == 0
    assert reached(world.session, world.child.id, now=world.now).phone == OLD

    world.now += timedelta(days=1)
    assert let_hold(world) == 1
    assert let_hold(world) == 0
    assert kin_of(world).phone == NEW
    with pytest.raises(LinkExpired):
        letter_links.open_letters(world.session, token, now=world.now)
    letter_links.open_letters(world.session, link_of(world), now=world.now)


def test_anybody_of_the_staff_stops_it_and_nothing_has_changed(world: World) -> None:
    ref = ask(world)
    agree(world, ref)
    amendments.turn_down(world.session, DESK, ref, now=world.now)
    world.now += timedelta(days=9)

    assert let_hold(world) == 0
    assert kin_of(world).phone == OLD


def test_who_looks_after_the_child_no_more_gets_no_telephone(world: World) -> None:
    agree(world, ask(world))
    kin = kin_of(world)
    changes.relieve(
        world.session, DESK, world.child.ref, kin.ref, why=KinEnd.RELIEVED, now=world.now
    )
    world.now += timedelta(days=4)
    let_hold(world)

    assert world.session.scalars(select(Amendment.status)).one() is AmendmentStatus.TURNED_DOWN
    assert kin_of(world).phone == OLD


def test_where_no_number_stands_the_second_yes_is_enough_and_nobody_is_told(world: World) -> None:
    changes.lose_phone(world.session, DESK, world.child.ref, kin_of(world).ref, now=world.now)

    assert agree(world, ask(world)) is None
    assert kin_of(world).phone == NEW
    assert told(world) == []


def test_a_carer_added_later_gets_no_message_before_a_second_person_agreed(world: World) -> None:
    """A carer comes first: whoever entered his own number as one would read the family's links."""
    world.child.status = ChildStatus.SUPPORTED
    new = NewKin("李某", "邻居", NEW, KinRole.CARER)
    add_kin(world.session, DESK, world.child.ref, new, now=world.now)

    assert reached(world.session, world.child.id, now=world.now).phone == OLD
    waits = amendments.find_open(world.session, SECOND, world.child.ref)
    assert waits is not None and agree(world, waits["ref"]) is not None
    assert len(told(world)) == 1
    world.now += timedelta(days=4)
    let_hold(world)
    assert reached(world.session, world.child.id, now=world.now).phone == NEW


def test_a_draft_takes_a_telephone_at_once_for_somebody_else_still_visits(world: World) -> None:
    world.child.status = ChildStatus.DRAFT
    new = NewKin("李某", "邻居", NEW, KinRole.CARER)
    add_kin(world.session, DESK, world.child.ref, new, now=world.now)

    assert reached(world.session, world.child.id, now=world.now).phone == NEW


def test_the_same_number_two_askings_and_another_banner_are_refused(world: World) -> None:
    with pytest.raises(BadInput, match="same_phone"):
        ask(world, phone=OLD)
    far = viewer(Role.CASE_WORKER, actor="account:FAR", regions=("150722000000",))
    with pytest.raises(NotFound):
        ask(world, by=far)
    ask(world)
    with pytest.raises(AlreadyDecided):
        ask(world)


def test_the_family_reads_of_the_change_and_never_the_number(world: World) -> None:
    ref = ask(world)
    agree(world, ref)
    (notice,) = told(world)
    family = addressing.find(world.session, notice, now=world.now, staff_by=frozenset()).viewer
    card = gate.card(world.session, family, Amendment, Amendment.ref == ref)
    assert set(card) <= {"holds_on"}
