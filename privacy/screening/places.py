"""Addresses: divisions of the region, roads, houses, rooms, and where one says one lives."""

# A pattern is read in one piece, its look-alikes are meant, its sizes are those of the number.
# ruff: noqa: E501, PLR2004, SIM905

import re
from collections.abc import Iterator
from functools import cache

from privacy.screening.folding import HAN, ONE, Page
from privacy.screening.kinds import Found, Kind
from privacy.screening.lexicon import costs, is_word
from privacy.screening.lists import any_of, banners, divisions, stems, words
from privacy.screening.nobodys import is_news
from privacy.screening.plainwork import names_nothing

_N = r"(?:[甲乙丙丁]?[0-9]{1,5}|[一二三四五六七八九十百零〇两]{1,5}|[a-z](?![a-z]))"
# The number of a door: a single figure only where the word for it follows.
_ROOM = (
    rf"(?:{_N}(?:室|户|号|房)|[0-9]{{2,5}}|[一二三四五六七八九十百零〇]{{3,5}}|[a-z][0-9]{{1,4}})"
)
_SYLLABLE = re.compile(r"[温蒙毛敖成首上朝]都")  # of a Mongolian or an old name: 温都尔, 毛都
_STEM = ONE
# What never stands inside a place's name; where one begins, the name has not begun yet.
_OUT = "我你您他她它们住到去从是的了于给往就很也都不请个各每这那哪某整邻本全隔壁着过吗呢吧啊们被把跟和与叫在回离找趟次座条片些种只所或带选由要再又按填看写记帮让"
_SUFFIX = (
    r"(?:自治区|自治旗|自治州|省|市|盟|旗|县|新区|矿区|区|镇|民族乡|乡|苏木|街道办事处|街道办|街道|嘎查|自然村|行政村|村委会|村|屯|窝堡|营子|社区|居委会|林场|农场|牧场|分场|奶牛场|牧业点|工区|连队"
    r"|大街|大道|(?<!里)路|街|巷|胡同|小区|花园|家园|公寓|嘉园|新苑|新村|佳苑|雅苑|大厦)"
)
# What only a number or a side stands before.
_NUMBERED = r"(?:号院|号楼|楼|栋|幢|单元|室|组|队|连|号|排|户|层|弄|门)"
_FINE = re.compile(
    r"(?:旗|县|镇|乡|苏木|街道|嘎查|村|屯|营子|社区|林场|农场|牧场|(?<!自治)区|街|路|巷|胡同|小区|花园|家园|公寓|[苑园]|楼|栋|幢|单元|室|组|队|大厦)$"
)
_UNIT = rf"(?:(?:{_STEM}{{1,9}}?|{_N}){_SUFFIX}[村镇乡屯街路]?|(?:{_N}|[东西南北中]){_NUMBERED})"
_CHAIN = re.compile(
    rf"(?!{ONE}{{0,5}}[0-9一二三四五六七八九十几半]里路){_UNIT}(?:[ ,、-]?{_UNIT}){{1,9}}(?:[ ,-]?(?:{_N}(?:号|室)?(?:-{_N}){{0,3}}))?"
)
_GENERIC = re.compile(
    r"(?:嘎查|苏木|苏木乡|旗|旗县|盟|盟市|乡镇|街道|社区|农|山|乡|全|新|邻|外|本|同|小|大|老|古|城|集|冰|重|家|故|他|国|红|升|锦|彩|队|党|团|军|蓝|白|绿|黄|小红|五星红|五角星红|风|举|挥|摇|知|郡|旗|各|郊|山|牧|林|地|市|校|景|灾|社|园|特|矿|库|半农半牧|纯牧|风景|保护|旅游|开发|度假|服务|生活|住宅|自然保护|公|马|铁|小|走|问|带|道|水|一|赶|迷|思|高速|柏油|土|泥|雪|电|出|回家|上学|放学|修|沙|石子|盘山|步行|大|上|逛|一条|水|花|美食|商业|老|小|美丽|地球|奥运|世界|度假|养老|幸福|文明|脱贫|贫困|示范|牧民|游牧|嘎|山|后|前|沿|半|中|网|手|晒|热|天|冷|好多|许多|很多|别|外|那个|科技|工业|住|社会主义新农|小山|大山|偏远|贫困山|边远|大学|火车|绿化|儿童|动物|植物|草原|公|游|滑雪|采摘|菜|果|大草原牧)$"
)
_BIG = re.compile(r"(?:中国|祖国|我国|内蒙古|内蒙|全国|蒙古|草原|农村|山区|边疆)")
# Ten million live there or more: 我在深圳打工 says of nobody who he is.
_MILLIONS = frozenset(
    "北京 上海 天津 重庆 广州 深圳 成都 武汉 杭州 西安 郑州 长沙 南京 苏州 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 四川 贵州 云南 陕西 甘肃 广西 新疆".split()
)
_VILLAGE = re.compile(
    rf"(?P<name>{ONE}{{1,8}}?)(?P<level>苏木|嘎查|村|屯|镇|旗|县|乡|街道|社区|林场|农场|牧场|小区|家园|花园|胡同|巷|区)(?!{ONE}?(?:委会)|庄稼|里人|定|静|压|民|干部|子里|亲|土|愁|长大|手|袍|杆|帜|人大|村通|音|情|镇)"
)
_DOOR = re.compile(
    rf"(?:(?:{ONE}{{1,8}}?(?:大街|大道|路|街|巷|胡同|道|小区|花园|家园|公寓|苑|社区|村|屯|嘎查|院|厂|新村|里)) ?,? ?)?(?:{_N}|家属|宿舍|筒子)(?:号楼|号院|栋|幢|座(?!,)|楼)[ ,-]?(?:{_N}(?:单元|门|层|楼)[ ,-]?)?{_ROOM}(?![0-9元块斤个名分米岁人次年月天度层多%页本件只头岁间屋床张把盏步级])"
    rf"|(?<!第){_N}单元[ ,-]?{_N}(?:室|户|号|层)?(?![0-9元块个名分测课单词题的页%])|第{_N}单元[ ,-]?{_N}(?:室|户|号)|(?:{ONE}{{1,8}}?(?:大街|街|路|巷|胡同)(?:平房)?)?(?:第?){_N}排[ ,-]?(?:第?){_N}[号户家](?!桌)"
    rf"|{ONE}{{1,8}}?(?:大街|大道|路|街|巷|胡同|弄)(?:[东西南北中]|[一二三四五]段)?(?:侧|段|口)? ?(?:门牌)?{_N}(?:-{_N})? ?号|(?<=住){_N}-{_N}-{_N}|(?<=住在){_N}-{_N}-{_N}|门牌(?:号)?(?:是|[: ])*{_N}(?:-{_N}){{0,3}}号?|{ONE}{{2,8}}?(?:小区|花园|家园|公寓|苑|新村|大厦|广场) ?{_N}(?:-{_N}){{1,3}}(?:号|室)?|{ONE}{{2,8}}?(?:小区|花园|家园|公寓|苑|新村|大厦|华庭|华府|名城) ?{_N}号?[楼栋幢座]"
)
_LIVES = re.compile(
    r"(?:我?家?(?:现在|就|还|都)?(?:住在|住)|家在|家是|我来自|我是来自|来自|老家(?:在|是)?|搬到了?|搬来|户口在|户籍在?|籍贯是?|出生在|出生于|生活在|定居在?|(?:我|爸爸|妈妈|爸|妈|现在|目前|一直|他|她|姐姐|哥哥|叔叔|人|都)在|(?:我|俺|妈妈|爸爸)(?:是|现在是))"
)
_ADDRESS = re.compile(
    r"(?:(?:家庭|收货|收件|邮寄|通讯|通信|联系|详细|现|家里|我的|学校|我家的?)?(?:地址|住址)(?:是|为|[: ]){1,3}|寄到(?!了)|寄往|寄给我|邮寄到|快递到|送到(?!了))(?P<place>[^,。!?;\n]{3,40}(?:,[^,。!?;\n]*[0-9号室组村][^,。!?;\n]*)?)"
)
_WORKS = r"(?:上班|工作|打工|上学|读书|念书|上大学|读大学|生活|居住|人|住|做生意|开店|务工|当兵|定居|长大|出生|这边|做|当|,|。|!|$|\n|的)"
_WHY = "像地址"
_SELDOM, _RARE = 11.5, 13.0  # a town whose name is said more often than this says nothing by itself


