"""Proposals become matches: staff decide, never whoever acted before (law 8)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from models.pledges import Exclusion, Match, Recusal
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.fund import handing_on
from services.gate import Card
from services.lifecycle import advance
from services.notices import notices
from services.notices.notices import Recipient
from services.pairing import fitting
from services.pairing.approvals import acted_before, detail, queue
from services.pairing.match_ends import end_of_child, end_of_pledge, end_of_term
from services.pairing.proposing import LAPSE_DAYS, is_aside
from services.vault import vault
from vocabulary.dates import today
from vocabulary.enums import (
    ChildStatus,
    DeclineReason,
    MatchStatus,
    NoticeKind,
    RecipientKind,
)
from vocabulary.errors import (
    ActedBefore,
    AlreadyDecided,
    BadInput,
    NothingLeftToPay,
    Refused,
    SteppedAside,
    TurnedOthersDown,
)

__all__ = [
    "acted_before",
    "approve",
    "approve_several",
    "decline",
    "detail",
    "end_of_child",
    "end_of_pledge",
    "end_of_term",
    "lapse_broken",
    "lapse_overdue",
    "lift",
    "queue",
    "step_aside",
]

# Whoever turned down so many pairs of a child or a pledge lately leaves the next to somebody else.
STEERS_AFTER, STEERING_WITHIN = 2, timedelta(days=60)


def approve(session: Session, by: Viewer, ref: str, *, now: datetime) -> Card:
    """Make a proposal an active match, from today or where what is paid already ends; tell the donor.

    Raises ActedBefore or TurnedOthersDown (law 8), NoConsent (law 9), NoLongerFits when a hard rule is
    broken by now, AlreadyDecided when somebody was first; NothingLeftToPay where the child graduates
    before its turn.
    """
    require(by, Act.DECIDE_MATCH)
    match = _undecided(session, by, ref)
    pair = fitting.lock_pair(session, match)
    if by.actor in (match.proposed_by, pair.child.entered_by):
        raise ActedBefore()
    _check_not_aside(session, by, match)
    _check_not_steering(session, by, match, now=now)
    fitting.check_still(session, match, pair, on=today(now))
    advance(session, match, MatchStatus.ACTIVE, by=by, now=now)
    _start(session, by, match, pair, now=now)
    handing_on.let_go(session, by, match, now=now)
    trace.record(session, by, "match.approve", f"match:{ref}", now=now)
    donor = Recipient(RecipientKind.DONOR, vault.donor_of_pledge(session, match.pledge_id))
    notices.queue(session, donor, NoticeKind.MATCHED, f"match:{match.donor_ref}", now=now)
    return detail(session, by, ref)


def approve_several(
    session: Session, by: Viewer, refs: Sequence[str], *, now: datetime
) -> list[tuple[str, Refused | None]]:
    """Approve a list, one by one; return each ref with why it was not approved, or None.

    What is refused leaves the others as they are: one's own proposals never go through so either.
    """
    require(by, Act.APPROVE_MATCH)
    return [(ref, _approved_alone(session, by, ref, now=now)) for ref in dict.fromkeys(refs)]


def _approved_alone(session: Session, by: Viewer, ref: str, *, now: datetime) -> Refused | None:
    try:
        with session.begin_nested():
            approve(session, by, ref, now=now)
    except Refused as refusal:
        return refusal
    return None


def _undecided(session: Session, by: Viewer, ref: str) -> Match:
    match = gate.row(session, by, Match, Match.child_ref == ref)
    if match.status is not MatchStatus.PROPOSED:
        raise AlreadyDecided()
    return match


def _start(
    session: Session, by: Viewer, match: Match, pair: fitting.Pair, *, now: datetime
) -> None:
    day = today(now)
    match.decided_by, match.decided_on = by.actor, day
    span = handing_on.span_of(session, match, pair.pledge, pair.child, on=day)
    if span.is_empty:
        raise NothingLeftToPay(rules=["graduation"])
    match.starts_on, match.ends_on = span.starts_on, span.ends_on
    if pair.child.status is ChildStatus.OPEN:
        advance(session, pair.child, ChildStatus.SUPPORTED, by=by, now=now, reason="match approved")
    session.flush()


def decline(
    session: Session,
    by: Viewer,
    ref: str,
    *,
    reason: DeclineReason,
    note: str | None = None,
    now: datetime,
) -> None:
    """Turn a proposal down with a coded reason; the pair is not proposed again until lifted.

    Raises BadInput when another reason is not said in words, AlreadyDecided when raced.
    """
    require(by, Act.DECIDE_MATCH)
    if reason is DeclineReason.NOT_DECIDED:
        raise BadInput(field="reason", reason="not_a_choice")
    if reason is DeclineReason.OTHER and not (note or "").strip():
        raise BadInput(field="note", reason="missing")
    match = _undecided(session, by, ref)
    _check_not_aside(session, by, match)
    match.decline_note = (note or "").strip() or None
    _turn_down(session, by, match, reason, now=now)


def step_aside(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Keep out of a child's matches from now on (回避): kin, an own pledge, one's child's school.

    Which of them it is stays unsaid, and the child loses nothing: another person decides.
    """
    require(by, Act.AMEND)
    match = _undecided(session, by, ref)
    if not is_aside(session, by, match.child_id):
        session.add(Recusal(child_id=match.child_id, actor=by.actor, since_on=today(now)))
        trace.record(session, by, "match.step_aside", f"match:{ref}", now=now)
    session.flush()


