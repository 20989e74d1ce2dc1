"""The donor in whom two twin worlds differ."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.vault import vault
from vocabulary.errors import BadInput

LAST_DAY, LONGEST_MONTH, LONGEST_WORD = 28, 31, 200
_DAY = re.compile(r"(?:\d{4}-\d{2}-)?(\d{1,2})(?:[T ].*)?")
_HOUR = re.compile(
    r"(?:.*[T ])?([01]?\d|2[0-3])(?::[0-5]\d(?::[0-5]\d(?:\.\d+)?)?)? ?(?:[+-]\d\d:?\d\d|Z)?"
)
_NO_TEXT = frozenset({"Cc", "Cs"})  # control characters, and halves of a character


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

    `phone` may be a mail address; `pay_in_day` is a day of the month or a date; `seen_at` an hour,
    HH:MM or an instant. Raises BadInput naming the field.
    """
    if not isinstance(given, Mapping):
        raise BadInput(field="donor_json", reason="not_an_object")
    return TwinDonor(
        name=_text(given, "name", needed=True),
        contact=_contact(_text(given, "phone", needed=True)),
        city=_text(given, "city"),
        employer=_text(given, "employer"),
        account=_text(given, "account"),
        pay_in_day=_day(_or_else(given, "pay_in_day", 1)),
        hour_seen=_hour(_or_else(given, "seen_at", 12)),
    )


def _text(given: Mapping[str, Any], field: str, *, needed: bool = False) -> str:
    said = _or_else(given, field, "")
    text = said.strip()
    if needed and not text:
        raise BadInput(field=field, reason="missing")
    if len(text) > LONGEST_WORD:
        raise BadInput(field=field, reason="too_long")
    if any(unicodedata.category(one) in _NO_TEXT for one in text):
        raise BadInput(field=field, reason="not_a_text")
    return text


def _or_else(given: Mapping[str, Any], field: str, usual: object) -> str:
    """Return what was said as text; a list or an object is none."""
    said = given.get(field)
    if isinstance(said, (list, dict, bool)):
        raise BadInput(field=field, reason="not_a_text")
    return str(usual if said is None else said)


def _contact(text: str) -> str:
    try:
        return vault.read_contact(text)[1]
    except BadInput as refused:
        raise BadInput(field="phone", reason="not_a_contact") from refused


def _day(text: str) -> int:
    """Take 25, "25" and "2026-09-25"; the 29th to 31st count as the 28th, which every month has."""
    found = _DAY.fullmatch(text.strip())
    if not found or not 1 <= int(found.group(1)) <= LONGEST_MONTH:
        raise BadInput(field="pay_in_day", reason="not_a_day")
    return min(int(found.group(1)), LAST_DAY)


def _hour(text: str) -> int:
    found = _HOUR.fullmatch(text.strip())
    if not found:
        raise BadInput(field="seen_at", reason="not_an_hour")
    return int(found.group(1))
