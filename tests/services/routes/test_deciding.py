"""A child's way is decided with a reason and a day; what has not left follows it, once."""

from datetime import date

import pytest
from sqlalchemy import select

from models.organisations import Organisation
from models.routes import ChildRoute
from models.stipends import Batch, Stipend
from privacy.viewers import Viewer
from services.batches import batches, unsent
from services.checking import checks
from services.handover import hand_lists, office_hand
from services.routes import deciding, desk
from services.routes.deciding import Way
from tests.factories import START, TOWNSHIP, a_school, an_account, viewer
from tests.services.routes.worlds import (
    DESK,
    ENGINE,
    FIRST,
    a_card,
    a_pupil,
    lines,
    morning,
)
from vocabulary import clock
from vocabulary.dates import at
from vocabulary.enums import OrganisationKind, Role, Route, RouteReason
from vocabulary.errors import ActedBefore, BadInput, NotPermitted

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
TODAY = date(2026, 11, 21)


def decide(session, child, route, *, on=TODAY, from_on=None, by=FIRST, **more) -> None:
    reason = more.pop("reason", RouteReason.SUSPENDED)
    way = Way(route, reason, from_on or on, **more)
    deciding.decide(session, by, child.ref, way, now=at(on))


def test_what_has_not_left_follows_the_child_and_what_has_stays(session) -> None:
    child, _ = a_pupil(session, a_school(session))
    morning(session, date(2026, 10, 1))
    batches.send_all(session, DESK, list(session.scalars(select(Batch.ref))), now=at(TODAY))
    morning(session, NOVEMBER)

    decide(session, child, Route.VILLAGE)
    morning(session, TODAY)

    found = lines(session, child)
    assert [(due, route) for due, route, _ in found] == [
        (START, "school"), (date(2026, 10, 1), "school"), (NOVEMBER, "village"),
    ]  # fmt: skip


def test_a_later_day_holds_from_the_batch_of_that_day(session) -> None:
    child, _ = a_pupil(session, a_school(session))
    decide(session, child, Route.VILLAGE, from_on=DECEMBER)

    morning(session, NOVEMBER)
    sent = list(session.scalars(select(Batch.ref).where(Batch.sent_on.is_(None))))
    batches.send_all(session, DESK, sent, now=at(TODAY))
    session.flush()
    assert child.route is Route.SCHOOL
    morning(session, DECEMBER)

    assert [route for _, route, _ in lines(session, child)] == ["school"] * 3 + ["village"]
    assert child.route is Route.VILLAGE


def test_a_newer_decision_replaces_one_that_waits(session) -> None:
    child, _ = a_pupil(session, a_school(session))
    decide(session, child, Route.VILLAGE, from_on=DECEMBER)
    decide(session, child, Route.OFFICE)

    morning(session, DECEMBER)

    assert child.route is Route.OFFICE
    assert deciding.take_effect(session, ENGINE, on=DECEMBER, now=at(DECEMBER)) == {
        "done": 0, "failed": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("way", "field", "reason"),
    [
        (Way(Route.CARD, RouteReason.FAMILY_WISH, TODAY), "route", "no_card"),
        (Way(Route.INSTITUTION, RouteReason.MOVED, TODAY), "hand", "no_hand"),
        (Way(Route.SCHOOL, RouteReason.MOVED, TODAY), "route", "as_before"),
        (Way(Route.VILLAGE, RouteReason.MOVED, date(2026, 11, 20)), "from_on", "not_between"),
        (Way(Route.VILLAGE, RouteReason.MOVED, date(2027, 11, 30)), "from_on", "not_between"),
        (Way(Route.VILLAGE, RouteReason.OTHER, TODAY), "note", "say_why"),
    ],
)
def test_a_way_that_leads_nowhere_is_refused(session, way, field, reason) -> None:
    child, _ = a_pupil(session, a_school(session))

    with pytest.raises(BadInput) as refusal:
        deciding.decide(session, FIRST, child.ref, way, now=at(TODAY))

    assert refusal.value.params == {"field": field, "reason": reason}
    assert session.scalars(select(ChildRoute)).all() == []


@pytest.mark.parametrize(
    "role", [Role.PAYING_DESK, Role.SCHOOL_OFFICER, Role.VILLAGE_DIRECTOR, Role.COLLECTING_DESK]
)
def test_only_case_staff_decide(session, role) -> None:
    child, _ = a_pupil(session, a_school(session))

    with pytest.raises(NotPermitted):
        decide(session, child, Route.VILLAGE, by=viewer(role))


