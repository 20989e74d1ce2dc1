"""What of a child's care nobody gives yet, as the engine may know it: its needs put together."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from matching.kinds.volunteers import CareNeed
from matching.tables import bits
from services.care.around import HIGH_RISK
from services.pairing.gathered import each
from vocabulary.enums import CareTime

_NONE = ("asks", "urgency", "waiting_days", "is_high_risk", "times")


def together(needs: Sequence[Any], *, on: date) -> dict[str, Any]:
    """Put each child's needs (child, kind, urgency, since, times) together, in their order."""
    child = np.array([need[0] for need in needs], dtype=np.int64)
    first = np.flatnonzero(np.diff(child, prepend=-1))
    if not len(first):
        return dict.fromkeys(_NONE, np.zeros(0, int))
    bit = bits(CareNeed, "asks")
    asks = np.array([bit[need[1]] for need in needs], dtype=np.int64)
    urgency = np.maximum.reduceat(np.array([need[2] for need in needs]), first)
    days = each([need[3] for need in needs], lambda day: (on - day).days)
    waited = np.maximum.reduceat(np.array(days, dtype=np.int64), first)
    return {
        "asks": np.bitwise_or.reduceat(asks, first),
        "urgency": urgency,
        "waiting_days": np.maximum(waited, 0),
        "is_high_risk": urgency >= HIGH_RISK,
        "times": _times([need[4] for need in needs], first),
    }


def _times(said: Sequence[str], first: Any) -> Any:
    """Return when each child can be visited; none where one of its needs names no time.

    So the rule turns nobody away who could come for one of them.
    """
    bit = bits(CareNeed, "times")
    every = sum(bit[time] for time in CareTime)
    read = each(said, lambda words: sum(bit[word] for word in words.split()) or every)
    times = np.bitwise_or.reduceat(np.array(read, dtype=np.int64), first)
    return np.where(times == every, 0, times)
