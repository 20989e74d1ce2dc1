"""Where a guardian works: sealed, compared by a handle, and kept apart from colleagues of theirs."""

import pytest
from sqlalchemy import select, text

from models.children import Child, Kin
from models.stipends import Stipend
from models.trace import OrdinaryEntry
from services import workplaces
from services.care import market
from services.children import children
from services.children.newcomers import NewKin
from services.handover import handovers
from services.kin import employers
from services.pairing import volunteers
from services.pairing.volunteers import Terms
from services.work_units import stepping_aside
from tests.factories import a_unit, viewer
from tests.services.care.worlds import a_world, broken_rules
from tests.services.test_unit_hands import NOW, World, decide, hand_of
from vocabulary.dates import today
from vocabulary.enums import KinRole, Role, Route, RouteReason, Snag
from vocabulary.errors import BadInput, NotCleared

WORKER = viewer(Role.CASE_WORKER, actor="account:W")
MONTHS = 3


@pytest.fixture
def care(session, now):
    return a_world(session, now)


@pytest.fixture
def unit_world(session) -> World:
    return World(session)


def guardian(session, child) -> Kin:
    return session.scalars(select(Kin).where(Kin.child_id == child.id)).one()


def works(session, child, name: str, now) -> None:
    employers.say(session, WORKER, child.ref, guardian(session, child).ref, name, now=now)


def terms(**more) -> Terms:
    return Terms(
        **{"capacity": 1, "wish_sex": None, "age_from": 0, "age_to": 25, "reach_km": 30} | more
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("旗人民医院", " 旗 人民医院 "),
        ("Ａ厂（北区）", "a厂 北区"),
        ("绰尔林业有限责任公司", "绰尔林业"),
    ],
)
@pytest.mark.usefixtures("app")
def test_one_place_has_one_handle_however_it_was_typed(one, other) -> None:
    assert workplaces.index(one) == workplaces.index(other)
    assert workplaces.index(one) != workplaces.index(f"{one}二")


def test_the_name_is_sealed_and_the_engine_is_given_a_code_alone(session, care, now) -> None:
    works(session, care.child, "旗人民医院", now)

    raw = session.execute(
        text("SELECT workplace, workplace_index FROM kin WHERE workplace IS NOT NULL")
    )
    assert all("旗人民医院".encode() not in bytes(blob) for blob, _ in raw)
    needs = market.need_records(session, market.asking(session), [], on=today(now))
    assert all("医院" not in code for code in needs[0].organisations)
    assert any(code.startswith("w.") for code in needs[0].organisations)
    acts = session.scalars(select(OrdinaryEntry.act).where(OrdinaryEntry.act == "kin.work")).all()
    assert acts == ["kin.work"]


def test_a_colleague_of_a_guardian_is_not_proposed(session, care, now) -> None:
    by = care.who("worker", now)
    unit = a_unit(session, "旗人民医院")
    assert broken_rules(session, care, now) == []

    works(session, care.child, "旗 人民医院", now)
    assert broken_rules(session, care, now) == []

    volunteers.set_terms(session, by, care.mother.ref, terms(organisation_ref=unit.ref), now=now)
    assert broken_rules(session, care, now) == ["conflict"]
    volunteers.set_terms(session, by, care.mother.ref, terms(workplace="旗人民医院"), now=now)
    assert broken_rules(session, care, now) == ["conflict"]
    volunteers.set_terms(session, by, care.mother.ref, terms(workplace="别的医院"), now=now)
    assert broken_rules(session, care, now) == []


def test_who_is_a_guardian_no_more_keeps_nobody_away(session, care, now) -> None:
    by = care.who("worker", now)
    works(session, care.child, "旗人民医院", now)
    volunteers.set_terms(session, by, care.mother.ref, terms(workplace="旗人民医院"), now=now)
    assert broken_rules(session, care, now) == ["conflict"]

    guardian(session, care.child).until_on = today(now)
    session.flush()

    assert workplaces.of_guardians(session, [care.child]) == {}


def test_a_carers_work_is_not_asked(session, care, now) -> None:
    aunt = NewKin("某某", "姑姑", None, KinRole.CARER, "旗人民医院")
    with pytest.raises(BadInput, match="workplace"):
        children.add_kin(session, WORKER, care.child.ref, aunt, now=now)

    guardian(session, care.child).kin_role = KinRole.CARER
    session.flush()
    with pytest.raises(BadInput, match="workplace"):
        works(session, care.child, "旗人民医院", now)


def test_a_unit_is_refused_as_the_way_of_its_colleagues_child(session, unit_world) -> None:
    works(session, unit_world.pupil, unit_world.unit.name, NOW)

    with pytest.raises(BadInput, match="guardian_works_there"):
        decide(session, unit_world.pupil, unit_world.unit)

    decide(session, unit_world.pupil, unit_world.other)


def test_once_it_is_written_down_the_unit_hands_that_child_nothing(session, unit_world) -> None:
    me = hand_of(unit_world.unit)
    (card,) = unit_world.list_of(session, unit_world.unit)
    batch, line = card["ref"], card["lines"][0]["ref"]
    stepping_aside.say(session, me, batch, own_staff=(), now=NOW)

    works(session, unit_world.child, unit_world.unit.name, NOW)

    child = session.get_one(Child, unit_world.child.id)
    assert (child.route, child.hand_id) == (Route.OFFICE, None)
    for act in (
        lambda: handovers.hand_over_one(session, me, line, now=NOW),
        lambda: handovers.confirm_all(session, me, batch, now=NOW),
    ):
        with pytest.raises(NotCleared):
            act()
    # Whatever he ticks, these lines go back.
    assert stepping_aside.say(session, me, batch, own_staff=(), now=NOW) == MONTHS
    snags = session.scalars(select(Stipend.snag).where(Stipend.handed_over_on.is_not(None))).all()
    assert snags == []
    assert set(session.scalars(select(Stipend.snag))) >= {Snag.OWN_STAFF}


def test_another_guardian_who_works_there_counts_from_the_day_he_is_added(
    session, unit_world
) -> None:
    father = NewKin("某某", "父亲", None, KinRole.GUARDIAN, unit_world.unit.name)

    children.add_kin(session, WORKER, unit_world.child.ref, father, now=NOW)

    assert session.get_one(Child, unit_world.child.id).route is Route.OFFICE
    reasons = session.execute(text("SELECT reason FROM child_routes ORDER BY id DESC LIMIT 1"))
    assert reasons.scalar_one() == RouteReason.OWN_STAFF.value
    assert session.get_one(Child, unit_world.stranger.id).route is Route.WORK_UNIT
