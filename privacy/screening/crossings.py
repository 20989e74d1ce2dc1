"""Homes by where two streets meet, by a lane, and doors written out: 民族路与建设街交叉口, 幸福里21号, 贰拾肆号.

A crossing, a day of the month and a sum written out belong to nobody.
"""

# A pattern is read in one piece, its look-alikes are meant.
# ruff: noqa: E501, RUF001, SIM905

import re
from collections.abc import Iterator

from privacy.screening.folding import WALL, Page, latin
from privacy.screening.kinds import Found, Kind
from privacy.screening.lists import words
from privacy.screening.stem import is_fortunate

_WHY = "像地址"
_OUT = "我你您他她它们住到去从是的了于给往就很也都不请个址寄送停搬跟叫号第比在写为把被让由向说有这那条哪某几两每和与过问找"
_ROAD = rf"[^\W_a-zA-Z0-9{_OUT}]{{1,7}}?(?:大街|大道|[东西南北]?路|街|巷|胡同)"
_CORNER = re.compile(
    rf"(?P<a>{_ROAD})[东西南北]?(?:与|和|跟|同|及|[、/+-]) ?(?P<b>{_ROAD})的?(?:交叉路?口|交[汇会接界]处?口?|相交处?|十字(?:路口)?|[丁十]字路?口|路口|街口|拐[角弯]处?|转角处?|夹角|口)"
    r"(?:往?[东西南北]{1,2}(?:侧|边|角|面|头|走?[0-9一二三四五六七八九十百]{1,4}米)?)?(?:的?(?:平房|[一二三四五六七八九十0-9]{1,2}[楼层]|小?院子?|楼上|小楼))?"
)
_NO_NAME = frozenset(
    "马 铁 公 大 小 土 水 柏油 柏油马 乡间 乡 高速 石子 沙 沙石 山 小马 泥 主 老 新 前 后 东 西 南 北 村 人行 人行横 步行 网 商业 步".split()
)
_ROAD_END = re.compile(r"(?:大街|大道|路|街|巷|胡同)$")
_DIGIT = "0-9一二三四五六七八九十百零〇两幺壹贰叁参肆伍陆柒捌玖拾佰"
_LANE = re.compile(
    rf"(?P<lead>门牌号?(?:就?是|写着|上写着?|叫|挂着)?[: ]?|(?:家住|住在?|家在|寄到?|送到|搬到了?|地址(?:是|:)|[问找]|在|就找))?(?P<lane>和[顺平睦谐兴美]|[^\W_a-zA-Z0-9{_OUT}]{{2,3}})里 ?[{_DIGIT}]{{1,5}} ?号(?![0-9线球电台钥那机选字日晚早上下])(?P<end>(?:院|楼|门|平房)?(?:[,。!?;、\n]|$|就|能|那户|[东西南北]))?"
)
# 盒子里5号, 夜里11号, 假期里7号: inside of something, or within a time.
_INSIDE = re.compile(
    r"[子夜屋家城村镇县旗校房院嘴手心眼袋盒箱包车班组信书月期年天假间柜碗锅桶圈群队店馆堂室场园山河湖海水林田]$|学校|宿舍|公里|华里|[这那哪]"
)
_SAID = "一二三四五六七八九十百零〇两"
_TOLD = "幺洞拐勾壹贰叁参肆伍陆柒捌玖拾佰"
_STEP = rf"(?=[{_SAID}]{{0,5}}[{_TOLD}])[{_SAID}{_TOLD}]{{1,6}}(?:号[楼院门]?|栋|幢|单元|室|户|排|巷|弄|[组社队](?=[零〇一二三四五六七八九十两壹贰叁参肆伍陆柒捌玖拾佰幺]))"
_WRITTEN_OUT = re.compile(
    rf"(?:[^\W_a-zA-Z0-9{_OUT}]{{1,8}}(?:大街|大道|路|街|巷|胡同|小区|家园|花园|村|屯|嘎查|里|院) ?|(?<=门牌是)|(?<=门牌号是)|(?P<wall>{WALL})[ ,]?)(?P<rest>{_STEP}(?:{_STEP})*)"
)
_LEVEL = r"(?:da ?jie|lu|jie|xiang|hu ?tong|xiao ?qu|cun|zhen|tun|su ?mu|ga ?cha|qi|xian)"
_SPELT = r"[a-z]{2,12}(?: ?[a-z]{1,10}){0,2}?"
_NUMBERED = rf"{_SPELT} ?(?:da ?jie|lu|jie|xiang|hu ?tong|xiao ?qu|cun|tun|zu) ?(?:[0-9]{{1,4}} ?hao)(?: ?(?:lou|yuan))?(?: ?[0-9]{{1,4}} ?(?:dan ?yuan|shi|hu|hao))*"
_PINYIN = re.compile(
    rf"(?<![a-z])(?:{_SPELT} ?{_LEVEL}, ?){{0,3}}{_NUMBERED}(?:, ?{_SPELT} ?{_LEVEL}(?![a-z])){{0,3}}",
    re.IGNORECASE,
)
_LEAGUES = r"(?:Chi ?feng|Tong ?liao|Hu ?lun ?bei ?er|Hulunbuir|Bao ?tou|Hohhot|Hu ?he ?hao ?te|Huhhot|Ordos|E ?er ?duo ?si|Wu ?hai|Xilin ?hot|Xi ?lin ?hao ?te|Xi ?lin ?guo ?le|Xilin ?gol|Wu ?lan ?cha ?bu|Ulan ?qab|Ba ?yan ?nao ?er|Bayan ?nur|A ?la ?shan|Alxa|Xing ?'?an(?: meng| league)?|Wu ?lan ?hao ?te|Ulanhot|Man ?zhou ?li|Er ?lian(?: ?hao ?te)?|Hai ?la ?er|Hailar|Nei ?meng ?gu|Inner Mongolia)"
_TOWN = re.compile(
    rf"{WALL} ?,? ?(?P<rest>{_LEAGUES}(?: ?(?:shi|meng|city|league))?(?:, ?{_LEAGUES})?)(?![a-z])",
    re.IGNORECASE,
)