@cache
def _stem() -> re.Pattern[str]:
    towns = {one for one in stems() if costs().get(one, _SELDOM) >= _SELDOM}
    every = any_of(towns | banners() | words("cities"))
    return re.compile(rf"(?:{every})(?:省|市|盟|旗|县|区|镇|乡)?")


@cache
def _on_the_way() -> re.Pattern[str]:
    """Return towns that one goes to or comes from, where their name is nothing else."""
    towns = {one for one in stems() - banners() if costs().get(one, 99.0) > _RARE}
    return re.compile(
        rf"(?:过了|路过|去过?|回|从|离|坐到|到了?|经过|靠近|[我俺您]在)(?P<name>{any_of(towns)})(?!{ONE}{{0,3}}草原|湖|河|山|岭|草原|大草原|沙漠|森林|景区|淖尔)"
    )


def find(page: Page) -> Iterator[Found]:
    """Yield addresses and their parts; a whole league or a famous place alone is none."""
    text, small = page.text, page.text.lower()
    doors = (one.span() for one in _DOOR.finditer(small))
    for start, end in (
        *_chains(text),
        *_single(text),
        *_at_home(text),
        *doors,
        *_near(text),
        *_passed(text),
    ):
        yield Found(start, end, Kind.PLACE, _WHY)
    for one in _ADDRESS.finditer(text):
        if _IS_PLACE.search(one["place"]) and not _TO_HAND.match(one["place"]):
            yield Found(*one.span("place"), Kind.PLACE, "信里说是地址")


