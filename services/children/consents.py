"""Consent, purpose by purpose: given by a guardian, and by the child itself from 14 (law 9)."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.children import Child, Consent, Kin
from models.pledges import Match
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, stood, trace
from services.care import clocks
from services.children.readiness import guardian_consents, lacks_own_yes, settle
from services.donors import listing
from services.gate import Card, Part
from services.lifecycle import advance_all
from vocabulary.dates import today
from vocabulary.enums import ChildStatus, KinRole, MatchStatus, Purpose
from vocabulary.errors import BadInput, NoConsent, WrongState

VERSION = "2026-1"
ON_PAPER = (Purpose.CASE_FILE, Purpose.SPONSORSHIP)


def record(
    session: Session,
    by: Viewer,
    ref: str,
    *,
    purposes: Sequence[Purpose],
    given_on: date,
    now: datetime,
) -> None:
    """Keep a guardian's consent for each purpose; the child opens if nothing else is missing.

    Raises NoConsent when the child has no guardian: a carer cannot consent.
    """
    require(by, Act.RECORD_CONSENT)
    child = gate.row(session, by, Child, Child.ref == ref)
    _check_day(given_on, now=now)
    guardian = session.scalar(
        select(Kin.id).where(
            Kin.child_id == child.id, Kin.kin_role == KinRole.GUARDIAN, Kin.until_on.is_(None)
        )
    )
    if guardian is None:
        raise NoConsent()
    for purpose in purposes:
        consent = Consent(kin_id=guardian, **consent_row(child.id, purpose, given_on, by))
        session.add(consent)
    settle(session, by, child, now=now)
    detail = {"purposes": sorted(purposes), "version": VERSION}
    trace.record(session, by, "consent.record", f"child:{ref}", now=now, detail=detail)


def consent_row(child_id: int, purpose: Purpose, given_on: date, by: Viewer) -> dict[str, object]:
    """Return the columns of one consent, without its guardian."""
    return {
        "child_id": child_id,
        "purpose": purpose,
        "version": VERSION,
        "given_on": given_on,
        "recorded_by": by.actor,
    }


def _check_day(given_on: date, *, now: datetime) -> None:
    if given_on > today(now):
        raise BadInput(field="given_on", reason="in_future")


def withdraw(session: Session, by: Viewer, ref: str, *, purpose: Purpose, now: datetime) -> None:
    """End a consent from today: what is due is still paid, nothing new is proposed or opened."""
    require(by, Act.RECORD_CONSENT)
    end(session, by, gate.row(session, by, Child, Child.ref == ref), purpose=purpose, now=now)


def end(session: Session, by: Viewer, child: Child, *, purpose: Purpose, now: datetime) -> Consent:
    """Do the same for a guardian herself, whose child the caller found; return the latest consent.

    Raises NoConsent when none stands.
    """
    live = session.scalars(
        select(Consent)
        .where(
            Consent.child_id == child.id,
            Consent.purpose == purpose,
            Consent.withdrawn_on.is_(None),
        )
        .order_by(Consent.id)
    ).all()
    if not live:
        return _end_unseen(session, by, child, purpose=purpose, now=now)
    for consent in live:
        consent.withdrawn_on = today(now)
        stood.keep_end(session, by, consent, now=now)
    if purpose is Purpose.SPONSORSHIP:
        lapse_proposals(session, by, child.id, now=now, reason="consent withdrawn")
        listing.take_off(session, child.id)
    if purpose is Purpose.CARE:
        clocks.without_consent(session, by, child.id, now=now)
    settle(session, by, child, now=now)
    trace.record(session, by, "consent.withdraw", f"child:{child.ref}", now=now, why=purpose.value)
    return live[-1]


def _end_unseen(
    session: Session, by: Viewer, child: Child, *, purpose: Purpose, now: datetime
) -> Consent:
    """Let whom a report names take back what he still reads as given: it ends for him, too, today."""
    of_it = (Consent.child_id == child.id, Consent.purpose == purpose)
    read = (*of_it, Consent.withdrawn_on.is_(None))
    if not gate.count(session, by, Consent, *read):
        raise NoConsent()
    ended = session.scalars(select(Consent).where(*of_it).order_by(Consent.id)).all()
    for consent in ended:
        stood.keep_end(session, by, consent, now=now)
    return ended[-1]


def record_word(session: Session, by: Viewer, ref: str, *, agrees: bool, now: datetime) -> None:
    """Keep the child's own word, asked in words it understands; from 14 nothing goes without it."""
    require(by, Act.RECORD_CONSENT)
    child = gate.row(session, by, Child, Child.ref == ref)
    if child.status in (ChildStatus.DRAFT, ChildStatus.ENDED):
        raise WrongState(from_state=child.status.value, to_state="agreed")
    child.agreed_on = today(now) if agrees else None
    if lacks_own_yes(child, on=today(now)):
        listing.take_off(session, child.id)
        # Nobody visits a child that is old enough to say no and did.
        clocks.without_consent(session, by, child.id, now=now)
    settle(session, by, child, now=now)
    if child.status is ChildStatus.VERIFIED:
        lapse_proposals(session, by, child.id, now=now, reason="child unwilling")
    act = "child.agree" if agrees else "child.decline"
    trace.record(session, by, act, f"child:{ref}", now=now)


def lapse_proposals(
    session: Session, by: Viewer, child_id: int, *, now: datetime, reason: str
) -> int:
    """Let a child's undecided proposals lapse, freeing the pledges. Returns how many."""
    waiting = select(Match.id).where(
        Match.child_id == child_id, Match.status == MatchStatus.PROPOSED
    )
    return advance_all(session, Match, waiting, MatchStatus.LAPSED, by=by, now=now, reason=reason)


def of_child(session: Session, viewer: Viewer, ref: str) -> list[Card]:
    """List a child's consents with who gave them, the latest first."""
    return gate.cards(
        session,
        viewer,
        Consent,
        parts={"kin": Part(Kin, Kin.id == Consent.kin_id, ("name", "relation"))},
        where=(Consent.child_id.in_(select(Child.id).where(Child.ref == ref)),),
        order_by=(Consent.withdrawn_on.is_not(None), Consent.id.desc()),
    )


__all__ = [
    "ON_PAPER",
    "VERSION",
    "consent_row",
    "end",
    "guardian_consents",
    "lapse_proposals",
    "of_child",
    "record",
    "record_word",
    "withdraw",
]
