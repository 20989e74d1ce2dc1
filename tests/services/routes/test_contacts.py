"""Nobody alone turns the warning of a school's account change to a telephone of his own (C14)."""

from datetime import date

import pytest

from services import organisations
from services.children import amendments
from services.routes import asking
from tests.factories import a_school
from tests.services.routes.worlds import FIRST, SECOND
from vocabulary.dates import at
from vocabulary.errors import ActedBefore, AlreadyDecided, BadInput

NOW = at(date(2026, 11, 21))


@pytest.fixture
def school(session):
    school = a_school(session)
    school.contact_phone, school.account_number = "13900000001", "6217000000000001"
    session.flush()
    return school


@pytest.mark.parametrize("phone", ["13900000002", None])
def test_one_person_cannot_write_another_telephone_over_it(session, school, phone) -> None:
    with pytest.raises(BadInput) as refusal:
        organisations.complete(session, FIRST, school.ref, name="李", phone=phone, now=NOW)

    assert refusal.value.params == {"field": "phone", "reason": "two_people"}
    assert school.contact_phone == "13900000001"


def test_a_second_person_types_it_again_and_it_holds_at_once(session, school) -> None:
    ref = asking.ask_contact(
        session, FIRST, school.ref, name="李专干", phone="13900000002", reason="换人", now=NOW
    )

    with pytest.raises(ActedBefore):
        amendments.agree(session, FIRST, ref, again="13900000002", now=NOW)
    with pytest.raises(BadInput):
        amendments.agree(session, SECOND, ref, again="13900000003", now=NOW)
    assert amendments.agree(session, SECOND, ref, again="139 0000 0002", now=NOW) is None

    assert (school.contact_name, school.contact_phone) == ("李专干", "13900000002")


def test_while_a_telephone_waits_no_account_can_be_asked_for_and_the_other_way_round(
    session, school
) -> None:
    said = {"name": "吉文中学", "bank": "某社", "number": "6217000000000002", "reason": "换开户行"}
    ref = amendments.ask_account(session, FIRST, school.ref, **said, now=NOW)

    with pytest.raises(AlreadyDecided):
        asking.ask_contact(
            session, FIRST, school.ref, name="李", phone="13900000002", reason="换人", now=NOW
        )
    amendments.turn_down(session, SECOND, ref, now=NOW)
    asking.ask_contact(
        session, FIRST, school.ref, name="李", phone="13900000002", reason="换人", now=NOW
    )
    with pytest.raises(AlreadyDecided):
        amendments.ask_account(session, FIRST, school.ref, **said, now=NOW)


def test_a_school_without_a_telephone_gets_its_first_by_one(session, school) -> None:
    school.contact_phone = None
    session.flush()

    organisations.complete(session, FIRST, school.ref, name="李", phone="13900000002", now=NOW)

    assert school.contact_phone == "13900000002"
