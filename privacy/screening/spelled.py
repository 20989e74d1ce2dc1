"""Numbers told in words, in pieces, backwards or with words between: read as one row of digits."""

# A pattern is read in one piece, its look-alikes are meant, its sizes are those of the number.
# ruff: noqa: E501, PLR2004

import re
from collections.abc import Iterator

from privacy.screening.counting import counted, is_steady, reckonings
from privacy.screening.folding import WALL, Page
from privacy.screening.kinds import Found, Kind

# How a digit is called: English, pinyin with and without tones.
_CALLED = {
    **{word: str(at) for at, word in enumerate("zero one two three four five six seven eight nine".split())},  # noqa: SIM905
    **{word: str(at) for at, word in enumerate("ling yi er san si wu liu qi ba jiu".split())},  # noqa: SIM905
    "oh": "0", "lin": "0", "dong": "0", "yao": "1", "liang": "2", "lu": "6", "guai": "7", "gou": "9",
}  # fmt: skip
_CALL = "(?:" + "|".join(sorted(_CALLED, key=lambda one: -len(one))) + ")[1-5]?"
_BETWEEN_CALLS = rf"[^\w\n{WALL}]{{0,3}}"
_CALLS = re.compile(rf"(?<![a-z])(?:{_CALL}{_BETWEEN_CALLS}){{3,40}}(?![a-z])")
_ONE_CALL = re.compile(_CALL)
# three in words, the rest in figures: one three seven 4788 2213
_MIXED = re.compile(
    rf"(?<![a-z0-9])(?=[^\n{WALL}]{{0,80}}?[0-9])(?:(?:{_CALL}|[0-9]){_BETWEEN_CALLS}){{7,40}}(?![a-z])"
)
_PIECES = re.compile(rf"{_CALL}|[0-9]")
# What people put between the digits of a number so that nobody should see it.
_FILL = re.compile(
    rf"(?:(?:[前中后末尾头](?:间|面|边|头|几|半截|半段|半部分|半)?|最后|开头|结尾|剩下|第|其余)(?:的)?(?:[0-9几]{{1,2}}(?:位|个|段)(?:数字?)?)?(?:数字)?"
    rf"|然后|接着|跟着|后来|再(?:来|加|写|打|按)?|[位个段](?:数字?|是)?|空格?|换行|逗号|句号|顿号|横[杠线]?|短横|杠|点|减号?|星号?|下划线|斜[杠线]|加上?|跟|连着?|接|打|按|拨|输入?|念|数字?|是|为|的|就是|和|嗯|啊|呃|哦|那个|[^\w{WALL}])"
)
_DIGITS = re.compile(r"[0-9]+")
_MOST_FILL, _MOST_GROUPS = 12, 20
_SHAPES = (
    (re.compile(r"(?:86)?1[3-9]\d{9}"), Kind.PHONE, "拆开写的号码"),
    (re.compile(r"0[3-9]\d{2}\d{7,8}"), Kind.PHONE, "拆开写的号码"),
    (re.compile(r"\d{6}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dx]?"), Kind.IDENTITY, "拆开写的证件号"),
    (re.compile(r"[3-6]\d{15,18}"), Kind.CARD, "拆开写的卡号"),
)  # fmt: skip
_WORD = re.compile(r"[\u4e00-\u9fff]")
_ORDERED = re.compile(
    r"[前中后末尾头再空杠横点按拨接连星]|最后|然后|其余|剩下|换行|逗号|减|下划线|斜"
)
_BACKWARDS = re.compile(r"倒[着过写念序数]|反[着过写念]|逆序|从后往前|从右往左|倒回来")
_MOBILE_SAID = re.compile(r"(?:86)?1[3-9]\d{9}")


def find(page: Page) -> Iterator[Found]:
    """Yield the numbers that only show when the words between are left out."""
    text = _with_calls(page.text)
    yield from _called_out(page.text)
    yield from _backwards(text)
    for row in _rows(text):
        yield from _shaped(text, row)


