"""A consent withdrawn takes the child out of every low view at once; what is due is still paid."""

import pytest
from sqlalchemy import select

from models.children import Child
from models.pledges import Match
from models.stipends import Stipend
from services import gate
from services.children import consents
from services.donors import donors
from services.handover import hand_lists
from services.vault import vault
from tests.factories import a_child, a_list, a_match, a_pledge, a_school, a_sent_batch, viewer
from vocabulary.enums import ChildStatus, MatchStatus, Purpose, Role

WORKER = viewer(Role.CASE_WORKER, actor="account:worker")


@pytest.fixture
def family(session):
    """A child with a donor and a sent batch: the child, its school, the batch, the donor."""
    school = a_school(session)
    child = a_child(session, school, status=ChildStatus.SUPPORTED)
    pledge = a_pledge(session)[0]
    batch = a_sent_batch(session, school, a_match(session, pledge, child))
    donor = viewer(
        Role.DONOR, regions=(), actor="donor:x", donor_id=vault.donor_of_pledge(session, pledge.id)
    )
    return child, school, batch, donor


def withdraw(session, child: Child, now) -> None:
    consents.withdraw(session, WORKER, child.ref, purpose=Purpose.SPONSORSHIP, now=now)


def test_the_donor_reads_nothing_more_of_the_child_and_his_money_stays(session, now, family):
    child, _, _, donor = family
    for _ in range(9):
        a_child(session)
    a_list(session, now=now)
    (before,) = donors.home(session, donor, now=now).pledges[0]["supports"]
    assert (before.stage, bool(before.league)) == (child.stage, True)

    withdraw(session, child, now)

    assert gate.cards(session, donor, Child) == []
    (after,) = donors.home(session, donor, now=now).pledges[0]["supports"]
    assert (after.stage, after.league) == (None, "")
    assert [one["amount_fen"] for one in after.instalments] == [
        one["amount_fen"] for one in before.instalments
    ]


def test_the_school_keeps_the_line_that_is_due_and_its_money(session, now, family):
    child, school, batch, _ = family
    officer = viewer(Role.SCHOOL_OFFICER, organisation_id=school.id)

    withdraw(session, child, now)

    lines = hand_lists.batch(session, officer, batch.ref, now=now)["lines"]
    assert [one["name"] for one in lines] == [child.name]
    stipend = session.scalars(select(Stipend)).one()
    assert (stipend.cancelled_on, stipend.sent_on is not None) == (None, True)


def test_a_proposal_lapses_and_the_child_waits_no_more(session, now):
    child = a_child(session, a_school(session))
    proposal = a_match(session, a_pledge(session)[0], child)
    proposal.status = MatchStatus.PROPOSED
    session.flush()

    withdraw(session, child, now)

    session.refresh(proposal)
    assert (proposal.status, child.status) == (MatchStatus.LAPSED, ChildStatus.VERIFIED)
    assert session.scalars(select(Match.id).where(Match.status == MatchStatus.PROPOSED)).all() == []
