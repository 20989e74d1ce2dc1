"""What one instalment says to its donor: only from dates that he may see.

What a family disputes is not among them (law 15: a donor may be a teacher of that very school), so
silence and dispute read alike: somebody goes and asks.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

REMINDED_DAYS = 3
ASKED_DAYS = 14
OVER_DAYS = 90
"""A promise to go and ask is none any more after a season: then it stays as the school stated it."""


class Telling(StrEnum):
    """One step of one instalment, as its donor's page says it."""

    UNPAID = "unpaid"
    BRIDGED = "bridged"
    RECEIVED = "received"
    SENT = "sent"
    SLOW = "slow"
    ASKING_SCHOOL = "asking_school"
    HANDED_OVER = "handed_over"
    ASKING_FAMILY = "asking_family"
    FAMILY_SILENT = "family_silent"
    CONFIRMED = "confirmed"
    FAMILY_FIRST = "family_first"
    MADE_GOOD = "made_good"
    RETURNED = "returned"
    WRITTEN_OFF = "written_off"
    CANCELLED = "cancelled"


# How the twelve months draw it; what is not here draws "waiting".
MONTH_STATE: Mapping[Telling, str] = {
    Telling.UNPAID: "unpaid",
    Telling.RECEIVED: "ahead",
    Telling.CONFIRMED: "confirmed",
    Telling.FAMILY_FIRST: "confirmed",
    Telling.MADE_GOOD: "confirmed",
    Telling.RETURNED: "ahead",
    Telling.WRITTEN_OFF: "none",
    Telling.CANCELLED: "none",
}
_OVER = (("cancelled_on", Telling.CANCELLED), ("written_off_on", Telling.WRITTEN_OFF))
_NAMES = ("promised", "received", "sent", "handed_over", "confirmed")


def tell(dates: Mapping[str, date | None], *, on: date) -> Telling:
    """Return the step that the dates ('sent_on', ...) have reached on a day."""
    if over := next((one for name, one in _OVER if dates[name]), None):
        return over
    if dates["confirmed_on"]:
        # It is whole now; who erred is not his to read.
        if dates["made_good_on"]:
            return Telling.MADE_GOOD
        return Telling.CONFIRMED if dates["handed_over_on"] else Telling.FAMILY_FIRST
    if handed := dates["handed_over_on"]:
        return _since_handed_over(on - handed)
    return _on_its_way(dates, on)


def _since_handed_over(gone: timedelta) -> Telling:
    if gone.days > OVER_DAYS:
        return Telling.FAMILY_SILENT
    return Telling.ASKING_FAMILY if gone.days > ASKED_DAYS else Telling.HANDED_OVER


def _on_its_way(dates: Mapping[str, date | None], on: date) -> Telling:
    if dates["returned_on"]:
        return Telling.RETURNED
    if sent := dates["sent_on"]:
        return _while_sent(on - sent)
    if dates["received_on"]:
        return Telling.RECEIVED
    return Telling.BRIDGED if dates["bridged_on"] else Telling.UNPAID


def _while_sent(gone: timedelta) -> Telling:
    if gone.days > ASKED_DAYS:
        return Telling.ASKING_SCHOOL
    return Telling.SLOW if gone.days > REMINDED_DAYS else Telling.SENT


def asked_by(sent_on: date) -> date:
    """Return the day by which the federation asks a school that says nothing."""
    return sent_on + timedelta(days=ASKED_DAYS)


def petals(dates: Mapping[str, date | None]) -> list[str]:
    """Return the facts that have a date: the full petals, in their order."""
    return [name for name in _NAMES if dates[f"{name}_on"]]


def awaited(dates: Mapping[str, date | None]) -> str | None:
    """Return the petal that comes next, None when all are full."""
    return next((name for name in _NAMES if not dates[f"{name}_on"]), None)
