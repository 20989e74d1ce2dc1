"""Days and months as Asia/Shanghai counts them. A month is its first day."""

from calendar import monthrange
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
SCHOOL_YEAR_STARTS = 9


def today(now: datetime) -> date:
    """Return the day it is in Inner Mongolia at `now` (aware)."""
    return now.astimezone(SHANGHAI).date()


def at(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """Return the instant, in UTC, of a Shanghai wall-clock time."""
    return datetime.combine(day, time(hour, minute), SHANGHAI).astimezone(UTC)


def first_of_year(day: date) -> date:
    """Return the first day of a day's year."""
    return day.replace(month=1, day=1)


def used_on(day: date, booked_on: date) -> date:
    """Return the day on which money ahead counts as used, where it was booked later.

    A year that was over by then keeps what was left of it.
    """
    return day if day >= first_of_year(booked_on) else booked_on


def first_of_month(day: date) -> date:
    """Return the month that holds a day."""
    return day.replace(day=1)


def add_months(day: date, months: int, *, anchor_day: int | None = None) -> date:
    """Move by whole months; a 31st becomes the month's last day and returns to the 31st after."""
    years, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    wanted = anchor_day or day.day
    return date(years, month0 + 1, min(wanted, monthrange(years, month0 + 1)[1]))


def months_between(first: date, second: date) -> int:
    """Count month steps from `first`'s month to `second`'s."""
    return (second.year - first.year) * 12 + second.month - first.month


def school_year_of(day: date) -> int:
    """Return the year in which the school year that holds `day` began (1 September)."""
    return day.year if day.month >= SCHOOL_YEAR_STARTS else day.year - 1


def age_on(birth: date, day: date) -> int:
    """Return completed years; a child of 29 February turns older on 1 March."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
