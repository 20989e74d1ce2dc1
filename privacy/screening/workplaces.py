"""Where somebody works: <name><trade> between 在, 给 or 开 and what is done there.

妈妈给爱洁家政做保洁, 我开博远客运的班车, 姐姐在老额吉羊肉馆洗碗. The trade alone names nobody;
what stands before it does, unless it only says where or how large.
"""

# A pattern is read in one piece.
# ruff: noqa: E501

import re
from collections.abc import Iterator
from functools import cache

from privacy.screening.folding import HAN, Page
from privacy.screening.kinds import Found, Kind
from privacy.screening.lists import any_of, stems, words
from privacy.screening.plainwork import names_nothing
from privacy.screening.stem import Stem, is_place, stem_before

_WHY = "像工作单位"
_JOB = re.compile(
    r"(?:里|那儿|那边)?(?:上班|打工|工作(?!人|日|的)|任职|就职|供职|干活|实习|学徒|看店|端盘子|当(?!时|地|然|中|作|成|了)|开(?:大|铲|吊|叉|货|卡|班|校|压)?[车机]|打螺丝|送[件货餐水奶菜煤]|送快递|送外卖|收[奶银费钱]|挖\S|刨\S|摘\S|数钱|看大?门|做(?:保洁|护工|饭的|收银|销售|客服|月嫂|小时工)|洗[碗盘车头菜衣]|烧锅炉|钻井|修[路车鞋锅]|包(?:饺子|包子|装)|喂[猪牛鸡]|教书|教[画琴舞]|扫[地楼院]|炒菜|端[菜盘]|搬[砖货家]|装[卸车]|卸[车货]|卖[\u4e00-\u9fff]|擦[玻桌地窗]|拖地|理货|切[肉菜]|刷[墙碗盘漆]|熨|喷漆|补胎|扛[\u4e00-\u9fff]|抬[\u4e00-\u9fff]|站柜台|缝|踩缝纫机|裁|揉面|和面|烤[肉饼串]|拉[煤货奶草砂沙料]|跑[单车腿线长]|押车|打包|分拣|记账|算账|接电话|前台|值夜班|上夜班|值班|打更|给人|帮厨|跟车|杀[猪羊牛]|剪羊毛|挤奶|领工资|请(?:不[了下出]来?)?(?:到|了)?[几一二三两0-9]?天?假|请不|打扫|流水线|下[井矿]|倒班|两班倒|三班倒|出(?:了)?工伤|受了?伤|(?:下|退)[岗休]|裁|当(?:[\u4e00-\u9fff]{1,3}[员工师徒长头手兵]|保安|会计|学徒|厨子)|开翻斗|开[\u4e00-\u9fff]{0,3}[车机]|码[砖货]|看库房|管仓库|装箱|贴标|质检|包药|挑[\u4e00-\u9fff]|撕|腌|磨|刮|焊|电焊|推|摆摊|跟班|学[修做理炒烙剪美手徒]|剪[头线]|跑堂|传菜|配菜|切墩|拌|卖货|导购|理发|按摩|保洁|值勤|站岗|巡[逻线]|放炮|绑钢筋|支模|砌|抹灰|盖楼|刷漆|贴砖|养[猪牛鸡羊鱼])"
)
_DRIVES = re.compile(
    r"(?:开|跑|押)(?P<name>[\u4e00-\u9fff]{2,8}?(?:客运|货运|物流|快递|快运|速运|运输|公交|出租|旅游|校车|冷链|搬家|婚庆|租车|代驾))(?:公司)?的?(?:大巴|班车|车|线|活|货|大货|单)"
)
_IN = re.compile(r"(?:[在给于进去]|跟着|到)$")


# 叫“老味道”的面馆, 名叫鸿运来的饭庄
_CALLED_SHOP = re.compile(
    r"(?:叫|名叫|名字是|招牌是|字号)[“\"'「]?(?P<name>[\u4e00-\u9fffA-Za-z0-9]{2,8})[”\"'」]?的(?:\ue000|[\u4e00-\u9fff]{0,4}?(?:面馆|饭[店馆庄]|餐[厅馆]|超市|商店|小卖部|店|公司|厂|工厂|企业|理发店|药店|诊所|旅店|宾馆|酒店|网吧|家政|幼儿园|合作社|作坊|快递|驿站|矿|工地|单位|[厂馆坊行社]))"
)
# 姐姐的店叫指尖时光
_SHOP_CALLED = re.compile(
    rf"(?:[饭面药鞋]?[店馆铺厂矿行社]|超市|公司|工厂|厂子|单位|作坊|车队|工地|合作社)的?(?:名字)?(?:就?叫做?|名叫|名字?是|起名叫?)[“\"'「]?(?P<name>(?!什么|啥|不|我|他|她|你|它)[{HAN}A-Za-z]{{2,8}})(?=[”\"'」,。!?;、\n]|$)"
)
_EMPLOYED = re.compile(
    rf"(?:受雇于|就职于|任职于|供职于|效力于|受聘于)(?P<name>[{HAN}]{{3,14}}?)(?=[,。;!?\n]|$|的|当|做|一)"
)
_FAR = 14


