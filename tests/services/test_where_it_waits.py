"""A proposal keeps where its child lives: the desk looks for it there, and the database moves it."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.children import Child
from models.pledges import Match
from services.children import children
from services.pairing import approvals
from services.pairing.approvals import Shown
from tests.factories import OTHER_BANNER, TOWNSHIP, viewer
from tests.services.deciding import APPROVER, a_proposal, child_of
from vocabulary.enums import Role, Sex

ELSEWHERE = viewer(Role.APPROVER, actor="account:elsewhere", regions=(OTHER_BANNER,))


def waiting(session: Session, by, now: datetime) -> tuple[list[str], int]:
    desk = approvals.desk(session, by, ref=None, show=Shown.ALL, now=now)
    return [row["child_ref"] for row in desk["rows"]], desk["total"]


def test_a_proposal_waits_where_its_child_lives(session: Session, now: datetime) -> None:
    match = a_proposal(session, now)

    assert match.region_code == child_of(session, match).region_code == TOWNSHIP
    assert waiting(session, APPROVER, now) == ([match.child_ref], 1)
    assert waiting(session, ELSEWHERE, now) == ([], 0)


def test_a_proposal_moves_with_its_child(session: Session, now: datetime) -> None:
    match = a_proposal(session, now)
    both = viewer(Role.CASE_WORKER, regions=(match.region_code, OTHER_BANNER))

    children.fill_in(
        session, both, child_of(session, match).ref,
        sex=Sex.FEMALE, birth_on=None, region_code=OTHER_BANNER, address=None, now=now,
    )  # fmt: skip

    assert waiting(session, APPROVER, now) == ([], 0)
    assert waiting(session, ELSEWHERE, now) == ([match.child_ref], 1)


def test_a_child_moved_by_a_bare_statement_takes_its_proposal_along(
    session: Session, now: datetime
) -> None:
    match = a_proposal(session, now)

    session.execute(update(Child).values(region_code=OTHER_BANNER, banner_code=OTHER_BANNER))

    assert waiting(session, ELSEWHERE, now) == ([match.child_ref], 1)


@pytest.mark.parametrize("place", [None, OTHER_BANNER])
def test_no_proposal_waits_nowhere_or_where_its_child_does_not_live(
    session: Session, now: datetime, place: str | None
) -> None:
    match = a_proposal(session, now)

    with pytest.raises(IntegrityError):
        session.execute(update(Match).where(Match.id == match.id).values(region_code=place))


@pytest.mark.sqlite_only
def test_the_place_opens_no_child_that_lives_elsewhere(session: Session, now: datetime) -> None:
    """It says where to look; who may see, the gate asks of the child itself."""
    match = a_proposal(session, now)
    session.execute(text("PRAGMA defer_foreign_keys = ON"))
    session.execute(update(Match).where(Match.id == match.id).values(region_code=OTHER_BANNER))

    assert waiting(session, ELSEWHERE, now) == ([], 0)


@pytest.mark.sqlite_only
@pytest.mark.parametrize("show", Shown)
def test_the_desk_looks_at_no_proposal_and_no_child_of_another_banner(
    session: Session, now: datetime, show: Shown
) -> None:
    asked: list[tuple[str, object]] = []

    def note(_connection, _cursor, statement, values, *_more) -> None:
        asked.append((statement, values))

    a_proposal(session, now)
    enterer = viewer(Role.APPROVER, actor="account:enterer")
    event.listen(session.get_bind(), "before_cursor_execute", note)

    approvals.desk(session, enterer, ref=None, show=show, now=now + timedelta(days=6))

    event.remove(session.get_bind(), "before_cursor_execute", note)
    listed, in_hand = asked[0], asked[1]
    for statement, values in (listed, in_hand):
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        steps = [step for *_, step in plan]
        by_place = "SEARCH matches USING INDEX ix_matches_status_region_code"
        assert sum(step.startswith(by_place) for step in steps) == 1
        assert not [step for step in steps if step.startswith(("SCAN matches", "SCAN children"))]
