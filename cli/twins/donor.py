"""The donor in whom two twin worlds differ."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vocabulary.errors import BadInput

LAST_DAY = 28
_HOUR = re.compile(r"(?:.*[T ])?([01]?\d|2[0-3])(?::\d\d(?::\d\d)?)?(?:[+-]\d\d:?\d\d|Z)?")


@dataclass(frozen=True, slots=True)
class TwinDonor:
    """What nobody of the low roles may learn: who he is, when he pays, when he reads."""

    name: str
    contact: str
    city: str
    employer: str
    account: str
    pay_in_day: int
    hour_seen: int

    @property
    def remark(self) -> str:
        """Return what his bank writes beside the payment reference."""
        return " ".join(part for part in (self.city, self.employer, self.account) if part)


def read_donor(given: Any) -> TwinDonor:
    """Read {"name", "phone", "city", "employer", "account", "pay_in_day", "seen_at"}.

    `pay_in_day` is a day of the month (1 to 28) or a date; `seen_at` an hour, HH:MM or an instant.
    Raises BadInput naming the field.
    """
    if not isinstance(given, Mapping):
        raise BadInput(field="donor_json", reason="not_an_object")
    return TwinDonor(
        name=_text(given, "name", needed=True),
        contact=_text(given, "phone", needed=True),
        city=_text(given, "city"),
        employer=_text(given, "employer"),
        account=_text(given, "account"),
        pay_in_day=_day(str(given.get("pay_in_day", 1))),
        hour_seen=_hour(str(given.get("seen_at", 12))),
    )


def _text(given: Mapping[str, Any], field: str, *, needed: bool = False) -> str:
    text = str(given.get(field) or "").strip()
    if needed and not text:
        raise BadInput(field=field, reason="missing")
    return text


def _day(text: str) -> int:
    """Take 25, "25" and "2026-09-25"; the 29th to 31st count as the 28th, which every month has."""
    found = re.fullmatch(r"(?:\d{4}-\d{2}-)?(\d{1,2})", text.strip())
    if not found or int(found.group(1)) < 1:
        raise BadInput(field="pay_in_day", reason="not_a_day")
    return min(int(found.group(1)), LAST_DAY)


def _hour(text: str) -> int:
    found = _HOUR.fullmatch(text.strip())
    if not found:
        raise BadInput(field="seen_at", reason="not_an_hour")
    return int(found.group(1))
