"""What a family was read by a group's contact before stays with him; what comes next is for the next."""

import pytest
from sqlalchemy import func, select

from models.letters import VaultReader
from models.pledges import Pledge
from privacy.viewers import Viewer
from services.giving import members, moving
from services.retention import retention_letters
from services.vault import vault
from tests.factories import viewer
from tests.services.letters.worlds import World, a_world
from vocabulary.dates import today
from vocabulary.enums import ChildStatus, EndReason, GiverKind, NoticeKind, RecipientKind, Role

NEXT, THIRD = "13900000099", "13900000077"


@pytest.fixture
def world(session, now) -> World:
    return a_world(session, now)


def hand_on(world: World, contact: str) -> Viewer:
    session, now = world.session, world.now
    ref = session.get_one(Pledge, world.match.pledge_id).donor_ref
    members.name(session, world.donor, ref, GiverKind.UNIT, "旗供电局", now=now)
    asked = moving.ask_contact(session, world.donor, ref, contact, now=now)
    key = vault.find_donor_by_contact(session, contact)
    world.donor = viewer(Role.DONOR, actor="donor:NEW", donor_id=key, regions=())
    moving.accept(session, world.donor, asked, now=now)
    session.expire_all()
    return world.donor


def comes(world: World, text: str) -> None:
    world.family_writes(text)
    world.release(text)
    world.batch()


def read(world: World) -> list[str]:
    return [one["released"] for one in world.of_donor() if one.has("released")]


def test_what_was_delivered_before_her_day_stays_with_whom_it_was_delivered(world) -> None:
    comes(world, "第一封：谢谢您。")
    assert read(world) == ["第一封：谢谢您。"]

    hand_on(world, NEXT)

    assert read(world) == []
    comes(world, "第二封：我们都好。")
    assert read(world) == ["第二封：我们都好。"]
    assert world.told(NoticeKind.LETTER_CAME, RecipientKind.DONOR) == 2


def test_what_was_under_way_on_that_day_is_for_the_next(world) -> None:
    world.family_writes("路上的一封。")
    world.release("路上的一封。")

    hand_on(world, NEXT)
    world.batch()

    assert read(world) == ["路上的一封。"]


def test_each_of_three_reads_her_own_time_and_who_comes_back_reads_what_was_hers(world) -> None:
    former = world.donor
    comes(world, "第一封。")
    hand_on(world, NEXT)
    comes(world, "第二封。")
    hand_on(world, THIRD)
    comes(world, "第三封。")
    assert read(world) == ["第三封。"]

    session, now = world.session, world.now
    ref = session.get_one(Pledge, world.match.pledge_id).donor_ref
    asked = moving.ask_contact(session, world.donor, ref, "13812345678", now=now)
    moving.accept(session, former, asked, now=now)
    world.donor = former

    assert read(world) == ["第一封。"]


def test_the_family_reads_its_own_letters_as_before(world) -> None:
    comes(world, "第一封。")
    before = [dict(one) for one in world.of_guardian()]

    hand_on(world, NEXT)

    assert [dict(one) for one in world.of_guardian()] == before


def test_to_whom_it_was_delivered_goes_with_the_letter(world) -> None:
    comes(world, "第一封。")
    hand_on(world, NEXT)
    assert world.session.scalar(select(func.count(VaultReader.letter_id))) == 1
    world.child.status, world.child.end_reason = ChildStatus.ENDED, EndReason.GRADUATED
    world.child.ended_on = today(world.now).replace(year=2020)
    world.session.flush()

    before = today(world.now).replace(year=2030)
    assert retention_letters.let_go_delivered(world.session, before=before, most=10) == 1

    assert world.session.scalar(select(func.count(VaultReader.letter_id))) == 0
