"""A donor has died: one custodian enters it, a second agrees; nothing is written to him any more."""

from datetime import date

import pytest
from sqlalchemy import select, text

from jobs import outbox
from jobs.run import Run
from models.notices import Notice
from models.pledges import Pledge
from models.trace import CustodianEntry
from models.vault import Donor
from privacy.viewers import Viewer
from services import gate
from services.donors import donor_links
from services.notices import drawing, notices
from services.notices.notices import Recipient
from services.vault import deaths, vault
from tests.factories import a_pledge, viewer
from tests.services.test_forgetting_donors import CONTACT, CUSTODIAN, given, me, the_change
from vocabulary.enums import NoticeKind, NoticeStatus, PledgeStatus, RecipientKind, Role
from vocabulary.errors import ActedBefore, AlreadyDecided, BadInput, NotFound, NotPermitted

SECOND = viewer(Role.CUSTODIAN, actor="account:second")


def noted(session, told, now) -> str:
    """Entered by one custodian and agreed by another."""
    ref = deaths.note(session, CUSTODIAN, told, why="家人来电，已核实", now=now)
    deaths.agree(session, SECOND, ref, now=now)
    return ref


@pytest.mark.parametrize("by_reference", [True, False])
def test_nothing_is_ever_written_to_a_donor_who_died(session, now, by_reference):
    pledge = given(session, months=3)
    told = vault.reference_of(session, pledge.id) if by_reference else CONTACT
    him = me(session)

    ref = noted(session, told, now)
    notices.queue(
        session,
        Recipient(RecipientKind.DONOR, him.donor_id),
        NoticeKind.PLEDGE_CONFIRMED,
        f"pledge:{pledge.donor_ref}",
        now=now,
        rung=9,
    )
    donor_links.renew(session, CONTACT, now=now)
    session.commit()

    told_him = Notice.recipient_kind == RecipientKind.DONOR
    Run(session, "notices", period=now.date()).execute(outbox.deliver)
    assert {row.status for row in session.scalars(select(Notice).where(told_him))} == {
        NoticeStatus.DROPPED
    }
    assert the_change(session).effective_on == date(2027, 3, 1)
    assert [one["ref"] for one in deaths.listing(session, CUSTODIAN)] == [ref]


def test_his_telephone_in_other_hands_makes_another_donor(session, now):
    given(session, months=1)
    him = me(session)
    deaths.note(session, CUSTODIAN, CONTACT, why="家人来电", now=now)

    assert vault.register(session, CONTACT, now=now) != him.donor_id


def test_an_entry_made_in_error_is_undone(session, now):
    pledge = given(session, months=1)
    him = me(session)
    ref = noted(session, CONTACT, now)
    assert pledge.status is PledgeStatus.ENDING

    deaths.take_back(session, CUSTODIAN, ref, now=now)

    assert pledge.status is PledgeStatus.CONFIRMED
    kinds = select(Notice.kind).where(Notice.recipient_kind == RecipientKind.DONOR)
    assert session.scalars(kinds.order_by(Notice.id.desc())).first() is NoticeKind.DEATH_TAKEN_BACK
    assert vault.contact_of(session, him.donor_id)[1] == CONTACT
    assert deaths.listing(session, CUSTODIAN) == []
    assert session.scalars(select(Donor.died_on)).all() == [None]


def test_who_said_that_he_died_is_sealed_and_stands_in_no_chain(session, now):
    given(session, months=1)
    said = "他女儿高娃在电话里说"

    deaths.note(session, CUSTODIAN, CONTACT, why=said, now=now)
    session.flush()

    (card,) = deaths.listing(session, CUSTODIAN)
    kept = session.execute(text("SELECT because FROM vault_deaths")).scalar_one()
    chain = session.execute(text("SELECT * FROM trace_custodian")).all()
    assert card["because"] == said
    assert said.encode() not in kept
    assert said not in str(chain)


