"""Shops and schools with an everyday name, told in passing: 去了兄弟汽修, 在多又多超市上货, 到明珠学校上课.

The word alone is said every day; between where one goes and what one does there it is a name, unless
it says where, whose or of what kind.
"""

# A pattern is read in one piece, its look-alikes are meant.
# ruff: noqa: E501

import re
from collections.abc import Iterator

from privacy.screening.folding import HAN, Page
from privacy.screening.kinds import Found, Kind
from privacy.screening.lists import words
from privacy.screening.nameforms import KIN
from privacy.screening.plainwork import names_nothing
from privacy.screening.stem import is_place

_GOES = r"(?:[在去到进给][了过]?|跟着|转到|转去|回)"
_OWN = rf"(?P<own>[{HAN}]{{2,4}}?)"
# Each of them is a shop by itself; what stands before it without 的 is its name.
_SHOP = r"(?:汽修|汽配|修理[部厂铺]|修车[铺行]|软件|广告|婚庆|装修|装饰|摄影|影楼|美发|理发店|发廊|造型|烧烤店?|火锅店?|蛋糕店|奶茶店?|面包[房店]|超市|便利店|饭[店馆庄]|餐[馆厅]|面馆|早餐店|服装店|鞋店|药[店房]|宾馆|旅[店馆]|网吧|琴行|画室|花店|洗车行|家政|快递|物流|货运|科技|网络|裁缝铺|家具店|五金店|文具店|書店|书店)"
_JOB = r"(?:上(?:[货班菜]|[夜白早晚]班|了?[0-9一二三四五六七八九十两几半]{1,3}个?[多几]?[年月])|打工|工作|干(?:活|了|着|过)|实习|当(?:学徒|服务员|厨师|保安|会计|店员|收银员?|店长|司机)|做(?:学徒|饭|保洁|收银|服务员|了|设计|蛋糕)|收[银钱]|理货|端[盘菜]|洗[碗头车菜盘]|切[菜肉墩]|穿串|配菜|传菜|炒菜|烤[肉串]|揉面|和面|帮厨|擦[桌车]|看[店门机]|学(?:手艺|徒|修|剪|做|烤|理发|美发|技术)|写(?:代码|程序|了)|卖[菜货衣鞋花酒水饭]|修[车电手摩]|补胎|喷漆|剪头|送[货餐外快]|开[车货叉]|跑[车单]|教了)"
_AT_WORK = re.compile(rf"{_GOES}{_OWN}(?P<shop>{_SHOP})(?=里?{_JOB})")
# 不念书了，去了兄弟汽修，管吃管住
_GONE = re.compile(
    rf"(?:[去进][了到]|跟着)了?{_OWN}(?P<shop>汽修|汽配|软件|广告|婚庆|装修|美发|修理[部厂]|修车[铺行]|家政|物流|快递|货运|科技|理发店|发廊|蛋糕店|烧烤店|火锅店|洗车行)(?=[,。;](?:[{HAN}]{{0,6}}(?:管[吃住一两三]|学|一个月|每[月天]|一天|工资|当|给人|做|修|挣|第一个月|跟着|包吃|天天|刚))|(?:一[年个]多?月?|[两三四五六七八九十几]+[年个])了)"
)
_SCHOOL = re.compile(
    rf"{_GOES}(?P<own>[{HAN}]{{2}})(?P<shop>学校|书院|学堂)(?=(?:去|来)?(?:上[课学]|早读|晚自习|报到|寄宿|住[校宿]|借读|[读念][书初高一二三四五六七八九]|教书|支教|代课|当老师|上[一二三四五六七八九初高]|上学前))"
)
# Where it is, whose and of what kind.
_WHERE = re.compile(
    rf"[城县镇乡村旗市盟省街路口里外边旁近邻隔壁邻楼院站门上下东西南北前后左右中区店馆厂校家国全本当地这那哪各每某两几个所一二三四五六七八九十的了着过是有没不我你他她它们咱俺自己人谁什么别同原旧新开老大小好坏高低贵便宜正假期周末暑寒夜日天月年公私民办立型级式连锁特色热门普通重点著名有名]|{KIN}|朋友家|亲戚|同学|老板|姐夫|老乡|邻居|附近|对面|牧区|草原|山区|体育|艺术|音乐|美术|舞蹈|武术|国际|技术|职业|专业|专科|特殊|教育|驾驶|双语|蒙语|汉语|蒙古|民族|寄宿|流动|临时|理想|对口|实验|希望|中心|电脑|电视|手机|网络|互联|游戏|聊天|办公|教学|翻译|视频|音乐|软件|自助|快捷|豪华|海鲜|儿童|女士|男士|手工|清真|麻辣|炭火|美容|平安夜"
)
# 多又多, 好又来, 老地方, 好日子, 一家亲: how shops wish themselves well in a word of their own.
_WISHED = re.compile(
    r"[好多客福财喜乐][又再常运]?[来多乐临到]|.又.|一.[亲鲜香美红春]|老地方|好日子|[新好]起点|[小大][天红黄白蓝][{HAN}]|三和|[大小]众|[一二三四五六七八九]和".replace(
        "{HAN}", HAN
    )
)


def find(page: Page) -> Iterator[Found]:
    """Yield shops, firms and schools whose name is a word of every day."""
    text = page.text
    for form in (_AT_WORK, _GONE):
        for one in form.finditer(text):
            if _is_name(one["own"], one["shop"]):
                yield Found(one.start("own"), one.end("shop"), Kind.EMPLOYER, "像工作单位")
    for one in _SCHOOL.finditer(text):
        if not _WHERE.search(one["own"]) and not _is_known(one["own"]):
            yield Found(one.start("own"), one.end("shop"), Kind.SCHOOL, "像学校名")


def _is_name(own: str, shop: str) -> bool:
    if _is_known(own) or names_nothing(own + shop):
        return False
    return bool(_WISHED.fullmatch(own)) or not _WHERE.search(own)


def _is_known(own: str) -> bool:
    """Say whether it is only a town or a trade."""
    return is_place(own) or own in words("trades")
