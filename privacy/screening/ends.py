"""To its end: the door an address goes on to behind a mark, and the street or estate before it.

What stands at a mark may be said in any way, for a letter in which nothing was hidden is not changed
by it: 2期8号楼下的菜鸟驿站, 5# 【…】, 丙二十一号, 4 0 号院 2 号楼 1 0 1, 梅子园【…】.
"""

# A pattern is read in one piece, its look-alikes are meant.
# ruff: noqa: E501

import re
from collections.abc import Container, Iterator

from privacy.screening.folding import HAN, WALL, Page
from privacy.screening.kinds import Found, Kind
from privacy.screening.lists import any_of
from privacy.screening.stem import places

_WHY = "地址的其余部分"
_N = r"(?:[0-9](?: ?[0-9]){0,4}|[一二三四五六七八九十百零〇两]{1,5})"
_NOT = "我你您他她它们的是在了和跟与去从到给有就也都说不"
# None of these is said of anything but a house; 号, 组 and 家 are, and need an end behind them.
_SURE = r"(?:号 ?[院楼房]|#楼?|栋|幢|单元|号?室|座|期(?![中末间货])|弄|巷子?|胡同|号?门(?=[,。0-9一二三四五六七八九十东西])|号?牧户|趟房?|排平?房?|区(?=[0-9])|个?独贵龙|个?艾里)"
_LOOSE = r"(?:号|组|队|社|户|家|层|楼|门|院|委|区|小区)"
_END = rf"(?=[^{HAN}a-zA-Z0-9]|$|[的是住里那有就能可租收等找敲上下东西南北对后前左右院内附付])"
_AT = r"(?:[附付] ?[0-9一二三四五六七八九十]{1,3} ?号?|[a-zA-Z] ?[座区栋幢](?: ?[0-9]{1,4})?|[甲乙丙丁戊己庚辛][0-9一二三四五六七八九十]{0,4}(?:号|[座区栋院])|楼?[东西南北][户门厢]房?|把[东西南北]?头|[东西南北中][段口头侧](?![发])|斜?对[过面门])"
_HOUSES = r"(?:[楼园苑府城庭湾居轩阁邸庄寓里]|家园|花园|小区|新居|华城|世纪城|宿舍|家属[院楼区])"
_NAMED = (
    rf"[^\W_a-zA-Z0-9{_NOT}]{{1,5}}{_HOUSES}(?= ?(?:{_N}|[a-zA-Z]) ?(?:[#栋幢座号]|单元|-)|{WALL})"
)
_STREET = rf"[^\W_a-zA-Z0-9{_NOT}]{{1,6}}(?:大街|大道|路|街|里|胡同|巷|营)(?=[ /]{{0,3}}{_N} ?号)"
_STEP = rf"(?:第? ?{_N} ?{_SURE}|第? ?{_N} ?{_LOOSE}{_END}|{_N}号(?={_NAMED})|{_AT}|[期栋幢][0-9]|(?:宿舍|东门|西门|南门|北门)[+ ]?{_N}|第{_N}[条个](?:巷子?|胡同|院|门|街)|第{_N}家(?:[蓝红绿黄白黑]门)?|[东西南北前后](?={WALL})|#楼?|楼{_END}|牧户|独贵龙|单元|号楼|{_N}(?:-{_N}){{1,3}}|(?<=[元座栋幢楼区室层舍门# +]){_N}(?![0-9年月日岁元块斤个人次])|子(?=第?[0-9一二三四五六七八九十]))"
_SPOT = rf"(?:楼?[上下内里前后]|院[内里]|门口|旁边?|对面|隔壁)的?(?:(?:菜鸟|快递|丰巢)?(?:驿站|快递[柜点站]|自提[柜点]|车库|门房|传达室|收发室|小卖部|超市|值班室|仓库|锁店|药店|平房)|(?:那个?|这个?)?[院家门楼](?=[,。!?;就]|$)|(?={WALL}))"
_PLACES = r"(?:[春夏秋冬]营[盘地]|[东西南北][门边](?=[,。+第0-9]|$)|[左右]手(?:边|侧)?|(?:职工|学生|教师)?宿舍(?=[0-9])|[交路街巷村道]口|交汇处|交叉口|[十丁]字路?口|口(?=往)|[汽火]?车站|客运站|[^\W_a-zA-Z0-9]{0,3}家属[院楼区房]|牧民点|牧业点|牧户点|[工开]业开发区|工业园区?|开发区|棚户区|浩特|嘎查|苏木|[院楼][内里]?(?:地下)?车库)"
_WAY = rf"(?:往?[东西南北里](?:走|拐|数)?|拐角数)(?:第 ?)?{_N} ?(?:米|步|里地?|公里|户|家|个?院|个?门|排|条)"
_ANY = rf"(?:{_STEP}|{_SPOT}|{_NAMED}|{_STREET}|{_PLACES}|{_WAY})"
_BEHIND = re.compile(rf"{WALL}[ ,、/+]{{0,3}}(?P<rest>{_ANY}(?:[ ,、/+]{{0,3}}{_ANY})*)")
# What a sentence says and no street is called by.
_OUT = "我你您他她它们住到去从是的了于给往就很也都不请个址寄送停搬跟叫号第比在写为把被让由向说有"
_ROAD = r"(?:大街|大道|[东西南北]?路|街|巷|胡同|小区|花园|家园|公寓|[园苑庭湾府居寓]|(?<![进上出县])城|新村|新区|社区|里|工业|街道|镇|苏木|嘎查|旗|(?<=[工开])业?开发区|[号家属]院|供热|供销社|老?粮库|拐角)"
_BEFORE = re.compile(
    rf"(?P<rest>(?:[^\W_a-zA-Z0-9{_OUT}]{{1,8}}{_ROAD}(?:[与和](?={WALL}))?|(?:[^\W_a-zA-Z0-9{_OUT}]{{2,5}} ?)?[0-9]{{1,3}} ?#楼?|[甲乙丙丁](?={WALL}))(?:拐角)?(?:数?第[0-9一二三四五六七八九十]个?[院门户])?)[ ,]?(?={WALL})"
)
# 莫力达瓦【…】, 新左旗【…】: whose school or firm it is stands before what was found of it.
_TOWN_OF = re.compile(
    rf"(?P<rest>[新东西前后中][左右]?旗|(?:莫力达瓦|鄂伦春|鄂温克|{any_of(places())})[省市县旗区镇盟]?) ?(?={WALL})"
)
_HOUSE_END = re.compile(r"(?:[小中校园]|学校?|[公分]司|厂|医院|院|局|店|部|站|队|社|所|矿)$")
# 育才街第三个胡同, 建设南路粮库家属院: a street, and what is counted or called along it.
_ALONG = re.compile(
    rf"(?P<rest>[^\W_a-zA-Z0-9{_OUT}]{{2,8}}(?:大街|大道|路|街|巷)(?:第{_N}[个条](?:胡同|巷子?|门|院子?)|[^\W_a-zA-Z0-9{_OUT}]{{0,4}}(?:家属[院楼]|家属区)))"
)
# 东风 lu shi er hao
_SOUNDED = re.compile(
    rf"(?P<rest>[^\W_a-zA-Z0-9{_OUT}]{{2,5}} ?(?:lu|jie|da ?jie|xiang|hu ?tong|cun|zhen)(?: ?(?:yi|er|san|si|wu|liu|qi|ba|jiu|shi|bai|ling|[0-9]+)){{1,6}} ?(?:hao|dong|lou))(?![a-z])"
)
_DOOR = re.compile(
    r"(?:第?[0-9一二三四五六七八九十甲乙丙丁a-zA-Z]{1,5}-?[0-9]{0,4} ?[#号栋幢座单门楼户院区室期]|[0-9]{1,2}-[0-9]|家属|门牌|宿舍|平房|[东西南北][侧头]|开发区)"
)


def is_door(piece: str) -> bool:
    """Say whether what was hidden begins like the end of an address: its street stands before it."""
    return bool(_DOOR.match(piece.lstrip()))


def is_house(piece: str) -> bool:
    """Say whether what was hidden is a school or a firm: its town may stand before it."""
    return bool(_HOUSE_END.search(piece.rstrip()))


def find(page: Page, doors: Container[int], houses: Container[int]) -> Iterator[Found]:
    """Yield how an address goes on behind a mark, and what stands before a door or a house."""
    text = page.text
    for form in (_ALONG, _SOUNDED):
        yield from (Found(*one.span("rest"), Kind.PLACE, "像地址") for one in form.finditer(text))
    if WALL not in text:
        return
    yield from (Found(*one.span("rest"), Kind.PLACE, _WHY) for one in _BEHIND.finditer(text))
    for form, walls in ((_BEFORE, doors), (_TOWN_OF, houses)):
        yield from (
            Found(*one.span("rest"), Kind.PLACE, _WHY)
            for one in form.finditer(text)
            if page.starts[text.index(WALL, one.end())] in walls
        )
