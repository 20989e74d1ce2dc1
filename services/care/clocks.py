"""The clocks of care: 48 hours for her, seven days for the staff, sixty days of trial."""

from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from models.care import CareMatch
from models.children import Child, Consent
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services.care import asking_her, deciding, fitting, together
from vocabulary.dates import today
from vocabulary.enums import CareEnd, CareRefusal, CareStatus, ChildStatus, NoticeKind, Purpose
from vocabulary.errors import Refused

_PAIRED = (CareStatus.TRIAL, CareStatus.ACTIVE)


def _unanswered(now: datetime) -> ColumnElement[bool]:
    return (CareMatch.status == CareStatus.PROPOSED) & (CareMatch.answer_by <= now)


def _undecided(now: datetime) -> ColumnElement[bool]:
    return (CareMatch.status == CareStatus.ACCEPTED) & (CareMatch.decide_by < today(now))


def is_idle(session: Session, _by: Viewer, now: datetime) -> bool:
    """Say that no proposal has run out."""
    over = select(CareMatch.id).where(or_(_unanswered(now), _undecided(now))).limit(1)
    return session.scalar(over) is None


def lapse_overdue(session: Session, by: Viewer, *, now: datetime) -> int:
    """Let lapse what she did not answer or the staff did not decide in time; return how many."""
    require(by, Act.RUN_MATCHING)
    return _lapse(session, by, _unanswered(now), CareRefusal.NOT_ANSWERED, now=now) + _lapse(
        session, by, _undecided(now), CareRefusal.NOT_DECIDED, now=now
    )


def _lapse(
    session: Session,
    by: Viewer,
    which: ColumnElement[bool],
    reason: CareRefusal,
    *,
    now: datetime,
) -> int:
    over = session.scalars(select(CareMatch).where(which).order_by(CareMatch.id)).all()
    for match in over:
        together.lapse(session, by, match, reason, now=now)
    return len(over)


def lapse_broken(session: Session, by: Viewer, *, now: datetime) -> int:
    """Take back what waits and no longer keeps the rules: both sides are free today."""
    require(by, Act.RUN_MATCHING)
    waits = CareMatch.status.in_((CareStatus.PROPOSED, CareStatus.ACCEPTED))
    broken = 0
    for match in session.scalars(select(CareMatch).where(waits).order_by(CareMatch.id)).all():
        try:
            fitting.check_still(session, match, on=today(now))
        except Refused as refusal:
            together.take_back(session, by, match, why=refusal.code, now=now)
            broken += 1
    return broken


def end_over(session: Session, by: Viewer, *, now: datetime) -> int:
    """End the pairs of children whose record ended or whose guardian's yes was withdrawn."""
    require(by, Act.RUN_MATCHING)
    gone = exists().where(Child.id == CareMatch.child_id, Child.status == ChildStatus.ENDED)
    agreed = exists().where(
        Consent.child_id == CareMatch.child_id,
        Consent.purpose == Purpose.CARE,
        Consent.withdrawn_on.is_(None),
    )
    ended = 0
    for why, which in ((CareEnd.CHILD_LEFT, gone), (CareEnd.CONSENT_WITHDRAWN, ~agreed)):
        over = select(CareMatch).where(CareMatch.status.in_(_PAIRED), which).order_by(CareMatch.id)
        for match in session.scalars(over).all():
            deciding.close(session, by, match, why, now=now)
            ended += 1
    return ended


def without_consent(session: Session, by: Viewer, child_id: int, *, now: datetime) -> None:
    """Stop everything about a child whose guardian took the consent back, in the same breath."""
    _stop(session, by, child_id, CareEnd.CONSENT_WITHDRAWN, now=now)


def moved_away(session: Session, by: Viewer, child_id: int, *, now: datetime) -> None:
    """Stop everything about a child whom another banner took over, in the same breath.

    Nobody there has seen her papers or can call her, and she would read the new address. Where she
    lives near enough, the night proposes her again, and two of the new banner decide. She is told
    that the family moved, and thanked; where to, she does not read.
    """
    paired = select(CareMatch).where(CareMatch.child_id == child_id, CareMatch.status.in_(_PAIRED))
    ended = session.scalars(paired).all()
    _stop(session, by, child_id, CareEnd.CHILD_LEFT, now=now)
    asking_her.tell_moved(session, ended, now=now)


def _stop(session: Session, by: Viewer, child_id: int, why: CareEnd, *, now: datetime) -> None:
    mine = select(CareMatch).where(CareMatch.child_id == child_id)
    waits = (CareStatus.PROPOSED, CareStatus.ACCEPTED)
    for match in session.scalars(mine.where(CareMatch.status.in_(waits))).all():
        together.take_back(session, by, match, why=why.value.replace("_", " "), now=now)
    for match in session.scalars(mine.where(CareMatch.status.in_(_PAIRED))).all():
        deciding.close(session, by, match, why, now=now)


def ask_after_trial(session: Session, by: Viewer, *, now: datetime) -> int:
    """Ask the staff about every trial whose sixty days are over, once a day; return how many."""
    require(by, Act.RUN_MATCHING)
    over = select(CareMatch).where(
        CareMatch.status == CareStatus.TRIAL, CareMatch.trial_until <= today(now)
    )
    waiting = session.scalars(over.order_by(CareMatch.id)).all()
    for match in waiting:
        asking_her.call_staff(session, match, NoticeKind.TRIAL_OVER, now=now)
    return len(waiting)
