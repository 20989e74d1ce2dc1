"""Numbers handed over piece by piece: 前面是187, 中间4760, 最后2881; 一百三十九、四七零五、二八八一; 三个六.

The pieces may stand far apart and in any order. They are believed where together they are a number
that belongs to somebody, and nothing among them is counted.
"""

# A pattern is read in one piece, its look-alikes are meant, its sizes are those of the number.
# ruff: noqa: E501, PLR2004

import re
from collections.abc import Iterator
from itertools import permutations

from privacy.screening.counting import counted, reckonings
from privacy.screening.folding import WALL, Page
from privacy.screening.kinds import Found, Kind

_WHY = "分几段说的号码"
_PLACE = (
    r"(?:[打开起]?头(?:里|上|儿)?|开始|最?前(?:面|边|头|[一1]?半|半截|半段|半部分)?|先|首先|中(?:间|段)|当(?:中|间)|中不溜|接(?:着|下来|上)|紧跟着?|跟着"
    r"|然后|完了|再(?:往)?后?|又|往后|[最末]?后(?:面|边|头|[一1]?半|半截|半段|半部分)?|末(?:了|尾|尾巴)?|尾(?:巴|号)?|结尾|收尾|剩(?:下|余)?|其余|第[0-9](?:段|截|组|节))"
)
_LINK = r"(?:[^\w\n]|的|那?[0-9几两]{1,2}?[个位](?:数字?|字)?|位|段|截|数字?|号|是|为|就|叫|按|拨|打|写|念|输|加上?|接上?|连|有|我们?家?|他|她)"
_PIECE = re.compile(rf"{_PLACE}{_LINK}{{0,5}}(?P<digits>[0-9](?:[ .·-]?[0-9]){{1,8}})(?![0-9])")
_LEAD = re.compile(r"(?<![0-9.])(?P<digits>[0-9](?:[ .·-]?[0-9]){2,8})[^0-9\n]{0,8}$")
_FAR, _MOST = 48, 5
_SIZES = {7, 8, 9, 10, 11, 12, 13, 16, 17, 18, 19}
_MOBILE = re.compile(r"(?:86)?1[3-9][0-9]{9}")
_IDENTITY = re.compile(
    r"[0-9]{6}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{4}"
)
_OTHER = re.compile(r"0[3-9][0-9]{9,10}|[3-6][0-9]{15,18}")
_SHORT = re.compile(r"[1-9][0-9]{6,9}")
_OF_A_NUMBER = re.compile(
    r"电话|手机|座机|号码|拨|qq|扣扣|企鹅|微信|威信|vx|联系|卡号|账号|身份证|[我你他她]的号|号是"
)
# Once a piece of it is hidden, the last one is told by its place alone.
_LAST = re.compile(
    rf"{WALL}[^0-9\n{WALL}]{{0,20}}?{_PLACE}(?:的|那?[0-9几两]{{1,2}}[个位](?:数字?|字)?|[位段]|就|是|为|[^\w{WALL}]){{1,4}}(?P<digits>[0-9]{{3,8}})(?![0-9])"
)

# 一三九头羊，走了四七零八里，又生了二五一六只，您把数连起来拨
_TOGETHER = re.compile(r"(?:连|拼|串|凑|合|接)(?:起来|在一起|到一起|一起|成)")
_ANY_PIECE = re.compile(r"(?<![0-9.])[0-9]{2,8}(?![0-9])")
# 剩下的在信封口里面，0918
_REMAINS = re.compile(
    rf"{WALL}[^0-9\n{WALL}]{{0,10}}(?:剩(?:下|余)?|其余|另外|还[差有剩](?:[0-9几两][个位])|后[0-9几][个位]|(?:最后|末尾|尾巴)(?:[那这的]*[0-9几]?[个位](?:数字?)?)?|尾数|缺的)(?:[^0-9\n。!?{WALL}]|[0-9](?=[一-鿿])){{0,16}}?(?P<digits>[0-9]{{2,8}})(?![0-9.%])"
)

# 138, 四千七百零五, 三个六: what is said in one breath.
_CARDINAL = r"[1-9][千百十][0-9千百十]{0,5}"
_MANY = r"[2-9]个[0-9]"
_SAID = rf"(?:{_MANY}|{_CARDINAL}|[0-9]{{1,8}})"
_BREATHS = re.compile(
    rf"(?<![0-9.]){_SAID}(?:[ ,、.·\-—和加再跟]{{1,3}}{_SAID}|(?<=个[0-9]){_SAID}|{_MANY}){{1,8}}(?![0-9.%])"
)
_ONE_BREATH = re.compile(_SAID)
_CARDINAL_FORM = re.compile(_CARDINAL)
_MANY_FORM = re.compile(_MANY)
_OF_A_LESSON = re.compile(r"读作|写作|口算|竖式|比大小|从[大小]到|排列|数列|等于|[加减乘除]以|组成")
_UNITS = {"千": 1000, "百": 100, "十": 10}


