"""What of the money waits for people, how much of it, and since when: states, and no findings."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from privacy.permissions import Act, require
from privacy.viewers import Viewer
from vocabulary.dates import today

LATE_DAYS = 14
DEBIT_DAYS = 7
"""After which a batch that a person marked as paid must stand on a bank statement."""
_OPEN = "cancelled_on IS NULL AND written_off_on IS NULL"
_STATES = {
    "due_without_money": f"FROM stipends WHERE NOT is_funded AND {_OPEN}",
    "funded_not_sent": (f"FROM stipends WHERE is_funded AND sent_on IS NULL AND {_OPEN}"),
    "sent_not_handed_over": (
        f"FROM stipends WHERE sent_on IS NOT NULL AND handed_over_on IS NULL AND {_OPEN}"
    ),
    "late": (
        f"FROM stipends WHERE sent_on < :late AND handed_over_on IS NULL "
        f"AND not_handed_over_on IS NULL AND returned_on IS NULL AND {_OPEN}"
    ),
    "in_dispute": f"FROM stipends WHERE disputed_on IS NOT NULL AND {_OPEN}",
    "held_up": f"FROM stipends WHERE not_handed_over_on IS NOT NULL AND {_OPEN}",
    "held_children": "FROM children WHERE held_because IS NOT NULL AND status <> 'ended'",
    "set_aside": "FROM set_aside WHERE resolved_on IS NULL",
    "unmatched_receipts": "FROM receipts WHERE NOT is_matched AND NOT is_taken_back"
    " AND corrects_id IS NULL AND gone_on IS NULL",
    # Stopped pledges with money left: it waits for its donor's word, or is on its way back to him.
    "rests_waiting": "FROM rests WHERE status IN ('waiting', 'paying')",
    # What hands kept and have not paid back: who they are, the page lists beside it.
    "kept_by_hands": "FROM kept_sums WHERE status = 'done' AND paid_on IS NULL",
    # A person said that it was paid; no line of the bank's says so.
    "sent_without_debit": "FROM batches WHERE sent_on < :silent AND bank_on IS NULL"
    " AND bank_said IS DISTINCT FROM 'not_paid'",
    # 待核对支出: left our account without our memo, or against it, and nobody has said the end of it.
    "waiting_debits": "FROM payouts WHERE state = 'unsettled' AND amount_fen < 0",
    "waiting_credits": "FROM payouts WHERE state = 'unsettled' AND amount_fen > 0",
    # A person said that it came, or came back; no line of the bank's says so.
    "received_without_credit": "FROM receipts WHERE received_on < :silent AND shown_on IS NULL"
    " AND NOT is_taken_back AND corrects_id IS NULL"
    " AND NOT EXISTS (SELECT 1 FROM online_orders o WHERE o.receipt_id = receipts.id)",
    "returned_without_credit": "FROM stipends WHERE returned_on < :silent AND NOT EXISTS"
    " (SELECT 1 FROM payouts p WHERE p.batch_id = stipends.batch_id AND p.state = 'settled'"
    " AND p.amount_fen > 0)",
}


def states(session: Session, viewer: Viewer, *, now: datetime) -> dict[str, int | None]:
    """Count what waits for people; None where the table itself cannot be read."""
    require(viewer, Act.SEE_BOOKS)
    days = _days(now)
    return {name: _count(session, rest, days) for name, rest in _STATES.items()}


# By which day each thing that waits began to. Whoever reads this may not read the day on which money
# came in, or a family said no: of those the month is told.
_BY_MONTH = frozenset(
    {"in_dispute", "unmatched_receipts", "received_without_credit", "rests_waiting"}
)
_SINCE = {
    "due_without_money": "due_on",
    "funded_not_sent": "due_on",
    "sent_not_handed_over": "sent_on",
    "late": "sent_on",
    "in_dispute": "disputed_on",
    "held_up": "not_handed_over_on",
    "set_aside": "due_on",
    "unmatched_receipts": "received_on",
    "rests_waiting": "since_on",
    "kept_by_hands": "decided_on",
    "sent_without_debit": "sent_on",
    "waiting_debits": '"on"',
    "waiting_credits": '"on"',
    "received_without_credit": "received_on",
    "returned_without_credit": "returned_on",
}


def oldest(session: Session, viewer: Viewer, *, now: datetime) -> dict[str, str | None]:
    """Return since which day, or month, the oldest of each thing has waited; None for nothing."""
    require(viewer, Act.SEE_BOOKS)
    given = _days(now)
    found = {
        name: _first(session, f"SELECT CAST(MIN({day}) AS TEXT) {_STATES[name]}", given)
        for name, day in _SINCE.items()
    }
    return {name: day[:7] if day and name in _BY_MONTH else day for name, day in found.items()}


def _first(session: Session, query: str, days: Mapping[str, str]) -> str | None:
    given = {name: day for name, day in days.items() if f":{name}" in query}
    try:
        with session.begin_nested():
            found: str | None = session.scalar(text(query), given)
            return found
    except SQLAlchemyError:
        return None


def _days(now: datetime) -> dict[str, str]:
    late, silent = timedelta(days=LATE_DAYS), timedelta(days=DEBIT_DAYS)
    return {"late": (today(now) - late).isoformat(), "silent": (today(now) - silent).isoformat()}


def _count(session: Session, rest: str, days: Mapping[str, str]) -> int | None:
    given = {name: day for name, day in days.items() if f":{name}" in rest}
    try:
        with session.begin_nested():
            return session.scalar(text(f"SELECT COUNT(*) {rest}"), given) or 0
    except SQLAlchemyError:
        return None