def _check_not_aside(session: Session, by: Viewer, match: Match) -> None:
    if is_aside(session, by, match.child_id):
        raise SteppedAside()


def _check_not_steering(session: Session, by: Viewer, match: Match, *, now: datetime) -> None:
    """Whoever turned down every other could choose who supports whom: law 8 asks for a second one."""
    lately = Match.decided_on > today(now) - STEERING_WITHIN
    others = select(func.count(Match.id)).where(
        or_(Match.child_id == match.child_id, Match.pledge_id == match.pledge_id),
        Match.status == MatchStatus.DECLINED,
        Match.decided_by == by.actor,
        lately,
    )
    if (session.scalar(others) or 0) >= STEERS_AFTER:
        raise TurnedOthersDown()


def _turn_down(
    session: Session, by: Viewer, match: Match, reason: DeclineReason, *, now: datetime
) -> None:
    advance(session, match, MatchStatus.DECLINED, by=by, now=now, reason=reason.value)
    match.decided_by, match.decided_on = by.actor, today(now)
    match.decline_reason = reason
    _exclude(session, match, reason, now=now)
    subject = f"match:{match.child_ref}"
    trace.record(session, by, "match.decline", subject, now=now, why=reason.value)


def _exclude(session: Session, match: Match, reason: DeclineReason, *, now: datetime) -> None:
    session.add(
        Exclusion(
            pledge_id=match.pledge_id, child_id=match.child_id, reason=reason, since_on=today(now)
        )
    )
    session.flush()


def lift(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Let a declined or lapsed pair be proposed again, from the next run on.

    Raises NotFound for a hidden match, ActedBefore when the same person declared kinship.
    """
    require(by, Act.DECIDE_MATCH)
    match = gate.row(session, by, Match, Match.child_ref == ref)
    shut = session.scalars(select(Exclusion).where(_is_shut(match))).all()
    if not shut:
        raise AlreadyDecided()
    _check_not_aside(session, by, match)
    is_related = any(one.reason is DeclineReason.RELATED for one in shut)
    if is_related and match.decided_by == by.actor:
        raise ActedBefore()
    for one in shut:
        one.lifted_on = today(now)
    session.flush()
    trace.record(session, by, "match.lift", f"match:{ref}", now=now)


def _is_shut(match: Match) -> ColumnElement[bool]:
    same_pair = (Exclusion.pledge_id == match.pledge_id) & (Exclusion.child_id == match.child_id)
    return same_pair & Exclusion.lifted_on.is_(None)


def lapse_overdue(session: Session, by: Viewer, *, now: datetime) -> int:
    """Let proposals lapse that nobody decided in time, freeing both sides. Returns how many.

    The pair is not proposed again until someone lifts it.
    """
    require(by, Act.RUN_MATCHING)
    last_day = today(now) - timedelta(days=LAPSE_DAYS)
    old = (Match.status == MatchStatus.PROPOSED, Match.proposed_on < last_day)
    overdue = session.scalars(select(Match).where(*old).order_by(Match.id)).all()
    for match in overdue:
        _lapse(session, by, match, reason=DeclineReason.NOT_DECIDED.value, now=now)
        match.decline_reason = DeclineReason.NOT_DECIDED
        _exclude(session, match, DeclineReason.NOT_DECIDED, now=now)
    return len(overdue)


def lapse_broken(session: Session, by: Viewer, *, now: datetime) -> int:
    """Take back proposals that no longer keep the hard rules, so that both sides are free today."""
    require(by, Act.RUN_MATCHING)
    waiting = select(Match).where(Match.status == MatchStatus.PROPOSED).order_by(Match.id)
    broken = 0
    for match in session.scalars(waiting).all():
        try:
            fitting.check_still(session, match, fitting.lock_pair(session, match), on=today(now))
        except Refused as refusal:
            _lapse(session, by, match, reason=refusal.code, now=now)
            broken += 1
    return broken


def _lapse(session: Session, by: Viewer, match: Match, *, reason: str, now: datetime) -> None:
    advance(session, match, MatchStatus.LAPSED, by=by, now=now, reason=reason)
    match.decided_on = today(now)
    trace.record(session, by, "match.lapse", f"match:{match.child_ref}", now=now, why=reason)