_IS_PLACE = re.compile(rf"{_SUFFIX}|{_NUMBERED}|[0-9]|院|厂|校|站|店")
_TO_HAND = re.compile(
    r"(?:[镇村县旗城乡屯市](?:上|里|口)|门口|家门口|邮局|驿站|学校|医院|家里|手里|我们?手|我手|我这|您|你)"
)


# 下窝铺大队部, 东梁生产队: what the village is called stands before what governs it.
_GOVERNED = re.compile(
    rf"(?:^|[^{HAN}]|[在到去从回给是找])(?P<name>(?![我你他她们这那本各每几两有全大小同]){ONE}{{2,4}}?)(?:大队部|生产大?队|村部|村委会|村小组|村民小组)"
)
# 头道湾, 二道河子, 三道沟: numbered in the order the settlers came.
_NUMBERED_LAND = re.compile(r"(?:[头二三四五六七八九]道)[沟湾河岭梁洼泉桥营坎](?:子|沟|村)?")


def _passed(text: str) -> Iterator[tuple[int, int]]:
    for one in _GOVERNED.finditer(text):
        if not (_GENERIC.fullmatch(one["name"]) or is_word(one["name"])):
            yield one.span("name")
    yield from (one.span() for one in _NUMBERED_LAND.finditer(text))
    yield from (one.span("name") for one in _on_the_way().finditer(text))


def _near(text: str) -> Iterator[tuple[int, int]]:
    """Yield hamlets where one says one lives, and what stands beside one's home."""
    yield from (one.span() for one in _KNOWN_CORNER.finditer(text))
    for one in _HAMLET.finditer(text):
        if not _NO_HAMLET.fullmatch(one["name"]):
            yield one.span("name")
    for one in _BESIDE.finditer(text):
        if not _NO_LANDMARK.search(one["a"] or one["b"]):
            yield one.span("a" if one["a"] else "b")


def _begin(text: str, start: int, end: int) -> int:
    """Return where the name begins: after the last word that no place is called by."""
    known = _stem().search(text, start, end)
    limit = known.start() if known else end
    for at in range(limit - 1, start - 1, -1):
        if text[at] in _OUT and not _SYLLABLE.match(text, max(0, at - 1)):
            return at + 1
    return start


def _chains(text: str) -> Iterator[tuple[int, int]]:
    for one in _CHAIN.finditer(text):
        start = _begin(text, *one.span())
        parts = re.findall(_UNIT, text[start : one.end()])
        fine = [
            part
            for part in parts
            if _FINE.search(part) and not _is_generic(part) and not _is_plain_number(part)
        ]
        if len(parts) > 1 and fine and not _is_class(text[start : one.end()]):
            yield start, one.end()


def _is_plain_number(part: str) -> bool:
    return bool(re.fullmatch(rf"{_N}(?:号|组|队|排|户|层|楼|单元|路)", part))


def _is_class(part: str) -> bool:
    return bool(re.search(r"年级|[0-9]班|名次|[0-9]+(?:块|元|斤|岁)", part))


def _is_generic(part: str) -> bool:
    stem = re.sub(rf"(?:{_SUFFIX}|{_NUMBERED})$", "", part)
    return not stem or bool(_GENERIC.fullmatch(stem)) or stem[-1] in _OUT