@pytest.mark.parametrize(("told", "why"), [("13811111111", "家人"), ("谁", "家人"), (CONTACT, " ")])
def test_an_unknown_donor_or_a_missing_reason_is_refused(session, now, told, why):
    given(session, months=1)

    with pytest.raises(BadInput):
        deaths.note(session, CUSTODIAN, told, why=why, now=now)


@pytest.mark.parametrize("role", [Role.CASE_WORKER, Role.ADMINISTRATOR, Role.COLLECTING_DESK])
def test_only_the_custodian_enters_a_death(session, now, role):
    with pytest.raises(NotPermitted):
        deaths.note(session, viewer(role), CONTACT, why="家人", now=now)


def test_one_custodian_alone_stops_no_pledge(session, now):
    pledge = given(session, months=1)
    ref = deaths.note(session, CUSTODIAN, CONTACT, why="家人来电", now=now)

    with pytest.raises(ActedBefore):
        deaths.agree(session, CUSTODIAN, ref, now=now)

    assert pledge.status is PledgeStatus.CONFIRMED
    with pytest.raises(NotFound):
        vault.way_to(session, me_dead(session))
    deaths.agree(session, SECOND, ref, now=now)
    assert pledge.status is PledgeStatus.ENDING
    with pytest.raises(AlreadyDecided):
        deaths.agree(session, SECOND, ref, now=now)


def me_dead(session) -> int:
    donor_id = vault.find_donor_by_contact(session, CONTACT, even_dead=True)
    assert donor_id is not None
    return donor_id


def test_entries_by_telephone_and_by_reference_do_not_say_whether_they_are_one(session, now):
    _, mine = a_pledge(session, "13800000001")
    _, others = a_pledge(session, "13800000002")
    case = viewer(Role.CASE_WORKER, actor="account:case")
    before = seen_by_case_staff(session, case)

    refs = [
        deaths.note(session, CUSTODIAN, told, why="家人来电", now=now)
        for told in ("13800000001", mine, others)
    ]

    assert len(set(refs)) == 3
    assert seen_by_case_staff(session, case) == before
    for ref in refs:
        deaths.take_back(session, CUSTODIAN, ref, now=now)
    told = select(Notice.recipient_id).where(Notice.kind == NoticeKind.DEATH_TAKEN_BACK)
    assert len(set(session.scalars(told))) == 2


def seen_by_case_staff(session, case: Viewer) -> list[tuple]:
    cards = gate.cards(session, case, Pledge, fields=("code", "status", "ends_on"))
    return sorted((card["code"], card["status"], card.get("ends_on")) for card in cards)


def test_whom_we_took_for_dead_reads_that_it_was_our_mistake(session, now):
    given(session, months=1)
    ref = deaths.note(session, CUSTODIAN, CONTACT, why="家人来电", now=now)
    deaths.take_back(session, SECOND, ref, now=now)
    kind = Notice.kind == NoticeKind.DEATH_TAKEN_BACK
    notice = session.scalars(select(Notice).where(kind)).one()

    drawn = drawing.draw(session, me(session), notice, now=now, hotline="0471-1234567")

    assert drawn is not None
    assert "登记错了" in drawn.inbox


def test_the_chain_does_not_say_that_two_entries_are_one_donors(session, now):
    """By a telephone and by a reference: entries of one pledge under both would join them (law 7)."""
    pledge = given(session, months=2)
    by_phone = noted(session, CONTACT, now)
    deaths.take_back(session, CUSTODIAN, by_phone, now=now)
    by_reference = noted(session, vault.reference_of(session, pledge.id), now)

    two = CustodianEntry.actor.in_((CUSTODIAN.actor, SECOND.actor))
    entries = select(CustodianEntry.act, CustodianEntry.subject).where(two)
    told = session.execute(entries.order_by(CustodianEntry.seq)).all()

    assert [tuple(one) for one in told] == [
        ("death.note", f"death:{by_phone}"),
        ("death.agree", f"death:{by_phone}"),
        ("death.take_back", f"death:{by_phone}"),
        ("death.note", f"death:{by_reference}"),
        ("death.agree", f"death:{by_reference}"),
    ]
    assert pledge.status is PledgeStatus.ENDING
