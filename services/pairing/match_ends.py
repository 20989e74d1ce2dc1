"""Matches end: with their pledge, with their child's record, or because their term is over."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from models.children import Child
from models.pledges import Match, Pledge
from models.stipends import Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import trace
from services.lifecycle import advance
from services.pairing.market import IS_GIVEN, LIVE
from vocabulary.dates import today
from vocabulary.enums import ChildStatus, MatchStatus, PledgeEnd, PledgeStatus


def end_of_pledge(
    session: Session, by: Viewer, pledge_id: int, *, on: date, now: datetime, reason: str
) -> int:
    """End a pledge's live matches: due days from `on` are not covered. Returns how many.

    A child whose last match ends is open again, so that a new sponsor is sought.
    """
    live = select(Match).where(Match.pledge_id == pledge_id, Match.status.in_(LIVE))
    return _end(session, by, session.scalars(live).all(), on=on, now=now, reason=reason)


def end_of_child(
    session: Session, by: Viewer, child_id: int, *, on: date, now: datetime, reason: str
) -> int:
    """End a child's live matches when its record ends; the pledges have their places again."""
    _leave_single_sums(session, child_id, on=on)
    live = select(Match).where(Match.child_id == child_id, Match.status.in_(LIVE))
    return _end(session, by, session.scalars(live).all(), on=on, now=now, reason=reason)


def _leave_single_sums(session: Session, child_id: int, *, on: date) -> None:
    """Let no gift or surgery sum fall due from a day: their matches ended as soon as they stood."""
    once = (Match.occasion.is_not(None), Match.status == MatchStatus.ENDED, Match.starts_on >= on)
    for match in session.scalars(select(Match).where(Match.child_id == child_id, *once)):
        match.ends_on = _after_opened(session, match, match.starts_on or on)


def end_stand_in(session: Session, by: Viewer, match: Match, *, on: date, now: datetime) -> None:
    """End the gap fund's own match: another covers the need from a day, or nobody has to."""
    _end(session, by, [match], on=on, now=now, reason="gap fund is not needed")


def end_of_term(session: Session, by: Viewer, *, now: datetime) -> int:
    """End active matches whose last covered day is past, and pledges that gave all they said.

    Returns how many matches ended.
    """
    require(by, Act.RUN_MATCHING)
    day = today(now)
    over = session.scalars(
        select(Match).where(Match.status == MatchStatus.ACTIVE, Match.ends_on <= day)
    ).all()
    _end(session, by, over, on=day, now=now, reason="term is over")
    for pledge_id in sorted({match.pledge_id for match in over}):
        _end_pledge(session, by, pledge_id, now=now)
    return len(over)


def _end(
    session: Session,
    by: Viewer,
    matches: Iterable[Match],
    *,
    on: date,
    now: datetime,
    reason: str,
) -> int:
    count = 0
    for match in matches:
        count += 1
        subject = f"match:{match.child_ref}"
        if match.status is MatchStatus.PROPOSED:
            advance(session, match, MatchStatus.LAPSED, by=by, now=now, reason=reason)
        else:
            advance(session, match, MatchStatus.ENDED, by=by, now=now, reason=reason)
            if match.ends_on is None or on < match.ends_on:
                match.ends_on = _after_opened(session, match, on)
            session.flush()
            _reopen(session, by, match.child_id, now=now)
        trace.record(session, by, "match.end", subject, now=now, why=reason)
    return count


def _after_opened(session: Session, match: Match, on: date) -> date:
    """Return `on`, or the day after a due day opened already: it stays the match's own."""
    opened = (Stipend.match_id == match.id, Stipend.cancelled_on.is_(None))
    last = session.scalar(select(func.max(Stipend.due_on)).where(*opened))
    return on if last is None else max(on, last + timedelta(days=1))


def _reopen(session: Session, by: Viewer, child_id: int, *, now: datetime) -> None:
    active = (Match.child_id == child_id, Match.status == MatchStatus.ACTIVE, IS_GIVEN)
    left = session.scalar(select(func.count(Match.id)).where(*active))
    child = session.get_one(Child, child_id)
    if not left and child.status is ChildStatus.SUPPORTED:
        advance(session, child, ChildStatus.OPEN, by=by, now=now, reason="match ended")


def _end_pledge(session: Session, by: Viewer, pledge_id: int, *, now: datetime) -> None:
    """End a pledge with a term when its last match came to that term: it is not matched again."""
    pledge = session.get_one(Pledge, pledge_id)
    live = exists().where(Match.pledge_id == pledge_id, Match.status.in_(LIVE))
    if pledge.until is PledgeEnd.UNTIL_STOPPED or pledge.status is PledgeStatus.ENDED:
        return
    if not session.scalar(select(live)):
        advance(session, pledge, PledgeStatus.ENDED, by=by, now=now, reason="term is over")
        pledge.ends_on = today(now)
        session.flush()
