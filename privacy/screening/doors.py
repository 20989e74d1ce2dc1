"""Doors: an estate's name with house, stair and flat (御龙湾9-2-1103), and No. 16 Xinjian Street.

No other number is written so: two short ones and a flat's, right behind a name.
"""

# A pattern is read in one piece.
# ruff: noqa: E501, RUF001

import re
from collections.abc import Iterator

from privacy.screening.folding import WALL, Page, latin
from privacy.screening.kinds import Found, Kind

_OUT = "我你您他她它们住在到去从是的了于给往就很也不请个址寄送停搬和与跟叫号第比"
_FLAT = re.compile(
    rf"(?P<name>[^\W_a-zA-Z0-9{_OUT}]{{2,8}})[a-zA-Z]?[0-9]{{1,3}}(?:号楼|[栋幢座#])?-[0-9]{{1,2}}-[a-zA-Z]?[0-9]{{3,4}}(?:室|号)?(?![-0-9年月日页题分元人次])"
)
_NO_ESTATE = re.compile(
    r"(?:比分|得分|比赛|电话|手机|座机|号码|编号|学号|日期|今天|昨天|明天|时间|答案|题目|练习)$"
)
_WORD = r"(?:[A-Z][A-Za-z'’]+ )"
_STREET = re.compile(
    rf"(?:(?<![A-Za-z])(?:[Nn]o|NO|Number)\.? ?[0-9]{{1,4}},? {_WORD}{{1,3}}?|(?<![A-Za-z0-9.,])(?<![Pp]age )(?<!Unit )(?<!Lesson )[0-9]{{1,4}} {_WORD}{{1,3}}?)(?:(?:East|West|North|South) )?(?:Street|Road|Avenue|Lane|Alley|St|Rd)(?![a-z])\.?"
    rf"(?:,? {_WORD}{{0,2}}[A-Z][A-Za-z'’]+ (?:Town(?:ship)?|District|County|Banner|City|Village|League|Gacha|Sumu)(?![a-z]))*"
)
_NO = r"(?:[0-9]{1,4}|[一二三四五六七八九十百两]{1,4})"
_STEP = rf"第?{_NO}(?:排平?房?|趟房?|栋|幢|户|家|号|门|单元|室|组|巷|弄|胡同|座|层|楼)(?:[东西南北][头边侧屋户院])?"
# 租在铁西菜市场后身平房第五排: where one lives, down to the door.
_HOME = re.compile(
    rf"(?:租在了?|租住在?|住在|住进了?|住到|搬到了?|搬进了?|搬去了?|搬回|安家在?|落户在?|家在|家住|现在住|寄住在|寄居在)(?P<name>[^\W我你您他她它的了]{{2,14}}?(?:{_STEP})(?:-?{_STEP}|[-0-9a-zA-Z]+)*)(?![级年天岁次个学])"
)
_NO_HOME = re.compile(
    r"(?:学校|宿舍|医院|病房|酒店|宾馆|旅馆|我们?|一|同|这|那|蒙古包|寝室|高)|[0-9一二三四五六七八九十]+$"
)
# 步行街地下B17, 民族商城二楼33号: a stall in a market.
_STALL = re.compile(
    rf"(?P<name>[^\W我你您他她它的了在去到从]{{0,6}}?(?:步行街|商业街|商城|市场|商场|广场|大厦|百货|购物中心|大集|夜市)(?:地下|负|里)?(?:{_NO}[层楼])?[东西南北]?[区排厅]?(?:[A-Za-z]-?[0-9]{{1,4}}|{_NO}(?:号|档|铺|摊))(?:摊位?|铺位?|档口|店|柜台?)?)(?![0-9年月日路])"
)
# 北纬43.61234,东经118.30511
_COORDINATES = re.compile(
    r"[北南]纬[^\w]{0,2}[0-9]{1,2}(?:\.[0-9]{3,}|[度°][0-9. ]{1,6}[分′'][0-9. ]*[秒″\"]?)[^0-9]{0,6}[东西]经[^\w]{0,2}[0-9]{1,3}(?:\.[0-9]{3,}|[度°][0-9. ]{1,6}[分′'][0-9. ]*[秒″\"]?)"
    r"|(?:[东西]经)[0-9]{1,3}\.[0-9]{3,}[^0-9]{0,6}[北南]纬[0-9]{1,2}\.[0-9]{3,}"
    r"|(?<![0-9.])[2-5][0-9]\.[0-9]{4,8} ?[,、 /]{1,2} ?(?:[EN])?1[0-3][0-9]\.[0-9]{4,8}(?![0-9])|(?<![0-9.])1[0-3][0-9]\.[0-9]{4,8} ?[,、 /]{1,2} ?[2-5][0-9]\.[0-9]{4,8}(?![0-9])"
)
# 【…】西段农行后院平房【…】: what lies between two pieces of one address.
_BETWEEN = re.compile(
    rf"{WALL}(?P<rest>[^\W_a-zA-Z0-9{_OUT}]{{1,10}}(?:[院房楼段巷排侧区库站路街组]|附近|对面)){WALL}"
)


def find(page: Page) -> Iterator[Found]:
    """Yield flats and streets with their numbers, and the middle of an address."""
    for one in _FLAT.finditer(page.text):
        if not _NO_ESTATE.search(one["name"]):
            yield Found(*one.span(), Kind.PLACE, "像地址")
    for one in _HOME.finditer(page.text):
        if not _NO_HOME.match(one["name"]):
            yield Found(*one.span("name"), Kind.PLACE, "像地址")
    for form in (_STALL, _COORDINATES):
        yield from (Found(*one.span(), Kind.PLACE, "像地址") for one in form.finditer(page.text))
    yield from (
        Found(*one.span(), Kind.PLACE, "像地址") for one in _STREET.finditer(latin(page.text))
    )
    yield from (
        Found(*one.span("rest"), Kind.PLACE, "地址的其余部分")
        for one in _BETWEEN.finditer(page.text)
    )
