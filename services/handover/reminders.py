"""Reminds a hand that has not stated its lines, and then tells the banner that it is silent.

To the hand on school days 3 and 7 after sending, never on a holiday; to the banner on day 14. A
banner's own school holidays (services/routes/calendar.py) stop the count for its schools. A card hands
nothing over: the bank's statement says what became of it.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Date, Select, and_, bindparam, or_, select, true
from sqlalchemy.orm import Session

from models.accounts import Account, Grant
from models.stipends import Batch
from privacy.permissions import CASE_STAFF, Act, require
from privacy.viewers import Viewer
from services import trace
from services.handover import office_staff
from services.notices import notices
from services.notices.notices import Recipient
from services.routes.calendar import closed_for, holidays, is_school_day, school_days_since
from vocabulary.enums import (
    AccountStatus,
    BatchStatus,
    GrantStatus,
    NoticeKind,
    RecipientKind,
    Role,
    Route,
)
from vocabulary.school_year import Closed, nth_day_after, nth_day_before

RUNGS = {1: 3, 2: 7}  # rung: school days after sending
BANNER_AFTER = 14  # days, those of the school's holidays not counted


def remind(session: Session, by: Viewer, *, on: date, now: datetime) -> dict[str, int]:
    """Queue what is due by `on` and was not queued before; return how much of each.

    A rung missed while the machine was off is skipped when the next one is due as well.
    """
    require(by, Act.RUN_STIPENDS)
    counts = {"due": 0, "reminded": 0, "escalated": 0}
    calendar = holidays(session)
    waiting = (Batch.status == BatchStatus.SENT, Batch.route != Route.CARD)
    for batch in session.scalars(select(Batch).where(*waiting)):
        closed = closed_for(batch.route, batch.region_code, calendar)
        rung, is_silent = _rung_due(batch, closed, on=on), _is_silent(batch, closed, on=on)
        counts["due"] += bool(rung) + is_silent
        if rung:
            counts["reminded"] += _remind_hand(session, batch, rung, on=on, now=now)
        if is_silent:
            counts["escalated"] += _tell_banner(session, batch, on=on, now=now)
    if counts["reminded"] or counts["escalated"]:
        trace.record(session, by, "batches.remind", "batches", now=now, detail=counts)
    return counts


def _rung_due(batch: Batch, closed: Sequence[Closed], *, on: date) -> int:
    """Return which reminder its hand is to have on a day and has not had; 0 for none."""
    if batch.sent_on is None or not is_school_day(on, closed):
        return 0
    passed = school_days_since(_told_on(batch, batch.sent_on, closed), on, closed)
    rung = max((rung for rung, days in RUNGS.items() if passed >= days), default=0)
    return rung if rung > batch.last_reminder else 0


def _remind_hand(session: Session, batch: Batch, rung: int, *, on: date, now: datetime) -> bool:
    for account_id in hands_of_all(session, [batch], on=on).get(batch.id, ()):
        to = Recipient(RecipientKind.ACCOUNT, account_id)
        subject = f"batch:{batch.ref}"
        notices.queue(session, to, NoticeKind.SCHOOL_REMINDER, subject, now=now, rung=rung)
    batch.last_reminder = rung
    return True


def hand_over_by(told_on: date, closed: Sequence[Closed]) -> date:
    """Return by when a batch is to be handed over: so many days later, holidays not counted."""
    return nth_day_after(told_on, BANNER_AFTER, counts=_is_open(closed))


def _told_on(batch: Batch, sent_on: date, closed: Sequence[Closed]) -> date:
    """Return when the hand heard of a batch: the bank's statement may come long after its day."""
    if batch.hand_over_by is None:
        return sent_on
    return nth_day_before(batch.hand_over_by, BANNER_AFTER, counts=_is_open(closed))


def _is_open(closed: Sequence[Closed]) -> Callable[[date], bool]:
    return lambda day: not any(one.holds(day) for one in closed)


def _is_silent(batch: Batch, closed: Sequence[Closed], *, on: date) -> bool:
    """Say whether a banner is to hear on a day that its hand says nothing."""
    if batch.sent_on is None or batch.escalated_on is not None or not _is_open(closed)(on):
        return False
    return on >= (batch.hand_over_by or hand_over_by(batch.sent_on, closed))


def _tell_banner(session: Session, batch: Batch, *, on: date, now: datetime) -> bool:
    kind, subject = NoticeKind.SCHOOL_SILENT, f"batch:{batch.ref}"
    roles, named = sorted(CASE_STAFF), office_staff.named_in(session, batch)
    notices.to_roles(session, roles, batch.region_code, kind, subject, now=now, but=named)
    batch.escalated_on = on
    return True


def hands_of_all(session: Session, batches: Sequence[Batch], *, on: date) -> dict[int, list[int]]:
    """Return who hands each batch over, by its key.

    A school's officers, a village's directors, or the case staff of a banner's own office.
    """
    offices = [one for one in batches if office_staff.is_its(one)]
    hands = office_staff.hands_of(session, offices, on=on)
    values = {"batches": [batch.id for batch in batches], "day": on}
    for batch_id, account_id in session.execute(_hands(), values):
        hands.setdefault(batch_id, []).append(account_id)
    return hands


@cache
def _hands() -> Select[int, int]:
    keys: Any = bindparam("batches", expanding=True)
    day = bindparam("day", type_=Date)
    officer = and_(
        Grant.role.in_((Role.SCHOOL_OFFICER, Role.UNIT_HAND)),
        Account.organisation_id == Batch.organisation_id,
    )
    director = and_(
        Grant.role == Role.VILLAGE_DIRECTOR,
        Batch.route == Route.VILLAGE,
        Account.region_code == Batch.region_code,
    )
    return (
        select(Batch.id, Account.id)
        .select_from(Batch)
        .join(Account, true())
        .join(Grant, and_(Grant.account_id == Account.id, or_(officer, director)))
        .where(
            Batch.id.in_(keys),
            Account.status == AccountStatus.ACTIVE,
            Grant.status == GrantStatus.GRANTED,
            Grant.from_on <= day,
            or_(Grant.until_on.is_(None), Grant.until_on >= day),
        )
        .distinct()
        .order_by(Batch.id, Account.id)
    )
