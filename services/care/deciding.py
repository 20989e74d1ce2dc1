"""Two of the staff decide about a volunteer for a child; then a trial, and the goodbye (law 8)."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.care import CareExclusion, CareMatch
from models.children import Child
from models.volunteers import Volunteer
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.care import asking_her, fitting, together
from services.lifecycle import advance
from services.pairing.proposing import is_aside
from vocabulary.dates import today
from vocabulary.enums import (
    STAFF_REASONS,
    CareEnd,
    CareRefusal,
    CareStatus,
    NoticeKind,
    Role,
    VolunteerStatus,
)
from vocabulary.errors import (
    ActedBefore,
    AlreadyDecided,
    BadInput,
    NeedsApprover,
    SteppedAside,
    TooEarly,
)

TRIAL_DAYS = 60
# That the two families are near: whoever wrote it down, hers by telephone too, does not unsay it.
_NEAR = frozenset({CareRefusal.RELATED, CareRefusal.KNOWS_FAMILY})


def agree(session: Session, by: Viewer, ref: str, *, now: datetime) -> bool:
    """Agree to a pair, for siblings to those of one's own; return whether it begins now.

    Raises ActedBefore for who proposed, wrote down her yes, entered the child or agreed first,
    NeedsApprover where neither of the two is one, and whatever stands in the way by now.
    """
    require(by, Act.AGREE_CARE)
    waiting = _waiting(session, by, ref)
    for match in waiting:
        _check_other(session, by, match)
        fitting.lock(session, match)
        fitting.check_still(session, match, on=today(now))
    begun = [match for match in waiting if match.agreed_by is not None]
    for match in waiting:
        # Each has its own two people: a sibling may have come to the desk a day later.
        (_second if match in begun else _first)(session, by, match, now=now)
    if begun:
        asking_her.tell_her(session, begun, now=now)
    return any(match.ref == ref for match in begun)


def _waiting(session: Session, by: Viewer, ref: str) -> list[CareMatch]:
    match = gate.row(session, by, CareMatch, CareMatch.ref == ref)
    if match.status is not CareStatus.ACCEPTED:
        raise AlreadyDecided()
    return together.with_siblings(session, by, match)


def _check_other(session: Session, by: Viewer, match: CareMatch) -> None:
    _check_not_aside(session, by, match)
    child = session.get_one(Child, match.child_id)
    volunteer = session.get_one(Volunteer, match.volunteer_id)
    before = (
        match.proposed_by,
        match.answered_by,
        match.agreed_by,
        child.entered_by,
        volunteer.entered_by,
    )
    if by.actor in (*before, _her_actor(session, match)):
        raise ActedBefore()
    if match.agreed_by is not None and not (
        by.has(Role.APPROVER) or match.agreed_as is Role.APPROVER
    ):
        raise NeedsApprover()


def _her_actor(session: Session, match: CareMatch) -> str:
    asked = (
        select(Account.ref)
        .join(Volunteer, Volunteer.account_id == Account.id)
        .where(Volunteer.id == match.volunteer_id)
    )
    return f"account:{session.scalar(asked)}"


def _check_not_herself(session: Session, by: Viewer, match: CareMatch) -> None:
    """A volunteer who works here says nothing for the staff about her own pair."""
    if by.actor == _her_actor(session, match):
        raise ActedBefore()


def check_may_speak(session: Session, by: Viewer, match: CareMatch) -> None:
    """Refuse whoever stepped aside, and her own self. Raises SteppedAside, ActedBefore."""
    _check_not_aside(session, by, match)
    _check_not_herself(session, by, match)


def _check_not_aside(session: Session, by: Viewer, match: CareMatch) -> None:
    if is_aside(session, by, match.child_id):
        raise SteppedAside()


def _first(session: Session, by: Viewer, match: CareMatch, *, now: datetime) -> None:
    match.agreed_by, match.agreed_on = by.actor, today(now)
    match.agreed_as = Role.APPROVER if by.has(Role.APPROVER) else Role.CASE_WORKER
    session.flush()
    trace.record(session, by, "care.agree", f"care:{match.ref}", now=now)
    asking_her.call_staff(session, match, NoticeKind.CARE_WAITS, now=now, but=(by.actor,))


def _second(session: Session, by: Viewer, match: CareMatch, *, now: datetime) -> None:
    match.decided_by, match.decided_on = by.actor, today(now)
    match.trial_until = today(now) + timedelta(days=TRIAL_DAYS)
    advance(session, match, CareStatus.TRIAL, by=by, now=now)
    volunteer = session.get_one(Volunteer, match.volunteer_id)
    if volunteer.status is VolunteerStatus.CLEARED:
        advance(session, volunteer, VolunteerStatus.ACTIVE, by=by, now=now, reason="paired")
    session.flush()
    trace.record(session, by, "care.approve", f"care:{match.ref}", now=now)


def turn_down(
    session: Session, by: Viewer, ref: str, reason: CareRefusal, *, note: str = "", now: datetime
) -> None:
    """Turn a pair down with a coded reason; for siblings all of them. One person suffices for a no."""
    require(by, Act.TURN_DOWN_CARE)
    if reason not in STAFF_REASONS:
        raise BadInput(field="reason", reason="not_a_choice")
    if reason is CareRefusal.OTHER and not note.strip():
        raise BadInput(field="note", reason="missing")
    for match in _waiting(session, by, ref):
        _check_not_aside(session, by, match)
        together.refuse(session, by, match, reason, note=note, now=now)


def lift(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Let a pair that was turned down or lapsed be proposed again, from the next run on.

    Raises AlreadyDecided when it is, ActedBefore to herself and to who declared the kinship.
    """
    require(by, Act.TURN_DOWN_CARE)
    match = gate.row(session, by, CareMatch, CareMatch.ref == ref)
    shut = session.scalars(
        select(CareExclusion).where(
            CareExclusion.volunteer_id == match.volunteer_id,
            CareExclusion.child_id == match.child_id,
            CareExclusion.lifted_on.is_(None),
        )
    ).all()
    if not shut:
        raise AlreadyDecided()
    _check_not_aside(session, by, match)
    _check_not_herself(session, by, match)
    if match.refused_by == by.actor and not _NEAR.isdisjoint(one.reason for one in shut):
        raise ActedBefore()
    for one in shut:
        one.lifted_on = today(now)
    session.flush()
    trace.record(session, by, "care.lift", f"care:{ref}", now=now)


