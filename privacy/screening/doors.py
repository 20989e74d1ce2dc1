"""Doors: an estate's name with house, stair and flat (御龙湾9-2-1103), and No. 16 Xinjian Street.

No other number is written so: two short ones and a flat's, right behind a name.
"""

# A pattern is read in one piece.
# ruff: noqa: E501

import re
from collections.abc import Iterator

from privacy.screening.folding import WALL, Page, latin
from privacy.screening.kinds import Found, Kind

_OUT = "我你您他她它们住在到去从是的了于给往就很也不请个址寄送停搬和与跟叫号第比"
_FLAT = re.compile(
    rf"(?P<name>[^\W_a-zA-Z0-9{_OUT}]{{2,8}})[a-zA-Z]?[0-9]{{1,3}}(?:号楼|[栋幢座#])?-[0-9]{{1,2}}-[a-zA-Z]?[0-9]{{3,4}}(?:室|号)?(?![-0-9年月日页题分元人次])"
)
_NO_ESTATE = re.compile(
    r"(?:比分|得分|比赛|电话|手机|座机|号码|编号|学号|日期|今天|昨天|明天|时间|答案|题目|练习)$"
)
_WORD = r"(?:[A-Z][A-Za-z'’]+ )"
_STREET = re.compile(
    rf"(?:(?<![A-Za-z])(?:[Nn]o|NO|Number)\.? ?[0-9]{{1,4}},? {_WORD}{{1,3}}?|(?<![A-Za-z0-9.,])(?<![Pp]age )(?<!Unit )(?<!Lesson )[0-9]{{1,4}} {_WORD}{{1,3}}?)(?:(?:East|West|North|South) )?(?:Street|Road|Avenue|Lane|Alley|St|Rd)(?![a-z])\.?"
    rf"(?:,? {_WORD}{{0,2}}[A-Z][A-Za-z'’]+ (?:Town(?:ship)?|District|County|Banner|City|Village|League|Gacha|Sumu)(?![a-z]))*"
)
# 【…】西段农行后院平房【…】: what lies between two pieces of one address.
_BETWEEN = re.compile(
    rf"{WALL}(?P<rest>[^\W_a-zA-Z0-9{_OUT}]{{1,10}}(?:[院房楼段巷排侧区库站路街组]|附近|对面)){WALL}"
)


def find(page: Page) -> Iterator[Found]:
    """Yield flats and streets with their numbers, and the middle of an address."""
    for one in _FLAT.finditer(page.text):
        if not _NO_ESTATE.search(one["name"]):
            yield Found(*one.span(), Kind.PLACE, "像地址")
    yield from (
        Found(*one.span(), Kind.PLACE, "像地址") for one in _STREET.finditer(latin(page.text))
    )
    yield from (
        Found(*one.span("rest"), Kind.PLACE, "地址的其余部分")
        for one in _BETWEEN.finditer(page.text)
    )
