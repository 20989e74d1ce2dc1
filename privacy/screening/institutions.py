"""Schools, employers and places by what their names end in, weighed by what stands before it."""

# A pattern is read in one piece, its look-alikes are meant, its sizes are those of the number.
# ruff: noqa: E501, SIM905

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from privacy.screening.folding import HAN, ONE, Page
from privacy.screening.kinds import Found, Kind
from privacy.screening.lexicon import split
from privacy.screening.lists import any_of, words
from privacy.screening.plainwork import names_nothing
from privacy.screening.stem import STOPS, Stem, places, stem_before
from privacy.screening.universities import is_only_told_of

_ENDINGS = (
    (Kind.SCHOOL, "像学校名", re.compile(
        r"(?:九年一贯制学校|职业技术学院|职业学校|职业高中|职业中专|中心小学|中心学校|中心校|实验小学|民族小学|希望小学|小学校?(?![会到])|中学(?![会到])|学校|高中|初中|幼儿园|大学|学院|师范|技校|职高|卫校|附[小中]|[一二三四五六七八九实蒙民完][小中](?![学旬间心型队孩朋时组角块片截段步撮])|[一二三四五六七八九十]校(?![园长区])|教学点|书院|分校|党校)(?!生)")),
    (Kind.EMPLOYER, "像工作单位", re.compile(
        r"(?:(?:有限|责任|股份)*公司|集团|林业局|合作社|货运|客运|速运|运输|冷链|装饰|劳务|服饰|家具|月嫂|家政|(?:煤|铁|金|铜|露天)?矿|派出所|供电所|事务所|研究[院所]|医院|卫生[院所室]|诊所|银行|支行|信用社|保险|证券|[发热火]?电厂|厂(?!长|里|子|房)|贮木场|物流|快递|超市|店(?!里|员|长|铺)|商场|商行|馆(?!里|子)|站(?!在|起|着|立|了|住|岗|台|好|一)|(?:修理|项目|经营|营业|门市)部|旅游点|(?:车|施工|建筑|工程|勘探|地质|装修|检修|养路|打井|运输)队|道班|水库|驾校|批发(?!价)|[机车工电]务段|[日晚]报社?|电视台|[市旗县区省盟][一二三四五]院|镇政府|乡政府|旗政府|管理处|[\u4e00-\u9fff]处(?=的|上班|扫|干|当|工作)|车间|食堂|工地|支队|大队|中队|消防队|电力局|(?<!第[一二三四五六七八九十])局(?!长|里|面|部|势)|[乳煤矿牧药酒肉种渔奶糖木]业|化工|建材|商贸|科技|网吧|浴池|油田|(?:养殖|种植|屠宰|采石|木材|批发市|砂石|料)场|麻辣烫|烧烤|火锅|拉面|包子铺|[铺坊园圃]|农机|电力|航空|(?:养殖|种植|种羊|屠宰|采石|石料|砂|滑雪|马|牧|电|冰|木材|养[猪牛鸡羊])场|(?:供电|粮油|种畜|看守|事务|打字|拘留|研究|管理|招待|设计|检验|检测|疗养|派出)所|[风光火水热]电场?|光伏(?:电站|园区)|(?:物流|产业|工业|科技|养殖|种植|陵|茶|果|动物|植物)园区?|(?:家具|建材|鞋|影|汽车|汽配|灯具|灯饰|服装|小商品|食品|数码|手机|花卉|茶|家电|五金)城|(?:茶|酒|奶茶|网|棋牌|水|话)吧|健身房|瑜伽馆|台球厅|营业厅|歌舞厅|洗车行|车行|农商行|理发[店馆室]|美容院|托管班|辅导班|培训班|补习班|早教班|小饭桌|月子中心|[\u4e00-\u9fff]{2}中心|养路段|景区|滑雪|牙科|影楼|画室|琴行|剧团|乌兰牧骑|监狱|残联|妇联|武装部|(?:幼儿|敬老|养老|福利)院|KTV|ktv)(?!长大|面上)")),
    (Kind.PLACE, "像地址", re.compile(
        r"(?:苏木|嘎查|牧业?点|猎民?点|[冬夏春秋]?营[地盘]|淖尔|镇|乡(?!下|村|亲|音|镇|里|间|民(?!族)|土)|[村屯](?!里|子|民|长|委|干部|上|头|口)|林场|农场|牧场|营子|窝[堡铺棚]|浩特|小区|社区|花园|家园|街道|大街|大道|胡同|(?<![封堵修铺问带引赶拦让开探认迷走绕断抢占挡通逛扫])[路街](?=[0-9一二三四五六七八九十东西南北甲乙丙丁那这口,。]|的)|敖包|火车站|[^车]站(?=下车|上车)|猎民村|居委会|村委会)(?!上的|里的人)")),
)  # fmt: skip
_HIGH = ("大学", "学院")
_CAMPS = frozenset(
    (
        "敖包",
        "牧点",
        "牧业点",
        "猎点",
        "猎民点",
        "营地",
        "夏营地",
        "冬营地",
        "春营地",
        "秋营地",
        "营盘",
        "淖尔",
    )
)
_WORK = re.compile(
    r"(?:里|那里|那边)?(?:上班|工作|任职|打工|就职|实习|干活|干|值班|看大?门|当|做|开车|开|上夜班|倒班|挖|烧|修|跑|管|搬|学徒|扫|洗|端|炒|挤|杀|卖|打扫|收银|送|包|的?(?:员工|职工|工人|老板|经理|主任|医生|大夫|护士|会计|司机|保安|工程师|院长|厂长|矿工|警察|民警|干部|厨师|服务员|科长|局长|教师|空姐|邮递员|业务员|一个|退休))"
)
_BEFORE_WORK = re.compile(
    r"(?:[在给是到去从开]|[进调回]了?[到进去]?|分(?:到|配到)了?|考[进上]了?|应聘[到上]了?|跟着|单位(?:就?是|[:叫])?|退休前在|开的|的)$"
)
# 兴安皮革厂给爸爸发了奖状, 爸爸是永盛影楼的: it stands first or last, and the person beside it.
_GIVES = re.compile(
    r"(?:给|发给|奖励?|辞退|开除|录用|招|欠|拖欠)了?(?:[我他她俺]|爸|妈|叔|哥|姐|舅|姨|姑|爷|奶|姥|婶|伯|表|堂)"
)
_IS_OF = re.compile(r"的(?=[^{HAN}]|$)".replace("{HAN}", HAN))
# One goes to a station or to see a doctor without working there.
_VISITED = re.compile(r"(?:站|机场|医院|卫生院|诊所|超市|商场|店|银行|馆|食堂|水库)$")
_OF_STATIONS = frozenset("火车 汽车 客运 长途 高铁 飞 老 新 东 西 南 北".split())
_GOES = re.compile(r"(?:去|到|从|开|路过|经过)$")
_SUBJECT = re.compile(
    r"(?:[我他她俺]|爸爸?|妈妈?|叔|哥|姐|人|伴|公|婆|舅|姨|姑|爷|爹|娘|婶|以前|现在|原来|一直)(?:以前|现在|原来|一直|都|就)?(?:在|是)$"
)
_STUDY = re.compile(
    r"(?:在|考上了?|考进|考取|转到|转去|就读于?|我们学校叫|学校[是叫:]|毕业于|[读念上去进])$"
)