def go_on(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Say after the 60 days that the two suit each other. Raises TooEarly, ActedBefore to herself."""
    require(by, Act.TURN_DOWN_CARE)
    match = gate.row(session, by, CareMatch, CareMatch.ref == ref)
    if match.status is not CareStatus.TRIAL or match.trial_until is None:
        raise AlreadyDecided()
    _check_not_aside(session, by, match)
    _check_not_herself(session, by, match)
    if today(now) < match.trial_until:
        raise TooEarly(on=match.trial_until)
    advance(session, match, CareStatus.ACTIVE, by=by, now=now)
    trace.record(session, by, "care.go_on", f"care:{ref}", now=now)


def end(session: Session, by: Viewer, ref: str, reason: CareEnd, *, now: datetime) -> None:
    """End a pair, in the trial or later; her place is free at once, what was stays on record."""
    require(by, Act.TURN_DOWN_CARE)
    match = gate.row(session, by, CareMatch, CareMatch.ref == ref)
    if match.status not in (CareStatus.TRIAL, CareStatus.ACTIVE):
        raise AlreadyDecided()
    close(session, by, match, reason, now=now)


def close(
    session: Session, by: Viewer, match: CareMatch, reason: CareEnd, *, now: datetime
) -> None:
    """End a pair for a reason that needs nobody's leave."""
    advance(session, match, CareStatus.ENDED, by=by, now=now, reason=reason.value)
    match.ended_on, match.end_reason = today(now), reason
    session.flush()
    trace.record(session, by, "care.end", f"care:{match.ref}", now=now, why=reason.value)
