"""What stands before an ending, walked back word by word to where the sentence goes on.

What is left is a name when it holds a place, a family, a fine word or characters that no everyday
words explain: `Stem.weight` says how much.
"""

# A pattern is read in one piece.

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from privacy.screening.folding import ONE
from privacy.screening.lexicon import costs, split
from privacy.screening.lists import banners, stems, words
from privacy.screening.nameforms import KIN

_RARE, _USUAL, _SELDOM, _FAR = 12.0, 14.5, 10.5, 14
STOPS = frozenset(
    "上或先填拨在到去从的了是我你您他她它们给跟和与被把让就也都还很往对说叫个这那哪某请有没不又再才帮来回看开想要会能着过吗呢吧啊住由为因进出里外问找考读念送写寄离每本该全各几只当像坐人俺咱后前下为用做将曾至则只好最太更并且但如若等见带爱靠挨近隔比"
)
# What a sentence is made of, and names are not: with one of them a word belongs to what is told.
_SENTENCE = STOPS - frozenset("上下里外前后") | frozenset(
    "时候年月天走买卖打吃喝玩一两几见找着学现还都觉得过去"
)
_LONGEST_TOWN = 7
_REGION = frozenset({"内蒙古", "内蒙"})  # too large to tell where, but part of a name
_OWNERS = frozenset(
    f"我 你 您 他 她 咱 俺 我们 他们 咱们 你们 人 大 自 {KIN.replace('|', ' ')}".split()
)
# 鑫磊, 德顺, 福来: two of the characters that a shop is wished well with.
_FORTUNE = re.compile(
    r"[福禄寿喜财鑫宝瑞祥吉庆丰盛旺兴隆昌发达顺利通泰安康宁德仁义信诚恒永源泉鸿宏洪博聚汇盈裕富贵荣华嘉佳惠雅馨香缘龙凤麒麟鹏飞腾翔翼晟晨辉磊亿万亨茂润泽](?:[福禄寿喜财鑫宝瑞祥吉庆丰盛旺兴隆昌发达顺利通泰安康宁德仁义信诚恒永源泉鸿宏洪博聚汇盈裕富贵荣华嘉佳惠雅馨香缘龙凤麒麟鹏飞腾翔翼晟晨辉磊亿万亨茂润泽和美][来]?|来)"
)
# 悦来, 温都: one word, though its second character begins a sentence elsewhere.
_ONE_WORD = frozenset(
    ["福来", "运来", "喜来", "客来", "财来", "悦来", "温都", "毛都", "蒙都", "上都", "敖都"]
)
_HOUSEHOLD = frozenset("饭面药酒菜茶粮煤砖鞋")
_NUMBERED_SCHOOL = re.compile(r"[一二三四五六七八九][中小]")


@dataclass(frozen=True, slots=True)
class Stem:
    """What stands before an ending, word by word."""

    start: int
    words: tuple[str, ...]

    @property
    def weight(self) -> float:
        """Return how much it says which one is meant."""
        return sum(_weight(one) for one in self.words) + self._of_family + self._of_fortune

    @property
    def _of_fortune(self) -> float:
        """Return 1 for 德顺 and 福来, which no dictionary has."""
        every = "".join(self.words)
        return float(
            any(costs().get(one[0], _USUAL) > _RARE - 1 for one in _FORTUNE.finditer(every))
        )

    @property
    def _of_family(self) -> float:
        """Return 2 for 老孙头, 福满家, 王记: somebody's own."""
        owned = len(self.words) > 1 and self.words[-1] in {"家", "记", "氏", "头"}
        return 2.0 if owned or "家" in self.words[1:] else 0.0


@cache
def places() -> frozenset[str]:
    return stems() | banners() | words("cities")


def is_place(word: str) -> bool:
    """Say whether it is a town, a banner or a city."""
    return word in places()


def is_fortunate(word: str) -> bool:
    """Say whether it is 康宁 or 德顺: wished to a shop, and seldom said otherwise."""
    return bool(_FORTUNE.fullmatch(word)) and costs().get(word, _USUAL) > _SELDOM


def _weight(word: str) -> float:
    if word in places() or word in words("proud_words"):
        return 2.0
    if word in words("trades") or word in _HOUSEHOLD:
        return 0.0
    if _is_telling(word):
        return 1.5
    cost = costs().get(word, _USUAL)
    if len(word) == 1:
        return 1.0 if cost > 8.5 else 0.5 if cost > 7 else 0.0  # noqa: PLR2004
    return 1.5 if cost > _RARE else 0.5


def _is_telling(word: str) -> bool:
    """Say whether such a word is part of a name, seldom or not."""
    part = word in _REGION or bool(_NUMBERED_SCHOOL.fullmatch(word))
    return part or _is_nickname(word) or is_fortunate(word)


@cache
def _called_by() -> frozenset[str]:
    return words("surnames") | words("strong_given") | words("given")


def _is_nickname(word: str) -> bool:
    """Say whether it is 小红 or 老马, by which small shops are called."""
    return len(word) == 2 and word[0] in "小老阿" and word[1] in _called_by()  # noqa: PLR2004


_RUN_BEFORE = re.compile(rf"{ONE}{{1,{_FAR}}}$")


def stem_before(text: str, at: int) -> Stem | None:
    """Return the words that belong to the name which ends there, walking back."""
    run = _RUN_BEFORE.search(text, max(0, at - _FAR), at)
    if not run:
        return None
    ends = split(run[0])
    every = [run[0][a:b] for a, b in pairwise(ends)]
    first = len(every)
    while first and not _stops(every, first - 1):
        first -= 1
    found = tuple(every[first:])
    size, town = len("".join(found)), _from_a_town(run[0])
    if town is not None and len(run[0]) - town > size:
        ends = split(run[0][town:])
        found = tuple(run[0][town:][a:b] for a, b in pairwise(ends))
        size = len(run[0]) - town
    return Stem(at - size, found) if found else None


def _from_a_town(run: str) -> int | None:
    """Return where the town stands after which only a name comes: 赤峰红花沟, 奈曼旗大沁他拉第六."""
    for start in range(len(run) - 1):
        for end in range(min(len(run), start + _LONGEST_TOWN), start + 1, -1):
            if run[start:end] in places() and _SENTENCE.isdisjoint(_without_town(run[end:])):
                return start
    return None


def _without_town(rest: str) -> str:
    """Return it without a town at its beginning: banner, town, name."""
    rest = rest.lstrip("市县区旗镇盟")
    return next((rest[end:] for end in range(_LONGEST_TOWN, 1, -1) if rest[:end] in places()), rest)


def _stops(every: list[str], at: int) -> bool:
    """Say whether the sentence goes on there: the name begins after it."""
    word = every[at]
    if word == "家":
        return at == 0 or every[at - 1] in _OWNERS or every[at - 1] in STOPS
    if len(word) == 1:
        return word in STOPS and not (at and every[at - 1] + word in _ONE_WORD)
    if word in places() or word in words("trades") or word in words("proud_words"):
        return False
    if _is_telling(word):
        return False
    return costs().get(word, _USUAL) < _RARE or word[-1] in "上里在到了的着过"
