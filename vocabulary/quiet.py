"""Quiet hours: no telephone rings between 21:00 and 08:00, Asia/Shanghai."""

from datetime import datetime, time, timedelta

from vocabulary.dates import SHANGHAI, at

BEGINS = time(21)
ENDS = time(8)


def is_quiet(now: datetime) -> bool:
    """Say whether it is night in Inner Mongolia."""
    clock = now.astimezone(SHANGHAI).time()
    return clock >= BEGINS or clock < ENDS


def morning_after(now: datetime) -> datetime:
    """Return the instant at which the present or next night ends."""
    local = now.astimezone(SHANGHAI)
    day = local.date() + timedelta(days=1) if local.time() >= ENDS else local.date()
    return at(day, ENDS.hour)
