"""A new telephone while somebody fears for the child: whom the report names hears nothing of it."""

import pytest
from sqlalchemy import select

from models.accounts import Account
from models.children import Kin
from models.notices import Notice
from services.children import amendments
from services.danger import harm, protection
from services.danger.protection import About
from services.routes import asking
from tests.factories import an_account, viewer
from tests.services.kin.test_phones import NEW, OLD, SECOND, kin_of
from tests.services.letters.worlds import DESK, WEDNESDAY, World, a_world
from vocabulary.enums import (
    Called,
    Complained,
    HarmOutcome,
    KinRole,
    NoticeKind,
    RecipientKind,
    Role,
)

AUNTS = "13900000444"


@pytest.fixture
def world(session) -> World:
    """A guardian whose telephone changes, an aunt who looks after the child as well, two colleagues."""
    world = a_world(session, WEDNESDAY)
    guardian = kin_of(world)
    guardian.phone = OLD
    for login in ("named", "colleague"):
        an_account(session, Role.CASE_WORKER, login=login)
    aunt = {"kin_role": KinRole.CARER, "relation": "姑姑", "name": "其其格", "phone": AUNTS}
    session.add(Kin(child_id=world.child.id, **aunt))
    session.flush()
    return world


def fears(world: World, *about) -> str:
    about = About(*about)
    return harm.report(
        world.session, DESK, world.child.ref, called=Called.POLICE, about=about, now=world.now
    )


def changes_phone(world: World, of: str = OLD) -> tuple[set[str], set[str]]:
    """Let two people change a telephone; return which numbers and which logins are told."""
    session = world.session
    mine = [one for one in session.scalars(select(Kin)) if one.phone == of]
    said = {"phone": NEW, "reason": "本人来说的", "now": world.now}
    ref = asking.ask_phone(session, DESK, world.child.ref, mine[0].ref, **said)
    amendments.agree(session, SECOND, ref, again=NEW, now=world.now)
    return told(world, RecipientKind.GUARDIAN, Kin), told(world, RecipientKind.ACCOUNT, Account)


def told(world: World, to: RecipientKind, table) -> set[str]:
    where = (Notice.kind == NoticeKind.PHONE_CHANGES, Notice.recipient_kind == to)
    keys = world.session.scalars(select(Notice.recipient_id).where(*where)).all()
    rows = [world.session.get_one(table, key) for key in keys]
    return {row.phone if table is Kin else row.login for row in rows}


def named(world: World) -> str:
    return world.session.scalars(select(Account.ref).where(Account.login == "named")).one()


def test_without_a_fear_all_who_look_after_it_and_all_colleagues_hear(world) -> None:
    assert changes_phone(world) == ({OLD, AUNTS}, {"named", "colleague"})


def test_a_colleague_whom_the_report_names_hears_nothing(world) -> None:
    fears(world, Complained.OFFICE, named(world))

    assert changes_phone(world) == ({OLD, AUNTS}, {"colleague"})


def test_of_a_family_that_is_named_only_she_hears_whose_number_it_is(world) -> None:
    fears(world, Complained.FAMILY)

    assert changes_phone(world, of=AUNTS) == ({AUNTS}, {"named", "colleague"})


def test_a_fear_that_names_somebody_else_hides_it_from_nobody(world) -> None:
    fears(world, Complained.SCHOOL)

    assert changes_phone(world) == ({OLD, AUNTS}, {"named", "colleague"})


def test_once_it_is_over_all_hear_again(world) -> None:
    ref = fears(world, Complained.FAMILY)
    assert fears(world, Complained.OFFICE, named(world)) == ref  # one report that names both
    harm.take_up(world.session, DESK, ref, now=world.now)
    closer = viewer(Role.APPROVER, actor="account:closer")
    protection.close(world.session, closer, ref, outcome=HarmOutcome.SAFE, now=world.now)
    assert not world.child.in_danger

    assert changes_phone(world) == ({OLD, AUNTS}, {"named", "colleague"})
