"""Houses with a name of their own, whoever works there: 盛源砖厂, 美琪理发店, BOYUAN 电子厂, 青禾公益.

What stands before the trade is a name when no everyday words explain it; a town alone is none, for
everybody goes to a town's station.
"""

# A pattern is read in one piece.
# ruff: noqa: E501

import re
from collections.abc import Iterator
from functools import cache

from privacy.screening.folding import HAN, Page, latin
from privacy.screening.kinds import Found, Kind
from privacy.screening.lexicon import is_word
from privacy.screening.lists import any_of, words
from privacy.screening.plainwork import DONE, HOUSE, STUFF
from privacy.screening.stem import Stem, is_fortunate, is_place, stem_before

_WHY = "像工作单位"
# Trades that a firm's name ends in without a house behind them.
_ENDS_SO = "房地产|地产|公益|助学|慈善|基金会?|传媒|影视|物业|家政|物流|速运|快运|货运|客运|餐饮|食品|乳业|牧业|矿业|置业|实业|能源|建工|路桥|建材|商贸|科技|网络|装饰|汽贸|农机"
# Everybody visits them.
_VISITED = re.compile(
    r"(?:公园|[动植]物园|乐园|博物[馆院]|纪念馆|科技馆|图书馆|书屋|体育[馆场]|美术馆|天文馆|海洋馆|水族馆|文化[馆宫站]|少年宫|机场|车站|高铁站|广场|景区|影城|电影院|步行街|空间站|发射场|发射中心|奥运村|航天城|陵园)$"
)
_NTH = re.compile(r"第[一二三四五六七八九十]")  # 配料表第一行
_VERBS = frozenset(
    "拆建盖修租借办关停招换搬进出离挖烧炸卖买送拉运装守管扫挨靠临属归像似赔欠开当干做打有没去来回在到从是叫让给和跟与同或这那哪某各每该本全整座家间所个几多少第头末首末半旧新老大小好破空高低红白黑蓝绿黄彩冬夏春秋天日月年早晚午夜左右东西南北前后里外中上下内正副总分"
)
_WHOLE, _FEWEST, _MOST = 2.0, 2, 4
_LATIN = re.compile(r"(?<![A-Za-z0-9@.])(?P<name>[A-Z][A-Za-z]{2,15}) ?$")
_NO_BRAND = re.compile(
    r"(?:KTV|DIY|WiFi|WIFI|LED|ATM|ICU|IMAX|VR|AR|CBA|NBA|SPA|Spa|CNC|SMT|PVC|APP|App|ETC|GPS|CCTV|The|My|Our)$"
)
_FAR = 18


@cache
def _houses() -> re.Pattern[str]:
    made = rf"(?:{any_of(words('trades'))}|{DONE}|[{STUFF}])"
    return re.compile(rf"{made}+(?:{HOUSE})(?![长员里子])|{made}*(?:{_ENDS_SO})(?![课书馆里])")


def find(page: Page) -> Iterator[Found]:
    """Yield houses by their own name and their trade."""
    text = page.text
    for house in _houses().finditer(text):
        start = _begin(text, house)
        if start is not None:
            yield Found(start, house.end(), Kind.EMPLOYER, _WHY)


def _begin(text: str, house: re.Match[str]) -> int | None:
    brand = _LATIN.search(latin(text[max(0, house.start() - _FAR) : house.start()]))
    if brand:
        size = len(brand[0])
        return None if _NO_BRAND.match(brand["name"]) else house.start() - size
    if _VISITED.search(house[0]) or _NTH.search(house[0]):
        return None
    stem = stem_before(text, house.start())
    return stem.start if stem and _is_proper(stem) else None


def _is_proper(stem: Stem) -> bool:
    """Say whether it holds a name that is neither a town nor an everyday word."""
    own = tuple(one for one in stem.words if not is_place(one) and one not in words("trades"))
    if not own or not re.fullmatch(rf"[{HAN}]+", "".join(own)):
        return False
    singles = "".join(one for one in own if len(one) == 1)
    apart = len(singles) == len("".join(own))
    unknown = apart and _FEWEST <= len(singles) <= _MOST and _VERBS.isdisjoint(singles)
    if any(is_fortunate(one) for one in own):
        return True
    return (unknown and not is_word(singles)) or Stem(0, own).weight >= _WHOLE
