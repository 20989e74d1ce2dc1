"""Long numbers: telephones, resident IDs, bank cards, in any numerals and separators."""

# A pattern is read in one piece, its look-alikes are meant, its sizes are those of the number.
# ruff: noqa: PLR2004

import re
from collections.abc import Iterator

from privacy.screening.counting import counted, in_order, is_read_out, is_steady, reckonings
from privacy.screening.folding import WALL, Page
from privacy.screening.kinds import Found, Kind
from privacy.screening.window import Window

# Letters and homophones that stand for a digit; believed only among enough real digits.
_MEANT = {
    "0": "o灵令",
    "1": "li!腰妖",
    "2": "z儿耳",
    "3": "山散伞",
    "4": "斯思",
    "5": "s武舞",
    "6": "留溜",
    "7": "妻",
    "8": "b巴吧",
    "9": "q久酒",
}
_WEAK = {letter: digit for digit, letters in _MEANT.items() for letter in letters}
_TO_DIGITS = str.maketrans(_WEAK)
_D = "0-9" + "".join(letter for letter in _WEAK if letter != "!")
_GAP = rf"(?:_|[^\w{WALL}])"
_RUN = re.compile(rf"[{_D}](?:{_GAP}{{0,3}}[{_D}]){{6,}}")
_GROUP = re.compile(rf"[{_D}]+")
_STRONG = re.compile("[0-9]")
_MIN_STRONG = 6
_MOST_GROUPS = 24
_USUAL = frozenset({
    (3, 4, 4), (3, 8), (4, 4, 3), (3, 3, 5), (7, 4), (3, 4, 2, 2), (3, 2, 2, 2, 2), (3, 2, 2, 4),
    (3, 5, 3), (2, 3, 3, 3), (5, 6), (6, 5), (4, 7), (1, 2, 2, 2, 2, 2), (3, 4, 1, 3), (3, 4, 3, 1),
})  # fmt: skip
_BIRTH = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_OLD_BIRTH = re.compile(r"\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_DECIMAL = re.compile(r"(?<![0-9.])[0-9]{1,3}\.$")
_MOBILE = re.compile(r"(?:00)?(?:86)?0?1[3-9]\d{9}")
_LANDLINE = re.compile(r"(?:0?86)?0[1-9]\d{8,10}(?:\d{2,4})?")


def find(page: Page) -> Iterator[Found]:
    """Yield the long numbers that belong to one person."""
    text = page.text
    sums = reckonings(text)
    for run in _RUN.finditer(text):
        every = _in_run(text, run.start(), run.end())
        yield from (one for one in every if not _is_reckoned(text, one, sums))


def _is_reckoned(text: str, one: Found, spans: tuple[tuple[int, int], ...]) -> bool:
    """Say whether several numbers are put together that only meet in a sum."""
    whole = text[one.start : one.end].isdigit()
    return not whole and any(low <= one.start < high for low, high in spans)


def _in_run(text: str, start: int, end: int) -> Iterator[Found]:
    groups = [one.span() for one in _GROUP.finditer(text, start, end)]
    groups = [_trimmed(text, *one) for one in groups if _STRONG.search(text, *one)]
    taken = start
    for size in _sizes(len(groups)):
        for first in range(len(groups) - size + 1):
            part = groups[first : first + size]
            if part[0][0] < taken or not _stands_alone(text, groups, first, size):
                continue
            found = _judged(_window(text, part))
            if found:
                yield found
                taken = found[1]


def _sizes(count: int) -> tuple[int, ...]:
    """Return how many groups a number may have; in a long table only what people write."""
    if count > _MOST_GROUPS * 2:
        return (11, 4, 3, 2, 1)
    return tuple(range(min(count, _MOST_GROUPS), 0, -1))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave out Chinese characters at the edge of a group: 吧138… is a word and a number."""
    while text[start] in _WEAK and text[start] > "\x7f":
        start += 1
    while text[end - 1] in _WEAK and text[end - 1] > "\x7f":
        end -= 1
    return start, end


def _gap(text: str, left: tuple[int, int], right: tuple[int, int]) -> str:
    return text[left[1] : right[0]]


def _stands_alone(text: str, groups: list[tuple[int, int]], first: int, size: int) -> bool:
    """Say whether the groups before and after are set apart in another way than within."""
    last = first + size - 1
    if size == 1 or size == len(groups):
        return True
    inside = {_gap(text, groups[at], groups[at + 1]) for at in range(first, last)}
    edges = {
        _gap(text, groups[at], groups[at + 1])
        for at in (first - 1, last)
        if 0 <= at < len(groups) - 1
    }
    usual = tuple(b - a for a, b in groups[first : last + 1]) in _USUAL
    return inside.isdisjoint(edges) or (usual and len(inside) == 1)


def _window(text: str, part: list[tuple[int, int]]) -> Window:
    start, end = part[0][0], part[-1][1]
    digits = "".join(text[a:b] for a, b in part)
    gaps = "".join(_gap(text, part[at], part[at + 1]) for at in range(len(part) - 1))
    return Window(text, start, end, digits, tuple(b - a for a, b in part), gaps)


def _judged(one: Window) -> Found | None:
    if (one.gaps == "." and one.sizes[0] == 1) or _DECIMAL.search(one.text, 0, one.start):
        return None  # a decimal, however long
    if is_steady(one.groups):
        return None
    strong = len(_STRONG.findall(one.digits))
    if strong < min(_MIN_STRONG, len(one.digits)) or len(set(one.digits)) == 1:
        return None
    plain = Window(
        one.text, one.start, one.end, one.digits.translate(_TO_DIGITS), one.sizes, one.gaps
    )
    for test, kind, why in _TESTS:
        if test(plain):
            has_letter = kind is Kind.IDENTITY and plain.text.startswith(("x", "叉"), plain.end)
            return Found(plain.start, plain.end + has_letter, kind, why)
    return None


def _is_mobile(one: Window) -> bool:
    if not _MOBILE.fullmatch(one.digits) or one.digits.startswith("1415926"):
        return False
    if one.digits.endswith("00000") and counted(one.text, one.end):
        return False
    return (
        not one.is_listed
        or one.sizes in _USUAL
        or _is_taken_apart(one)
        or _has_prefix(one)
        or one.is_asked
    )


def _is_taken_apart(one: Window) -> bool:
    """Say whether no list of scores or ages looks so: single digits, or a group like 07."""
    if max(one.sizes) == 1:
        return True
    if one.sizes.count(1) > len(one.sizes) // 2 and one.digits[:3] not in {"135", "123"}:
        return True
    starts = [sum(one.sizes[:at]) for at in range(len(one.sizes))]
    return set(one.gaps) == {" "} and any(one.digits[at] == "0" for at in starts)


def _has_prefix(one: Window) -> bool:
    return one.digits.startswith("86") and one.sizes[0] == len("86")


def _is_landline(one: Window) -> bool:
    if not _LANDLINE.fullmatch(one.digits) or one.digits.startswith("0123456"):
        return False
    return (
        one.is_whole
        or (one.sizes[0] in {3, 4} and len(one.sizes) <= 4)
        or one.is_asked
        or max(one.sizes) == 1
    )


def _is_service(one: Window) -> bool:
    is_one = one.is_whole or "-" in one.gaps or one.is_asked
    return is_one and len(one.digits) == 10 and one.digits.startswith(("400", "800"))


def _is_identity(one: Window) -> bool:
    if len(one.digits) == 17 and one.text[one.end : one.end + 1] not in {"x", "叉"}:
        return False
    if len(one.digits) in {17, 18}:
        return one.is_whole or bool(_BIRTH.match(one.digits, 6))
    return (
        len(one.digits) == 15
        and bool(_OLD_BIRTH.match(one.digits, 6))
        and (one.is_whole or not one.is_listed)
    )


def _is_card(one: Window) -> bool:
    if not 15 < len(one.digits) < 20 or one.digits.startswith("1415926"):
        return False
    if one.is_whole or max(one.sizes) == 1 or not one.is_listed:
        return not one.digits.startswith("12345678910")
    fours = min(one.sizes[:-1]) > 3 and one.digits[0] in "3456"
    years = all(one.digits[at : at + 2] in {"19", "20"} for at in range(0, 16, 4))
    return fours and not years


def _is_long(one: Window) -> bool:
    """Say whether it is one unbroken number that counts nothing."""
    if not one.is_whole or not 8 < len(one.digits) < 26 or len(set(one.digits)) < 3:
        return False
    if (
        one.digits.startswith(("1415926", "123456789", "978"))
        or in_order(one.digits)
        or one.digits.endswith("00000")
    ):
        return False
    return not counted(one.text, one.end) and not is_read_out(one.text, one.start, one.end)


_TESTS = (
    (_is_mobile, Kind.PHONE, "像手机号"),
    (_is_identity, Kind.IDENTITY, "像身份证号"),
    (_is_landline, Kind.PHONE, "像座机号"),
    (_is_service, Kind.PHONE, "像电话号码"),
    (_is_card, Kind.CARD, "像银行卡号"),
    (_is_long, Kind.NUMBER, "一长串号码"),
)
