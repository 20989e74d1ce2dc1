"""A guardian who lost the charge, died or got another telephone: what went to the old one is dead."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.children import Kin
from models.trace import OrdinaryEntry
from services import links
from services.children.children import NewKin, add_kin
from services.family_checks import asking_links
from services.guardians.guardian_file import copy_of
from services.kin import changes
from services.letters import letter_links, letters
from services.links import Subject
from tests.factories import viewer
from tests.services.family_checking import ENGINE, NOVEMBER, Pupils
from tests.services.letters.worlds import DESK, WEDNESDAY, World, a_world
from vocabulary.dates import at
from vocabulary.enums import ChildStatus, HeldReason, KinEnd, LinkPurpose, Role
from vocabulary.errors import AlreadyDecided, BadInput, LinkExpired, NotFound
from vocabulary.refs import stipend_ref

NEW = "13900009999"


@pytest.fixture
def world(session: Session) -> World:
    return a_world(session, WEDNESDAY)


def kin_of(world: World) -> Kin:
    return world.session.scalars(select(Kin).where(Kin.child_id == world.child.id)).one()


def link_of(world: World) -> str:
    subject = f"letters:{world.child.ref}"
    return letter_links.make(world.session, DESK, subject, now=world.now)


def test_a_guardian_who_lost_the_charge_loses_every_link_at_once(world: World) -> None:
    token, kin = link_of(world), kin_of(world)
    add_kin(world.session, DESK, world.child.ref, NewKin("新监护", "姑姑"), now=world.now)
    aunt = world.session.scalars(select(Kin).where(Kin.child_id == world.child.id)).all()[-1]
    aunt.phone = NEW

    changes.relieve(
        world.session, DESK, world.child.ref, kin.ref, why=KinEnd.RELIEVED, now=world.now
    )

    with pytest.raises(LinkExpired):
        letter_links.open_letters(world.session, token, now=world.now)
    family = letter_links.open_letters(world.session, link_of(world), now=world.now)
    assert [one["name"] for one in copy_of(world.session, family)["kin"]] == ["新监护"]
    assert letters.page(world.session, family, now=world.now)["letters"] == []
    entry = world.session.scalars(select(OrdinaryEntry).where(OrdinaryEntry.act == "kin.end")).one()
    assert (entry.subject, entry.why) == (f"child:{world.child.ref}", "relieved")


def test_a_link_to_a_lost_telephone_is_dead_at_once(world: World) -> None:
    token, kin = link_of(world), kin_of(world)

    changes.lose_phone(world.session, DESK, world.child.ref, kin.ref, now=world.now)

    assert (kin.phone, kin.phone_index) == (None, None)
    with pytest.raises(LinkExpired):
        letter_links.open_letters(world.session, token, now=world.now)
    with pytest.raises(BadInput, match="no_phone"):
        changes.lose_phone(world.session, DESK, world.child.ref, kin.ref, now=world.now)


def test_without_a_guardian_a_child_that_waits_is_held(world: World) -> None:
    child, kin = world.child, kin_of(world)
    child.status = ChildStatus.OPEN
    world.session.flush()

    changes.relieve(world.session, DESK, child.ref, kin.ref, why=KinEnd.DIED, now=world.now)

    assert child.status is ChildStatus.VERIFIED
    assert HeldReason.NO_GUARDIAN.value in child.held_because
    with pytest.raises(NotFound):
        link_of(world)


def test_what_ended_ends_once_and_another_childs_kin_is_not_found(world: World) -> None:
    child, kin = world.child, kin_of(world)
    changes.relieve(world.session, DESK, child.ref, kin.ref, why=KinEnd.DIED, now=world.now)

    with pytest.raises(AlreadyDecided):
        changes.relieve(world.session, DESK, child.ref, kin.ref, why=KinEnd.DIED, now=world.now)
    with pytest.raises(NotFound):
        changes.one(world.session, DESK, "OTHER", kin.ref)
    far = viewer(Role.CASE_WORKER, actor="account:FAR", regions=("150722000000",))
    with pytest.raises(NotFound):
        changes.lose_phone(world.session, far, child.ref, kin.ref, now=world.now)


@pytest.mark.parametrize("is_relieved", [True, False])
def test_the_link_of_a_question_dies_with_the_telephone_it_went_to(session, is_relieved) -> None:
    now, pupils = at(NOVEMBER), Pupils(session, 1)
    (line,), (child,) = pupils.lines(NOVEMBER), pupils.children
    kin = session.scalars(select(Kin).where(Kin.child_id == child.id)).one()
    subject = f"stipend:{stipend_ref(pupils.matches[0].child_ref, NOVEMBER)}"
    paper = links.make(session, ENGINE, LinkPurpose.SLIP, Subject(stipend_id=line.id), now=now)
    sent = asking_links.make(session, ENGINE, subject, now=now)
    assert links.open_slip(session, sent, now=now).child_id == child.id

    if is_relieved:
        changes.relieve(session, DESK, child.ref, kin.ref, why=KinEnd.RELIEVED, now=now)
    else:
        changes.lose_phone(session, DESK, child.ref, kin.ref, now=now)

    with pytest.raises(LinkExpired):
        links.open_slip(session, sent, now=now)
    assert links.open_slip(session, paper, now=now).child_id == child.id
