"""A group whose contact has died: two custodians type the next one's number, else nobody is asked."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from models.notices import Notice
from models.pledges import Pledge
from models.trace import CustodianEntry
from models.vault import Donor, PayerMove, VaultPledge, VaultSuccessor
from privacy import viewers
from privacy.viewers import Viewer
from services.giving import members, moving
from services.notices import drawing
from services.vault import deaths, successors, vault
from tests.factories import PASSWORD, a_pledge, an_account, viewer
from vocabulary.enums import GiverKind, NoticeKind, PledgeStatus, Role
from vocabulary.errors import ActedBefore, AlreadyDecided, BadInput, NotFound, NotPermitted

ONE = viewer(Role.CUSTODIAN, actor="account:C")
TWO = viewer(Role.CUSTODIAN, actor="account:D")
NEXT, WRONG = "13911112222", "13911112223"
FIRST = date(2026, 9, 1)


@dataclass
class Group:
    """三年级组, whose contact is `me`, and the reference under which they pay."""

    pledge: Pledge
    me: Viewer
    reference: str


@pytest.fixture
def group(session: Session, now) -> Group:
    pledge, reference = a_pledge(session)
    pledge.status = PledgeStatus.CONFIRMED
    mine = VaultPledge.pledge_id == pledge.id
    key = session.scalar(select(VaultPledge.donor_id).where(mine))
    me = viewer(Role.DONOR, actor="donor:D", donor_id=key)
    members.name(session, me, pledge.donor_ref, GiverKind.GROUP, "三年级组", now=now)
    return Group(pledge, me, reference)


@pytest.fixture
def orphaned(session, now, group) -> Group:
    """Two have agreed that its contact died."""
    ref = deaths.note(session, ONE, group.reference, why="工会来电话", now=now)
    deaths.agree(session, TWO, ref, now=now)
    return group


def name(session, group, contact, now, by=ONE) -> bool:
    return successors.name(session, by, group.reference, contact, now=now)


def asked(session: Session) -> int:
    return session.scalar(select(func.count(PayerMove.id))) or 0


def test_one_custodian_alone_asks_nobody(session, now, orphaned) -> None:
    assert name(session, orphaned, NEXT, now) is False
    with pytest.raises(ActedBefore):
        name(session, orphaned, NEXT, now)

    assert asked(session) == 0
    assert vault.find_donor_by_contact(session, NEXT) is None


def test_typed_by_a_second_she_is_asked_and_the_pledge_goes_on(session, now, orphaned) -> None:
    name(session, orphaned, NEXT, now)

    assert name(session, orphaned, "+86 139-1111-2222", now, by=TWO) is True

    key = vault.find_donor_by_contact(session, NEXT)
    other = viewer(Role.DONOR, actor="donor:O", donor_id=key)
    (ref,) = session.scalars(select(PayerMove.ref)).all()
    moving.accept(session, other, ref, now=now)
    assert vault.donor_of_pledge(session, orphaned.pledge.id) == key
    page = members.page(session, other, orphaned.pledge.donor_ref, now=now)
    assert page["giver"].name == "三年级组"
    assert successors.waiting(session, ONE) == []


def test_a_second_who_types_another_number_lets_nobody_be_asked(session, now, orphaned) -> None:
    name(session, orphaned, NEXT, now)

    with pytest.raises(BadInput) as refusal:
        name(session, orphaned, WRONG, now, by=TWO)

    assert refusal.value.params == {"field": "contact", "reason": "differs"}
    assert asked(session) == 0


def test_the_first_may_type_anew_and_what_stood_before_counts_no_more(
    session, now, orphaned
) -> None:
    name(session, orphaned, WRONG, now)
    assert name(session, orphaned, NEXT, now) is False

    with pytest.raises(BadInput):
        name(session, orphaned, WRONG, now, by=TWO)
    assert name(session, orphaned, NEXT, now, by=TWO) is True


def test_before_two_have_agreed_on_the_death_nobody_is_named(session, now, group) -> None:
    with pytest.raises(BadInput):
        name(session, group, NEXT, now)
    ref = deaths.note(session, ONE, group.reference, why="工会来电话", now=now)
    with pytest.raises(BadInput):
        name(session, group, NEXT, now)
    deaths.agree(session, TWO, ref, now=now)

    assert name(session, group, NEXT, now) is False
    with pytest.raises(NotFound):
        vault.way_to(session, group.me.donor_id)


@pytest.mark.parametrize("how", ["taken back", "lives", "late"])
def test_what_waits_has_an_end_and_leaves_no_number(session, now, orphaned, how) -> None:
    name(session, orphaned, NEXT, now)
    (card,) = successors.waiting(session, TWO)
    if how == "taken back":
        successors.take_back(session, TWO, card["ref"], now=now)
    elif how == "lives":
        (died,) = deaths.listing(session, TWO)
        deaths.take_back(session, TWO, died["ref"], now=now)
    else:
        engine = viewers.engine()
        assert successors.lapse(session, engine, now=now + timedelta(days=14)) == 0
        assert successors.lapse(session, engine, now=now + timedelta(days=15)) == 1

    assert successors.waiting(session, ONE) == []
    assert session.scalars(select(VaultSuccessor.contact)).all() == [None]
    with pytest.raises(NotFound):
        successors.take_back(session, TWO, card["ref"], now=now)


def test_the_number_is_sealed_shown_to_nobody_and_in_no_chain(session, now, orphaned) -> None:
    name(session, orphaned, NEXT, now)
    session.flush()

    kept = session.execute(text("SELECT contact FROM vault_successors")).scalar_one()
    chain = str(session.execute(text("SELECT subject, detail, why FROM trace_custodian")).all())
    assert NEXT.encode() not in kept
    assert NEXT not in chain
    (card,) = successors.waiting(session, TWO)
    assert set(card) == {"ref", "named_by", "named_on", "is_mine"}


def test_the_chain_joins_the_asking_neither_with_the_pledge_nor_with_her(
    session, now, orphaned
) -> None:
    name(session, orphaned, NEXT, now)
    name(session, orphaned, NEXT, now, by=TWO)
    key = vault.find_donor_by_contact(session, NEXT)
    by_custodians = CustodianEntry.actor.in_((ONE.actor, TWO.actor))
    entries = select(CustodianEntry.act, CustodianEntry.subject).where(by_custodians)
    told = session.execute(entries).all()

    ref = session.scalars(select(VaultSuccessor.ref)).one()
    mine = [subject for act, subject in told if act.startswith(("successor", "donor.other"))]
    assert mine == [f"successor:{ref}"] * 3
    hidden = {
        orphaned.reference, orphaned.pledge.code, orphaned.pledge.donor_ref,
        vault.donor_ref_of(session, key), session.scalars(select(PayerMove.ref)).one(),
    }  # fmt: skip
    assert [one for one in hidden if one in str(told)] == []


def test_the_other_custodians_hear_of_it_and_the_first_does_not(session, now, orphaned) -> None:
    an_account(session, Role.CUSTODIAN, login="other")
    name(session, orphaned, NEXT, now)

    kind = Notice.kind == NoticeKind.SUCCESSOR_WAITS
    notice = session.scalars(select(Notice).where(kind)).one()
    drawn = drawing.draw(session, TWO, notice, now=now, hotline="12338")
    assert drawn is not None
    assert "再写一遍" in (drawn.inbox or "")
    assert drawing.draw(session, ONE, notice, now=now, hotline="12338") is None
    name(session, orphaned, NEXT, now, by=TWO)
    assert drawing.draw(session, TWO, notice, now=now, hotline="12338") is None


@pytest.mark.parametrize("role", [Role.CASE_WORKER, Role.ADMINISTRATOR, Role.COLLECTING_DESK])
def test_only_custodians_name_anybody(session, now, orphaned, role) -> None:
    with pytest.raises(NotPermitted):
        name(session, orphaned, NEXT, now, by=viewer(role))


def test_two_custodians_do_it_on_the_page(app, session, now, orphaned) -> None:
    address = "/staff/custody/donors/contact"
    clients = {}
    for login in ("custodian", "custodian2"):
        an_account(session, Role.CUSTODIAN, login=login)
        clients[login] = app.test_client()
    session.commit()
    for login, client in clients.items():
        client.post("/login", data={"login": login, "password": PASSWORD})
    first, second = clients.values()
    typed = {"reference": orphaned.reference, "contact": NEXT}

    assert first.post(address, data=typed).status_code == 303
    twice = first.post(address, data=typed)
    waits = second.get(address).text
    wrong = second.post(address, data={**typed, "contact": WRONG}).text
    done = second.post(address, data=typed, follow_redirects=True).text

    assert "你已经写下了" in twice.text
    assert "等你照纸上的再写一遍" in waits
    assert NEXT not in waits
    assert "和另一位保密员写下的不一样" in wrong
    assert "两个人写的一样" in done
    assert session.scalars(select(func.count(Donor.id))).one() == 2


def test_who_lives_after_all_keeps_the_group_though_another_was_asked(
    session, now, orphaned
) -> None:
    name(session, orphaned, NEXT, now)
    name(session, orphaned, NEXT, now, by=TWO)
    move = session.scalars(select(PayerMove)).one()
    other = viewer(Role.DONOR, actor="donor:O", donor_id=move.donor_id)
    entry = deaths.listing(session, ONE)[0]

    deaths.take_back(session, ONE, entry["ref"], now=now)

    assert moving.under_way(session, other, now=now).asked == []
    with pytest.raises((AlreadyDecided, NotFound)):
        moving.accept(session, other, move.ref, now=now)
    mine = VaultPledge.pledge_id == orphaned.pledge.id
    assert session.scalar(select(VaultPledge.donor_id).where(mine)) == orphaned.me.donor_id
