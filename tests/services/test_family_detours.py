"""Whoever was drawn gets the next instalment another way: once, and whatever the family said."""

from datetime import date

import pytest
from sqlalchemy import select

from models.children import Child
from models.family_checks import FamilyAsk
from models.pledges import Match
from models.stipends import Batch, Stipend
from services.family_checks import draws
from services.handover import answers
from services.handover.answers import Reply
from services.notices import drawing
from services.vault import vault
from tests.factories import BANNER, a_school, an_account, viewer
from tests.services.family_checking import (
    DECEMBER,
    ENGINE,
    NOVEMBER,
    VILLAGE,
    Pupils,
    drawn,
    refs_asked,
)
from vocabulary.dates import at
from vocabulary.enums import Answer, Role, Route
from vocabulary.refs import stipend_ref

FOURTH, JANUARY = date(2026, 11, 4), date(2027, 1, 1)
WORKER = viewer(Role.CASE_WORKER, actor="account:worker")


@pytest.fixture
def pupils(session, now) -> Pupils:
    return Pupils(session, 8)


def ways(session, month: date) -> dict[int, tuple[Route, str, bool]]:
    """By child: the way of its line in a month's batches, where, and whether a school has it."""
    rows = session.execute(
        select(Match.child_id, Batch.route, Batch.region_code, Batch.organisation_id)
        .join(Stipend, Stipend.match_id == Match.id)
        .join(Batch, Batch.id == Stipend.batch_id)
        .where(Batch.month == month)
    )
    return {child: (route, code, school is not None) for child, route, code, school in rows}


def drawn_children(session) -> set[int]:
    found = select(Match.child_id).join(Stipend, Stipend.match_id == Match.id)
    return set(session.scalars(found.join(FamilyAsk, FamilyAsk.stipend_id == Stipend.id)))


def test_exactly_the_drawn_go_another_way_next_and_back_again_after_it(session, pupils) -> None:
    pupils.paid(NOVEMBER)
    (made,) = drawn(session, on=FOURTH)
    named = drawn_children(session)

    pupils.paid(DECEMBER)
    found = ways(session, DECEMBER)

    assert len(named) == made.size
    assert {child for child, (route, *_) in found.items() if route is Route.OFFICE} == named
    assert {found[child] for child in named} == {(Route.OFFICE, BANNER, False)}
    assert {found[child][2] for child in found.keys() - named} == {True}
    pupils.paid(JANUARY)
    assert {route for route, *_ in ways(session, JANUARY).values()} == {Route.SCHOOL}


def test_a_village_with_its_own_child_director_is_the_other_way(session, pupils) -> None:
    an_account(session, Role.VILLAGE_DIRECTOR, login="director", region_code=VILLAGE)
    pupils.paid(NOVEMBER)
    drawn(session, on=FOURTH)

    pupils.paid(DECEMBER)

    found = ways(session, DECEMBER)
    assert {found[one] for one in drawn_children(session)} == {(Route.VILLAGE, VILLAGE, False)}


def test_who_comes_by_the_director_anyway_comes_by_the_banners_office_once(session, now) -> None:
    an_account(session, Role.VILLAGE_DIRECTOR, login="director", region_code=VILLAGE)
    own = Pupils(session, 8, route=Route.VILLAGE)
    own.paid(NOVEMBER)
    drawn(session, on=FOURTH)

    own.paid(DECEMBER)

    found = ways(session, DECEMBER)
    assert {found[one][0] for one in drawn_children(session)} == {Route.OFFICE}


def test_what_a_family_said_changes_nobodys_way(session, pupils) -> None:
    """Those who said no, unasked, are not moved; those drawn are moved, whatever they said."""
    pupils.paid(NOVEMBER)
    drawn(session, on=FOURTH)
    asked, named = refs_asked(session), drawn_children(session)
    every = {stipend_ref(match.child_ref, NOVEMBER) for match in pupils.matches}
    for n, ref in enumerate(sorted(asked)):
        said = (Answer.RECEIVED, Answer.NOT_RECEIVED, Answer.WRONG_SUM)[n % 3]
        answers.answer(session, WORKER, Reply(said), ref=ref, now=at(FOURTH))
    for ref in sorted(every - asked):
        answers.answer(session, WORKER, Reply(Answer.NOT_RECEIVED), ref=ref, now=at(FOURTH))

    pupils.paid(DECEMBER)

    found = ways(session, DECEMBER)
    assert {child for child, (route, *_) in found.items() if route is Route.OFFICE} == named


def test_what_the_office_brought_is_asked_about_and_goes_back_to_its_own_way(
    session, pupils
) -> None:
    pupils.paid(NOVEMBER)
    drawn(session, on=FOURTH)
    (_, office) = sorted(pupils.paid(DECEMBER), key=lambda one: one.route is Route.OFFICE)
    assert office.route is Route.OFFICE
    before = drawn_children(session)

    for key in draws.to_draw(session, ENGINE, on=DECEMBER.replace(day=4)):
        draws.draw(session, ENGINE, key, now=at(DECEMBER.replace(day=4), 7))
    session.expire_all()

    after = {key: session.get_one(Child, key).detour_after for key in before}
    assert set(after.values()) == {NOVEMBER}
    pupils.paid(JANUARY)
    found = ways(session, JANUARY)
    assert {found[child][0] for child in before} == {Route.SCHOOL}


def test_what_a_director_brought_in_anothers_place_is_not_brought_by_her_again(
    session, pupils
) -> None:
    """Drawn twice running, the second time of what she brought: the next one is not hers."""
    an_account(session, Role.VILLAGE_DIRECTOR, login="director", region_code=VILLAGE)
    pupils.paid(NOVEMBER)
    drawn(session, on=FOURTH)
    pupils.paid(DECEMBER)
    before = drawn_children(session)
    for key in draws.to_draw(session, ENGINE, on=DECEMBER.replace(day=4)):
        draws.draw(session, ENGINE, key, now=at(DECEMBER.replace(day=4), 7))
    session.expire_all()
    asked = select(FamilyAsk.id).join(Stipend, Stipend.id == FamilyAsk.stipend_id)
    again = asked.join(Batch, Batch.id == Stipend.batch_id).where(Batch.route == Route.VILLAGE)
    assert session.scalars(again).all()

    pupils.paid(JANUARY)

    found = ways(session, JANUARY)
    assert {found[child][0] for child in before} == {Route.SCHOOL}


def test_the_donor_reads_of_the_hand_he_always_read_of(session, pupils) -> None:
    an_account(session, Role.VILLAGE_DIRECTOR, login="director", region_code=VILLAGE)
    pupils.paid(NOVEMBER)
    drawn(session, on=FOURTH)
    pupils.paid(DECEMBER)
    named = drawn_children(session)
    match = next(one for one in pupils.matches if one.child_id in named)
    donor = viewer(Role.DONOR, donor_id=vault.donor_of_pledge(session, match.pledge_id))
    ref = f"stipend:{stipend_ref(match.donor_ref, DECEMBER)}"

    assert drawing.facts_of(session, donor, ref, now=at(DECEMBER))["hand"] == "学校"


def test_a_school_of_one_pupil_misses_no_month(session, now) -> None:
    one = Pupils(session, 1, school=a_school(session, "教学点"))
    for month in (NOVEMBER, DECEMBER, JANUARY):
        one.paid(month)
        drawn(session, on=month.replace(day=4))

    sent = session.scalars(select(Stipend.sent_on).order_by(Stipend.due_on)).all()
    assert len(sent) == 3
    assert all(sent)
