"""Employers as the sentence has them: 单位是…, 就职于…, 我在…上班, …有限公司.

What is left of one without its kind must be a name of its own: a place of work by itself tells of
nobody.
"""

# A pattern is read in one piece, its sizes are those of the number.
# ruff: noqa: E501, PLR2004

import re
from collections.abc import Iterator
from functools import cache

from privacy.screening.folding import ONE, Page
from privacy.screening.kinds import Found, Kind
from privacy.screening.lists import any_of, words
from privacy.screening.plainwork import names_nothing
from privacy.screening.schools import name_start

_WHY = "像工作单位"
_STEM = r"[^\W_]"
_FIRM_END = (
    r"(?:有限责任公司|股份有限公司|有限公司|分公司|子公司|总公司|公司|集团|事务所|研究院|研究所|设计院|支行|分行|营业部|银行|信用社|保险|律所|电视台|广播台|报社|出版社|杂志社|法院|检察院|公安局|派出所|税务局|教育局|民政局|财政局|交通局|林业局|国税局|地税局|气象局|水利局|农牧局|卫健委|卫生局|供电局|电力局|电业局|铁路局|邮政局|统计局|审计局|旗政府|区政府|县政府|市政府|镇政府|党委|团委|妇联|总工会"
    r"|[肉酒奶糖纸钢铝铜煤渔乳毛绒]业|化工|物流|科技|能源|重工|实业|商贸|地产|农业|食品|药业|建材|石化|钢铁|盐场|油田|牧业|种业|传媒|肉联|屠宰|股份|控股|局|单位|医院|卫生院|诊所|卫生室|药店|制药厂|发电厂|热电厂|电厂|钢铁厂|钢厂|乳品厂|乳业|加工厂|木材厂|砖厂|化工厂|糖厂|酒厂|厂|煤矿|铁矿|金矿|铅锌矿|露天矿|矿业|矿|林场|农场|牧场|合作社|酒店|宾馆|饭店|饭馆|餐厅|超市|商场|商店|小卖部|理发店|汽修店|洗车行|快递站|加油站|车站|机场|电站|变电站|工地|项目部|部队|消防队|大学|学院|研究中心|中心|俱乐部|工作室|书店|酒楼|火锅店|烧烤店|面馆|奶茶店|店|馆|场|所|站|院)"
)
_WORK = r"(?:里|那里|那边|下面|旁边)?(?:上班|工作|任职|打工|就职|实习|干活|值班|看门|当(?!地|时)|做(?!客|的)|开车|开(?:大车|货车|卡车|铲车|出租|公交|校车)|抓药|烧锅炉|烧炉子|搬砖|扫地|打扫|跑业务|跑车|上夜班|倒班|挖煤|种地|下井|任(?!何)|供职|送|卖|修|跑|管|搬|学徒|搞|教书|服役|干(?!净)|的)"
_AT_WORK = re.compile(
    rf"(?:就职于|任职于|供职于|入职|我在|在|于|给)(?P<name>{_STEM}{{2,26}}?){_WORK}"
)
_IS_OF = re.compile(
    rf"(?:是|为|任|做)(?P<name>{_STEM}{{2,24}}?(?:{_FIRM_END})|(?:{any_of(words('firms'))}))的?(?:一?名?)(?:员工|职工|工人|老板|经理|主任|医生|大夫|护士|会计|司机|保安|职员|工程师|程序员|院长|厂长|矿工|法官|警察|民警|记者|干部|业务员|销售|厨师|服务员|总经理|董事长|创始人|法人|科长|局长|负责人|主管|教师|教授|空姐|乘务员|飞行员|快递员|售货员|收银员|客服|技术员|电工|水暖工|焊工|矿长|站长|所长|的$)"
)
_UNIT = re.compile(
    rf"(?:单位|公司|站点|网点|工作单位|雇主|东家|厂子|厂名|公司名|工作地点)(?:的?名字)?(?:是|叫做?|为|[: ]){{1,2}}(?P<name>{_STEM}{{2,24}})"
)
_FULL = re.compile(
    rf"(?P<name>{_STEM}{{2,24}}?(?:有限责任公司|股份有限公司|有限公司|分公司|集团|律师事务所|会计师事务所|支行|分行|合作社|煤矿|露天矿|人民医院|蒙医医院|中医院|中蒙医院|中心卫生院|派出所|热电厂|发电厂|乳业|矿业|公司|科技公司|建筑公司|林业局|公安局|教育局|税务局|民政局|供电局|电力局))"
)
_ENDS = re.compile(rf"{_FIRM_END}$")
_BUREAU = re.compile(rf"[旗县市区盟]{ONE}{{2,4}}局")
_KNOWN_FIRM = re.compile(
    rf"(?:我|爸爸?|妈妈?|叔叔?|阿姨|姨|舅|姑|婶|爷|伯|老公|老婆|媳妇|爱人|他|她|现在|哥哥?|姐姐?|弟|妹|一直|以前|曾经|目前)在(?P<name>{any_of(words('firms'))})(?!买|吃|喝|看|用|上(?!班)|下(?!井)|逛|住|存|取|点|订|玩|听)"
)
# 是“老额吉奶食坊”的师傅, 车是草原情旅行社的
_OF_ONE = re.compile(
    rf"(?:是|在)[“\"「](?P<name>{ONE}{{3,12}}?(?:{_FIRM_END}|[坊社铺馆店]))[”\"」]的?(?:师傅|员工|老板|学徒|店员|上班|干活|打工)|是(?P<of>{ONE}{{2,8}}?(?:旅行社|车队|车行|租赁公司|出租公司))的(?=[,。!?;]|$)"
)
# 在HengTai Electronics, 给xin da 煤业
_LATIN = re.compile(
    r"(?:在|给|进了?|去)(?P<name>[A-Z][A-Za-z]+(?: [A-Z][A-Za-z]+){0,3} (?:Electronics|Group|Company|Trading|Logistics|Foods?|Energy|Mining|Textiles?|Industry|Technology|Tech))(?![A-Za-z])"
    r"|(?:在|给|进了?|去)(?P<of>(?:[a-z]{2,6} ?){2,4}(?:[煤矿乳药牧酒铝铜钢]业|化工|能源|物流|电子厂|公司|集团|商贸|食品|超市|饭店|酒店))"
)
_IN_OFFICE = re.compile(
    rf"(?:我|爸爸?|妈妈?|叔叔|阿姨|现在|哥哥|姐姐)在(?P<name>{ONE}{{2,4}})(?:上班|任职|就职|供职)"
)


