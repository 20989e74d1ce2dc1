"""Whom a report names goes on reading the file as it stood; what came since goes round him."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from models.amendments import Amendment
from models.children import Kin
from services.children import amendments, child_file, child_search, entering
from services.children.newcomers import NewKin
from services.danger import harm, protection
from services.danger.protection import About
from services.guardians import guardian_file, guardian_requests, guardian_wishes
from services.guardians.guardian_wishes import Wish
from services.kin import changes
from services.letters import letter_desk
from services.routes import asking, holding
from tests.factories import an_account, viewer
from tests.services.kin.test_phones import NEW, OLD, SECOND, kin_of
from tests.services.letters.worlds import DESK, WEDNESDAY, World, a_world
from vocabulary.dates import today
from vocabulary.enums import (
    Called,
    Complained,
    FilePart,
    GuardianWish,
    HarmOutcome,
    KinRole,
    NoticeKind,
    Role,
)
from vocabulary.errors import NotFound

WORRIES = "他说要单独见我，不让我告诉别人。"


@pytest.fixture
def world(session) -> World:
    world = a_world(session, WEDNESDAY)
    kin_of(world).phone = OLD
    kin_of(world).phone_index = entering.phone_index(OLD)
    an_account(session, Role.CASE_WORKER, login="named")
    session.flush()
    return world


@pytest.fixture
def named(world):
    from models.accounts import Account

    ref = world.session.scalars(select(Account.ref).where(Account.login == "named")).one()
    return viewer(Role.CASE_WORKER, actor=f"account:{ref}")


def fears(world: World, named) -> str:
    about = About(Complained.OFFICE, named.actor.removeprefix("account:"))
    said = {"called": Called.POLICE, "about": about, "now": world.now}
    ref = harm.report(world.session, DESK, world.child.ref, **said)
    world.now += timedelta(days=1)
    return ref


def new_phone(world: World, *, by=DESK, number: str = NEW) -> str:
    session, kin = world.session, kin_of(world)
    said = {"phone": number, "reason": "本人来说的", "now": world.now}
    ref = asking.ask_phone(session, by, world.child.ref, kin.ref, **said)
    amendments.agree(session, SECOND, ref, again=number, now=world.now)
    row = session.scalars(select(Amendment).where(Amendment.ref == ref)).one()
    holding.write(session, SECOND, row, now=world.now)
    row.status = "done"
    session.flush()
    return ref


def file_of(world: World, who) -> dict:
    return child_file.detail(world.session, who, world.child.ref, now=world.now)


def numbers(world: World, who) -> list[str | None]:
    found = [one["phone"] for one in file_of(world, who)["kin"]]
    session, ref, kin = world.session, world.child.ref, kin_of(world).ref
    assert changes.one(session, who, ref, kin)["phone"] == found[0]
    return found


def test_a_telephone_that_changed_since_is_to_him_the_one_before(world, named) -> None:
    before = file_of(world, named)
    fears(world, named)

    ref = new_phone(world)

    assert kin_of(world).phone == NEW
    assert numbers(world, DESK) == [NEW]
    assert file_of(world, named) == before
    assert numbers(world, named) == [OLD]
    with pytest.raises(NotFound):
        amendments.detail(world.session, named, ref)
    found = child_search.search(world.session, named, NEW, code=world.child.banner_code)
    assert found == []
    found = child_search.search(world.session, DESK, NEW, code=world.child.banner_code)
    assert [one["ref"] for one in found] == [world.child.ref]


def test_what_he_knew_before_he_was_named_he_goes_on_reading(world, named) -> None:
    new_phone(world)
    world.now += timedelta(days=2)
    fears(world, named)

    assert numbers(world, named) == [NEW]


def test_a_second_change_shows_him_no_first_one(world, named) -> None:
    fears(world, named)
    new_phone(world)
    world.now += timedelta(days=4)
    new_phone(world, number="13900000998")

    assert numbers(world, named) == [OLD]


def test_a_change_of_his_own_stands_before_him(world, named) -> None:
    fears(world, named)
    new_phone(world, by=named)

    assert numbers(world, named) == [NEW]


def test_who_takes_a_child_in_afterwards_is_not_in_his_file(world, named) -> None:
    before = file_of(world, named)
    fears(world, named)
    aunt = NewKin("其其格", "姑姑", "13900000444", KinRole.CARER)

    entering.add_kin(world.session, DESK, world.child.ref, aunt, now=world.now)

    assert file_of(world, named) == before
    assert amendments.find_open(world.session, named, world.child.ref) is None
    assert amendments.find_open(world.session, DESK, world.child.ref) is not None
    assert [one["name"] for one in file_of(world, DESK)["kin"]][-1] == "其其格"
    kin = world.session.scalars(select(Kin).order_by(Kin.id.desc())).first()
    with pytest.raises(NotFound):
        changes.one(world.session, named, world.child.ref, kin.ref)


def test_a_file_of_another_child_stays_whole(world, named) -> None:
    new_phone(world)

    assert numbers(world, named) == [NEW]


def test_once_it_ended_without_blame_he_reads_what_stands(world, named) -> None:
    ref = fears(world, named)
    new_phone(world)
    harm.take_up(world.session, DESK, ref, now=world.now)
    closer = viewer(Role.APPROVER, actor="account:closer")
    protection.close(world.session, closer, ref, outcome=HarmOutcome.MISTAKE, now=world.now)

    assert numbers(world, named) == [NEW]


def test_handed_on_to_the_police_it_goes_round_him_still(world, named) -> None:
    ref = fears(world, named)
    new_phone(world)
    harm.take_up(world.session, DESK, ref, now=world.now)
    closer = viewer(Role.APPROVER, actor="account:closer")
    protection.close(world.session, closer, ref, outcome=HarmOutcome.HANDED_ON, now=world.now)

    assert numbers(world, named) == [OLD]


def test_a_letter_the_child_writes_then_is_not_on_his_desk_and_calls_others(world, named) -> None:
    fears(world, named)
    letter = world.family_writes(WORRIES)
    moderates = replace(named, roles=named.roles | {Role.APPROVER})

    assert letter.concerns
    assert letter_desk.waiting(world.session, moderates, now=world.now) == []
    with pytest.raises(NotFound):
        letter_desk.detail(world.session, moderates, letter.ref, now=world.now)
    assert [one["ref"] for one in letter_desk.waiting(world.session, DESK, now=world.now)] == [
        letter.ref
    ]


def test_today_is_the_day_on_which_he_was_named(world, named) -> None:
    """A change on that very day counts as one since."""
    fears(world, named)
    world.now -= timedelta(days=1)
    new_phone(world)

    assert today(world.now) == today(WEDNESDAY)
    assert numbers(world, named) == [OLD]


def test_a_worrying_letter_calls_nobody_whom_a_report_names(world, named) -> None:
    from models.accounts import Account
    from models.notices import Notice

    an_account(world.session, Role.CASE_WORKER, login="colleague")
    fears(world, named)
    world.family_writes(WORRIES)

    kind = Notice.kind == NoticeKind.LETTER_WORRIES
    keys = world.session.scalars(select(Notice.recipient_id).where(kind)).all()
    assert {world.session.get_one(Account, key).login for key in keys} == {"colleague"}


def test_what_a_guardian_asks_for_then_goes_round_him(world, named) -> None:
    fears(world, named)
    family = viewer(Role.FAMILY, regions=(), actor="family:F", child_id=world.child.id)
    wish = Wish(GuardianWish.CORRECT, "住到姑姑家了", FilePart.ADDRESS)
    ref = guardian_wishes.ask(world.session, family, wish, now=world.now)

    assert [one["ref"] for one in asked_for(world, DESK)] == [ref]
    assert asked_for(world, named) == []


def asked_for(world: World, who) -> list:
    return guardian_requests.queue(world.session, who, now=world.now)


def test_a_family_that_is_named_reads_no_carer_and_no_telephone_of_afterwards(world) -> None:
    family = viewer(Role.FAMILY, regions=(), actor="family:F", child_id=world.child.id)
    before = guardian_file.copy_of(world.session, family)
    said = {"called": Called.POLICE, "about": About(Complained.FAMILY), "now": world.now}
    harm.report(world.session, DESK, world.child.ref, **said)
    world.now += timedelta(days=1)

    new_phone(world)
    aunt = NewKin("其其格", "姑姑", None, KinRole.CARER)
    entering.add_kin(world.session, DESK, world.child.ref, aunt, now=world.now)

    assert guardian_file.copy_of(world.session, family)["kin"] == before["kin"]
    assert [one["phone"] for one in before["kin"]] == [OLD]
    assert len(file_of(world, DESK)["kin"]) == len(before["kin"]) + 1


def test_a_family_that_nobody_names_reads_all_of_its_file(world) -> None:
    family = viewer(Role.FAMILY, regions=(), actor="family:F", child_id=world.child.id)
    harm.report(world.session, DESK, world.child.ref, called=Called.POLICE, now=world.now)
    new_phone(world)

    assert [one["phone"] for one in guardian_file.copy_of(world.session, family)["kin"]] == [NEW]
