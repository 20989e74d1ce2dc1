"""Firms by a name of their own and their industry: 宏泰鞋业, 宝丰能源, 首汽约车, Erdos Cashmere Group.

Where somebody works, went to or drives for. The industry alone names nobody: 在电子厂, 去大型物流.
"""

# A pattern is read in one piece.
# ruff: noqa: E501

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from privacy.screening.folding import HAN, WALL, Page, latin
from privacy.screening.kinds import Found, Kind
from privacy.screening.lexicon import costs, is_word, split
from privacy.screening.lists import any_of, words
from privacy.screening.stem import STOPS, places

_WHY = "像工作单位"
_SURE = r"(?:鞋业|乳业|矿业|煤业|铝业|铜业|钢业|镁业|硅业|药业|牧业|种业|酒业|糖业|盐业|肉业|薯业|蛋业|粮业|米业|渔业|茶业|实业|置业|绒业|能源|集团|化工|石化|羊绒|绒毛|毛纺|纺织|制衣|服饰|服装|制药|物流|快运|速运|速递|货运|客运|约车|专车|出行|重工|钢铁|钢构|冶金|建材|商贸|乳品|粮油|面粉|肉食|饲料|热力|燃气|风电|光伏|电气|光电|电缆|半导体|精密|塑胶|五金|家纺|皮革|水泥|铸造|稀土|煤化|家政|汽修|汽配|汽贸|物业|餐饮|地产|控股|股份)"
_LIKELY = r"(?:电子|汽车|科技|食品|机械|农业|林业|生物|包装|玩具|家具|印刷|环保|电力|通讯|通信|建筑|装饰|软件|网络|教育|培训|数码|动漫|信息|美发|美容|设计|装修|摄影|钢结构)"
_TAIL = r"(?:(?:有限|股份|责任)*公司|集团|[分总]?厂|分公司|车间|基地|仓库?|园区|工业园|产业园)?"
_TRADE = re.compile(
    rf"(?:(?P<sure>{_SURE})|{_LIKELY}(?![站城展票配尾轮琴书表游秤钟屏邮版产学片人员化局])){_TAIL}"
)
_LEAD = re.compile(rf"(?:[在去到给进从为往](?:了|过)?|跟着|{WALL})")
_FAR = 12
_NOT_WORK = re.compile(r"的?(?:参观|玩(?!具)|展览|博物|广告|牛奶|课|节目|大会|知识|小车模)")
_DONE = re.compile(
    rf"[^{HAN}]|$|了|里|那|上(?:班|夜|白)|上了?[0-9一二三四五六七八九十两几半]{{1,3}}个?[多几]?[年月]|教了|打工|工作|干|做|当|开|跑|拉|修|装|贴|踩|挡|看[门库]|管|搬|焊|喷|包|送|值|倒班|实习|学徒|扫|洗|缝|裁|烧|剥|分拣|杀|宰|切|割|卖|搞|教|记账|押|卸|码|剪|挑|喂|养|种|熬|烤|炒|配|检|领工资"
)
_FEWEST, _MOST, _SELDOM = 2, 4, 12.0
_DOES = frozenset("修开买卖坐看造学用做洗打搞挣装搬弄玩运送")  # 在家修汽车: what is done, no name
_ENGLISH = re.compile(
    r"(?i:\b(?:works?|worked|working|jobs?|driver|worker|cook|guard|nurse|engineer|cleaner|clerk|staff|weaver|miner|manager))(?: [a-z]+){0,4}? (?:for|at|in|with|of) (?:the )?"
    r"(?P<name>(?:[A-Z][A-Za-z&'’-]+ ){1,5}?(?:Group|Company|Corporation|Corp|Inc|Factory|Factories|Mine|Mining|Plant|Mill|Logistics|Dairy|Energy|Coal|Steel|Electronics|Textiles?|Garments?|Chemicals?|Foods?|Farm|Hotel|Restaurant|Bank|Co)(?: (?:Group|Company|Factory|Co|Corporation|Corp|Inc))?(?:\.?,? Ltd)?)(?![A-Za-z])"
)
_NOBODYS = re.compile(
    r"(?:(?:A|An|The|Our|My|This|That|Some|Chinese|Mongolian|Foreign|American|Big|Local|Small|State|Large|Inner|Mongolia|Electronics?|Coal|Steel|Food|Clothes|Shoe|Car|Toy|Dairy|Paper) )+\S+$"
)
_PART = r"(?:园区|工业园|产业园|科技园|物流园|厂区|分拨中心|分拣中心|转运中心|分店|门店|旗舰店|直营店|分部|总部|网点|营业点|项目部|店)"


def find(page: Page) -> Iterator[Found]:
    """Yield firms by name and industry, and what part of one stands behind its mark."""
    text = page.text
    for trade in _TRADE.finditer(text):
        start = _begin(text, trade)
        if start is not None:
            yield Found(start, trade.end(), Kind.EMPLOYER, _WHY)
    for one in _ENGLISH.finditer(latin(text)):
        if not _NOBODYS.fullmatch(one["name"]):
            yield Found(*one.span("name"), Kind.EMPLOYER, _WHY)
    if WALL in text:
        yield from _parts(text)


def _begin(text: str, trade: re.Match[str]) -> int | None:
    """Return where the firm's name begins, if somebody works for one."""
    done = trade["sure"] or _DONE.match(text, trade.end())
    if not done or _NOT_WORK.match(text, trade.end()):
        return None
    leads = list(_LEAD.finditer(text, max(0, trade.start() - _FAR), trade.start()))
    return next(
        (one.end() for one in reversed(leads) if _is_proper(text[one.end() : trade.start()])), None
    )


def _is_proper(name: str) -> bool:
    """Say whether it is a name of its own: no everyday word, and not only a town."""
    own = _without_town(name)
    if not _FEWEST <= len(own) <= _MOST or not re.fullmatch(rf"[{HAN}]+", own):
        return False
    if not STOPS.isdisjoint(own) or own[0] in "家有" or own[-1] in _DOES:
        return False
    if own in words("proud_words") or own in words("firms"):
        return True
    ends = split(own)
    pieces = [own[a:b] for a, b in pairwise(ends)]
    return not _is_said(own) and (
        len(pieces) == 1 or not all(len(one) > 1 and is_word(one) for one in pieces)
    )


def _is_said(own: str) -> bool:
    """Say whether it is an everyday word; 宝丰 stands in a word list and is none."""
    return own in words("trades") or costs().get(own, _SELDOM) < _SELDOM


def _without_town(name: str) -> str:
    while town := _town().match(name):
        name = name[town.end() :]
    return name


@cache
def _town() -> re.Pattern[str]:
    return re.compile(rf"(?:{any_of(places())}|内蒙古?)[省市县旗区镇盟]?")


@cache
def _part_of() -> re.Pattern[str]:
    return re.compile(
        rf"{WALL}(?P<rest>(?:{any_of(places())}|和林)?(?P<own>[{HAN}]{{0,4}}?){_PART})"
    )


def _parts(text: str) -> Iterator[Found]:
    for one in _part_of().finditer(text):
        if STOPS.isdisjoint(one["own"]):
            yield Found(*one.span("rest"), Kind.EMPLOYER, "名称的其余部分")