def _called_out(text: str) -> Iterator[Found]:
    for row in _MIXED.finditer(text):
        pieces = _PIECES.findall(row[0])
        said = "".join(one if one.isdigit() else _CALLED[one.rstrip("12345")] for one in pieces)
        words = sum(not one.isdigit() for one in pieces)
        if words and _MOBILE_SAID.fullmatch(said):
            yield Found(
                row.start(), row.start() + len(row[0].rstrip(" ,.-")), Kind.PHONE, "念出来的号码"
            )
    for row in _CALLS.finditer(text):
        said = "".join(_CALLED[one.rstrip("12345")] for one in _ONE_CALL.findall(row[0]))
        if len(said) > 6 and said not in "01234567890":
            yield Found(
                row.start(), row.start() + len(row[0].rstrip(" ,.-")), Kind.PHONE, "念出来的号码"
            )


def _with_calls(text: str) -> str:
    """Return the text with called digits as digits, as long as before."""

    def digits(row: re.Match[str]) -> str:
        return _ONE_CALL.sub(lambda one: _CALLED[one[0].rstrip("12345")].ljust(len(one[0])), row[0])

    return _CALLS.sub(digits, text)


def _backwards(text: str) -> Iterator[Found]:
    if not _BACKWARDS.search(text):
        return
    sums = reckonings(text)
    for row in _rows(text):
        if any(low <= row[0][0] < high for low, high in sums):
            continue  # 1089×9=9801，倒过来了
        digits = "".join(text[a:b] for a, b in row)
        if 6 < len(digits) < 20 and not is_steady([text[a:b] for a, b in row]):
            yield Found(row[0][0], row[-1][1], Kind.PHONE, "倒着写的号码")


def _rows(text: str) -> Iterator[list[tuple[int, int]]]:
    """Yield groups of digits between which nothing stands but what fills a number up."""
    row: list[tuple[int, int]] = []
    for one in _DIGITS.finditer(text):
        if row and not _is_filling(text, row[-1][1], one.start()):
            yield row
            row = []
        row.append(one.span())
    if row:
        yield row


def _is_filling(text: str, start: int, end: int) -> bool:
    if end - start > _MOST_FILL:
        return False
    while start < end:
        one = _FILL.match(text, start, end)
        if not one:
            return False
        start = one.end()
    return True


_ORDER = re.compile(r"(?:[前中后末尾头](?:间|面|边|头)?|最后|开头|结尾|第)$")


def _shaped(text: str, row: list[tuple[int, int]]) -> Iterator[Found]:
    """Yield the shape a row has, if words stand between: plain rows are judged elsewhere."""
    row = [one for one in row if not _counts_digits(text, one)]
    taken = 0
    for first in range(len(row)):
        if first >= taken:
            for last, hit in _from(text, row, first):
                yield Found(row[first][0], row[last][1], *hit)
                taken = last + 1


def _from(
    text: str, row: list[tuple[int, int]], first: int
) -> Iterator[tuple[int, tuple[Kind, str]]]:
    """Yield where the first number that begins here ends, and what it is."""
    digits = text[slice(*row[first])]
    for last in range(first + 1, min(len(row), first + _MOST_GROUPS)):
        digits += text[slice(*row[last])]
        hit = _shape(digits)
        if hit and _is_laced(text[row[first][1] : row[last][0]], hit[0]):
            if not counted(text, row[last][1]):
                yield last, hit
            return


def _is_laced(between: str, kind: Kind) -> bool:
    """Say whether words stand between; in long numbers such as tell of an order."""
    return bool((_WORD if kind is Kind.PHONE else _ORDERED).search(between))


def _counts_digits(text: str, one: tuple[int, int]) -> bool:
    """Say whether it only tells how many digits come: 前3位, 后4位, 第2段."""
    after = text[one[1] : one[1] + 1]
    return (
        one[1] - one[0] < 3
        and after in {"位", "个", "段"}
        and bool(_ORDER.search(text, max(0, one[0] - 3), one[0]))
    )


def _shape(digits: str) -> tuple[Kind, str] | None:
    return next(((kind, why) for form, kind, why in _SHAPES if form.fullmatch(digits)), None)
