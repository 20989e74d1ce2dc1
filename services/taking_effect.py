"""The day of a change has come: pauses, new terms and stops, exactly from their due day on.

New terms end a match and begin another for the same pair: an instalment that a late run opens
afterwards still has the terms of its own day.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from sqlalchemy import ColumnElement, Date, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from matching.records import listed_at_most
from models.children import Child
from models.pledges import Match, Pledge, PledgeChange
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import matches, notices, pledge_counts, trace, vault
from services.lifecycle import advance, advance_each
from services.notices import Recipient
from services.prepared import Ready
from vocabulary.enums import (
    ChangeKind,
    ChangeStatus,
    MatchStatus,
    NoticeKind,
    PledgeStatus,
    RecipientKind,
    Rhythm,
)
from vocabulary.errors import Refused
from vocabulary.money import UNIT, Fen
from vocabulary.schedule import STEP_MONTHS

Effect = Callable[[Session, Viewer, Pledge, PledgeChange, datetime], None]


def apply_changes(session: Session, by: Viewer, *, on: date, now: datetime) -> dict[str, int]:
    """Let every change take effect whose day is `on` or earlier, and pauses end that are over.

    Safe to repeat; a change that cannot be made is counted and stops no other.
    """
    require(by, Act.RUN_STIPENDS)
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
    _EFFECTS[change.kind](session, by, pledge, change, now)
    advance(session, change, ChangeStatus.APPLIED, by=by, now=now)
    session.flush()
    pledge_counts.recount(session, by, pledge)
    donor = Recipient(RecipientKind.DONOR, vault.donor_of_pledge(session, pledge.id))
    kind = NoticeKind.CHANGE_TAKES_EFFECT
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
    matches.end_of_pledge(
        session, by, pledge.id, on=change.effective_on, now=now, reason="pledge ended"
    )


def _new_terms(
    session: Session, by: Viewer, pledge: Pledge, change: PledgeChange, now: datetime
) -> None:
    old_sum = pledge.instalment_fen
    pledge.instalment_fen = change.instalment_fen or pledge.instalment_fen
    pledge.rhythm = change.rhythm or pledge.rhythm
    session.flush()
    live = (MatchStatus.PROPOSED, MatchStatus.ACTIVE)
    query = select(Match).where(Match.pledge_id == pledge.id, Match.status.in_(live))
    for match in session.scalars(query).all():
        if match.status is MatchStatus.PROPOSED:
            advance(session, match, MatchStatus.LAPSED, by=by, now=now, reason="new terms")
        elif match.ends_on is None or match.ends_on > change.effective_on:
            share = _share(match, pledge, old_sum)
            _renew(session, by, match, share, pledge.rhythm, on=change.effective_on, now=now)


def _share(match: Match, pledge: Pledge, old_sum: Fen) -> Fen:
    """Return the match's new instalment, a listed sum; a part of a need stays about that part."""
    if match.instalment_fen >= old_sum:
        return pledge.instalment_fen
    months = STEP_MONTHS[pledge.rhythm]
    share = pledge.instalment_fen * match.instalment_fen // old_sum
    return Fen(max(1, listed_at_most(share // (UNIT * months))) * UNIT * months)


def _renew(
    session: Session,
    by: Viewer,
    match: Match,
    instalment: Fen,
    rhythm: Rhythm,
    *,
    on: date,
    now: datetime,
) -> None:
    """End a match on a day and begin another for the same pair, under the decision once made."""
    if match.starts_on is not None and match.starts_on >= on:
        match.instalment_fen, match.rhythm = instalment, rhythm
        session.flush()
        return
    ends_on, match.ends_on = match.ends_on, on
    advance(session, match, MatchStatus.ENDED, by=by, now=now, reason="new terms")
    follows = Match(
        pledge_id=match.pledge_id,
        child_id=match.child_id,
        region_code=match.region_code or session.get_one(Child, match.child_id).region_code,
        need_id=match.need_id,
        instalment_fen=instalment,
        rhythm=rhythm,
        code_name=match.code_name,
        proposed_on=match.proposed_on,
        proposed_by=match.proposed_by,
        score=match.score,
        reasons=match.reasons,
        best_reason=match.best_reason,
        runners_up=match.runners_up,
        decided_by=match.decided_by,
        decided_on=match.decided_on,
        starts_on=on,
        ends_on=ends_on,
    )
    session.add(follows)
    session.flush()
    advance(session, follows, MatchStatus.ACTIVE, by=by, now=now, reason="new terms")


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