_HAMLET = re.compile(
    rf"(?:家住|住在?|搬到了?|我住在?|我们住在?|家在|老家在?|家是)(?:[^,。!?;\n]{{0,6}}[下边旁里头面]的)?(?P<name>{ONE}{{1,5}}(?:沟|湾|岭|河|山|滩|梁|坡|塘|庄|堡|营|店|桥|站|台|泉|井|岗|甸|窑|坝|家子|窝子|街|口子|[河沟湾岭山台]子|[沟山岭河口]门|达坝|[沟梁]口))(?=[,。!?的 \n]|$|那|离|把头|东|西|南|北)"
)
# 老粮站后院第二趟房第三家, 供销社东头第一户: a thing everybody there knows, and the door.
_KNOWN_CORNER = re.compile(
    rf"(?:(?:老|旧|原){ONE}{{1,3}}?(?:站|社|库|院|校|厂|队|所|场|窑|井|庙|房|店|坊|局)|供销社|粮库|粮站|兽医站|邮局|信用社|卫生院|派出所|村委会|队部|敖包|大桥|水塔|大队部)(?:的)?(?:[东西南北前后左右][院头边侧屋面角街]?|家属[院楼区]|院里|对[过面门])?(?:的)?(?:第?[0-9一二三四五六七八九十]+(?:趟房?|排房?|家|户|栋|号)(?!人|多|少))+(?:第?[0-9一二三四五六七八九十]+(?:家|户|号|门))?"
)
_BESIDE = re.compile(
    rf"(?P<a>{ONE}{{3,10}})(?:的)?(?:对面|旁边|隔壁|后面|后边|前面|[东西南北]边|[东西南北]侧|附近)(?:那家|第[{HAN}0-9]家)?(?:就|便)?是我们?家"
    rf"|我们?家(?:就|也)?(?:住)?在(?P<b>{ONE}{{3,10}}?)(?:的)?(?:对面|旁边|隔壁|后面|后边|前面|[东西南北]边|[东西南北]侧|附近)"
)
_NO_LANDMARK = re.compile(
    r"学校|草原|小河|大山|山坡|一条|一座|一片|公路|铁路|树林|湖边|村子|镇子|农田|草场|羊圈|牧场$|河|山$|村委会$|小卖部$|那"
)
_NO_HAMLET = re.compile(
    r"[大小半后前那这一]?.{0,3}(?:大山|小山|山坡|河|大街|条街|老街|对街|小河|房子|院子|屋子|车站|客站|商店|酒店|房顶|林子|对面山|路边店|圈子|村子|镇子|孩子)$"
)


def _single(text: str) -> Iterator[tuple[int, int]]:
    for one in _VILLAGE.finditer(text):
        end = one.end("level")
        known = _known_division(text, one.start("level"), end)
        if known is not None and is_news(text, known, end):
            continue
        if known is not None:
            yield known, end
            continue
        start = _begin(text, one.start(), one.start("level"))
        stem, level = text[start : one.start("level")], one["level"]
        if level in {"旗", "乡", "巷", "区", "花园", "家园", "社区", "小区"} and not _lives_before(
            text, start
        ):
            continue
        least = 1 if level in {"苏木", "嘎查"} and stem[:1] in "东西南北中" else 2
        if least <= len(stem) < 7 and not _is_common(stem) and stem[0] not in "一两几多":
            yield start, end


def _known_division(text: str, level: int, end: int) -> int | None:
    for size in range(min(14, end), 2, -1):
        if text[end - size : end] in divisions() and end - size < level:
            return end - size
    return None


def _is_common(stem: str) -> bool:
    return any(
        bool(_GENERIC.fullmatch(stem[at:])) for at in range(max(0, len(stem) - 3), len(stem))
    ) and not re.match("东|西|南|北", stem)


def _lives_before(text: str, at: int) -> bool:
    before = text[max(0, at - 8) : at]
    return bool(re.search(rf"{_LIVES.pattern}(?:了)?$", before))


_STEPPE = re.compile(r"大?草原[,。!”\"]")  # as the song has it, and half the country sings


_SEEN = re.compile(r"的?(?:[动植]物园|公园|博物[馆院]|科技馆|海洋馆|火车站|高铁站|机场|广场|街头)")


def _at_home(text: str) -> Iterator[tuple[int, int]]:
    """Yield towns and cities where the sentence says that one lives, learns or works there."""
    for said in _LIVES.finditer(text):
        place = _stem().match(text, said.end())
        if (
            not place
            or _STEPPE.match(text, place.end())
            or _BIG.fullmatch(place[0])
            or names_nothing(place[0])
        ):
            continue
        plain = re.search(r"(?:在|是)$", said[0]) and not re.search(r"家在|住在|老家", said[0])
        if plain and re.sub("[省市]$", "", place[0]) in _MILLIONS:
            continue
        if plain and _SEEN.match(text, place.end()):
            continue
        if not plain or re.match(rf"(?:{ONE}{{0,6}}?){_WORKS}", text[place.end() :][:10]):
            yield place.span()
