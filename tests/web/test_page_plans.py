"""How the busy pages are looked up: at 100,000 children no table is looked through."""

import re

import pytest
from sqlalchemy import event

from tests.factories import an_account
from tests.web.desks import sign_in
from tests.web.test_staff_matches import proposals
from tests.web.test_statement_counts import _supporting
from vocabulary.enums import Role

# Few reports and requests ever stand at once, counted in every menu; the tallies are one row.
SMALL = {"guardian_requests", "harm_reports", "harm_closed", "CONSTANT", "tallied"}


def plans(session, act) -> list[str]:
    """Return how SQLite looks up each question of one request."""
    asked: list[tuple[str, tuple]] = []
    note = lambda *args: asked.append((args[2], args[3]))  # noqa: E731
    engine = session.get_bind()
    session.rollback()
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert act().status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    questions = [one for one in asked if one[0].startswith("SELECT")]
    with engine.connect() as connection:
        return [
            row[3]
            for text, values in questions
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values)
        ]


@pytest.fixture
def queue(app, session, now):
    an_account(session, Role.APPROVER, login="approver")
    proposals(session, now, names=("陈雨桐", "乌云嘎"))
    client = app.test_client()
    sign_in(client, "approver")
    return lambda: client.get("/staff/matches/")


@pytest.fixture
def donor(app, session, now):
    client = app.test_client()
    client.get(f"/d/{_supporting(session, 20, now)}")
    return lambda: client.get("/donor/")


def test_the_queue_looks_through_no_table(session, queue) -> None:
    steps = plans(session, queue)

    assert [step for step in steps if _scanned(step) not in {None, *SMALL}] == []


def test_a_donors_page_begins_with_his_pledges_not_with_all_who_are_supported(
    session, donor
) -> None:
    steps = plans(session, donor)

    assert [step for step in steps if _scanned(step) not in {None, *SMALL}] == []
    assert [step for step in steps if "ix_matches_status" in step] == []
    assert any("ix_matches_pledge_id" in step for step in steps)


def _scanned(step: str) -> str | None:
    found = re.match(r"SCAN (\S+)", step)
    return found and found[1]