_LEARNS = re.compile(
    r"(?:去|来)?(?:上[课学]|早读|晚自习|报到|寄宿|住[校宿]|借读|[读念](?!给|出)|教书|支教|代课|当老师|上[一二三四五六七八九初高]|上学前)"
)


@cache
def _steppe() -> re.Pattern[str]:
    """Return what is all Mongolian syllables, as hills and wells of the steppe are called."""
    long = any_of(one for one in words("mongol") | words("mongol_parts") if len(one) > 1)
    every = "".join(sorted(set("".join(words("mongol") | words("mongol_parts")))))
    return re.compile(rf"(?:{long}|[{every}])+")


# 东沟, 头道湾, 三岔河: by side, number and lie of the land.
_LIE = re.compile(
    r"(?:[东西南北上下前后里外]|[头二三四五六七八九]道|[大小三双]|[红黄黑白青])[沟湾岭山坡滩泡甸岗梁岔河井泉窑坝台营](?:子|沟|河)?"
)


def find(page: Page) -> Iterator[Found]:
    """Yield the names that end in what a school, an employer or a place is called."""
    text = page.text
    for kind, why, endings in _ENDINGS:
        for one in endings.finditer(text):
            stem = stem_before(text, one.start())
            if stem and _is_name(text, kind, stem, one):
                yield Found(stem.start, one.end(), kind, why)
    yield from _said(text)


_OFFICE = re.compile(r"[局处]$")
_BARE_SCHOOL = re.compile(
    r"(?:考[上进到]了?|在|转到了?|[念读上去])(?P<name>(?:育[英才红贤新德人]|启明|明德|树人|衡实|博雅|英才)(?:双语|实验|国际)?)(?=[,。!?;]|[就读念上的]|$)"
)
_CALLED_PLACE = re.compile(
    rf"(?:村子?|屯子?|营子|队里|[三二一四五六七八九十0-9]组|嘎查|苏木|牧[点场]|镇子?|林场|地方|小区|那[儿里边]|这[儿里边]|营[地盘]|草场|老家)(?:就|也|是)?(?:叫做?|名叫|名字叫)(?P<name>{ONE}{{2,7}}?)(?=[,。!;的 \n]|$)"
)


