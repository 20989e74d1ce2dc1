"""Proposals become matches: staff decide, never whoever acted before (law 8)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.children import Child, Need
from models.organisations import Organisation
from models.pledges import Exclusion, Match, Pledge
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import children, gate, notices, terms, trace, vault
from services.code_names import new_code_name
from services.gate import Card, Part
from services.lifecycle import advance
from services.notices import Recipient
from services.proposing import DECIDE_DAYS
from vocabulary.dates import today
from vocabulary.enums import (
    ChildStatus,
    DeclineReason,
    MatchStatus,
    NoticeKind,
    PledgeStatus,
    RecipientKind,
)
from vocabulary.errors import ActedBefore, AlreadyDecided, NoConsent, WrongState

_CHILD = (
    "ref", "name", "sex", "stage", "grade", "class_name", "region_code", "banner_code",
    "category", "verified_on", "entered_by",
)  # fmt: skip
_PLEDGE = (
    "code", "instalment_fen", "rhythm", "until", "until_count", "wish_sex", "wish_stage",
    "wish_league", "status",
)  # fmt: skip
_PARTS = {
    "child": Part(Child, Child.id == Match.child_id, _CHILD),
    "need": Part(Need, Need.id == Match.need_id),
    "pledge": Part(Pledge, Pledge.id == Match.pledge_id, _PLEDGE),
    "school": Part(Organisation, Organisation.id == Child.school_id, ("name", "ref")),
}


def queue(session: Session, viewer: Viewer, *, limit: int = 50) -> list[Card]:
    """List proposals in the viewer's regions: the most urgent first, then the longest waiting."""
    return gate.cards(
        session,
        viewer,
        Match,
        parts=_PARTS,
        where=(Match.status == MatchStatus.PROPOSED,),
        order_by=(Need.urgency.desc(), Need.since_on, Match.id),
        limit=limit,
    )


def count_waiting(session: Session, viewer: Viewer) -> int:
    """Count proposals that wait in the viewer's regions."""
    return gate.count(session, viewer, Match, Match.status == MatchStatus.PROPOSED)


