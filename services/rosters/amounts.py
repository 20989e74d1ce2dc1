"""Find a monthly amount, in fen, in what a need says: '生活补助每年2400元' is 200 yuan a month."""

import re
from dataclasses import dataclass

from gateways.spreadsheets import Cell
from services.rosters.values import folded
from vocabulary.money import Fen

TERM_MONTHS, YEAR_MONTHS = 6, 12
LARGEST_MONTHLY = Fen(1_000_000)

_SUM = re.compile(
    r"(?<![\d.\-~至到])(\d{1,7}(?:,\d{3})*(?:\.\d{1,2})?)\s*(万|千|百)?\s*(?:元|块|圆|rmb|￥)", re.I
)
_RANGE = re.compile(r"\d\s*(?:元)?\s*[-~—–至到]\s*\d+\s*(?:元|块)")
_UNIT = {"万": 10_000, "千": 1_000, "百": 100, "": 1}
_TERM = re.compile(r"学期|半年")
_YEAR = re.compile(
    r"每年|一年|全年|每学年|学年|年度|/年|／年|元年|(?<![一二三四五六七八九初高大今去明\d])年(?![级龄幼底初])"
)
_MONTH = re.compile(r"月")


@dataclass(frozen=True, slots=True)
class Amount:
    """`fen` a month, or None; `is_unclear` where a sum stands without its rhythm or as a range."""

    fen: Fen | None = None
    is_unclear: bool = False


def read_amount(cell: Cell, *, label: str = "") -> Amount:
    """Read the one sum of a text. `label`, the column's name, may give unit and rhythm."""
    text = folded(cell)
    if label and re.fullmatch(r"[\d,.]+", text):
        text = f"{label}{text}元"
    sums = {_yuan(*found) for found in _SUM.findall(text)}
    if not sums:
        return Amount()
    months = _months(text) or (_months(label) if label else None)
    if len(sums) > 1 or _RANGE.search(text) or months is None:
        return Amount(is_unclear=True)
    fen = Fen(round(sums.pop() * 100) // months)
    return Amount(fen) if 0 < fen <= LARGEST_MONTHLY else Amount(is_unclear=True)


def _yuan(digits: str, unit: str) -> float:
    return float(digits.replace(",", "")) * _UNIT[unit]


def _months(text: str) -> int | None:
    if _TERM.search(text):
        return TERM_MONTHS
    if _MONTH.search(text):
        return 1
    return YEAR_MONTHS if _YEAR.search(text) else None