_OUR_OWN = re.compile(r"(?:[我俺咱]们?家?(?:的|这|那|住的)?|住的|[这那]个)$")
_BUILDERS = re.compile(
    r"(?P<name>中[铁建交水冶核][\u4e00-\u9fff]{0,3}?[一二三四五六七八九十]{1,3}(?:局|公司))"
)
_OPENED = re.compile(
    rf"开(?:了|的)?(?:一?[家个间])?(?:名?叫)?[“「]?(?P<name>(?!一?[家个间]|小|大|了|着|的){ONE}{{2,5}}?(?:饭[馆店]|超市|理发店|商店|面馆|小卖部|药店|早餐店|旅店|旅馆|餐馆|网吧))"
)
_SHORT_BANNER = re.compile(
    r"(?:住在?|家在|来自|搬到了?|嫁到了?|老家在?)(?P<name>[扎莫阿鄂陈东西前后左右中新土达准乌杭伊科奈库察太商化四锡苏镶正多克巴翁喀敖林宁]旗)"
)


_SAID = (
    (_BARE_SCHOOL, Kind.SCHOOL, "像学校名"),
    (_SHORT_BANNER, Kind.PLACE, "像地址"),
    (_BUILDERS, Kind.EMPLOYER, "像工作单位"),
    (_OPENED, Kind.EMPLOYER, "像工作单位"),
)


@cache
def _steppe_place() -> re.Pattern[str]:
    """Return 查干敖包, 巴彦高勒: where one lives, goes or camps."""
    return re.compile(
        rf"(?:[在到去叫住回离从]|搬[到去])(?P<name>{_steppe().pattern}(?:敖包|淖尔|诺尔|高勒|布拉格|宝力格|宝拉格|温都尔|乌拉|浩来|哈达|召))"
    )


def _said(text: str) -> Iterator[Found]:
    """Yield schools, employers and places that only the sentence makes one."""
    for form, kind, why in _SAID:
        yield from (Found(*one.span("name"), kind, why) for one in form.finditer(text))
    for one in _steppe_place().finditer(text):
        yield Found(*one.span("name"), Kind.PLACE, "像地址")
    for one in _CALLED_PLACE.finditer(text):
        every = tuple(one["name"][a:b] for a, b in pairwise(split(one["name"])))
        ours = _OUR_OWN.search(one.string, max(0, one.start() - 4), one.start())
        weighs = Stem(0, every).weight > 1 or bool(ours and one[0][0] not in "地那这")
        if weighs and not any(len(word) == 1 and word in STOPS for word in every):
            yield Found(*one.span("name"), Kind.PLACE, "像地址")


def _is_visited(text: str, stem: Stem, ending: re.Match[str]) -> bool:
    """Say whether one only goes there: to a town's station, to its hospital."""
    known = all(
        word in places() or word in words("trades") or word in _OF_STATIONS for word in stem.words
    )
    goes = _GOES.search(text, max(0, stem.start - 2), stem.start)
    return bool(known and goes and _VISITED.search(ending[0])) and not _WORK.match(
        text, ending.end()
    )


def _is_name(text: str, kind: Kind, stem: Stem, ending: re.Match[str]) -> bool:
    if kind is Kind.SCHOOL:
        if ending[0] in _HIGH and is_only_told_of(text, stem.start, ending.end()):
            return False
        told = _STUDY.search(text, max(0, stem.start - 6), stem.start) or _comes(text, stem, ending)
        return stem.weight >= 2 or bool(stem.weight and told)  # noqa: PLR2004
    if _is_visited(text, stem, ending):
        return False
    if kind is Kind.PLACE:
        name = "".join(stem.words)
        lies = _LIE.fullmatch(name) or (len(name) > 1 and _steppe().fullmatch(name))
        return stem.weight >= 2 or bool(ending[0] in _CAMPS and lies)  # noqa: PLR2004
    return _is_employer(text, stem, ending)


def _comes(text: str, stem: Stem, ending: re.Match[str]) -> bool:
    """Say whether one comes there to learn: 每天骑车到明珠学校上课."""
    before = text[max(0, stem.start - 1) : stem.start]
    return before in {"到", "往", "回", "来"} and bool(_LEARNS.match(text, ending.end()))


def _is_employer(text: str, stem: Stem, ending: re.Match[str]) -> bool:
    if names_nothing(text[stem.start : ending.end()]):
        return False
    weight, works = stem.weight, _works(text, stem, ending)
    if works > 1 and _OFFICE.search(ending[0]):
        return True
    long = ending.start() - stem.start > 1
    return long and weight + works >= 2.5 and weight >= 1  # noqa: PLR2004


def _works(text: str, stem: Stem, ending: re.Match[str]) -> int:
    """Return how many words around say that somebody works there."""
    before, end = text[max(0, stem.start - 6) : stem.start], ending.end()
    works = bool(_BEFORE_WORK.search(before)) + bool(_WORK.match(text, end))
    works += bool(_SUBJECT.search(before)) + bool(_IS_OF.match(text, end))
    return works + 2 * bool(_GIVES.match(text, end))
