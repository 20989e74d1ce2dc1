"""The public rule for money whose payer nobody knows: how long it waits (data/unclaimed.toml)."""

import tomllib
from datetime import date
from functools import cache
from pathlib import Path

from vocabulary.dates import add_months

_FILE = Path(__file__).parent.parent / "data" / "unclaimed.toml"


@cache
def months() -> int:
    """Return for how many months such money waits. Raises ValueError for less than one."""
    found = tomllib.loads(_FILE.read_text(encoding="utf-8"))["months"]
    if not isinstance(found, int) or found < 1:
        raise ValueError("months")  # noqa: EM101 a mistake in our own file
    return found


def last_day(on: date) -> date:
    """Return the last day of receipt for which the time is over on a day."""
    return add_months(on, -months())