def test_an_institution_gets_a_batch_of_its_own_and_hands_over_by_its_list(session) -> None:
    home = Organisation(
        kind=OrganisationKind.INSTITUTION, name="旗儿童福利院", region_code=TOWNSHIP,
        entered_on=START, account_name="旗儿童福利院", account_bank="某银行",
    )  # fmt: skip
    session.add(home)
    session.flush()
    child, _ = a_pupil(session, a_school(session))
    decide(session, child, Route.INSTITUTION, hand_ref=home.ref, reason=RouteReason.MOVED)

    morning(session, NOVEMBER)
    batch = session.scalars(select(Batch)).one()
    batches.send_all(session, DESK, [batch.ref], now=at(TODAY))

    assert (batch.route, batch.organisation_id) == (Route.INSTITUTION, home.id)
    officer = viewer(Role.SCHOOL_OFFICER, organisation_id=home.id)
    (seen,) = hand_lists.list_for(session, officer, now=at(TODAY))
    assert {line["name"] for line in seen["lines"]} == {"孩子1"}


def test_a_school_reads_nothing_of_a_child_that_left_its_list(session) -> None:
    school = a_school(session)
    officer = viewer(Role.SCHOOL_OFFICER, organisation_id=school.id)
    (gone, _), (stays, _) = a_pupil(session, school, 1), a_pupil(session, school, 2)
    decide(session, gone, Route.OFFICE, note="家里说没收到", reason=RouteReason.CHECKED)
    morning(session, NOVEMBER)
    batches.send_all(session, DESK, list(session.scalars(select(Batch.ref))), now=at(TODAY))

    seen = hand_lists.list_for(session, officer, now=at(TODAY))

    assert {line["name"] for card in seen for line in card["lines"]} == {stays.name}
    assert "家里说" not in str(seen)


def test_whoever_chose_the_office_does_not_hand_over_while_a_colleague_can(session) -> None:
    one = an_account(session, Role.CASE_WORKER, login="one")
    an_account(session, Role.CASE_WORKER, login="two")
    by = Viewer(frozenset({Role.CASE_WORKER}), f"account:{one.ref}", regions=(one.region_code,))
    child, _ = a_pupil(session, a_school(session))
    decide(session, child, Route.OFFICE, by=by)
    morning(session, NOVEMBER)
    batches.send_all(session, DESK, list(session.scalars(select(Batch.ref))), now=at(TODAY))

    (line, *_) = office_hand.lines(session, by, now=at(TODAY))

    assert line["for_another"] is True
    with pytest.raises(ActedBefore):
        office_hand.hand_over(session, by, line["ref"], now=at(TODAY))


def test_a_private_arrangement_is_listed_in_red_and_asked_after_when_its_term_is_over(
    session,
) -> None:
    child, _ = a_pupil(session, a_school(session))
    an_account(session, Role.CASE_WORKER, login="one")
    decide(session, child, Route.PERSONAL, reason=RouteReason.OLD_ARRANGEMENT, note="老师微信")

    (card,) = desk.personal(session, FIRST, now=at(TODAY))
    after = date(2027, 2, 1)

    assert (card["until_on"], card["is_over"]) == (date(2027, 1, 31), False)
    assert desk.remind(session, ENGINE, on=date(2027, 1, 31), now=at(after)) == 0
    assert desk.remind(session, ENGINE, on=after, now=at(after)) == 1
    assert desk.personal(session, FIRST, now=at(after))[0]["is_over"] is True
    with clock.moved_to(at(after)):
        a_card(session, child, on=after)
    decide(session, child, Route.CARD, on=date(2027, 2, 5), reason=RouteReason.CARD_READY)
    assert desk.remind(session, ENGINE, on=date(2027, 2, 6), now=at(after)) == 0


def test_the_check_names_a_way_changed_behind_its_back(session) -> None:
    child, _ = a_pupil(session, a_school(session))
    decide(session, child, Route.VILLAGE)
    found = _found(session)
    child.route = Route.OFFICE
    session.flush()

    assert found == []
    assert _found(session) == [f"孩子 {child.ref}：怎么转交和最后定下的不一样"]


def _found(session) -> list[str]:
    auditor = viewer(Role.AUDITOR)
    report = checks.report(session, auditor, now=at(TODAY))
    return next(one for one in report["checks"] if one["name"] == "ways")["findings"]


def test_taking_out_and_filling_again_loses_and_doubles_nothing(session) -> None:
    child, _ = a_pupil(session, a_school(session))
    morning(session, NOVEMBER)
    for _ in range(3):
        unsent.take_out(session, child.id)
        morning(session, TODAY)

    assert [due.month for due, _, _ in lines(session, child)] == [9, 10, 11]
    assert session.scalar(select(Stipend.id).where(Stipend.batch_id.is_(None))) is None
