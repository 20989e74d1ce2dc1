"""A statement kept ready: its words stand in the text, whoever asks is handed over."""

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from models.children import Child, Need
from models.organisations import Organisation
from models.pledges import Match, Pledge
from models.regions import Region
from services import gate
from services.gate import Part
from services.pairing import approvals
from services.pairing.approvals import Shown
from services.vault import vault
from tests.factories import a_child, a_match, a_pledge, a_school, viewer
from vocabulary.dates import today
from vocabulary.enums import MatchStatus, Role

APPROVER = viewer(Role.APPROVER, actor="account:SOMEBODY")
PARTS = {
    "child": Part(Child, Child.id == Match.child_id),
    "need": Part(Need, Need.id == Match.need_id),
    "pledge": Part(Pledge, Pledge.id == Match.pledge_id),
    "school": Part(Organisation, Organisation.id == Child.school_id),
    "place": Part(Region, Region.code == Child.region_code),
}
ROLES = (Role.CASE_WORKER, Role.AUDITOR, Role.SCHOOL_OFFICER, Role.DONOR, Role.PUBLIC)


@pytest.fixture
def asked(session: Session):
    """The statements that reach the database, each with what was handed over."""
    made: list[tuple[str, object]] = []

    def note(_connection, _cursor, statement, values, *_more) -> None:
        made.append((statement, values))

    session.connection()
    event.listen(session.get_bind(), "before_cursor_execute", note)
    yield made
    event.remove(session.get_bind(), "before_cursor_execute", note)


@pytest.mark.sqlite_only
def test_a_state_is_no_value_that_sqlite_would_plan_anew_for(session: Session, now, asked) -> None:
    approvals.desk(session, APPROVER, ref=None, show=Shown.ALL, now=now)
    approvals.queue(session, APPROVER, on=today(now))
    ref = a_match(session, a_pledge(session)[0], a_child(session)).child_ref
    asked.clear()

    gate.ask(session, APPROVER, approvals._in_hand(APPROVER), ref=ref, on=today(now))
    gate.ask(session, APPROVER, approvals._waiting(APPROVER, Shown.ALL, has_ref=False))

    states = {status.value for status in MatchStatus}
    assert len(asked) == 2
    for statement, values in asked:
        assert "matches.status = 'proposed'" in statement
        assert states.isdisjoint(values)
        assert APPROVER.actor in values
        assert APPROVER.actor not in statement


@pytest.mark.parametrize("rows", [0, 1, 30])
@pytest.mark.parametrize("role", ROLES)
def test_the_gate_adds_no_statement_to_that_of_a_list(
    session: Session, asked, role: Role, rows: int
) -> None:
    school = a_school(session)
    pledge, _ = a_pledge(session, children_wanted=20)
    donor = vault.donor_of_pledge(session, pledge.id)
    for _ in range(rows):
        a_match(session, pledge, a_child(session, school))
    by = viewer(role, organisation_id=school.id, donor_id=donor)
    session.expire_all()
    asked.clear()

    found = gate.cards(session, by, Match, parts=PARTS, order_by=(Match.id,))

    assert len(asked) == (0 if role is Role.PUBLIC else 1)
    if role is Role.CASE_WORKER:
        assert [bool(card["child"]["name"]) for card in found] == [True] * rows
