"""Of a named family each reads what was asked behind the own link, and nothing of the others."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from models.children import Kin
from models.notices import Notice
from services.danger import harm
from services.danger.protection import About
from services.guardians import guardian_requests, guardian_wishes
from services.guardians.guardian_wishes import Wish
from tests.factories import viewer
from tests.services.kin.test_phones import kin_of
from tests.services.letters.worlds import DESK, WEDNESDAY, World, a_world
from vocabulary.enums import Called, Complained, FilePart, GuardianWish, KinRole, NoticeKind, Role
from vocabulary.errors import BadInput

WISH = Wish(GuardianWish.CORRECT, "住到姑姑家了", FilePart.ADDRESS)


@pytest.fixture
def world(session) -> World:
    world = a_world(session, WEDNESDAY)
    kin_of(world).phone = "13900000011"
    aunt = {"name": "其其格", "relation": "姑姑", "phone": "13900000012", "added_at": world.now}
    session.add(Kin(child_id=world.child.id, kin_role=KinRole.GUARDIAN, **aunt))
    session.flush()
    return world


def guardians(world: World) -> list:
    """The father and the aunt, each behind the own link."""
    refs = world.session.scalars(
        select(Kin.ref).where(Kin.child_id == world.child.id).order_by(Kin.id)
    ).all()
    family = viewer(Role.FAMILY, regions=(), actor="family:F", child_id=world.child.id)
    return [replace(family, behind=ref) for ref in refs]


def fears(world: World) -> None:
    said = {"called": Called.POLICE, "about": About(Complained.FAMILY), "now": world.now}
    harm.report(world.session, DESK, world.child.ref, **said)
    world.now += timedelta(days=1)


def reads(world: World, who) -> list[str]:
    return [one["words"] for one in guardian_requests.own(world.session, who)]


def test_a_named_family_reads_not_what_the_aunt_asked_since(world) -> None:
    father, aunt = guardians(world)
    fears(world)
    guardian_wishes.ask(world.session, aunt, WISH, now=world.now)

    assert reads(world, father) == []
    assert reads(world, aunt) == [WISH.words]
    assert len(guardian_requests.queue(world.session, DESK, now=world.now)) == 1


def test_what_was_asked_before_both_go_on_reading(world) -> None:
    father, aunt = guardians(world)
    guardian_wishes.ask(world.session, aunt, WISH, now=world.now)
    world.now += timedelta(days=1)
    fears(world)

    assert reads(world, father) == reads(world, aunt) == [WISH.words]


def test_asking_the_same_tells_him_nothing_of_hers(world) -> None:
    father, aunt = guardians(world)
    fears(world)
    guardian_wishes.ask(world.session, aunt, WISH, now=world.now)

    guardian_wishes.ask(world.session, father, WISH, now=world.now)
    with pytest.raises(BadInput):
        guardian_wishes.ask(world.session, father, WISH, now=world.now)

    assert reads(world, father) == [WISH.words]


def test_the_answer_is_told_to_no_other_telephone_of_the_family(world) -> None:
    father, aunt = guardians(world)
    fears(world)
    hers = guardian_wishes.ask(world.session, aunt, WISH, now=world.now)
    his = guardian_wishes.ask(world.session, father, WISH, now=world.now)
    told = select(Notice.rung).where(Notice.kind == NoticeKind.GUARDIAN_ANSWERED)

    guardian_requests.answer(
        world.session, DESK, hers, agrees=False, words="已经知道了", now=world.now
    )
    assert world.session.scalars(told).all() == []
    guardian_requests.answer(
        world.session, DESK, his, agrees=False, words="已经知道了", now=world.now
    )

    assert len(world.session.scalars(told).all()) == 1
    (own,) = guardian_requests.own(world.session, aunt)
    assert own["answer"] == "已经知道了"


def test_a_family_that_nobody_names_reads_all(world) -> None:
    father, aunt = guardians(world)
    guardian_wishes.ask(world.session, aunt, WISH, now=world.now)

    assert reads(world, father) == [WISH.words]
    with pytest.raises(BadInput):
        guardian_wishes.ask(world.session, father, WISH, now=world.now)
