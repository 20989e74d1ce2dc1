"""No sum for a surgery is paid for a child that is gone, nor while its consent is not there."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.children import Consent
from models.pledges import Match
from models.stipends import Stipend
from services.children import children
from tests.services.earmarks.test_surgeries import APPROVER, agreed, child_of, stipend_of
from tests.services.earmarks.world import held, restricted
from tests.services.gap_fund import OCTOBER, broken, run, sponsored
from vocabulary.dates import at
from vocabulary.enums import EarmarkKind, EndReason, Purpose

LATER = date(2026, 10, 12)


def leaves(session: Session, match: Match, on: date) -> None:
    ref = child_of(session, match)
    children.end(session, APPROVER, ref, reason=EndReason.DIED, now=at(on))


def test_of_a_child_that_left_before_the_day_nothing_falls_due(session: Session):
    match, _ = sponsored(session)
    pledge, _ = restricted(session, EarmarkKind.SURGERY, 60_000)
    agreed(session, match)
    leaves(session, match, date(2026, 9, 10))

    run(session, OCTOBER)

    assert OCTOBER not in session.scalars(select(Stipend.due_on)).all()
    assert held(session, pledge) == 60_000
    assert broken(session, OCTOBER) == {}


def test_of_a_child_that_left_while_it_waited_nothing_is_paid(session: Session):
    match, _ = sponsored(session)
    ref = agreed(session, match)
    run(session, OCTOBER)
    leaves(session, match, date(2026, 10, 10))
    pledge, _ = restricted(session, EarmarkKind.SURGERY, 60_000)

    run(session, LATER)

    assert stipend_of(session, ref).bridged_on is None
    assert held(session, pledge) == 60_000
    assert broken(session, LATER) == {}


def test_while_the_consent_is_not_there_it_waits(session: Session):
    match, _ = sponsored(session)
    ref = agreed(session, match)
    run(session, OCTOBER)
    its = (Consent.child_id == match.child_id, Consent.purpose == Purpose.SPONSORSHIP)
    for consent in session.scalars(select(Consent).where(*its)):
        consent.withdrawn_on = date(2026, 10, 10)
    pledge, _ = restricted(session, EarmarkKind.SURGERY, 60_000)

    run(session, LATER)

    assert stipend_of(session, ref).bridged_on is None
    assert held(session, pledge) == 60_000
