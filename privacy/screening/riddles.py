"""Riddles: surnames taken apart (弓长张, 耳东陈), digits by words that sound alike, numbers told by places.

Only where somebody is called so, and a whole telephone comes of it: lessons and games stay.
"""

# A pattern is read in one piece.
# ruff: noqa: E501, RUF001

import re
from collections.abc import Iterator

from privacy.screening.folding import WALL, Page
from privacy.screening.kinds import Found, Kind

# How the parts of a surname are said.
PARTS = {
    "张": "弓长", "李": "木子", "陈": "耳东", "林": "双木", "许": "言午", "胡": "古月", "吴": "口天",
    "章": "立早", "王": "三横(?:一竖)?", "黄": "草头", "赵": "走肖", "秋": "禾火", "何": "人可", "杨": "木易",
    "徐": "双人(?:旁)?余?", "余": "人禾", "于": "干勾", "程": "禾口王", "朱": "未撇", "董": "草重", "杜": "木土",
    "孙": "子小", "刘": "文刀", "罗": "四夕", "吕": "双口", "曾": "曾日", "彭": "鼓彡", "潘": "三点水番",
    "江": "水工", "冯": "两点马|二马", "谭": "言西早", "邹": "刍耳", "郭": "享耳", "谢": "言身寸", "宋": "宝盖木",
    "郑": "关耳", "梁": "水刃木", "韩": "韦旁", "马": "一马|马字", "池": "水也", "沈": "三点水尤", "白": "一撇日",
    "石": "一口石", "包": "勹巳", "云": "二厶", "安": "宝盖女", "贾": "西贝", "裴": "非衣", "常": "小口巾",
}  # fmt: skip
_TOLD = "|".join(f"(?:{parts})(?:的)?{name}?" for name, parts in PARTS.items())
_CALLED = re.compile(
    rf"(?<![百同])(?:(?:我|他|她|你|爸|妈|家|名)?(?:的)?姓(?:氏)?(?:是|叫|为|什么)?|(?:都|大家|老师)?(?:喊|叫)(?:我|他|她))[\s:，,“\"'‘]*({_TOLD})"
)
_TOGETHER = re.compile(
    rf"([{chr(0x4E00)}-{chr(0x9FFF)}])(?:字)?[和加跟与]([{chr(0x4E00)}-{chr(0x9FFF)}])(?:字)?[^。\n{WALL}]{{0,8}}(?:就?是|成|组成)(?:我|他|她|爸爸|妈妈)(?:家)?的?姓"
)


# What sounds like a digit; a row of eleven of them that is a mobile's is no accident.
_SAID_ALIKE = {
    "0": "〇零洞灵林凌令铃玲龄岭领陵另冻懂动癸圈蛋", "1": "一壹幺腰妖夭要依伊衣医邀吆药摇以已意义亿易艺忆椅姨遗移疑宜甲",
    "2": "二贰两尔耳儿而饵凉良粮乙", "3": "三叁散伞山衫闪善扇删丙", "4": "四肆寺丝司似死思私斯撕丁",
    "5": "五伍舞午武屋无吴吾乌雾物误悟戊", "6": "六陆溜流留刘柳遛榴己", "7": "七柒拐妻期起齐其奇骑气汽器旗棋漆庚",
    "8": "八捌把爸吧巴疤拔芭罢霸辛", "9": "九玖勾就久酒舅旧救揪狗够壬",
}  # fmt: skip
_SOUNDS = {one: digit for digit, every in _SAID_ALIKE.items() for one in every + digit}
_SOUNDING = re.compile(rf"[{''.join(_SOUNDS)}](?:[^\w\n{WALL}]{{0,2}}[{''.join(_SOUNDS)}]){{10}}")
_MOBILE = re.compile(r"1[3-9]\d{9}")
# 前三位一百三十九, 后四位三千四百五十六
_PLACES = re.compile(
    r"(?:前|头|开头|中间|后|最后|末|末尾)(?:的)?[一二两三四五六七八](?:位|个)(?:数字?)?(?:是|为)?[\s:：,，]{0,2}([零〇一二两三四五六七八九十百千0-9]{2,9})"
)


def find(page: Page) -> Iterator[Found]:
    """Yield what a surname was taken apart into, and numbers told by sound or by place."""
    yield from _numbers(page.text)
    for told in _CALLED.finditer(page.text):
        yield Found(*told.span(1), Kind.NAME, "拆开说的姓")
    for told in _TOGETHER.finditer(page.text):
        yield Found(told.start(1), told.end(2), Kind.NAME, "拆开说的姓")


def _numbers(text: str) -> Iterator[Found]:
    at = 0
    while row := _SOUNDING.search(text, at):
        said = [one for one in row[0] if one in _SOUNDS]
        is_spelled = sum(one in "0123456789" for one in said) < len(said) / 2
        is_phone = is_spelled and _MOBILE.fullmatch("".join(_SOUNDS[one] for one in said))
        at = row.end() if is_phone else row.start() + 1
        if is_phone:
            yield Found(*row.span(), Kind.PHONE, "谐音说的号码")
    told = list(_PLACES.finditer(text))
    if len(told) > 1:
        yield from (Found(*one.span(1), Kind.PHONE, "按位说的号码") for one in told)