# I III VIII 0 IV VII: as the Romans wrote.
_ROMAN = {"0": "0", "o": "0", "i": "1", "ii": "2", "iii": "3", "iv": "4", "iiii": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "x": "0", "n": "0"}  # fmt: skip
_ROMANS = re.compile(
    r"(?<![a-z0-9])(?:(?:i{1,4}|i?v|vi{1,3}|i?x|[0on])(?:[ ,.·/|、-]{1,3}|$)){6,18}(?:i{1,4}|i?v|vi{1,3}|i?x|[0on])(?![a-z0-9])"
)
# 第一个数是1，第二个是5: every digit by its own place.
_NTH = re.compile(
    r"第(?:[0-9]{1,2}|[1-9]?十[0-9]?)(?:位|个)?(?:数字?|号|字)?(?:是|为|:|写|按)? ?(?P<digit>[0-9])(?![0-9])"
)
_FEWEST_TOLD = 7


def find(page: Page) -> Iterator[Found]:
    """Yield the pieces of a number, each by itself."""
    text = page.text
    yield from _by_place(text)
    yield from _roman(text)
    yield from _together(text)
    told = list(_NTH.finditer(text))
    if len(told) >= _FEWEST_TOLD:
        yield Found(told[0].start("digit"), told[-1].end("digit"), Kind.NUMBER, _WHY)
    yield from (
        Found(*one.span("digits"), Kind.NUMBER, _WHY)
        for form in (_LAST, _REMAINS)
        for one in form.finditer(text)
        if not counted(text, one.end()) and not _is_year(one["digits"])
    )
    if not _OF_A_LESSON.search(text):
        yield from _in_breaths(text)


def _together(text: str) -> Iterator[Found]:
    """Yield every number of a text that asks to put them together, when they are one to call."""
    if not _TOGETHER.search(text):
        return
    every = [one.span() for one in _ANY_PIECE.finditer(text)]
    if _MOBILE.fullmatch("".join(text[a:b] for a, b in every)):
        yield from (Found(*one, Kind.NUMBER, _WHY) for one in every)


def _roman(text: str) -> Iterator[Found]:
    for row in _ROMANS.finditer(text):
        said = "".join(_ROMAN[one] for one in re.findall(r"[a-z0]+", row[0]))
        if said not in "12345678901234567890":
            yield Found(*row.span(), Kind.PHONE, "罗马数字的号码")


def _by_place(text: str) -> Iterator[Found]:
    row: list[tuple[int, int]] = []
    sums = reckonings(text)
    for one in _PIECE.finditer(text):
        if counted(text, one.end()) or any(low <= one.start("digits") < high for low, high in sums):
            continue
        if row and one.start("digits") - row[-1][1] > _FAR:
            yield from _judged(text, row)
            row = []
        if not row:
            lead = _LEAD.search(text, max(0, one.start() - 18), one.start())
            row += [lead.span("digits")] if lead else []
        row.append(one.span("digits"))
    yield from _judged(text, row)


def _judged(text: str, row: list[tuple[int, int]]) -> Iterator[Found]:
    for low in range(len(row) - 1):
        for high in range(min(len(row), low + _MOST), low + 1, -1):
            if _is_a_number(text, row[low:high]):
                yield from (Found(*one, Kind.NUMBER, _WHY) for one in row[low:high])
                return


def _is_a_number(text: str, row: list[tuple[int, int]]) -> bool:
    said = [re.sub(r"[^0-9]", "", text[a:b]) for a, b in row]
    if sum(map(len, said)) not in _SIZES:
        return False
    whole = ("".join(order) for order in permutations(said))
    forms = (_MOBILE, _IDENTITY, _OTHER)
    if any(form.fullmatch(one) for one in whole for form in forms):
        return True
    told = _OF_A_NUMBER.search(text, max(0, row[0][0] - 40), row[0][0])
    return bool(told and _SHORT.fullmatch("".join(said)) and min(map(len, said)) > 1)


def _is_year(digits: str) -> bool:
    return len(digits) == 4 and digits[:2] in {"19", "20"}


def _in_breaths(text: str) -> Iterator[Found]:
    for row in _BREATHS.finditer(text):
        said = _ONE_BREATH.findall(row[0])
        spoken = sum(not one.isdigit() for one in said)
        if (
            spoken
            and _MOBILE.fullmatch("".join(map(_as_digits, said)))
            and not counted(text, row.end())
        ):
            yield Found(*row.span(), Kind.PHONE, "念成百千的号码")


def _as_digits(said: str) -> str:
    """Return 四千七百零五 as 4705, 三个六 as 666."""
    if _MANY_FORM.fullmatch(said):
        return said[2] * int(said[0])
    if not _CARDINAL_FORM.fullmatch(said):
        return said
    value = sum(
        int(digit or 1) * _UNITS[unit] for digit, unit in re.findall(r"([0-9]?)([千百十])", said)
    )
    last = re.search(r"[0-9]$", said)
    return str(value + (int(last[0]) if last else 0))
