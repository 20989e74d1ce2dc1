"""Read a birth date in its many spellings, to the precision in which it was given."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from gateways.spreadsheets import Cell

LONGEST_READ = 60
EARLIEST, LATEST = 1920, 2099
SERIAL_DAY_ZERO = date(1899, 12, 30)
FIRST_SERIAL, LAST_SERIAL = 7_000, 73_000
TWO_DIGITS = 2
THIS_CENTURY_BELOW = 40


class Precision(StrEnum):
    """How much of a birth date was given."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Birth:
    """`day` is the first of what was given; `or_month` the other reading of 2009.1 (October)."""

    day: date
    precision: Precision
    or_month: int | None = None

    def agrees_with(self, other: date) -> bool:
        """Compare only what was given."""
        if self.day.year != other.year:
            return False
        if self.precision is Precision.YEAR:
            return True
        if other.month not in {self.day.month, self.or_month}:
            return False
        return self.precision is Precision.MONTH or self.day.day == other.day


_CHINESE = str.maketrans("\u3007○零O一二三四五六七八九元", "0000123456789" + "1")
_IN_CHINESE = re.compile(r"[\u3007○零一二三四五六七八九十]")
_TENS = re.compile(r"([1-9]?)十([1-9]?)")
_YEAR_FIRST = re.compile(
    r"^\D{0,6}?(\d{4}|\d{2})\s*[年./\\\-,，、。—–_\s·‧]+\s*(\d{1,2})"
    r"(?:\s*[月./\\\-,，、。—–_\s·‧]+\s*(\d{1,2}))?\s*(?:日|号|月|\.|生|出生|不详)*(?:\s*T?\d{1,2}:\d{2}.*)?$"
)
_YEAR_LAST = re.compile(r"^(\d{1,2})[./\-](\d{1,2})[./\-](\d{4})$")
_PACKED = re.compile(r"^(\d{4})(\d{2})(\d{2})?$")
_YEAR_ALONE = re.compile(r"^(\d{4})\s*年?$")
_REMARK = re.compile(r"[(（【\[].*?[)）】\]]")
_DECIMALS = re.compile(r"\.0+$")
_CALENDAR = re.compile(r"^(?:公历|阳历|农历|阴历|旧历)")
_LUNAR = re.compile(r"农历|阴历|旧历|腊月|正月|闰")


def read_birth(cell: Cell) -> Birth | None:
    """Return the date a cell gives, or None for a blank or unreadable one."""
    if isinstance(cell, datetime):
        return _checked(cell.year, cell.month, cell.day)
    if isinstance(cell, date):
        return _checked(cell.year, cell.month, cell.day)
    if isinstance(cell, bool) or not isinstance(cell, (str, int, float)):
        return None
    return _from_text(cell) if isinstance(cell, str) else _from_text(f"{cell:.6f}".rstrip("0"))


def _from_text(raw: str) -> Birth | None:
    text = unicodedata.normalize("NFKC", raw)[:LONGEST_READ].strip().strip("'\"=. ")
    if not text:
        return None
    is_lunar = bool(_LUNAR.search(text))
    text = _DECIMALS.sub("", _arabic(_REMARK.sub("", text).strip()))
    text = _CALENDAR.sub("", text).strip()
    birth = _packed(text) or _spelled(text)
    if birth and is_lunar:
        return Birth(birth.day.replace(month=1, day=1), Precision.YEAR)
    return birth


def _arabic(text: str) -> str:
    """Turn 二\u3007一二年十一月二十四日 into 2012年11月24日."""
    digits = text.translate(_CHINESE) if _IN_CHINESE.search(text) else text
    return _TENS.sub(lambda found: f"{found.group(1) or '1'}{found.group(2) or '0'}", digits)


def _packed(text: str) -> Birth | None:
    found = _PACKED.match(text)
    if found:
        year, month, day = found.groups()
        return _checked(int(year), int(month), int(day or 0))
    alone = _YEAR_ALONE.match(text)
    if alone:
        return _checked(int(alone.group(1)), 0, 0)
    return _serial(int(text)) if re.fullmatch(r"\d{5}", text) else None


def _serial(days: int) -> Birth | None:
    """Read Excel's count of days since the end of 1899."""
    if not FIRST_SERIAL <= days <= LAST_SERIAL:
        return None
    day = SERIAL_DAY_ZERO + timedelta(days=days)
    return _checked(day.year, day.month, day.day)


def _spelled(text: str) -> Birth | None:
    found = _YEAR_FIRST.match(text)
    if found:
        year, month, day = found.groups()
        birth = _checked(_full_year(year), int(month), int(day or 0))
        # A cell that holds the number 2009.10 shows and stores 2009.1.
        is_shortened = birth and not day and re.fullmatch(r"\d{4}\.1", text)
        return Birth(birth.day, birth.precision, 10) if birth and is_shortened else birth
    last = _YEAR_LAST.match(text)
    return _year_last(*map(int, last.groups())) if last else None


def _year_last(first: int, second: int, year: int) -> Birth | None:
    """Read 12/24/2012 either way round; where both make sense only the year is certain."""
    readings = {_checked(year, first, second), _checked(year, second, first)} - {None}
    return readings.pop() if len(readings) == 1 else _checked(year, 0, 0)


def _full_year(digits: str) -> int:
    year = int(digits)
    if len(digits) > TWO_DIGITS:
        return year
    return 2000 + year if year < THIS_CENTURY_BELOW else 1900 + year


def _checked(year: int, month: int, day: int) -> Birth | None:
    """Build the date; a month or day of 0 was not given."""
    if not EARLIEST <= year <= LATEST:
        return None
    try:
        whole = date(year, month or 1, day or 1)
    except ValueError:
        return None
    if not month:
        return Birth(whole, Precision.YEAR)
    return Birth(whole, Precision.DAY if day else Precision.MONTH)
