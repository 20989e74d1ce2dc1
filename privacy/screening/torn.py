"""Names torn apart at their words: 赤峰-红旗-中学, 呼伦贝尔*电业局*, 开鲁县.开鲁镇.8号, 满洲里 海关 缉私局.

They are put together and read again; only what lay across a tear is taken from that second reading.
"""

# A pattern is read in one piece.

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from privacy.screening import (
    crossings,
    employers,
    firms,
    houses,
    institutions,
    places,
    schools,
    workplaces,
)
from privacy.screening.folding import HAN, ONE, Page
from privacy.screening.kinds import Found, Kind

_MORE = rf"(?:{ONE}|[0-9])"
_SIGNED = re.compile(
    rf"(?P<sign>[-*._~/|+^=])(?={_MORE}{{1,10}}(?P=sign){_MORE})(?<={ONE}.)|(?<={ONE})[-*._~/|+^=](?={_MORE})"
)
_SPACED = re.compile(rf"(?<=[{HAN}]) (?=[{HAN}])")
# At a space a sentence may go on as well: only where one says whose it is.
_OWN = re.compile(
    r"(?:[在到进回念读是上去给叫]|[去进到]了|考[上到进]了?|毕业于|单位[是叫:]|学校[是叫:])$"
)
# 小学.初中.高中: kinds one after another, and no name.
_LISTED = re.compile(
    rf"(?<!{ONE})(?:小学|初中|高中|中学|大学|学校|学院|幼儿园|医院|超市|银行|工厂|公司|饭店|宿舍|食堂|家)[^\w]"
)
_FORMS = (schools, institutions, employers, houses, places, workplaces, firms, crossings)
_LONGEST, _MOST_SPACES = 32, 3
_MOST_TEARS = 300  # a letter has fewer
_TORN_SO = frozenset({Kind.SCHOOL, Kind.EMPLOYER, Kind.PLACE})


def find(page: Page) -> Iterator[Found]:
    """Yield schools, employers and places that lie across a sign or a space."""
    yield from _across(page, [one.start() for one in _SIGNED.finditer(page.text)], spaced=False)
    yield from _across(page, [one.start() for one in _SPACED.finditer(page.text)], spaced=True)


def _across(page: Page, tears: list[int], *, spaced: bool) -> Iterator[Found]:
    if not 0 < len(tears) <= _MOST_TEARS:
        return
    gone = set(tears)
    keep = [at for at in range(len(page.text)) if at not in gone]
    whole = Page(
        "".join(page.text[at] for at in keep),
        [page.starts[at] for at in keep],
        [page.ends[at] for at in keep],
    )
    for form in _FORMS:
        for one in form.find(whole):
            low, high = keep[one.start], keep[one.end - 1] + 1
            torn = bisect_right(tears, high) - bisect_left(tears, low)
            if one.kind in _TORN_SO and _is_one(page.text, low, high, torn, spaced=spaced):
                yield Found(low, high, one.kind, one.why)


def _is_one(text: str, low: int, high: int, torn: int, *, spaced: bool) -> bool:
    """Say whether it was torn, and is one name and no list."""
    if not 0 < torn <= high - low <= _LONGEST or _LISTED.search(text, low, high):
        return False
    return not spaced or (torn <= _MOST_SPACES and bool(_OWN.search(text, max(0, low - 4), low)))
