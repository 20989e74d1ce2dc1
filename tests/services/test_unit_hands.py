"""A unit's clerk hands over by his list and never sees a payer; no unit collects and hands over."""

from datetime import date

import pytest
from sqlalchemy import select

from models.accounts import Grant
from models.organisations import Organisation
from models.routes import ChildRoute
from models.stipends import Batch, Stipend
from models.trace import OrdinaryEntry
from models.work_units import Collection
from privacy.permissions import check_exclusive
from services import gate, links
from services.accounts import grants
from services.accounts.grants import Term
from services.batches import batches
from services.checking import checks
from services.handover import answers, hand_lists, handovers, slips
from services.handover.answers import Reply
from services.handover.reminders import hands_of_all
from services.routes import deciding
from services.routes.deciding import Way
from services.work_units import collecting, joining, one_side, stepping_aside
from tests.factories import a_pledge, a_school, a_unit, an_account, viewer
from tests.services.routes.worlds import DESK, FIRST, a_pupil, morning
from tests.services.test_work_units import clerk_of, donor_of
from vocabulary.dates import at
from vocabulary.enums import Answer, Role, Route, RouteReason, Snag
from vocabulary.errors import BadInput, NotFound, RolesExclude

NOVEMBER, TODAY = date(2026, 11, 1), date(2026, 11, 21)
NOW = at(TODAY)


def decide(session, child, unit, **more) -> None:
    asked = {"hand_ref": unit.ref, "is_recused": True} | more
    way = Way(Route.WORK_UNIT, RouteReason.SUSPENDED, TODAY, **asked)
    deciding.decide(session, FIRST, child.ref, way, now=NOW)


def hand_of(unit):
    return viewer(Role.UNIT_HAND, organisation_id=unit.id, actor="account:H", account_id=7)


class World:
    """Two units with a child each whose money was sent to it, and a pupil of the same school."""

    def __init__(self, session) -> None:
        self.school = a_school(session)
        self.unit, self.other = a_unit(session), a_unit(session, "旗邮局")
        for unit in (self.unit, self.other):
            unit.account_name, unit.account_bank = unit.name, "某银行"
        self.child, self.stranger, self.pupil = (
            a_pupil(session, self.school, n)[0] for n in (1, 2, 3)
        )
        self.child.address, self.stranger.address = "吉文镇河东 3 号", "吉文镇河西 8 号"
        decide(session, self.child, self.unit)
        decide(session, self.stranger, self.other)
        morning(session, NOVEMBER)
        batches.send_all(session, DESK, list(session.scalars(select(Batch.ref))), now=NOW)

    def list_of(self, session, unit):
        return hand_lists.list_for(session, hand_of(unit), now=NOW)


@pytest.fixture
def world(session) -> World:
    return World(session)


def test_a_clerk_reads_whom_to_hand_what_of_his_own_unit_alone(session, world) -> None:
    (card,) = world.list_of(session, world.unit)
    assert {one["name"] for one in card["lines"]} == {world.child.name}
    assert {one["address"] for one in card["lines"]} == {world.child.address}

    (others,) = world.list_of(session, world.other)
    for act in (
        lambda: handovers.batch(session, hand_of(world.unit), others["ref"], now=NOW),
        lambda: handovers.hand_over_one(
            session, hand_of(world.unit), others["lines"][0]["ref"], now=NOW
        ),
        lambda: slips.make_slips(session, hand_of(world.unit), others["ref"], now=NOW),
    ):
        with pytest.raises(NotFound):
            act()


def test_he_reads_no_table_but_the_ones_of_his_list(session, world) -> None:
    from models.base import Base

    me, readable = hand_of(world.unit), set()
    for mapper in Base.registry.mappers:
        if mapper.class_.standings(me) and gate.cards(session, me, mapper.class_):
            readable |= {
                f"{mapper.class_.__name__}.{name}"
                for card in gate.cards(session, me, mapper.class_)
                for name in card
            }

    tables = {one.partition(".")[0] for one in readable}
    assert tables <= {"Child", "Match", "Stipend", "Batch", "Region"}
    assert {one for one in readable if one.startswith(("Child.", "Match."))} <= {
        "Child.ref", "Child.name", "Child.address", "Match.child_ref", "Match.occasion",
    }  # fmt: skip
    assert not [
        one for one in readable if any(word in one for word in ("pledge", "payer", "donor"))
    ]


def test_exceptions_first_and_the_rest_with_one_word(session, world) -> None:
    (card,) = world.list_of(session, world.unit)
    first, *rest = [one["ref"] for one in card["lines"]]
    stepping_aside.say(session, hand_of(world.unit), card["ref"], own_staff=(), now=NOW)

    count = handovers.confirm_all(
        session, hand_of(world.unit), card["ref"], {first: Snag.UNDELIVERABLE}, now=NOW
    )

    (after,) = world.list_of(session, world.unit)
    assert (count, after["lines"][0]["ref"]) == (len(rest), first)
    assert [one["is_handed_over"] for one in after["lines"]] == [False] + [True] * len(rest)


def test_nothing_that_a_family_says_reaches_its_unit(session, world) -> None:
    (card,) = world.list_of(session, world.unit)
    made = slips.make_slips(session, hand_of(world.unit), card["ref"], now=NOW)
    before = world.list_of(session, world.unit)

    family = links.open_slip(session, made[0]["token"], now=NOW)
    answers.answer(session, family, Reply(Answer.NOT_RECEIVED), now=NOW)

    assert session.scalar(select(Stipend.id).where(Stipend.disputed_on.is_not(None)))
    assert world.list_of(session, world.unit) == before