def detail(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return one match with its pair, need and school. Raises NotFound."""
    return gate.card(session, viewer, Match, Match.child_ref == ref, parts=_PARTS)


def acted_before(card: Card, viewer: Viewer) -> bool:
    """Say whether the viewer proposed by hand or entered the child, and so may not approve."""
    return viewer.actor in (card["proposed_by"], card["child"]["entered_by"])


def propose_pair(
    session: Session, by: Viewer, *, pledge_code: str, child_ref: str, need_ref: str, now: datetime
) -> str:
    """Propose a pair by hand, with the hand's name in it; return the proposal's ref."""
    require(by, Act.RUN_MATCHING)
    child = gate.row(session, by, Child, Child.ref == child_ref)
    need = gate.row(session, by, Need, Need.ref == need_ref, Need.child_id == child.id)
    pledge = gate.row(session, by, Pledge, Pledge.code == pledge_code)
    match = Match(
        pledge_id=pledge.id,
        child_id=child.id,
        need_id=need.id,
        instalment_fen=pledge.instalment_fen,
        rhythm=pledge.rhythm,
        code_name=new_code_name(session, pledge.id),
        proposed_on=today(now),
        proposed_by=by.actor,
        decide_by=today(now) + timedelta(days=DECIDE_DAYS),
        reasons=[{"factor": "by_hand", "points": 0, "of": 0}],
    )
    session.add(match)
    session.flush()
    trace.record(session, by, "match.propose", f"match:{match.child_ref}", now=now)
    return match.child_ref


def approve(session: Session, by: Viewer, ref: str, *, now: datetime) -> Card:
    """Make a proposal an active match from today; the donor is told.

    Raises ActedBefore (law 8), NoConsent (law 9), AlreadyDecided when somebody was first.
    """
    require(by, Act.DECIDE_MATCH)
    match = gate.row(session, by, Match, Match.child_ref == ref)
    if match.status is not MatchStatus.PROPOSED:
        raise AlreadyDecided()
    child, pledge = session.get_one(Child, match.child_id), session.get_one(Pledge, match.pledge_id)
    _check_hands(by, match, child)
    _check_still_fits(session, match, child, pledge, on=today(now))
    advance(session, match, MatchStatus.ACTIVE, by=by, now=now)
    _start(session, by, match, child, pledge, now=now)
    trace.record(session, by, "match.approve", f"match:{ref}", now=now)
    donor = Recipient(RecipientKind.DONOR, vault.donor_of_pledge(session, pledge.id))
    notices.queue(session, donor, NoticeKind.MATCHED, f"match:{match.donor_ref}", now=now)
    return detail(session, by, ref)


def _check_hands(by: Viewer, match: Match, child: Child) -> None:
    if by.actor in (match.proposed_by, child.entered_by):
        raise ActedBefore()


def _check_still_fits(
    session: Session, match: Match, child: Child, pledge: Pledge, *, on: date
) -> None:
    """Check again, at the moment of deciding, what may have changed since the proposal."""
    if not children.has_consent(session, child, on=on):
        raise NoConsent()
    if pledge.status not in (PledgeStatus.CONFIRMED, PledgeStatus.PAUSED):
        raise WrongState(from_state=pledge.status.value, to_state=MatchStatus.ACTIVE.value)
    if child.status not in (ChildStatus.OPEN, ChildStatus.SUPPORTED):
        raise WrongState(from_state=child.status.value, to_state=MatchStatus.ACTIVE.value)


def _start(
    session: Session, by: Viewer, match: Match, child: Child, pledge: Pledge, *, now: datetime
) -> None:
    day = today(now)
    match.decided_by, match.decided_on = by.actor, day
    match.starts_on = day
    match.ends_on = terms.ends_on(pledge, child, starts_on=day)
    if child.status is ChildStatus.OPEN:
        advance(session, child, ChildStatus.SUPPORTED, by=by, now=now, reason="match approved")
    session.flush()


def decline(
    session: Session,
    by: Viewer,
    ref: str,
    *,
    reason: DeclineReason,
    note: str | None,
    now: datetime,
) -> None:
    """Turn a proposal down with a coded reason; the pair is not proposed again until lifted."""
    require(by, Act.DECIDE_MATCH)
    match = gate.row(session, by, Match, Match.child_ref == ref)
    if match.status is not MatchStatus.PROPOSED:
        raise AlreadyDecided()
    advance(session, match, MatchStatus.DECLINED, by=by, now=now, reason=reason.value)
    match.decided_by, match.decided_on = by.actor, today(now)
    match.decline_reason, match.decline_note = reason, note
    session.add(
        Exclusion(
            pledge_id=match.pledge_id, child_id=match.child_id, reason=reason, since_on=today(now)
        )
    )
    session.flush()
    trace.record(session, by, "match.decline", f"match:{ref}", now=now, why=reason.value)


def lapse_overdue(session: Session, by: Viewer, *, now: datetime) -> int:
    """Let proposals that nobody decided in time lapse, freeing both sides. Returns how many."""
    require(by, Act.RUN_MATCHING)
    overdue = session.scalars(
        select(Match).where(Match.status == MatchStatus.PROPOSED, Match.decide_by < today(now))
    ).all()
    for match in overdue:
        advance(session, match, MatchStatus.LAPSED, by=by, now=now, reason="not decided in time")
    return len(overdue)


def end_of_pledge(
    session: Session, by: Viewer, pledge_id: int, *, on: date, now: datetime, reason: str
) -> int:
    """End a pledge's live matches: due days from `on` are not covered. Returns how many.

    A child whose last match ends is open again, so that a new sponsor is sought.
    """
    live = session.scalars(
        select(Match).where(
            Match.pledge_id == pledge_id,
            Match.status.in_((MatchStatus.PROPOSED, MatchStatus.ACTIVE)),
        )
    ).all()
    for match in live:
        if match.status is MatchStatus.PROPOSED:
            advance(session, match, MatchStatus.LAPSED, by=by, now=now, reason=reason)
            continue
        advance(session, match, MatchStatus.ENDED, by=by, now=now, reason=reason)
        match.ends_on = min(on, match.ends_on) if match.ends_on else on
        session.flush()
        _reopen(session, by, match.child_id, now=now)
    return len(live)


def _reopen(session: Session, by: Viewer, child_id: int, *, now: datetime) -> None:
    left = session.scalar(
        select(func.count(Match.id)).where(
            Match.child_id == child_id, Match.status == MatchStatus.ACTIVE
        )
    )
    child = session.get_one(Child, child_id)
    if not left and child.status is ChildStatus.SUPPORTED:
        advance(session, child, ChildStatus.OPEN, by=by, now=now, reason="match ended")


def of_child(session: Session, viewer: Viewer, child_ref: str) -> Sequence[Card]:
    """List a child's matches for case staff, the latest first."""
    return gate.cards(
        session,
        viewer,
        Match,
        parts={
            "child": Part(Child, Child.id == Match.child_id, ("ref", "name")),
            "pledge": Part(Pledge, Pledge.id == Match.pledge_id, _PLEDGE),
        },
        where=(Match.child_id.in_(select(Child.id).where(Child.ref == child_ref)),),
        order_by=(Match.id.desc(),),
    )
