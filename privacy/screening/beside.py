"""What goes on where a mark ends: the rest of an address, the trade of an employer, the kind of a school.

A pattern finds 阿鲁科尔沁旗天山镇民生路17号院 and leaves 西屋 standing; what touches a mark and can only
belong to it goes with it. A letter in which nothing was hidden is never changed by it.
"""

# A pattern is read in one piece, its look-alikes are meant.
# ruff: noqa: E501

import re
from collections.abc import Iterator

from privacy.screening.folding import HAN, WALL, Page
from privacy.screening.kinds import Found, Kind

_NOT_A_NAME = (
    "我你您他她它们的是在了和跟与去从到给有就也都说很不又还要会能把被让对向往才再只个这那哪几两一每"
)
_N = r"(?:[0-9]{1,5}|[一二三四五六七八九十百零〇两]{1,4})"
_SIDE = r"(?:最?(?:[东西南北]{1,2}|[前后左右](?!面|边|头))(?:头|边|侧|屋|院|角|口|户|街|面|沿儿?|把头|门外?|段|路|巷|区|厢房?|道边|胡同)|把头|拐角处?|[东西南北前后]?(?:山根儿?|山脚下?|坡[上下]|沟里|沟口|桥头|河边|井沿|大坝|林子边)|路口|村口|道口|街口|十字路口)"
_MARKED = r"(?:老|旧|原)?(?:供销社|粮库|粮站|兽医站|邮局|邮电所|信用社|车站|火车站|卫生院|医院|小卖部|派出所|村委会?|队部|学校|粮店|市场|菜市场|敖包|大桥|水塔|信号塔|加油站|家属[院楼区]|平房|宿舍|大院|后院|前院|筒子楼|家属房|棚户区|安置房|回迁楼|收发室|传达室|门卫)"
_BY = r"(?:的)?(?:对过|对面|对门|东侧|西侧|南侧|北侧|后身|后面|后边|跟前|旁边|边上|隔壁|附近|门口|院里|往[东西南北])"
_DOOR = rf"(?:第?{_N}(?:家|户|趟房?|排|栋|幢|号楼?|楼|层|单元|室|组|队|社|座|院|门|委|巷|弄|胡同)|[^\W_{_NOT_A_NAME}a-zA-Z0-9]{{1,5}}?(?:委(?:会)?|社|组|队|屯|营子|坡|沟门?)|[^\W_{_NOT_A_NAME}a-zA-Z0-9]{{1,6}}?(?:城|苑|园|府|庭|湾|里|庄|区|院){_N}(?:[-—]{_N}){{1,3}}|[社组队委号户门院]|[a-dA-D甲乙丙丁][座区栋]|(?:路|街)?{_N}(?:-{_N}){{1,3}}(?:号|室)?|那家)"
_PIECE = rf"(?:{_SIDE}|{_DOOR}|{_MARKED}(?:{_BY})?)"
_REST = rf"{_PIECE}(?:[ ,]?{_PIECE}){{0,5}}"
_ADDRESS = re.compile(
    rf"{WALL}[ ,]?(?P<rest>{_REST})(?=[^{HAN}]|$|[的是住里那有就能就可租收啊呀呢吧，])"
)
_KIND = r"(?:职教中心|职业中学|职业高中|完全中学|第[一二三四五六七八九十]+[小中]学|[一二三四五六七八九十][小中](?![学时组队])|中心校|[小中]学|幼儿园|幼师|师范|[卫技护农林牧艺体党]校|职高|[铁矿林农职蒙民实师][小中](?![学心])|学校|学院|大学|高中|初中)"
_TRADE = r"(?:有限公司|公司|集团|(?:服务|经营|营业|销售|住院|门诊|项目|工程)部|(?:项目|工程)?第?[一二三四五六七八九十]+[部处队]|[站网]点|(?:换装|监测|检疫|招待)[所站]|水泥(?!地|路)|[百杂]货[店铺]?|[羊牛乳矿煤牧药酒]业(?:有限公司|公司)?|分院|住院区|子弟校|[分总]厂|[一二三四五六七八九十]厂|炼[铁钢]厂|厂|矿|煤矿|电厂|医院|卫生院|合作社|物流园?|家政|冷库|施工队|工程队|车队|项目部|分公司|度假村|美容院|理发店|盐场|油田|粮库|砖厂|奶站|饭[店庄馆]|酒店|宾馆|超市|事务所|支行|研究[院所]|林场|农场|牧场|养殖场|屠宰场|批发部|修理[部厂]|门市部?)"
_INSTITUTION = re.compile(
    rf"{WALL}(?P<rest>[^\W_{_NOT_A_NAME}a-zA-Z0-9]{{0,7}}?(?P<kind>{_KIND}|{_TRADE}))"
)
# 【…】 Trading (Guangzhou) Co., Ltd.; 【…】(东街店); 【…】/第三/完全/小学
_FIRM = re.compile(
    rf"{WALL}(?P<rest>(?: [A-Z][A-Za-z]+){{0,3}}(?: ?\([A-Za-z ]{{2,20}}\))?,? (?:Co\.?,? ?Ltd\.?|Ltd\.?|Inc\.?|LLC|Limited|Group|Logistics|Trading|Electronics))"
    rf"|{WALL}(?P<part>\([{HAN}0-9]{{1,8}}[店部厂区院站]\))"
)
_CUT = re.compile(rf"{WALL}(?P<rest>(?:[/+][{HAN}]{{1,4}}){{0,3}}[/+](?:{_KIND}|{_TRADE}))")
_BEFORE = re.compile(
    rf"(?:家在|住在?|搬到了?|回到?|来自|家是)(?P<rest>[大小东西南北前后上下新老中]){WALL}"
)
# 打151…, 不对, 是8837: corrected, or gone on with.
_CORRECTED = re.compile(
    rf"{WALL}[^0-9\n{WALL}]{{0,12}}(?:不对|错了|写错|说错|应该|改成|改为|少写|漏了|换成)[^0-9\n{WALL}]{{0,8}}(?P<rest>[0-9](?:[ .-]?[0-9]){{2,18}})(?![0-9])"
)
_NEXT = re.compile(
    rf"{WALL}[^。!?\n{WALL}]{{0,6}}?[ ,、往东西南北]{{1,3}}(?P<rest>[^\W_{_NOT_A_NAME}a-zA-Z0-9]{{2,4}}[乡镇村屯])(?=[^{HAN}]|$)"
    rf"|{WALL}(?P<spot>[^\W_{_NOT_A_NAME}a-zA-Z0-9]{{1,3}}(?:口|里半|桥|岭|沟|湾|台|甸|坝|滩|河|梁|庙|营|堡|店|坡|地|泉|井|塔拉|诺尔))(?=[^{HAN}]|$)"
)
_DOMAIN = re.compile(
    rf"{WALL}(?P<rest>(?: ?(?:\.|点|dot|/|斜杠) ?[a-z0-9]{{1,20}}){{1,5}})(?![a-z0-9])"
)