def test_the_units_clerk_is_reminded_and_no_other(session, world) -> None:
    mine, _ = (
        an_account(session, Role.UNIT_HAND, login=login, organisation_id=unit.id)
        for login, unit in (("hand", world.unit), ("other", world.other))
    )
    batch = session.scalars(select(Batch).where(Batch.organisation_id == world.unit.id)).first()

    assert hands_of_all(session, [batch], on=TODAY)[batch.id] == [mine.id]


def test_a_child_that_goes_another_way_leaves_his_sight_and_its_sum_stays(session, world) -> None:
    way = Way(Route.SCHOOL, RouteReason.MOVED, TODAY)
    deciding.decide(session, FIRST, world.child.ref, way, now=NOW)

    (card,) = world.list_of(session, world.unit)

    assert world.child.name not in str(card)
    assert world.child.address not in str(card)
    assert card["todo_fen"] == 10_000 * card["count"] > 0


def test_a_way_by_a_unit_wants_the_familys_word_that_no_guardian_works_there(session) -> None:
    child, _ = a_pupil(session, a_school(session))
    with pytest.raises(BadInput) as refusal:
        decide(session, child, a_unit(session), is_recused=False)
    assert refusal.value.params == {"field": "is_recused", "reason": "ask_guardians"}

    decide(session, child, session.query(Organisation).filter_by(name="旗供电局").one())
    kept = session.scalars(select(OrdinaryEntry.detail).order_by(OrdinaryEntry.seq)).all()
    assert kept[-1]["recused"] == "asked"


def test_a_unit_that_collects_is_neither_offered_nor_taken(session, now) -> None:
    """The refusal is the same whoever gives through the unit: it tells of the unit alone."""
    unit, (child, match) = a_unit(session), a_pupil(session, a_school(session))
    collecting.begin(session, clerk_of(unit), now=now)

    assert unit.ref not in [one["ref"] for one in deciding.hands(session, FIRST)]
    said = []
    for joins in (False, True):
        if joins:
            pledge = session.get_one(type(a_pledge(session)[0]), match.pledge_id)
            code = session.scalar(select(Collection.code))
            joining.join(session, donor_of(session, pledge), pledge.donor_ref, code, now=now)
        with pytest.raises(BadInput) as refusal:
            decide(session, child, unit)
        said.append(refusal.value.params)
    assert said == [{"field": "hand", "reason": "unit_collects"}] * 2
    assert session.scalars(select(ChildRoute)).all() == []


def test_a_unit_that_ever_handed_over_never_collects(session, now, world) -> None:
    way = Way(Route.SCHOOL, RouteReason.MOVED, TODAY)
    deciding.decide(session, FIRST, world.child.ref, way, now=NOW)

    with pytest.raises(BadInput):
        collecting.begin(session, clerk_of(world.unit), now=now)
    assert session.scalars(select(Collection)).all() == []


def test_a_unit_on_both_sides_takes_no_pledge_and_says_only_that_it_knows_no_such_code(
    session, now, world
) -> None:
    session.add(Collection(organisation_id=world.unit.id, opened_on=TODAY))
    session.flush()
    pledge, _ = a_pledge(session, "13800000077")
    code = session.scalar(select(Collection.code))

    with pytest.raises(BadInput) as refusal:
        joining.join(session, donor_of(session, pledge), pledge.donor_ref, code, now=now)
    assert refusal.value.params == {"field": "code", "reason": "unknown"}


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        (Role.UNIT_COLLECTOR, Role.UNIT_HAND, "unit_collects"),
        (Role.UNIT_HAND, Role.UNIT_COLLECTOR, "unit_hands"),
    ],
)
def test_two_people_of_one_unit_get_no_roles_of_both_sides(
    session, now, first, second, why
) -> None:
    unit = a_unit(session)
    by = viewer(Role.ADMINISTRATOR, actor="account:A", account_id=99)
    one, two = (an_account(session, login=login, organisation_id=unit.id) for login in ("yi", "er"))
    grants.ask(session, by, one.ref, first, term=Term(), now=now)

    with pytest.raises(BadInput) as refusal:
        grants.ask(session, by, two.ref, second, term=Term(), now=now)
    assert refusal.value.params == {"field": "role", "reason": why}
    elsewhere = an_account(session, login="san", organisation_id=a_unit(session, "旗邮局").id)
    grants.ask(session, by, elsewhere.ref, second, term=Term(), now=now)


@pytest.mark.parametrize(
    "role",
    [
        Role.UNIT_COLLECTOR, Role.COLLECTING_DESK, Role.CASE_WORKER, Role.APPROVER,
        Role.CUSTODIAN, Role.AUDITOR, Role.ADMINISTRATOR,
    ],
)  # fmt: skip
def test_the_same_person_hands_over_and_holds_no_such_role(role) -> None:
    with pytest.raises(RolesExclude):
        check_exclusive(frozenset({Role.UNIT_HAND, role}))


def test_the_nightly_check_names_a_unit_on_both_sides(session, world) -> None:
    assert one_side.breaches(session) == []
    session.add(Collection(organisation_id=world.unit.id, opened_on=TODAY))
    session.flush()

    assert one_side.breaches(session) == [f"单位 {world.unit.name}：又代收，又转交"]
    assert "unit_sides" in str(checks.report(session, viewer(Role.AUDITOR), now=NOW))


def test_the_nightly_check_names_a_person_with_both_roles(session) -> None:
    unit = a_unit(session)
    both = an_account(session, Role.UNIT_HAND, login="two", organisation_id=unit.id)
    session.add(Grant(account_id=both.id, role=Role.UNIT_COLLECTOR, from_on=TODAY, asked_by="x"))
    session.flush()

    assert f"帐号 {both.ref}：又管代收，又管转交" in one_side.breaches(session)
