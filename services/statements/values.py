"""Read the days and sums of a bank's statement."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from gateways.spreadsheets import Cell
from services.rosters.values import plain
from vocabulary.money import Fen

DAY_ZERO = date(1899, 12, 30)
FIRST_SERIAL, LAST_SERIAL = 30_000, 73_000
LARGEST_YUAN = Decimal(10) ** 10

_DAY = re.compile(r"(20\d\d)\s*[-/.年]?\s*(\d{1,2})\s*[-/.月]?\s*(\d{1,2})(?!\d)")
_PACKED = re.compile(r"(20\d\d)(\d\d)(\d\d)(?:\d{6})?(?!\d)")
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_TIME = re.compile(r"(?<!\d)([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?")
_SUM = re.compile(r"[(]?([+-]?)[¥￥]?(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(?:元)?[)]?")


def read_day(cell: Cell) -> date | None:
    """Return the day of a cell: 20260902, 2026-9-2, 2026年9月2日, a date, Excel's count of days."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = plain(cell)
    found = _PACKED.match(text) or _DAY.match(text)
    if found:
        return _date(*(int(part) for part in found.groups()))
    serial = _SERIAL.fullmatch(text)
    if serial and FIRST_SERIAL <= int(serial[1]) <= LAST_SERIAL:
        return DAY_ZERO + timedelta(days=int(serial[1]))
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_time(*cells: Cell) -> time | None:
    """Return the time of day in the first cell that holds one."""
    for cell in cells:
        if isinstance(cell, datetime):
            return cell.time().replace(microsecond=0)
        if isinstance(cell, time):
            return cell.replace(microsecond=0)
        found = _TIME.search(plain(cell))
        if found:
            return time(int(found[1]), int(found[2]), int(found[3] or 0))
    return None


def read_sum(cell: Cell) -> Fen | None:
    """Return a sum in fen, None for a blank cell. Raises ValueError where it cannot be one.

    (1,200.00) is what accountants write for a negative sum.
    """
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return _fen(Decimal(repr(cell)), tolerance=Decimal("0.000001"))
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", plain(cell)))
    if text in {"", "-", "--", "—", "/"}:
        return None
    found = _SUM.fullmatch(text)
    if not found:
        raise ValueError(text[:20])
    sign, whole, cents = found.groups()
    is_negative = sign == "-" or (text.startswith("(") and text.endswith(")"))
    value = Decimal(whole.replace(",", "") + (cents or ""))
    return _fen(-value if is_negative else value, tolerance=Decimal(0))


def _fen(yuan: Decimal, *, tolerance: Decimal) -> Fen:
    """A float of the spreadsheet stands for the nearest fen; a text with three decimals does not."""
    try:
        fen = (yuan * 100).quantize(Decimal(1), rounding=ROUND_HALF_EVEN)
    except InvalidOperation as why:
        raise ValueError(str(yuan)) from why
    if abs(yuan) > LARGEST_YUAN or abs(fen - yuan * 100) > tolerance * 100:
        raise ValueError(str(yuan))
    return Fen(int(fen))