@cache
def _brand_at_work() -> re.Pattern[str]:
    """Return 蒙牛六期上夜班, 去小肥羊当服务员: a known firm, its town and part, and what is done there."""
    jobs = r"(?:上(?:夜|白|早|晚|中)?班|当(?!时|地|然)|做(?:保洁|护工|工|事|饭|收银|销售|客服|开发|程序|普工|测试|研发|运营|设计|质检)|写(?:代码|程序|软件)|离职|辞职|干(?:活|了|过|的|着)?|打工|打螺丝|工作|实习|任职|就职|供职|送[\u4e00-\u9fff]|开[\u4e00-\u9fff]{0,2}[车机]|流水线|下井|倒班|值班|请|管[\u4e00-\u9fff]|搬|卖[\u4e00-\u9fff]|端盘|洗[碗车]|退休|下岗|分拣|看门|看库|搞[\u4e00-\u9fff]|跑[\u4e00-\u9fff]|修[\u4e00-\u9fff]|开店|包装)"
    part = r"(?:[一二三四五六七八九十]期|[\u4e00-\u9fff]{0,4}(?:厂|店|分公司|公司|基地|仓库?|站点?|车间|工地|项目部?|总部|总行|分行|支行|园区?|中心|集团|车队|门市))?"
    place = any_of(words("cities") | stems())
    return re.compile(
        rf"(?:去了|进了|入职|跳槽到|应聘到|分到|调到|就职于|任职于)(?P<firm>(?:{place})?(?:{any_of(words('firms'))}){part})(?=[^{HAN}]|$)|(?:[在去到进给从为的]|跟着|[是了])(?P<name>(?:{place})?[市县旗]?(?:{any_of(words('firms'))}){part})(?:里|那边|那儿|的)?{jobs}"
    )


_LAST_IN = re.compile(
    r"(?:.*)(?:[在给于进去到][了过]?|跟着)(?P<name>(?![了过])[\u4e00-\u9fff]{3,12})$", re.DOTALL
)


@cache
def _trades() -> re.Pattern[str]:
    """Return how an employer's name ends, in what it does and is."""
    does = any_of(one for one in words("trades") if len(one) > 1)
    ends = rf"(?:{does}|药房|超市|月嫂|奶食|[馆店铺楼房坊行社城厂场站园吧屋记院庄居轩阁府斋堂汇矿井窑库]|[一二三四五六七八九十]期|[一二三四五六七八九十]分?[厂局处队公司]|度假村|农家乐|冷库|车间|流水线|项目部|工区|分?理处|基地|总行|总部|中心|公司|集团)"
    return re.compile(rf"[\u4e00-\u9fff]{{2,8}}?{ends}")


def find(page: Page) -> Iterator[Found]:
    """Yield what is a name by itself, or before its trade, where somebody works."""
    text = page.text
    spans = (span for job in _JOB.finditer(text) for span in _before_job(text, job.start()))
    yield from (
        Found(*one.span("name" if one["name"] else "firm"), Kind.EMPLOYER, _WHY)
        for form in (_brand_at_work(), _CALLED_SHOP, _SHOP_CALLED)
        for one in form.finditer(text)
    )
    yield from (
        Found(*one.span("name"), Kind.EMPLOYER, _WHY)
        for one in _EMPLOYED.finditer(text)
        if not names_nothing(one["name"])
    )
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
    named = len(name) > 1 and stem.weight >= 2 and not known  # noqa: PLR2004
    return named and not names_nothing(name)


def _has_name(name: str) -> bool:
    """Say whether something is left of it without its trade, its size and its place."""
    return (
        bool(_trades().fullmatch(name))
        and not names_nothing(name)
        and not _AN_ADJECTIVE.match(name)
    )


_AN_ADJECTIVE = re.compile(
    r"(?:一[家个间]|[那这某]家)(?![亲人春])|[\u4e00-\u9fff]{1,3}的|[很最更]|家里|学校"
)
