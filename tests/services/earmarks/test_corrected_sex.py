"""A number corrected later makes no breach of what was paid by the record of its day."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from models.amendments import Amendment
from models.children import Child
from privacy import viewers
from services.checking import checks
from services.children import amendments
from tests.factories import viewer
from tests.services.earmarks.world import restricted
from tests.services.gap_fund import SEPTEMBER, run, sponsored
from tests.services.rosters.lists import an_id
from vocabulary.enums import EarmarkKind, Role, Sex

A_BOYS = an_id(birth="20150504", serial=123)


@pytest.fixture
def child(session: Session) -> Child:
    """A girl whose September came from money for girls."""
    match, _ = sponsored(session, sex=Sex.FEMALE)
    restricted(session, EarmarkKind.GIRLS, 50_000)
    run(session, SEPTEMBER)
    session.expire_all()
    return session.get_one(Child, match.child_id)


def correct(session: Session, child: Child, now: datetime) -> None:
    first = viewer(Role.CASE_WORKER, actor="account:first")
    second = viewer(Role.APPROVER, actor="account:second")
    words = {"name": child.name, "number": A_BOYS, "reason": "录错了"}
    asked = amendments.ask_identity(session, first, child.ref, **words, now=now)
    amendments.agree(session, second, asked, again=A_BOYS, now=now)
    session.commit()


def breaches(session: Session, now: datetime) -> list[str]:
    report = checks.report(session, viewers.console(), now=now)
    return next(one["findings"] for one in report["checks"] if one["name"] == "earmarks")


def test_a_corrected_sex_is_no_breach_of_what_was_paid_before(session, child, now) -> None:
    correct(session, child, now)

    assert (child.sex, breaches(session, now)) == (Sex.MALE, [])


def test_money_for_girls_given_to_a_boy_still_is(session, child, now) -> None:
    session.execute(text("UPDATE children SET sex = 'M'"))
    session.commit()
    assert len(breaches(session, now)) == 1


def test_nor_does_a_correction_hide_what_was_paid_after_it(session, child, now) -> None:
    correct(session, child, now)
    kept = session.query(Amendment).one()
    kept.decided_on = SEPTEMBER - timedelta(days=1)
    session.commit()

    assert len(breaches(session, now)) == 1
