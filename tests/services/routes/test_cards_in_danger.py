"""Another card while somebody fears for the child: whom the report names reads the one before."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models.accounts import Account
from services.danger import harm
from services.danger.protection import About
from services.guardians import guardian_file
from services.routes import cards
from tests.factories import a_child, a_school, an_account, viewer
from tests.services.routes.worlds import CARD, FIRST, OTHER_CARD, a_card
from vocabulary.dates import at
from vocabulary.enums import Called, Complained, Role

TODAY = date(2026, 11, 20)


@pytest.fixture
def named(session):
    an_account(session, Role.CASE_WORKER, login="named")
    ref = session.scalars(select(Account.ref).where(Account.login == "named")).one()
    return viewer(Role.CASE_WORKER, actor=f"account:{ref}")


def fears(session, child, named) -> None:
    about = About(Complained.OFFICE, named.actor.removeprefix("account:"))
    said = {"called": Called.POLICE, "about": about, "now": at(TODAY)}
    harm.report(session, FIRST, child.ref, **said)


def test_he_reads_the_card_of_before_as_if_it_stood(session, named) -> None:
    child = a_child(session, a_school(session))
    a_card(session, child, CARD, on=TODAY - timedelta(days=30))
    before = cards.of_child(session, named, child.ref)
    fears(session, child, named)

    a_card(session, child, OTHER_CARD, on=TODAY + timedelta(days=3))

    assert cards.of_child(session, named, child.ref) == before
    stands = cards.of_child(session, FIRST, child.ref)
    assert (stands["tail"], before["tail"]) == (OTHER_CARD[-4:], CARD[-4:])


def test_of_a_first_card_he_reads_none(session, named) -> None:
    child = a_child(session, a_school(session))
    fears(session, child, named)

    a_card(session, child, CARD, on=TODAY + timedelta(days=3))

    assert cards.of_child(session, named, child.ref) is None
    assert cards.of_child(session, FIRST, child.ref) is not None


def test_a_family_that_is_named_reads_the_card_of_before_as_well(session) -> None:
    child = a_child(session, a_school(session))
    a_card(session, child, CARD, on=TODAY - timedelta(days=30))
    family = viewer(Role.FAMILY, regions=(), actor="family:F", child_id=child.id)
    said = {"called": Called.POLICE, "about": About(Complained.FAMILY), "now": at(TODAY)}
    harm.report(session, FIRST, child.ref, **said)

    a_card(session, child, OTHER_CARD, on=TODAY + timedelta(days=3))

    assert guardian_file.way_of(session, family)["card"]["tail"] == CARD[-4:]


def test_a_family_that_nobody_names_reads_its_card_of_now(session) -> None:
    child = a_child(session, a_school(session))
    family = viewer(Role.FAMILY, regions=(), actor="family:F", child_id=child.id)
    assert guardian_file.way_of(session, family)["card"] is None
    for number, days in ((CARD, -30), (OTHER_CARD, 3)):
        a_card(session, child, number, on=TODAY + timedelta(days=days))

    assert guardian_file.way_of(session, family)["card"]["tail"] == OTHER_CARD[-4:]