def find(page: Page) -> Iterator[Found]:
    """Yield what touches a mark and belongs to it."""
    text = page.text
    if WALL not in text:
        return
    yield from _of(text, _ADDRESS, Kind.PLACE, "地址的其余部分")
    for one in _NEXT.finditer(text):
        yield Found(*one.span("rest" if one["rest"] else "spot"), Kind.PLACE, "地址的其余部分")
    yield from _of(text, _BEFORE, Kind.PLACE, "地址的其余部分")
    yield from _of(page.numerals().text, _CORRECTED, Kind.NUMBER, "号码的一段")
    yield from _of(text.lower(), _DOMAIN, Kind.LINK, "链接的其余部分")
    for one in _FIRM.finditer(text):
        yield Found(*one.span("rest" if one["rest"] else "part"), Kind.EMPLOYER, "名称的其余部分")
    yield from _of(text, _CUT, Kind.SCHOOL, "名称的其余部分")
    for one in _INSTITUTION.finditer(text):
        kind = Kind.SCHOOL if re.fullmatch(_KIND, one["kind"]) else Kind.EMPLOYER
        yield Found(*one.span("rest"), kind, "名称的其余部分")


def _of(text: str, form: re.Pattern[str], kind: Kind, why: str) -> Iterator[Found]:
    yield from (Found(*one.span("rest"), kind, why) for one in form.finditer(text))