def find(page: Page) -> Iterator[Found]:
    """Yield the employers of whoever writes or is written about."""
    text = page.text
    for one in (*_OF_ONE.finditer(text), *_LATIN.finditer(text)):
        yield Found(*one.span("name" if one["name"] else "of"), Kind.EMPLOYER, _WHY)
    for form in (_AT_WORK, _IS_OF, _UNIT, _FULL, _IN_OFFICE, _KNOWN_FIRM):
        for one in form.finditer(text):
            suffix = _ENDS.search(one["name"])
            high = one.start("name") + suffix.start() if suffix else one.end("name")
            start = name_start(text, one.start("name"), high)
            told = form in (_UNIT, _IN_OFFICE, _KNOWN_FIRM)
            if _is_firm(text[start : one.end("name")], told=told):
                yield Found(start, one.end("name"), Kind.EMPLOYER, _WHY)


@cache
def _firms() -> re.Pattern[str]:
    return re.compile(rf".{{0,6}}?(?:{any_of(words('firms'))}).{{0,10}}")


def _is_firm(name: str, *, told: bool) -> bool:
    if len(name) < 2:
        return False
    if _firms().fullmatch(name):
        return True
    if name.isascii() and names_nothing(name):
        return False
    if name.isascii() and len(name) > 2 and name.isalpha():
        return True
    if names_nothing(name) or _ENDS.sub("", name) in words("trades"):
        return bool(_BUREAU.fullmatch(name))
    return told or bool(_ENDS.search(name))
