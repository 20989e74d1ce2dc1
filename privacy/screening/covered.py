"""What a page is read without: what books are called, and numbers that belong to nobody.

The numbers a lottery drew, the notes of a song, a sum said in words, a barcode, a row whose rule is
asked for, a formula: their letters are covered, so that no pattern takes them for anything else.
"""

# A pattern is read in one piece.
# ruff: noqa: E501

import re
from collections.abc import Callable

from privacy.screening.counting import counted
from privacy.screening.folding import Page

_COVER = "\ue001"  # stands for a covered character
_TITLE = re.compile(r"《[^《》\n]{1,40}》")
_DRAW = re.compile(
    r"(?:彩票|双色球|大乐透|福彩|体彩|开奖|中奖号|摇号)[^。!?\n0-9]{0,16}"
    r"(?P<drawn>(?<!\d)[0-3]?\d(?:[ ,、+加]{1,3}[0-3]?\d){4,7}(?!\d))"
)
_NOTES = re.compile(
    r"(?:简谱|谱子|曲谱|乐谱|旋律|音符|唱名)[^。!?\n0-9]{0,12}(?P<drawn>[0-7](?:[ .·|-]{0,3}[0-7]){4,60})(?!\d)"
)
_TIMES = r"(?:乘以?|除以?) ?[0-9]{1,12} ?(?:等于|得|=) ?[0-9]{1,16}"
_SAID_SUM = re.compile(
    rf"(?<!\d)(?P<drawn>[0-9]{{1,12}} ?{_TIMES}(?:[,;、] ?{_TIMES}){{0,9}})(?!\d)"
)
_BARCODE = re.compile(r"(?:条形码|条码|商品码)[^。!?\n0-9]{0,8}(?P<drawn>69[0-9]{11})(?!\d)")
_ROW = re.compile(
    r"(?:规律|数列|斐波那契)[^。!?\n0-9]{0,12}(?P<drawn>[0-9]{1,5}(?:[ ,、]{1,2}[0-9]{1,5}){4,24})(?!\d)"
)
_DECIMAL = re.compile(r"(?<![0-9.])(?P<drawn>[0-9]{5,16}\.[0-9]{1,6})(?![0-9.])")
# 二五六二五七，二八二九三十一: said over a skipping rope.
_ROPE = re.compile(
    r"(?P<drawn>(?:(?P<ten>[二三四五六七八九])五六[, ]?(?P=ten)五七[, ]?(?P=ten)八[, ]?(?P=ten)九[, ]?[三四五六七八九]?十一[, ]?)+)"
)
_FORMULA = re.compile(
    r"(?<![A-Za-z0-9])(?P<drawn>(?:(?:Na|Cl|Ca|Mg|Fe|Cu|Zn|Al|Si|Ag|Mn|[HCONKSPIF])[0-9]{0,2}){2,6})(?![A-Za-z0-9])"
)
_CHEMISTRY = re.compile(r"化学|分子式|元素|方程式|葡萄糖|二氧化碳")
_CALLED = re.compile(r"(?<!\d)(?:86)?1[3-9]\d{9}(?!\d)")


def untitled(page: Page) -> Page:
    """Return the page without what books, songs and films are called."""
    if "《" not in page.text:
        return page
    return _with(page, _TITLE.sub(lambda one: f"《{_COVER * (len(one[0]) - 2)}》", page.text))


def unowned(page: Page) -> Page:
    """Return the page without numbers that are nobody's own; one to call stays."""
    text = page.text
    for form, holds in _FORMS:
        for one in form.finditer(text):
            if holds(one) and not _CALLED.search(re.sub(r"[ .·|-]", "", one["drawn"])):
                start, end = one.span("drawn")
                text = text[:start] + _COVER * (end - start) + text[end:]
    return _with(page, text)


def _with(page: Page, text: str) -> Page:
    return page if text == page.text else Page(text, page.starts, page.ends)


def _always(_: re.Match[str]) -> bool:
    return True


def _rises(one: re.Match[str]) -> bool:
    row = [int(number) for number in re.findall(r"[0-9]+", one["drawn"])]
    return row == sorted(row)


def _is_counted(one: re.Match[str]) -> bool:
    return counted(one.string, one.end())


def _is_taught(one: re.Match[str]) -> bool:
    return bool(_CHEMISTRY.search(one.string))


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], bool]], ...] = (
    *((form, _always) for form in (_DRAW, _NOTES, _SAID_SUM, _BARCODE, _ROPE)),
    (_ROW, _rises),
    (_DECIMAL, _is_counted),
    (_FORMULA, _is_taught),
)
