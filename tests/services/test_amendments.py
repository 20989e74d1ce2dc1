"""Two people change a child's name and number, and a school's account (law 8)."""

from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.amendments import Amendment
from models.children import Child
from models.organisations import Organisation
from models.trace import OrdinaryEntry
from privacy import viewers
from services import organisations
from services.batches.school_accounts import NewAccount
from services.children import amendments
from services.organisations import NewSchool
from services.routes import holding
from tests.factories import OTHER_BANNER, TOWNSHIP, a_child, a_school, viewer
from tests.services.rosters.lists import an_id
from vocabulary.enums import AmendmentStatus, Role, Sex
from vocabulary.errors import ActedBefore, AlreadyDecided, BadInput, NotFound, NotPermitted

FIRST = viewer(Role.CASE_WORKER, actor="account:first")
SECOND = viewer(Role.APPROVER, actor="account:second")
RIGHT = an_id(birth="20150504", serial=123)


def ask(session: Session, child: Child, now: datetime, **more: str) -> str:
    values = {"name": "陈雨彤", "number": "", "reason": "录入时写错了"} | more
    return amendments.ask_identity(session, FIRST, child.ref, **values, now=now)


def ask_account(session: Session, school: Organisation, now: datetime, **more: str) -> str:
    values = {
        "name": "吉文中学",
        "bank": "新的信用社",
        "number": "6217 0000 1",
        "reason": "换了开户行",
    }
    return amendments.ask_account(session, FIRST, school.ref, **(values | more), now=now)


def test_a_childs_name_changes_only_when_a_second_person_agrees(
    session: Session, now: datetime
) -> None:
    child = a_child(session)

    ref = ask(session, child, now)

    assert child.name == "陈雨桐"
    with pytest.raises(ActedBefore):
        amendments.agree(session, FIRST, ref, again="", now=now)
    amendments.agree(session, SECOND, ref, again="", now=now)
    kept = session.scalars(select(Amendment)).one()
    assert child.name == "陈雨彤"
    assert (kept.name_before, kept.decided_by, kept.status) == (
        "陈雨桐",
        SECOND.actor,
        AmendmentStatus.DONE,
    )


def test_a_number_is_typed_again_by_the_second_and_sex_and_birthday_follow(
    session: Session, now: datetime
) -> None:
    child = a_child(session, sex=Sex.FEMALE)
    ref = ask(session, child, now, number=RIGHT)

    with pytest.raises(BadInput) as refusal:
        amendments.agree(session, SECOND, ref, again=an_id(birth="20150505", serial=123), now=now)
    amendments.agree(session, SECOND, ref, again=f" {RIGHT.lower()}", now=now)

    assert refusal.value.params == {"field": "again", "reason": "differs"}
    assert (child.id_number, child.birth_on, child.sex) == (RIGHT, date(2015, 5, 4), Sex.MALE)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": "陈雨桐"}, "name"),
        ({"number": "150723201505041230"}, "number"),
    ],
)
def test_what_changes_nothing_or_cannot_be_is_refused(
    session: Session, now: datetime, more: dict[str, str], field: str
) -> None:
    child = a_child(session)

    with pytest.raises(BadInput) as refusal:
        ask(session, child, now, **more)

    assert refusal.value.params["field"] == field


def test_a_number_of_another_record_is_refused(session: Session, now: datetime) -> None:
    child, other = a_child(session), a_child(session, name="另一个")
    amendments.agree(session, SECOND, ask(session, other, now, number=RIGHT), again=RIGHT, now=now)

    with pytest.raises(BadInput) as refusal:
        ask(session, child, now, number=RIGHT)

    assert refusal.value.params["reason"] == "already_known"


def test_a_schools_account_changes_only_when_two_typed_the_same_number(
    session: Session, now: datetime
) -> None:
    school = a_school(session)
    school.account_number = "6217 9999"

    ref = ask_account(session, school, now)

    assert (school.account_bank, school.account_number) == ("某农村信用社", "6217 9999")
    with pytest.raises(ActedBefore):
        amendments.agree(session, FIRST, ref, again="621700001", now=now)
    with pytest.raises(BadInput):
        amendments.agree(session, SECOND, ref, again="621700002", now=now)
    on = amendments.agree(session, SECOND, ref, again="6217 0000 1", now=now)
    assert school.account_number == "6217 9999"
    assert holding.take_effect(session, viewers.engine("pledges"), on=on, now=now) == 1
    kept = session.scalars(select(Amendment)).one()
    assert (school.account_bank, school.account_number) == ("新的信用社", "621700001")
    assert (kept.bank_before, kept.number_before) == ("某农村信用社", "6217 9999")


def test_one_change_waits_at_a_time_and_is_decided_once(session: Session, now: datetime) -> None:
    school = a_school(session)
    ref = ask_account(session, school, now)

    with pytest.raises(AlreadyDecided):
        ask_account(session, school, now, bank="又一家")
    amendments.turn_down(session, FIRST, ref, now=now)
    with pytest.raises(AlreadyDecided):
        amendments.agree(session, SECOND, ref, again="621700001", now=now)

    assert school.account_bank == "某农村信用社"
    assert amendments.waiting(session, SECOND) == []


def test_what_waits_is_counted_for_the_others_and_shows_no_number(
    session: Session, now: datetime
) -> None:
    school = a_school(session)
    ref = ask_account(session, school, now)

    card = amendments.detail(session, SECOND, ref)

    assert amendments.count_waiting(session, FIRST) == 0
    assert amendments.count_waiting(session, SECOND) == 1
    assert card["has_number"]
    assert not {"number", "number_before"} & set(card)


def test_staff_of_another_banner_and_other_roles_reach_no_change(
    session: Session, now: datetime
) -> None:
    child = a_child(session)
    ref = ask(session, child, now)
    stranger = viewer(Role.CASE_WORKER, actor="account:far", regions=(OTHER_BANNER,))

    assert amendments.waiting(session, stranger) == []
    with pytest.raises(NotFound):
        amendments.agree(session, stranger, ref, again="", now=now)
    with pytest.raises(NotPermitted):
        amendments.agree(session, viewer(Role.PAYING_DESK), ref, again="", now=now)


def test_both_steps_leave_a_trace_without_a_name(session: Session, now: datetime) -> None:
    child = a_child(session)

    amendments.agree(session, SECOND, ask(session, child, now), again="", now=now)

    entries = session.scalars(select(OrdinaryEntry).order_by(OrdinaryEntry.seq)).all()
    kept = [(one.act, one.actor, one.subject) for one in entries][-2:]
    assert kept == [
        ("amendment.ask", FIRST.actor, f"child:{child.ref}"),
        ("amendment.agree", SECOND.actor, f"child:{child.ref}"),
    ]
    assert "雨" not in str([(one.why, one.detail) for one in entries])


def test_an_account_from_a_list_waits_for_a_second_person(session: Session, now: datetime) -> None:
    given = NewAccount("新小学", "信用社", "6217 0000 1")
    new = NewSchool(name="新小学", region_code=TOWNSHIP, account=given)
    ref = organisations.enter(session, FIRST, new, now=now)
    school = session.scalars(select(Organisation).where(Organisation.ref == ref)).one()
    (one,) = amendments.waiting(session, SECOND)

    assert (school.account_name, school.account_number) == (None, None)
    with pytest.raises(ActedBefore):
        amendments.agree(session, FIRST, one["ref"], again="621700001", now=now)
    amendments.agree(session, SECOND, one["ref"], again="621700001", now=now)
    assert (school.account_name, school.account_number) == ("新小学", "621700001")