def find(page: Page) -> Iterator[Found]:
    """Yield corners, lanes with their doors, and doors whose numbers are written out or in pinyin."""
    text = page.text
    for one in _CORNER.finditer(text):
        if any(_is_named(one[road]) for road in "ab"):
            yield Found(*one.span(), Kind.PLACE, _WHY)
    for one in _LANE.finditer(text):
        if _is_lane(one):
            yield Found(one.start("lane"), one.end("end") - _tail(one), Kind.PLACE, _WHY)
    for one in _WRITTEN_OUT.finditer(text):
        yield Found(one.start("rest") if one["wall"] else one.start(), one.end(), Kind.PLACE, _WHY)
    small = latin(text)
    yield from (Found(*one.span(), Kind.PLACE, _WHY) for one in _PINYIN.finditer(small))
    yield from (Found(*one.span("rest"), Kind.PLACE, _WHY) for one in _TOWN.finditer(small))


def _is_named(road: str) -> bool:
    stem = _ROAD_END.sub("", road)
    return len(stem) > 1 and stem not in _NO_NAME and stem[-2:] not in _NO_NAME


def _is_lane(one: re.Match[str]) -> bool:
    lane = one["lane"]
    if _INSIDE.search(lane):
        return False
    named = is_fortunate(lane) or lane in words("proud_words")
    return bool(one["end"] is not None and (one["lead"] or named))


def _tail(one: re.Match[str]) -> int:
    """Return how much of what stands behind a door is the sentence going on."""
    return len(re.sub(r"^(?:院|楼|门|平房)", "", one["end"]))
