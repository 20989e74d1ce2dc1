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
from services.kin import changes, warned
from services.kin.reached import reached
from services.letters import letter_links
from services.notices import addressing
from services.notices.drawing import draw
from services.routes import asking, holding
from tests.factories import an_account, viewer
from tests.services.letters.worlds import DESK, WEDNESDAY, World, a_world
from vocabulary.dates import today
from vocabulary.enums import (
    AmendmentStatus,
    ChildStatus,
    KinEnd,
    KinRole,
    NoticeKind,
    RecipientKind,
    Role,
)
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


def drawn_to(world: World, notice: Notice) -> tuple[str, str]:
    """Return where a notice goes and what it says there."""
    person = addressing.find(world.session, notice, now=world.now, staff_by=frozenset())
    drawn = draw(world.session, person.viewer, notice, now=world.now, hotline="12338")
    assert drawn is not None
    return person.address.to if person.address else "", (drawn.outside or drawn.inbox or "")


def lose(world: World, kin: Kin) -> None:
    changes.lose_phone(world.session, DESK, world.child.ref, kin.ref, now=world.now)


def test_after_a_loss_the_next_number_waits_and_the_lost_one_is_told(world: World) -> None:
    """One who writes a true telephone down as lost, and a colleague, take nobody's link at once."""
    lose(world, kin_of(world))

    assert agree(world, ask(world)) == today(world.now) + timedelta(days=4)
    assert kin_of(world).phone is None
    (notice,) = told(world)
    to, words = drawn_to(world, notice)
    assert to == OLD
    assert "11月22日" in words and NEW not in words
    assert world.child.name not in words and kin_of(world).name not in words
    with pytest.raises(NotFound):
        link_of(world)

    world.now += timedelta(days=4)
    assert let_hold(world) == 1
    assert kin_of(world).phone == NEW
    assert drawn_to_nobody(world, notice)


def drawn_to_nobody(world: World, notice: Notice) -> bool:
    """Say whether a notice has nothing to say any more."""
    viewer = addressing.find(world.session, notice, now=world.now, staff_by=frozenset()).viewer
    return draw(world.session, viewer, notice, now=world.now, hotline="12338") is None


def test_a_first_number_waits_too_and_the_other_staff_of_the_banner_hear_of_it(world) -> None:
    session, kin = world.session, kin_of(world)
    kin.phone = None
    asker, second, third = (
        an_account(session, Role.CASE_WORKER, login=name) for name in ("one", "two", "three")
    )
    far = an_account(session, Role.APPROVER, login="far", region_code="150722000000")

    ref = ask(world, by=replace(DESK, actor=f"account:{asker.ref}"))
    agree(world, ref, by=replace(SECOND, actor=f"account:{second.ref}"))

    hears = {(one.recipient_kind, one.recipient_id) for one in told(world)}
    assert hears == {(RecipientKind.ACCOUNT, third.id)}
    assert far.id not in {key for _, key in hears}
    _, words = drawn_to(world, told(world)[0])
    assert world.child.name in words and NEW not in words
    world.now += timedelta(days=4)
    assert let_hold(world) == 1


@pytest.mark.parametrize("is_in_danger", [False, True])
def test_who_was_relieved_lately_is_warned_but_not_of_a_child_in_danger(
    world, is_in_danger
) -> None:
    first = kin_of(world)
    changes.relieve(world.session, DESK, world.child.ref, first.ref, why=KinEnd.DIED, now=world.now)
    world.child.status, world.child.in_danger = ChildStatus.SUPPORTED, is_in_danger
    new = NewKin("李某", "邻居", NEW, KinRole.CARER)
    add_kin(world.session, DESK, world.child.ref, new, now=world.now)
    waits = amendments.find_open(world.session, SECOND, world.child.ref)

    assert waits is not None and agree(world, waits["ref"]) is not None
    keys = [one.recipient_id for one in told(world)]
    assert keys == ([] if is_in_danger else [first.id])


def test_a_lost_number_is_told_for_three_months_and_no_longer(world: World) -> None:
    kin = kin_of(world)
    lose(world, kin)

    for days, number in ((92, OLD), (93, None)):
        on = today(world.now) + timedelta(days=days)
        assert warned.number_of(world.session, kin, on=on) == number
        assert warned.warned(world.session, world.child.id, on=on) == ([kin.id] if number else [])


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
