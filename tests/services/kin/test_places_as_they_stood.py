"""Another address, village or school, and a consent taken back: whom a report names reads what was."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models.accounts import Account
from models.children import Child, Consent, Kin
from models.organisations import Organisation
from models.stipends import Batch
from models.stood import PlaceBefore, WorkBefore
from services import gate, workplaces
from services.children import child_file, child_search, children, consents
from services.danger import harm, protection
from services.danger.protection import About
from services.guardians import guardian_consents, guardian_file
from services.kin import employers
from services.oversight import exports
from services.stipends import stipend_lists
from tests.factories import BANNER, TOWNSHIP, a_school, a_sent_batch, an_account, viewer
from tests.services.letters.worlds import DESK, WEDNESDAY, World, a_world
from vocabulary.dates import at, today
from vocabulary.enums import (
    Called,
    Complained,
    ExportKind,
    HarmOutcome,
    KinRole,
    Purpose,
    Role,
    Stage,
)
from vocabulary.errors import NoConsent

OLD_ADDRESS, NEW_ADDRESS = "吉文镇一组3号", "阿里河镇森工路17号"
OLD_SCHOOL = "吉文镇中心小学"
NEW_VILLAGE = "150723100000"


@pytest.fixture
def world(session) -> World:
    world = a_world(session, WEDNESDAY)
    world.child.address = OLD_ADDRESS
    a_school(session, "阿里河学校", NEW_VILLAGE)
    an_account(session, Role.CASE_WORKER, login="named")
    session.flush()
    return world


@pytest.fixture
def named(world):
    account = world.session.scalars(select(Account).where(Account.login == "named")).one()
    return viewer(Role.CASE_WORKER, actor=f"account:{account.ref}", account_id=account.id)


def fears(world: World, about: About) -> str:
    said = {"called": Called.POLICE, "about": about, "now": world.now}
    ref = harm.report(world.session, DESK, world.child.ref, **said)
    world.now += timedelta(days=1)
    return ref


def office(named) -> About:
    return About(Complained.OFFICE, named.actor.removeprefix("account:"))


def moves(world: World, *, by=DESK, address: str = NEW_ADDRESS) -> None:
    """The child lives elsewhere and goes to another school."""
    child, session = world.child, world.session
    place = {"region_code": NEW_VILLAGE, "address": address}
    own = {"sex": child.sex, "birth_on": child.birth_on}
    children.fill_in(session, by, child.ref, **place, **own, now=world.now)
    to = gate.card(session, DESK, _schools(), _schools().name == "阿里河学校")["ref"]
    lesson = {"grade": 5, "class_name": "9班", "stage": Stage.PRIMARY}
    children.change_school(session, by, child.ref, school_ref=to, **lesson, now=world.now)


def _schools():
    from models.organisations import Organisation

    return Organisation


def all_of_it(world: World, who) -> list:
    """Whatever he reads, filters by, counts and takes out of the house of this child."""
    session, now = world.session, WEDNESDAY + timedelta(days=1)
    lists = [
        child_search.listing(session, who, code=code, show=show)
        for code in (BANNER, TOWNSHIP, NEW_VILLAGE)
        for show in child_search.FILTERS
    ]
    counted = [child_search.counts(session, who, code=code) for code in (TOWNSHIP, NEW_VILLAGE)]
    names = child_search.search(session, who, world.child.name, code=NEW_VILLAGE)
    money = [stipend_lists.listing(session, who, one, now=now) for one in stipend_lists.Listed]
    return [child_file.detail(session, who, world.child.ref, now=now), lists, counted, names, money]


def test_what_the_named_reads_is_to_the_letter_what_he_read(world, named) -> None:
    fears(world, office(named))
    before, desk_before = all_of_it(world, named), all_of_it(world, DESK)

    moves(world)

    assert all_of_it(world, DESK) != desk_before
    assert all_of_it(world, named) == before
    card = child_file.detail(world.session, named, world.child.ref, now=world.now)
    assert (card["address"], card["place"]["code"]) == (OLD_ADDRESS, TOWNSHIP)
    assert card["school"]["name"].startswith(OLD_SCHOOL)
    fresh = child_file.detail(world.session, DESK, world.child.ref, now=world.now)
    assert (fresh["address"], fresh["place"]["code"]) == (NEW_ADDRESS, NEW_VILLAGE)
    assert (fresh["school"]["name"], fresh["class_label"]) == ("阿里河学校", "五年级9班")


def test_a_list_he_takes_out_has_the_place_of_before(world, named) -> None:
    fears(world, office(named))
    moves(world)
    told = {"region_code": BANNER, "month": None, "reason": "年底核对", "now": world.now}

    drawn = []
    for who in (
        named,
        replace(DESK, account_id=an_account(world.session, Role.CASE_WORKER, login="d").id),
    ):
        code = exports.ask(world.session, who, ExportKind.CHILDREN, **told)
        drawn.append(exports.draw(world.session, who, code, label=str, now=world.now).rows)

    his, theirs = (" ".join(" ".join(row) for row in rows) for rows in drawn)
    assert (OLD_SCHOOL in his, "阿里河学校" in his) == (True, False)
    assert (OLD_SCHOOL in theirs, "阿里河学校" in theirs) == (False, True)


def test_what_stood_before_he_was_named_he_reads(world, named) -> None:
    moves(world)
    world.now += timedelta(days=1)
    fears(world, office(named))

    card = child_file.detail(world.session, named, world.child.ref, now=world.now)
    assert card["address"] == NEW_ADDRESS
    assert world.session.scalars(select(PlaceBefore)).all() == []


def test_of_two_moves_he_reads_neither(world, named) -> None:
    fears(world, office(named))
    before = all_of_it(world, named)
    moves(world)
    world.now += timedelta(days=3)
    moves(world, address="根河市二道街5号")

    assert all_of_it(world, named) == before


def test_what_he_writes_goes_where_he_reads_and_puts_nothing_back(world, named) -> None:
    fears(world, office(named))
    moves(world)

    own = {"sex": world.child.sex, "birth_on": world.child.birth_on}
    place = {"region_code": TOWNSHIP, "address": "吉文镇一组4号"}
    children.fill_in(world.session, named, world.child.ref, **place, **own, now=world.now)

    card = child_file.detail(world.session, named, world.child.ref, now=world.now)
    fresh = child_file.detail(world.session, DESK, world.child.ref, now=world.now)
    assert card["address"] == "吉文镇一组4号"
    assert (fresh["address"], fresh["place"]["code"]) == (NEW_ADDRESS, NEW_VILLAGE)


def test_what_he_changed_himself_he_reads(world, named) -> None:
    fears(world, office(named))
    moves(world, by=named)

    card = child_file.detail(world.session, named, world.child.ref, now=world.now)
    assert card["address"] == NEW_ADDRESS


@pytest.mark.parametrize(
    ("outcome", "address"),
    [(HarmOutcome.MISTAKE, NEW_ADDRESS), (HarmOutcome.HANDED_ON, OLD_ADDRESS)],
)
def test_only_an_end_without_blame_opens_it_to_him(world, named, outcome, address) -> None:
    ref = fears(world, office(named))
    moves(world)
    harm.take_up(world.session, DESK, ref, now=world.now)
    closer = viewer(Role.APPROVER, actor="account:closer")
    protection.close(world.session, closer, ref, outcome=outcome, now=world.now)

    card = child_file.detail(world.session, named, world.child.ref, now=world.now)
    assert card["address"] == address


def test_another_childs_file_and_a_report_that_names_nobody_keep_nothing(world, named) -> None:
    harm.report(world.session, DESK, world.child.ref, called=Called.POLICE, now=world.now)
    moves(world)

    card = child_file.detail(world.session, named, world.child.ref, now=world.now)
    assert card["address"] == NEW_ADDRESS
    assert world.session.scalars(select(PlaceBefore)).all() == []


def guardians(world: World) -> list:
    """The father and the aunt, each behind the own link."""
    aunt = {"name": "其其格", "relation": "姑姑", "phone": "13900000012"}
    world.session.add(Kin(child_id=world.child.id, kin_role=KinRole.GUARDIAN, **aunt))
    world.session.flush()
    kin = select(Kin.ref).where(Kin.child_id == world.child.id).order_by(Kin.id)
    family = viewer(Role.FAMILY, regions=(), actor="family:F", child_id=world.child.id)
    return [replace(family, behind=ref) for ref in world.session.scalars(kin)]


def home(world: World, who) -> list:
    return [guardian_file.copy_of(world.session, who), guardian_consents.given(world.session, who)]


def stands(world: World, who) -> dict:
    given = guardian_consents.given(world.session, who)
    return {one["purpose"]: one["withdrawn_on"] for one in given}


def test_a_named_family_reads_the_place_of_before_and_no_consent_the_aunt_took_back(world) -> None:
    father, aunt = guardians(world)
    fears(world, About(Complained.FAMILY))
    before = home(world, father)

    moves(world)
    guardian_consents.take_back(world.session, aunt, Purpose.SPONSORSHIP, now=world.now)

    assert home(world, father) == before
    assert before[0]["address"] == OLD_ADDRESS
    assert stands(world, father)[Purpose.SPONSORSHIP] is None
    assert stands(world, aunt)[Purpose.SPONSORSHIP] == today(world.now)
    row = select(Consent.withdrawn_on).where(Consent.purpose == Purpose.SPONSORSHIP)
    assert world.session.scalars(row).one() == today(world.now)
    told = consents.of_child(world.session, DESK, world.child.ref)
    assert today(world.now) in {one["withdrawn_on"] for one in told}


def test_he_takes_the_same_back_as_if_he_were_the_first(world) -> None:
    father, aunt = guardians(world)
    fears(world, About(Complained.FAMILY))
    guardian_consents.take_back(world.session, aunt, Purpose.SPONSORSHIP, now=world.now)
    world.now += timedelta(days=5)

    guardian_consents.take_back(world.session, father, Purpose.SPONSORSHIP, now=world.now)

    assert stands(world, father)[Purpose.SPONSORSHIP] == date(2026, 11, 24)
    assert stands(world, aunt)[Purpose.SPONSORSHIP] == date(2026, 11, 19)
    with pytest.raises(NoConsent):
        guardian_consents.take_back(world.session, father, Purpose.SPONSORSHIP, now=world.now)


def test_a_family_that_nobody_names_reads_who_took_what_back(world) -> None:
    father, aunt = guardians(world)
    harm.report(world.session, DESK, world.child.ref, called=Called.POLICE, now=world.now)
    guardian_consents.take_back(world.session, aunt, Purpose.SPONSORSHIP, now=world.now)

    assert stands(world, father)[Purpose.SPONSORSHIP] == today(world.now)


def test_a_list_of_the_new_school_is_no_list_before_him_once_the_case_is_over(world, named) -> None:
    ref = fears(world, office(named))
    moves(world)
    harm.take_up(world.session, DESK, ref, now=world.now)
    closer = viewer(Role.APPROVER, actor="account:closer")
    protection.close(world.session, closer, ref, outcome=HarmOutcome.HANDED_ON, now=world.now)
    old = instalment(world, OLD_SCHOOL, date(2026, 12, 1))
    new = instalment(world, "阿里河学校", date(2027, 1, 1))

    his, theirs = (lists(world, who) for who in (named, DESK))

    told = {old.month: old.memo, new.month: new.memo}
    assert {month: theirs[month] for month in told} == told
    assert {month: his[month] for month in told} == told | {new.month: None}
    assert his.keys() == theirs.keys()


def instalment(world: World, school: str, on: date) -> Batch:
    """An instalment that a school got and has not handed over."""
    at = select(Organisation).where(Organisation.name.startswith(school))
    hand = world.session.scalars(at).one()
    return a_sent_batch(world.session, hand, world.match, on=on)


def lists(world: World, who) -> dict[date, str | None]:
    """In which list each instalment stands, as he reads it."""
    listed, now = stipend_lists.Listed.LATE, at(date(2027, 3, 1))
    found = stipend_lists.listing(world.session, who, listed, now=now)
    return {one["due_on"]: one["batch"]["memo"] if one.has("batch") else None for one in found}


def test_where_a_guardian_works_now_he_does_not_read_and_writes_over_nothing(world, named) -> None:
    session, child = world.session, world.child
    kin = session.scalars(select(Kin).where(Kin.child_id == child.id)).one()
    employers.say(session, DESK, child.ref, kin.ref, "旗人民医院", now=world.now)
    fears(world, office(named))

    employers.say(session, DESK, child.ref, kin.ref, "森工医院", now=world.now)
    assert [work_of(world, who) for who in (named, DESK)] == ["旗人民医院", "森工医院"]

    employers.say(session, named, child.ref, kin.ref, "旗幼儿园", now=world.now)
    assert [work_of(world, who) for who in (named, DESK)] == ["旗幼儿园", "森工医院"]
    assert kin.workplace_index == workplaces.index("森工医院")


def work_of(world: World, who) -> str | None:
    (one,) = child_file.detail(world.session, who, world.child.ref, now=world.now)["kin"]
    return one["workplace"]


def test_the_kept_place_is_sealed_and_shown_to_nobody(world, named) -> None:
    fears(world, office(named))
    moves(world)

    assert (PlaceBefore.standings(viewer(*Role)), WorkBefore.standings(viewer(*Role))) == ({}, {})
    (kept,) = {one.address for one in world.session.scalars(select(PlaceBefore))} - {NEW_ADDRESS}
    raw = world.session.connection().exec_driver_sql("SELECT address FROM places_before").all()
    assert kept == OLD_ADDRESS
    assert all(OLD_ADDRESS.encode() not in bytes(one) for (one,) in raw)
    assert world.session.scalars(select(Child.address)).one() == NEW_ADDRESS
