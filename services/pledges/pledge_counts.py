"""A pledge of so many times gives exactly so many: what a pause skips comes after."""

from collections.abc import Callable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.pledges import Match, Pledge, PledgeChange
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from vocabulary.enums import ChangeKind, ChangeStatus, MatchStatus, PledgeEnd
from vocabulary.schedule import STANDARD, after_count, due_days

Skips = Callable[[date], bool]


def recount(session: Session, by: Viewer, pledge: Pledge) -> None:
    """Set the end of a counted pledge's active matches anew, after a pause or new terms."""
    require(by, Act.RUN_STIPENDS)
    if pledge.until is not PledgeEnd.COUNT or pledge.until_count is None:
        return
    is_skipped = _skips(session, pledge)
    for match in _of_pair(session, pledge, MatchStatus.ACTIVE):
        given = _given_before(session, pledge, match, is_skipped)
        match.ends_on = after_count(
            STANDARD[match.rhythm],
            start=match.starts_on or date.max,
            number=max(0, pledge.until_count - given),
            is_skipped=is_skipped,
        )
    session.flush()


def _skips(session: Session, pledge: Pledge) -> Skips:
    """Return whether a day lies in one of the pledge's pauses; one without an end skips nothing."""
    rows = session.execute(
        select(PledgeChange.effective_on, PledgeChange.until_on).where(
            PledgeChange.pledge_id == pledge.id,
            PledgeChange.kind == ChangeKind.PAUSE,
            PledgeChange.status == ChangeStatus.APPLIED,
            PledgeChange.until_on.is_not(None),
        )
    )
    pauses = [(first, end) for first, end in rows if end]
    return lambda day: any(first <= day < end for first, end in pauses)


def _of_pair(
    session: Session, pledge: Pledge, status: MatchStatus, child_id: int | None = None
) -> list[Match]:
    query = select(Match).where(
        Match.pledge_id == pledge.id,
        Match.status == status,
        Match.starts_on.is_not(None),
        Match.occasion.is_(None),
    )
    if child_id is not None:
        query = query.where(Match.child_id == child_id)
    return list(session.scalars(query))


def _given_before(session: Session, pledge: Pledge, match: Match, is_skipped: Skips) -> int:
    """Count the due days of the same pair's earlier matches, under earlier terms."""
    earlier = _of_pair(session, pledge, MatchStatus.ENDED, match.child_id)
    return sum(
        not is_skipped(day)
        for old in earlier
        if old.starts_on and old.ends_on
        for day in due_days(STANDARD[old.rhythm], start=old.starts_on, until=old.ends_on)
        if day < old.ends_on
    )
