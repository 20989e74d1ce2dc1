"""What counts something and is no number of one's own; and the short numbers that count nothing."""

# A pattern is read in one piece, its sizes are those of the number.
# ruff: noqa: PLR2004, RUF001

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from privacy.screening.folding import WALL, Page
from privacy.screening.kinds import Found, Kind

_COUNTED = re.compile(
    r"\s*(?:多|余)?(?:元|块|人|公里|千米|米|吨|亩|只|头|年|光年|个|次|颗|粒|平方|步|天|秒|km|岁|斤|公斤|千克|克|kg|g|度|名|本|页|字|遍|倍|分|种|棵|株|户|头|匹|件|支|张|℃|%|[万亿千百]|立方|毫|kb|mb|gb)"
)
_PLAIN = re.compile(r"(?<![0-9.a-z/-])(?<![0-9]:)[0-9]{7,8}(?![0-9a-z]|\.[0-9]|[/:-][0-9])")
_WRITTEN_DATE = re.compile(
    r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])$|(?:19|20)\d\d(?:0[1-9]|1[0-2])$"
)
_ONE_BY_ONE = re.compile(r"(?<![0-9])[0-9](?:[ .·*_-][0-9]){6,19}(?![0-9])")
# 150 打死不说 4709 就不说 3317: as one writes a mobile number, whatever stands between.
_APART = re.compile(
    r"(?<![0-9.])(?P<a>1[3-9][0-9])[^0-9\n。]{1,8}(?P<b>[0-9]{4})[^0-9\n。]{1,8}(?P<c>[0-9]{4})(?![0-9.])"
)
_SUM = re.compile(r"(?:[=+×*÷]|等于|得数是?|[加减乘数算背]到了?|一共|总共|合计) ?$")
_YEAR = re.compile(r"(?:19|20)[0-9][0-9]$")
# 138+1234+5678=7050: what is reckoned out calls nobody; 150+4796+3381 without an end may.
# No sum has more terms: a longer row would be looked through from each of its digits.
_RECKONED = re.compile(
    r"(?<![0-9.])[0-9][0-9.]{0,24}(?: ?[-+*/x×÷−–] ?\(?[0-9][0-9.]{0,24}\)?%?){1,40} ?[=≈≠<>] ?-?[0-9]"
)
# 2023.09.01—2024.06.30: from one day to another.
_DAYS = re.compile(
    r"(?<![0-9])(?P<day>(?:19|20)[0-9]{2}(?P<gap>[./-])(?:0?[1-9]|1[0-2])(?P=gap)[0-3]?[0-9])"
    r" ?[^0-9a-z\n]{1,3} ?(?:19|20)[0-9]{2}(?P=gap)(?:0?[1-9]|1[0-2])(?P=gap)[0-3]?[0-9](?![0-9])"
)
# 14亿，1411780000这个数怎么读
_READ_OUT = re.compile(
    r"人口|[0-9]亿|万亿|怎么[读念]|读[作成出]|写作|这个数(?!字)|大数|几位数|四舍五入|普查|光年|面积|产量|总产值|总数"
)
_OF_A_CALL = re.compile(r"电话|手机|座机|[打拨加找]|号|qq|微信|账|卡|联系|密码")
_READ_NEAR, _FEWEST_STEPS = 16, 3
_UP, _DOWN = "01234567891011121314151617181920", "1514131211109876543210"


def counted(text: str, end: int) -> bool:
    """Say whether what follows a number shows that it counts something."""
    return bool(_COUNTED.match(text, end))


def reckonings(text: str) -> tuple[tuple[int, int], ...]:
    """Return where somebody reckons, or tells from which day to which."""
    return tuple(one.span() for form in (_RECKONED, _DAYS) for one in form.finditer(text))


def in_order(digits: str) -> bool:
    """Say whether somebody only counts, up or down, or fills a row of a sudoku."""
    return digits in _UP or digits in _DOWN or "".join(sorted(digits)) == "123456789"


def is_steady(groups: Sequence[str]) -> bool:
    """Say whether numbers only go up or down by the same step: 100, 93, 86, 79."""
    if len(groups) < _FEWEST_STEPS or any(one.startswith("0") and one != "0" for one in groups):
        return False
    steps = {int(after) - int(before) for before, after in pairwise(groups)}
    return len(steps) == 1 and steps != {0}


def is_read_out(text: str, start: int, end: int) -> bool:
    """Say whether a number is told of as a quantity, as a lesson does, and is nobody's."""
    near = text[max(0, start - _READ_NEAR) : start] + WALL + text[end : end + _READ_NEAR]
    return bool(_READ_OUT.search(near)) and not _OF_A_CALL.search(near)


def find(page: Page) -> Iterator[Found]:
    """Yield numbers as long as a village telephone's, when they count nothing."""
    text = page.text
    for one in _ONE_BY_ONE.finditer(text):
        if not in_order(re.sub(r"[^0-9]", "", one[0])):
            yield Found(*one.span(), Kind.PHONE, "一个个写开的号码")
    yield from _apart(text)
    for one in _PLAIN.finditer(text):
        round_one = one[0].endswith("000") or in_order(one[0]) or len(set(one[0])) < 3
        reckoned = counted(text, one.end()) or _SUM.search(
            text[max(0, one.start() - 6) : one.start()]
        )
        read = is_read_out(text, *one.span())
        if not (round_one or reckoned or read or _WRITTEN_DATE.match(one[0])):
            yield Found(*one.span(), Kind.NUMBER, "像座机号或账号")


def _apart(text: str) -> Iterator[Found]:
    sums = reckonings(text)
    for one in _APART.finditer(text):
        counts = any(counted(text, one.end(part)) for part in "abc")
        counts = counts or any(low <= one.start() < high for low, high in sums)
        if not (counts or _YEAR.match(one["b"]) or _YEAR.match(one["c"])):
            yield Found(*one.span(), Kind.PHONE, "拆开写的号码")
