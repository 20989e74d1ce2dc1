"""Where somebody works: <name><trade> between 在, 给 or 开 and what is done there.

妈妈给爱洁家政做保洁, 我开博远客运的班车, 姐姐在老额吉羊肉馆洗碗. The trade alone names nobody;
what stands before it does, unless it only says where or how large.
"""

import re
from collections.abc import Iterator
from functools import cache

from privacy.screening.folding import Page
from privacy.screening.institutions import Stem, is_place, stem_before
from privacy.screening.kinds import Found, Kind
from privacy.screening.lists import any_of, words

_WHY = "像工作单位"
_JOB = re.compile(
    r"(?:里|那儿|那边)?(?:上班|打工|工作(?!人|日|的)|任职|就职|供职|干活|实习|学徒|看店|端盘子|当(?!时|地|然|中|作|成|了)|开(?:大|铲|吊|叉|货|卡|班|校|压)?[车机]|打螺丝|送[件货餐水奶菜煤]|送快递|送外卖|收[奶银费]|看大?门|做(?:保洁|护工|饭的|收银|销售|客服|月嫂|小时工)|洗[碗盘车头菜衣]|烧锅炉|钻井|修[路车鞋锅]|包(?:饺子|包子|装)|喂[猪牛鸡]|教书|教[画琴舞]|扫[地楼院]|炒菜|端[菜盘]|搬[砖货家]|装[卸车]|卸[车货]|卖[\u4e00-\u9fff]|擦[玻桌地窗]|拖地|理货|切[肉菜]|刷[墙碗盘漆]|熨|喷漆|补胎|扛[\u4e00-\u9fff]|抬[\u4e00-\u9fff]|站柜台|缝|踩缝纫机|裁|揉面|和面|烤[肉饼串]|拉[煤货奶草砂沙料]|跑[单车腿线长]|押车|打包|分拣|记账|算账|接电话|前台|值夜班|上夜班|值班|打更|给人|帮厨|跟车|杀[猪羊牛]|剪羊毛|挤奶|领工资)"
)
_DRIVES = re.compile(
    r"(?:开|跑|押)(?P<name>[\u4e00-\u9fff]{2,8}?(?:客运|货运|物流|快递|快运|速运|运输|公交|出租|旅游|校车|冷链|搬家|婚庆|租车|代驾))(?:公司)?的?(?:大巴|班车|车|线|活|货|大货|单)"
)
_IN = re.compile(r"(?:[在给于进去]|跟着|到)$")
_NOWHERE = re.compile(
    r"(?:里|上|下|外|边|面|头|地|家|村|镇|城|市|旗|县|厂|店|校|班|组|天|年|月|时候|一起|努力|认真|附近|网|山|河|草原|牧区|学校|民|人|户|客|们|员|爷|奶|叔|姨)$"
)
# Where or whose it is, not what it is called.
_ANY = re.compile(
    r"(?:[一两几这那哪某各每][家个间处]?|家|[镇县城旗村市路街桥河山](?:上|里|边|口|头|下)?|外地|附近|门口|学校|单位|公司|城里|县城|旗县|镇里|人家|别人|亲戚|老板|朋友|同学|老乡|隔壁|对面|楼下|新开|老家|小|大|老|旧|新|好|草原|牧区|农村|街道|社区|车站|火车站|医院|我|他|她|你|们|的|自己|客人|老人|孩子|全|另|当地|北京|上海|首府|呼市|南方|北方|那边|这边|连锁|国营|私人|个体|特色|民族|蒙古|蒙餐|清真|四川|东北|内蒙古?|有名|出名|高级|路口)"
)


_FAR = 14
_LAST_IN = re.compile(r"(?:.*)(?:[在给于进去到]|跟着)(?P<name>[\u4e00-\u9fff]{3,12})$", re.DOTALL)


@cache
def _trades() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return how an employer's name ends, in what it does and is; and one with nothing before."""
    does = any_of(one for one in words("trades") if len(one) > 1)
    ends = rf"(?:{does}|药房|月嫂|奶食|[馆店铺楼房坊行社城厂场站园吧屋记院]|中心|公司|集团)"
    plain = rf"(?:{_ANY.pattern}|{does}|[药菜饭面酒砖鞋粮水煤])*{ends}?"
    return re.compile(rf"[\u4e00-\u9fff]{{2,8}}?{ends}"), re.compile(plain)


def find(page: Page) -> Iterator[Found]:
    """Yield what is a name by itself, or before its trade, where somebody works."""
    text = page.text
    spans = (span for job in _JOB.finditer(text) for span in _before_job(text, job.start()))
    driven = (one.span("name") for one in _DRIVES.finditer(text) if _has_name(one["name"]))
    yield from (Found(*span, Kind.EMPLOYER, _WHY) for span in (*spans, *driven))


def _before_job(text: str, end: int) -> Iterator[tuple[int, int]]:
    stem = stem_before(text, end)
    if (
        stem
        and _IN.search(text, max(0, stem.start - 2), stem.start)
        and _is_name(stem, text[stem.start : end])
    ):
        yield stem.start, end
    at = _LAST_IN.match(text, max(0, end - _FAR), end)
    if at and _has_name(at["name"]):
        yield at.span("name")


def _is_name(stem: Stem, name: str) -> bool:
    known = all(is_place(one) for one in stem.words)
    return len(name) > 1 and stem.weight >= 2 and not known and not _NOWHERE.search(name)  # noqa: PLR2004


def _has_name(name: str) -> bool:
    """Say whether something is left of it without its trade, its size and its place."""
    ended, plain = _trades()
    return (
        bool(ended.fullmatch(name)) and not plain.fullmatch(name) and not _AN_ADJECTIVE.match(name)
    )


_AN_ADJECTIVE = re.compile(r"[\u4e00-\u9fff]{1,3}的|[很最更]|家里|学校")
