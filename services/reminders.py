"""Reminds a hand that has not stated its lines, and then tells the banner that it is silent.

To the hand on school days 3 and 7 after sending, never on a holiday; to the banner on day 14.
"""

from datetime import date, datetime, timedelta

import chinese_calendar
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.accounts import Account, Grant
from models.stipends import Batch
from privacy.permissions import CASE_STAFF, Act, require
from privacy.viewers import Viewer
from services import notices, trace
from services.notices import Recipient
from vocabulary.enums import (
    AccountStatus,
    BatchStatus,
    GrantStatus,
    NoticeKind,
    RecipientKind,
    Role,
)

RUNGS = {1: 3, 2: 7}  # rung: school days after sending
BANNER_AFTER = timedelta(days=14)
_WEEKEND = 5


def remind(session: Session, by: Viewer, *, on: date, now: datetime) -> dict[str, int]:
    """Queue what is due by `on` and was not queued before; return how much of each.

    A rung missed while the machine was off is skipped when the next one is due as well.
    """
    require(by, Act.RUN_STIPENDS)
    counts = {"due": 0, "reminded": 0, "escalated": 0}
    for batch in session.scalars(select(Batch).where(Batch.status == BatchStatus.SENT)):
        counts["due"] += 1
        counts["reminded"] += _remind_hand(session, batch, on=on, now=now)
        counts["escalated"] += _tell_banner(session, batch, on=on, now=now)
    if counts["reminded"] or counts["escalated"]:
        trace.record(session, by, "batches.remind", "batches", now=now, detail=counts)
    return counts


def is_school_day(day: date) -> bool:
    """Say whether schools work on a day; years the calendar does not know go by the week."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < _WEEKEND


def school_days_since(sent_on: date, on: date) -> int:
    """Count the school days after `sent_on` up to and with `on`."""
    days = (sent_on + timedelta(days=n) for n in range(1, (on - sent_on).days + 1))
    return sum(is_school_day(day) for day in days)


def _remind_hand(session: Session, batch: Batch, *, on: date, now: datetime) -> bool:
    if batch.sent_on is None or not is_school_day(on):
        return False
    passed = school_days_since(batch.sent_on, on)
    rung = max((rung for rung, days in RUNGS.items() if passed >= days), default=0)
    if rung <= batch.last_reminder:
        return False
    for account_id in hands_of(session, batch, on=on):
        to = Recipient(RecipientKind.ACCOUNT, account_id)
        subject = f"batch:{batch.ref}"
        notices.queue(session, to, NoticeKind.SCHOOL_REMINDER, subject, now=now, rung=rung)
    batch.last_reminder = rung
    return True


def _tell_banner(session: Session, batch: Batch, *, on: date, now: datetime) -> bool:
    is_late = batch.sent_on is not None and on >= batch.sent_on + BANNER_AFTER
    if not is_late or batch.escalated_on is not None:
        return False
    kind, subject = NoticeKind.SCHOOL_SILENT, f"batch:{batch.ref}"
    notices.to_roles(session, sorted(CASE_STAFF), batch.region_code, kind, subject, now=now)
    batch.escalated_on = on
    return True


def hands_of(session: Session, batch: Batch, *, on: date) -> list[int]:
    """Return who hands a batch over: a school's officers, or its village's directors."""
    role, own = Role.VILLAGE_DIRECTOR, Account.region_code == batch.region_code
    if batch.organisation_id is not None:
        role, own = Role.SCHOOL_OFFICER, Account.organisation_id == batch.organisation_id
    return list(
        session.scalars(
            select(Account.id)
            .join(Grant, Grant.account_id == Account.id)
            .where(
                own,
                Account.status == AccountStatus.ACTIVE,
                Grant.role == role,
                Grant.status == GrantStatus.GRANTED,
                Grant.from_on <= on,
                or_(Grant.until_on.is_(None), Grant.until_on >= on),
            )
            .distinct()
        )
    )
