"""A yes shows exactly what was agreed, to those two, until one of them ends it."""

from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.children import Child, Kin
from models.pledges import Match
from models.reveals import Reveal
from models.trace import CustodianEntry, OrdinaryEntry
from models.vault import VaultKey, VaultPledge
from privacy import viewers
from services import gate
from services.children import children as child_records
from services.children.consents import withdraw as withdraw_consent
from services.reveals import reveal_links, reveals
from services.reveals.reveals import Shares
from tests.factories import a_match, a_pledge, viewer
from tests.services.reveals.worlds import FIRST, World, a_world
from vocabulary.enums import EndReason, NoticeKind, Purpose, RecipientKind, Role
from vocabulary.errors import LinkExpired

# Knowing each other


def test_a_yes_shows_each_exactly_what_the_other_chose(world: World) -> None:
    world.know_each_other()

    assert dict(world.of_donor()["known"]) == {"name": "陈雨桐", "place": "鄂伦春自治旗"}
    assert dict(world.of_guardian()["known"]) == {"name": "林向北", "place": "漳州"}
    for to in (RecipientKind.DONOR, RecipientKind.FAMILY):
        assert world.notices(NoticeKind.REVEAL_SHOWN, to) == 1


@pytest.mark.parametrize(
    ("shares", "known"),
    [
        (Shares(name=True, place=False), {"name": "陈雨桐", "place": None}),
        (Shares(name=False, place=True), {"name": None, "place": "鄂伦春自治旗"}),
    ],
)
def test_what_the_family_did_not_choose_is_not_shown(
    world: World, shares: Shares, known: dict
) -> None:
    world.know_each_other(shares)

    assert dict(world.of_donor()["known"]) == known


def test_nobody_else_comes_to_know_either(world: World) -> None:
    other, _ = a_pledge(world.session, "13800000009")
    a_match(world.session, other, world.child, code_name="山坡的落叶松")
    donor_id = world.session.scalars(
        select(VaultPledge.donor_id).where(VaultPledge.pledge_id == other.id)
    ).one()
    second = viewer(Role.DONOR, donor_id=donor_id, regions=())
    before = gate.cards(world.session, second, Child)

    world.know_each_other()

    assert [dict(card) for card in gate.cards(world.session, second, Child)] == [
        dict(card) for card in before
    ]
    his = gate.cards(world.session, world.donor, Match)
    assert [card["donor_ref"] for card in his] == [world.match.donor_ref]


@pytest.mark.parametrize("who", ["donor", "guardian", "consent", "child", "key"])
def test_the_view_ends_the_same_moment(world: World, who: str) -> None:
    world.know_each_other()
    session, now = world.session, world.now

    if who == "donor":
        reveals.take_back(session, world.donor, ref=world.match.donor_ref, now=now)
    elif who == "guardian":
        reveals.take_back(session, world.guardian, now=now)
    elif who == "consent":
        withdraw_consent(session, FIRST, world.child.ref, purpose=Purpose.REVEAL, now=now)
    elif who == "child":
        child_records.end(session, FIRST, world.child.ref, reason=EndReason.DIED, now=now)
    else:
        session.delete(session.get_one(VaultKey, world.donor.donor_id))
    session.flush()

    assert world.of_guardian()["known"] is None
    if who != "key":
        assert world.of_donor()["known"] is None
        assert gate.cards(session, world.donor, Child) == []


def test_a_child_of_age_needs_no_guardian_but_its_own_yes(session: Session, now: datetime) -> None:
    world = a_world(session, now, birth_on=date(2005, 5, 4))
    world.put()
    world.agree()

    world.check()

    assert world.of_donor()["known"]["name"] == "陈雨桐"


def test_a_guardian_relieved_of_the_child_loses_the_link(world: World) -> None:
    world.put()
    ref = world.ref
    token = reveal_links.make(world.session, viewers.engine(), f"reveal:{ref}", now=world.now)
    for kin in world.session.scalars(select(Kin)):
        kin.until_on = world.now.date()

    with pytest.raises(LinkExpired):
        reveal_links.open_reveal(world.session, token, now=world.now)


# The chains


def test_what_a_donor_does_stands_in_the_custodians_chain_alone(world: World) -> None:
    before = world.session.scalars(select(OrdinaryEntry.seq)).all()
    world.put()
    reveals.take_back(world.session, world.donor, ref=world.match.donor_ref, now=world.now)
    reveals.set_never(
        world.session, world.donor, wish=True, ref=world.match.donor_ref, now=world.now
    )

    assert world.session.scalars(select(OrdinaryEntry.seq)).all() == before
    acts = world.session.scalars(select(CustodianEntry.act)).all()
    assert {act for act in acts if act.startswith("reveal.")} == {
        "reveal.ask", "reveal.release", "reveal.take_back", "reveal.setting",
    }  # fmt: skip


def test_the_custodians_chain_and_the_case_staff_know_a_reveal_by_refs_of_their_own(
    world: World,
) -> None:
    world.know_each_other()

    entries = select(CustodianEntry).where(CustodianEntry.act == "reveal.release")
    found = world.session.scalars(entries).all()
    reveal = world.session.scalars(select(Reveal)).one()
    told = {one.subject for one in found}
    assert told == {f"reveal:{reveal.chain_ref}"}
    assert len(found) == 2  # put to the other side, and handed to the staff
    assert reveal.chain_ref != reveal.ref
    known = str([(one.subject, one.detail, one.why, one.actor) for one in found])
    assert [
        ref for ref in (reveal.ref, world.child.ref, world.match.child_ref) if ref in known
    ] == []


def test_the_ordinary_chain_names_the_child_and_no_donor(world: World) -> None:
    world.know_each_other()

    found = world.session.scalars(
        select(OrdinaryEntry).where(OrdinaryEntry.act.like("reveal.%"))
    ).all()

    assert {(one.act, one.subject, one.why) for one in found} == {
        (act, f"child:{world.child.ref}", "")
        for act in ("reveal.answer", "reveal.check", "reveal.agree")
    }
    assert all(not one.actor.startswith("donor") for one in found)
    own = [{"behind": ref} for ref in world.session.scalars(select(Kin.ref))]  # whose link it was
    assert all(one.detail in ({}, *own) for one in found)
