"""Identities known beforehand, however they are spelled in the letter."""

# A pattern is read in one piece, its look-alikes are meant, its sizes are those of the number.
# ruff: noqa: E501, SIM905

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from privacy.screening.folding import Page, fold, latin
from privacy.screening.kinds import Found, Kind, Known
from privacy.screening.nameforms import TITLES

_GAP = r"[^\w\n]{0,3}"
_LOOSE_DIGITS = {"0": "[0o]", "1": "[1li|!]", "5": "[5s]", "8": "[8b]", "2": "[2z]"}
_LEVEL = re.compile(
    r"(?:第[0-9]+)?(?:蒙古族|民族|中心|实验|寄宿制)*(?:小学|中学|学校|幼儿园)$|(?:自治旗|苏木|嘎查|街道|社区|村|镇|乡|旗)$|(?:有限责任公司|有限公司|集团|公司|医院|局|厂)$"
)
_COMMON = frozenset(
    "红旗 团结 幸福 胜利 向阳 前进 东风 和平 建设 新华 民主 光明 朝阳 希望 实验 中心 平安 友谊 东方 草原 阳光 春蕾 民族 人民".split()
)
_MIN_PART, _PHONE_PART, _SAFE_INITIALS = 2, 7, 3
_COMPOUND = re.compile(
    "欧阳|司马|上官|诸葛|夏侯|皇甫|尉迟|公孙|慕容|令狐|长孙|宇文|司徒|端木|东方|南宫|完颜|呼延"
)
_RUN, _REACH = re.compile(r"[0-9]+|[零〇一二三四五六七八九幺]+|[a-zA-Z]+"), 20
_SYLLABLE = re.compile(r"[a-zü:]+", re.IGNORECASE)  # a sign in a name has no sound
_ABBREVIATIONS = frozenset(
    "nba vip usb cba dna mvp cpu pdf ppt bgm dvd mp3 led atm kfc abc yyds".split()
)
WHY = "这封信里要保密的内容"


def find(page: Page, known: Iterable[Known]) -> Iterator[Found]:
    """Yield every place where one of the known identities stands."""
    text, plain = page.numerals().text, latin(page.text).lower()
    for one in known:
        for pattern in _written(one):
            yield from (
                Found(*_to_its_ends(page.text, *hit.span()), one.kind, WHY)
                for hit in pattern.finditer(text)
            )
        for pattern in _sounded(one.sounds):
            yield from (
                Found(*hit.span(), one.kind, f"{WHY}（拼音）") for hit in pattern.finditer(plain)
            )


def _to_its_ends(text: str, start: int, end: int) -> tuple[int, int]:
    """Take in the rest of a number or a Latin word: of a neighbour's number 5678 would stay."""
    for run in _RUN.finditer(text, max(0, start - _REACH), end + _REACH):
        if run.start() < end and start < run.end():
            start, end = min(start, run.start()), max(end, run.end())
    return start, end


@lru_cache(maxsize=512)
def _written(one: Known) -> tuple[re.Pattern[str], ...]:
    written = fold(one.text).numerals().text.strip()
    folded = re.sub(r"[^\w]", "", written)
    if not folded:  # what stood between two spaces was a sign
        return ()
    whole = tuple(_spaced(spelling) for spelling in _spellings(one.kind, folded))
    if folded != written:  # the sign at its end too
        whole = (re.compile(re.escape(written)), *whole)
    return whole + _titled(folded) if one.kind is Kind.NAME else whole


def _titled(name: str) -> tuple[re.Pattern[str], ...]:
    """Return 王老师, 王阿姨 of one whose family name is known: by patterns alone that is anybody's."""
    family = name[: 2 if _COMPOUND.match(name) else 1]
    if not name[1:] or family[0] < "\u3400":
        return ()
    return (re.compile(rf"{re.escape(family)}(?:{TITLES})"),)


def _spellings(kind: Kind, text: str) -> Iterator[str]:
    if len(text) >= _MIN_PART:
        yield text
    if text.isdigit() and len(text) > _PHONE_PART:
        yield from (text[:_PHONE_PART], text[-_PHONE_PART - 1 :])
    elif kind is Kind.NAME:
        yield from _given(text)
    else:
        short = _LEVEL.sub("", text)
        if short != text and len(short) >= _MIN_PART and short not in _COMMON:
            yield short


def _given(name: str) -> Iterator[str]:
    """Yield what a Han name is without its family name, when that is still a name."""
    family = 2 if _COMPOUND.match(name) else 1
    if name[0] > "\x7f" and len(name) == family + _MIN_PART:
        yield name[family:]


def _spaced(text: str) -> re.Pattern[str]:
    if text.isdigit():
        body = _GAP.join(_LOOSE_DIGITS.get(one, one) for one in text)
        return re.compile(body)
    return re.compile(_GAP.join(re.escape(one) for one in text))


@lru_cache(maxsize=512)
def _sounded(sounds: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """Return the patterns of the pinyin: spaced or not, with tone numbers, given name first."""
    syllables = [re.sub("[vü]|u:", "[vu]", one.lower()) + "[1-5]?" for one in sounds]
    if len(syllables) < _MIN_PART or not all(map(_SYLLABLE.fullmatch, sounds)):
        return ()
    orders = [syllables, [*syllables[1:], syllables[0]]]
    if len(syllables) > _MIN_PART:
        orders.append(syllables[1:])
    whole = [re.compile(rf"(?<![a-z]){_GAP.join(order)}(?![a-z])") for order in orders]
    letters = [one[0] for one in sounds]
    if len(letters) >= _SAFE_INITIALS and "".join(letters) not in _ABBREVIATIONS:
        whole.append(re.compile(rf"(?<![a-z0-9]){'[ .]{0,2}'.join(letters)}(?![a-z0-9])"))
    return tuple(whole)
