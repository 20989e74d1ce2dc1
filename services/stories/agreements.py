"""Agreements older than us, as a replayed story tells them.

A story's pairs were agreed between people before 微光 was there. They come in under the law of two
persons and of consent, but their sums need not be on today's list and no matcher chose them.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.children import Child, Need
from models.pledges import Match, Pledge
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.children import children
from services.children.code_names import new_code_name
from services.lifecycle import advance
from services.notices import notices
from services.notices.notices import Recipient
from services.pairing import match_ends, matches, proposing
from services.vault import vault
from vocabulary.dates import today
from vocabulary.enums import (
    Chain,
    ChildStatus,
    MatchStatus,
    NoticeKind,
    PledgeKind,
    PledgeStatus,
    RecipientKind,
    Rhythm,
)
from vocabulary.errors import ActedBefore, NoConsent, Refused
from vocabulary.money import Fen


@dataclass(frozen=True, slots=True)
class Terms:
    """What was agreed: a sum for each due day of a rhythm."""

    instalment: Fen
    rhythm: Rhythm


def settle_terms(
    session: Session, by: Viewer, pledge_ref: str, terms: Terms, *, now: datetime
) -> str:
    """Keep the terms as they were agreed, on the list or not; return the pledge's code."""
    require(by, Act.RUN_MATCHING)
    pledge = _pledge(session, pledge_ref)
    pledge.kind = PledgeKind.CHILD
    pledge.instalment_fen, pledge.rhythm = terms.instalment, terms.rhythm
    session.flush()
    trace.record(
        session, by, "pledge.take_over", f"pledge:{pledge_ref}", now=now, chain=Chain.CUSTODIAN
    )
    return pledge.code


def pair(
    session: Session,
    proposer: Viewer,
    approver: Viewer,
    *,
    pledge_ref: str,
    child_ref: str,
    now: datetime,
) -> str:
    """Let one person propose the agreed pair and another approve it; return the match's ref.

    Through the ordinary services where their rules of today allow it.
    """
    pledge = _pledge(session, pledge_ref)
    child = gate.row(session, proposer, Child, Child.ref == child_ref)
    need = session.scalars(select(Need).where(Need.child_id == child.id).limit(1)).one()
    try:
        with session.begin_nested():
            ref = proposing.propose_pair(
                session,
                proposer,
                pledge_code=pledge.code,
                child_ref=child_ref,
                need_ref=need.ref,
                now=now,
            )
            matches.approve(session, approver, ref, now=now)
            if _is_as_agreed(session, ref, pledge):
                return ref
            raise Refused()  # noqa: TRY301 the except below is where both ways meet
    except NoConsent:
        raise
    except Refused:
        return _agreed(session, proposer, approver, pledge, child, need, now=now)


def _is_as_agreed(session: Session, ref: str, pledge: Pledge) -> bool:
    match = session.scalars(select(Match).where(Match.child_ref == ref)).one()
    return (match.instalment_fen, match.rhythm) == (pledge.instalment_fen, pledge.rhythm)


def _agreed(  # noqa: PLR0917 proposer, approver and what they agree on
    session: Session,
    proposer: Viewer,
    approver: Viewer,
    pledge: Pledge,
    child: Child,
    need: Need,
    *,
    now: datetime,
) -> str:
    require(proposer, Act.RUN_MATCHING)
    require(approver, Act.DECIDE_MATCH)
    if approver.actor in (proposer.actor, child.entered_by):
        raise ActedBefore()
    if not children.has_consent(session, child, on=today(now)):
        raise NoConsent()
    match = Match(
        pledge_id=pledge.id,
        child_id=child.id,
        region_code=child.region_code,
        need_id=need.id,
        instalment_fen=pledge.instalment_fen,
        rhythm=pledge.rhythm,
        code_name=new_code_name(session, pledge.id),
        proposed_on=today(now),
        proposed_by=proposer.actor,
        starts_on=today(now),
    )
    session.add(match)
    session.flush()
    advance(session, match, MatchStatus.ACTIVE, by=approver, now=now, reason="agreed before")
    match.decided_by, match.decided_on = approver.actor, today(now)
    if child.status is ChildStatus.OPEN:
        advance(session, child, ChildStatus.SUPPORTED, by=approver, now=now)
    trace.record(session, approver, "match.approve", f"match:{match.child_ref}", now=now)
    donor = Recipient(RecipientKind.DONOR, vault.donor_of_pledge(session, pledge.id))
    notices.queue(session, donor, NoticeKind.MATCHED, f"match:{match.donor_ref}", now=now)
    return match.child_ref


def end_pledge(session: Session, by: Viewer, pledge_ref: str, *, why: str, now: datetime) -> None:
    """End a pledge and its matches today: a due day of today is not covered any more."""
    require(by, Act.DECIDE_MATCH)
    pledge = _pledge(session, pledge_ref)
    advance(session, pledge, PledgeStatus.ENDED, by=by, now=now, reason=why[:200])
    pledge.ends_on = today(now)
    session.flush()
    match_ends.end_of_pledge(session, by, pledge.id, on=today(now), now=now, reason="pledge ended")


def _pledge(session: Session, ref: str) -> Pledge:
    return session.scalars(select(Pledge).where(Pledge.donor_ref == ref)).one()
