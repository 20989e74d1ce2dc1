"""What stands on the pages for every closed list of words: a file a subject, as in the enums."""

from collections.abc import Mapping
from enum import StrEnum

from web.core.labels import care, guarding, letters, money, people, pledges, rests, running, telling

LABELS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    **care.LABELS,
    **guarding.LABELS,
    **letters.LABELS,
    **money.LABELS,
    **people.LABELS,
    **pledges.LABELS,
    **rests.LABELS,
    **running.LABELS,
    **telling.LABELS,
}


def label(value: StrEnum | None) -> str:
    """Return the Chinese word for a value; empty for none. Raises KeyError for an unlabelled one."""
    return "" if value is None else LABELS[type(value)][value]
