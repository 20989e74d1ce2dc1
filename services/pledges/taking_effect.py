"""The day of a change has come: pauses, new terms and stops, exactly from their due day on.

New terms end a match and begin another for the same pair: an instalment that a late run opens
afterwards still has the terms of its own day.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from sqlalchemy import ColumnElement, Date, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from models.pledges import Match, Pledge, PledgeChange
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import trace
from services.giving import further, handing_over, room
from services.giving.room import Terms
from services.lifecycle import advance, advance_each
from services.notices import notices
from services.notices.notices import Recipient
from services.pairing import matches
from services.pledges import pledge_counts, terms
from services.prepared import Ready
from services.vault import vault
from vocabulary.enums import (
    ChangeKind,
    ChangeStatus,
    MatchStatus,
    NoticeKind,
    PledgeStatus,
    RecipientKind,
    StopReason,
)
from vocabulary.errors import Refused

Effect = Callable[[Session, Viewer, Pledge, PledgeChange, datetime], None]


def apply_changes(session: Session, by: Viewer, *, on: date, now: datetime) -> dict[str, int]:
    """Let every change take effect whose day is `on` or earlier, and pauses end that are over.

    Safe to repeat; a change that cannot be made is counted and stops no other.
    """
    require(by, Act.RUN_STIPENDS)
    handing_over.settle(session, by, on=on, now=now)
    counts = {"done": 0, "failed": 0}
    for change in _due(session, on=on):
        try:
            with session.begin_nested():
                _apply(session, by, change, now=now)
            counts["done"] += 1
        except Refused:
            counts["failed"] += 1
    _end_pauses(session, by, on=on, now=now)
    if any(counts.values()):
        subject = f"day:{on.isoformat()}"
        trace.record(session, by, "pledges.take_effect", subject, now=now, detail=counts)
    return counts


def _due(session: Session, *, on: date) -> list[PledgeChange]:
    """Return the changes whose day has come; on nearly every day there are none to make objects of."""
    session.flush()
    keys = [key for (key,) in _DUE.fetch(session.connection(), {"on_day": on})]
    return [session.get_one(PledgeChange, key) for key in keys]


def _apply(session: Session, by: Viewer, change: PledgeChange, *, now: datetime) -> None:
    pledge = session.get_one(Pledge, change.pledge_id)
    if change.kind is ChangeKind.TERMS and not room.fits(session, pledge, _to(pledge, change)):
        # Another has taken the room since it was asked: it stays as it was.
        advance(session, change, ChangeStatus.UNDONE, by=by, now=now, reason="no room left")
        _tell(session, pledge, change, NoticeKind.CHANGE_NOT_MADE, now=now)
        return
    _EFFECTS[change.kind](session, by, pledge, change, now)
    advance(session, change, ChangeStatus.APPLIED, by=by, now=now)
    session.flush()
    pledge_counts.recount(session, by, pledge)
    _tell(session, pledge, change, NoticeKind.CHANGE_TAKES_EFFECT, now=now)


def _tell(
    session: Session, pledge: Pledge, change: PledgeChange, kind: NoticeKind, *, now: datetime
) -> None:
    donor = Recipient(RecipientKind.DONOR, vault.donor_of_pledge(session, pledge.id))
    notices.queue(session, donor, kind, f"change:{change.ref}", now=now)


def _pause(
    session: Session, by: Viewer, pledge: Pledge, _change: PledgeChange, now: datetime
) -> None:
    if pledge.status is PledgeStatus.CONFIRMED:
        advance(session, pledge, PledgeStatus.PAUSED, by=by, now=now, reason="donor's pause")


def _resume(
    session: Session, by: Viewer, pledge: Pledge, change: PledgeChange, now: datetime
) -> None:
    """Cut the running pauses short; `_end_pauses` lets the pledge go on."""
    for running in session.scalars(select(PledgeChange).where(_is_running(pledge, change))):
        running.until_on = change.effective_on


def _is_running(pledge: Pledge, change: PledgeChange) -> ColumnElement[bool]:
    return (
        (PledgeChange.pledge_id == pledge.id)
        & (PledgeChange.kind == ChangeKind.PAUSE)
        & (PledgeChange.status == ChangeStatus.APPLIED)
        & (PledgeChange.until_on.is_(None) | (PledgeChange.until_on > change.effective_on))
    )


def _stop(
    session: Session, by: Viewer, pledge: Pledge, change: PledgeChange, now: datetime
) -> None:
    advance(session, pledge, PledgeStatus.ENDED, by=by, now=now, reason="donor stopped")
    pledge.ends_on, pledge.stop_reason = change.effective_on, change.stop_reason
    session.flush()
    if change.stop_reason is StopReason.HANDED_ON:
        handing_over.take_over(session, by, pledge, on=change.effective_on, now=now)
    matches.end_of_pledge(
        session, by, pledge.id, on=change.effective_on, now=now, reason="pledge ended"
    )


def _new_terms(
    session: Session, by: Viewer, pledge: Pledge, change: PledgeChange, now: datetime
) -> None:
    old_sum, to = pledge.instalment_fen, _to(pledge, change)
    pledge.instalment_fen, pledge.rhythm = to
    session.flush()
    live = (MatchStatus.PROPOSED, MatchStatus.ACTIVE)
    query = select(Match).where(Match.pledge_id == pledge.id, Match.status.in_(live))
    for match in session.scalars(query).all():
        if match.status is MatchStatus.PROPOSED:
            advance(session, match, MatchStatus.LAPSED, by=by, now=now, reason="new terms")
        elif match.ends_on is None or match.ends_on > change.effective_on:
            mine = Terms(room.share_of(match, old_sum, to), to.rhythm)
            _renew(session, by, match, mine, on=change.effective_on, now=now)


def _to(pledge: Pledge, change: PledgeChange) -> Terms:
    return Terms(change.instalment_fen or pledge.instalment_fen, change.rhythm or pledge.rhythm)


def _renew(
    session: Session,
    by: Viewer,
    match: Match,
    to: Terms,
    *,
    on: date,
    now: datetime,
) -> None:
    """End a match on a day and begin another for the same pair, under the decision once made."""
    units = terms.units_for(match.instalment_fen, match.rhythm)
    if match.starts_on is not None and match.starts_on >= on:
        match.instalment_fen, match.rhythm = to
        session.flush()
        room.tell_of_cut(session, match, units, now=now)
        return
    ends_on, match.ends_on = match.ends_on, on
    advance(session, match, MatchStatus.ENDED, by=by, now=now, reason="new terms")
    follows = further.follow(
        session, by, match, now=now, reason="new terms",
        starts_on=on, ends_on=ends_on, instalment_fen=to.instalment, rhythm=to.rhythm,
    )  # fmt: skip
    room.tell_of_cut(session, follows, units, now=now)


_EFFECTS: Mapping[ChangeKind, Effect] = {
    ChangeKind.PAUSE: _pause,
    ChangeKind.RESUME: _resume,
    ChangeKind.TERMS: _new_terms,
    ChangeKind.STOP: _stop,
}


def _end_pauses(session: Session, by: Viewer, *, on: date, now: datetime) -> None:
    session.flush()
    over = _OVER.fetch(session.connection(), {"on_day": on})
    steps = [(session.get_one(Pledge, key), PledgeStatus.CONFIRMED, by) for (key,) in over]
    advance_each(session, steps, now=now, reason="pause is over")


_ON = bindparam("on_day", type_=Date)
_DUE = Ready(
    select(PledgeChange.id)
    .where(PledgeChange.status == ChangeStatus.WAITING, PledgeChange.effective_on <= _ON)
    .order_by(PledgeChange.effective_on, PledgeChange.id)
)
_RUNNING = exists().where(
    PledgeChange.pledge_id == Pledge.id,
    PledgeChange.kind == ChangeKind.PAUSE,
    PledgeChange.status == ChangeStatus.APPLIED,
    PledgeChange.effective_on <= _ON,
    or_(PledgeChange.until_on.is_(None), PledgeChange.until_on > _ON),
)
_OVER = Ready(select(Pledge.id).where(Pledge.status == PledgeStatus.PAUSED, ~_RUNNING))
