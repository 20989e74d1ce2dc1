"""Another person becomes a group's contact: what was one person's own stays with him."""

import pytest
from sqlalchemy import select

from models.children import Consent
from models.ledger import Receipt
from models.pledges import Pledge
from models.reveals import Reveal, VaultWords
from models.vault import VaultName
from privacy.viewers import Viewer
from services.books import receipts
from services.books.receipts import BankLine
from services.children.consents import consent_row
from services.custody import custody_requests
from services.custody.custody_requests import NewRequest
from services.donors import naming
from services.donors.naming import Called
from services.giving import members, moving
from services.letters import letters
from services.letters.letters import Draft
from services.reveals import reveals
from services.vault import forgetting_donors, vault
from tests.factories import START, viewer
from tests.services.reveals.worlds import FIRST, LIN, World, a_world
from vocabulary.enums import (
    AskedFor,
    CustodyReason,
    GiverKind,
    Naming,
    Purpose,
    RevealStatus,
    Role,
)
from vocabulary.errors import NotFound
from vocabulary.money import Fen

DESK = viewer(Role.COLLECTING_DESK, actor="account:desk")


@pytest.fixture
def world(session, now) -> World:
    return a_world(session, now)


def hand_on(world: World) -> Viewer:
    """Whoever gives alone names a group and hands it on: no more than that is asked of him."""
    session, now = world.session, world.now
    ref = session.get_one(Pledge, world.match.pledge_id).donor_ref
    members.name(session, world.donor, ref, GiverKind.UNIT, "旗供电局", now=now)
    asked = moving.ask_contact(session, world.donor, ref, "13900000099", now=now)
    key = vault.find_donor_by_contact(session, "13900000099")
    other = viewer(Role.DONOR, actor="donor:NEW", donor_id=key, regions=())
    moving.accept(session, other, asked, now=now)
    session.expire_all()
    return other


def may_write(world: World) -> None:
    row = consent_row(world.child.id, Purpose.LETTERS, world.now.date(), FIRST)
    world.session.add(Consent(**row))
    world.session.flush()


def page_of(world: World, donor: Viewer) -> dict:
    return dict(reveals.page(world.session, donor, ref=world.match.donor_ref))


def own_letters(world: World, donor: Viewer) -> list[str]:
    page = letters.page(world.session, donor, now=world.now, ref=world.match.donor_ref)
    return [one["original"] for one in page["letters"] if one["sender"] == page["side"]]


def test_who_becomes_the_contact_knows_no_child_and_the_family_reads_no_name(world) -> None:
    world.know_each_other()
    assert world.of_donor()["known"] is not None

    other = hand_on(world)

    assert page_of(world, other) == {
        "asked": False, "never": False, "question": None, "known": None, "is_private": True,
    }  # fmt: skip
    assert world.of_guardian()["known"] is None
    assert world.session.scalars(select(VaultWords)).all() == []
    with pytest.raises(NotFound):
        world.of_donor()


def test_they_know_each_other_only_once_both_were_asked_and_two_checked_anew(world) -> None:
    world.know_each_other()
    world.donor = hand_on(world)

    world.put()
    assert world.of_guardian()["question"] == "open"
    world.agree()
    assert world.of_donor()["known"] is None
    world.check()

    assert dict(world.of_donor()["known"])["name"] == world.child.name


def test_a_family_that_asked_reads_the_same_sentence_and_may_ask_again(world) -> None:
    world.family_asks()
    world.later(days=7)
    world.release()
    reveals.answer(world.session, world.donor, None, ref=world.match.donor_ref, now=world.now)
    before = dict(reveals.page(world.session, world.slip))

    other = hand_on(world)

    assert dict(reveals.page(world.session, world.slip)) == before
    assert page_of(world, other)["question"] is None  # what the one before answered is his
    world.family_asks()
    assert world.session.scalars(select(Reveal.status)).one() is RevealStatus.ASKED


def test_what_a_family_asked_and_nobody_answered_waits_for_the_other(world) -> None:
    world.family_asks()
    world.later(days=7)
    world.release()

    other = hand_on(world)

    assert page_of(world, other)["question"] == "open"
    reveals.answer(world.session, other, LIN, ref=world.match.donor_ref, now=world.now)


def test_each_reads_the_letters_he_wrote_himself_and_no_others(world) -> None:
    may_write(world)
    first = Draft("我在漳州港务局上班，家里有两个孩子。")
    letters.write(world.session, world.donor, first, now=world.now, ref=world.match.donor_ref)

    other = hand_on(world)
    assert own_letters(world, other) == []
    second = Draft("天天向上。")
    letters.write(world.session, other, second, now=world.now, ref=world.match.donor_ref)

    assert own_letters(world, other) == ["天天向上。"]


@pytest.mark.parametrize(
    "called", [Called(Naming.NAMED, name="王小明"), Called(Naming.ALIAS, alias="北方的雪")]
)
def test_the_name_that_one_let_the_family_read_goes_to_nobody(world, called) -> None:
    session, pledge = world.session, world.session.get_one(Pledge, world.match.pledge_id)
    naming.choose(session, world.donor, pledge.donor_ref, called, now=world.now)

    other = hand_on(world)

    page = naming.page(session, other, pledge.donor_ref, now=world.now)
    assert (page["naming"], page["name"], page["alias"]) == (Naming.SEALED, None, None)
    assert {one["alias"] for one in page["records"]} == {None}
    assert session.scalars(select(VaultName)).all() == []


def pay(world: World, name: str) -> None:
    reference = vault.reference_of(world.session, world.match.pledge_id)
    line = BankLine(reference, Fen(10_000), START, payer_name=name)
    receipts.record(world.session, DESK, line, now=world.now)


def payers(world: World) -> list[str | None]:
    world.session.expire_all()
    return list(world.session.scalars(select(Receipt.payer_name).order_by(Receipt.id)))


def test_whoever_was_the_contact_is_forgotten_with_what_the_bank_said_of_him(world) -> None:
    pay(world, "林向北")
    hand_on(world)
    pay(world, "周明")

    forgetting_donors.forget(world.session, world.donor, now=world.now)

    assert payers(world) == [None, "周明"]


def test_who_became_the_contact_takes_only_his_own_with_him(world) -> None:
    pay(world, "林向北")
    other = hand_on(world)
    pay(world, "周明")

    forgetting_donors.forget(world.session, other, now=world.now)

    assert payers(world) == ["林向北", None]


def test_an_identity_that_is_shown_names_who_is_told_of_it_and_not_the_one_before(world) -> None:
    session, now = world.session, world.now
    pay(world, "林向北")
    hand_on(world)
    pay(world, "周明")
    code = session.get_one(Pledge, world.match.pledge_id).code
    one, two = (viewer(Role.CUSTODIAN, actor=f"account:{name}") for name in ("one", "two"))
    new = NewRequest(code, AskedFor.CUSTODIAN, CustodyReason.WRONG_PAYMENT)
    ref = custody_requests.ask(session, one, new, files=None, now=now)
    custody_requests.agree(session, two, ref, now=now)

    shown = custody_requests.show(session, one, ref, now=now)

    assert shown.contact == "13900000099"
    assert shown.payers == ("周明",)
