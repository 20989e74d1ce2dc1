"""Schools and employers by name."""

# A pattern is read in one piece, its look-alikes are meant, its sizes are those of the number.
# ruff: noqa: E501, PLR2004

import re
from collections.abc import Iterator
from functools import cache

from privacy.screening import shortschools
from privacy.screening.folding import HAN, ONE, Page
from privacy.screening.kinds import Found, Kind
from privacy.screening.lists import any_of, stems, words
from privacy.screening.plainwork import names_nothing
from privacy.screening.universities import is_ones_own, is_only_told_of

_STEM = r"[^\W_]"
_BREAK = re.compile(
    r"[我你您他她它们住到去从是的了于给往就很也都不请个这那哪某被把跟将着过吗呢吧啊叫在所座位名当像想离]|(?<!国)家|感谢|谢谢|关于|爱护|热爱|打扫|参加|距离|全体|报答|读|念|上(?!海|库力|城)|(?<!前)进|考|送|刚|已|才|再|还|先|和(?!平|林|硕)|或|与|按|没有|导入|告诉|提醒|填|选|由|要|补|来自|考上|考进|考到|考取|就读|毕业|转到|转学|转来|回到|现在|今年|明年|以后|以前|希望(?!小学|学校|中学)|喜欢|因为|为了|离开|进入|加入|爸爸|妈妈|爷爷|奶奶|叔叔|阿姨|老师|学生|同学|孩子|作为|代表|参观|位于|成为|后来|时候|然后|每天|已经|正在|开始|什么|一起|看见|一[所家]|校名|单位|公司[:：]|[,。!?;:、 ]"
)
_VERBS = re.compile(
    r"^(?:上|读|念|考|和|有|看|进|回|来|对|爱|为|让|与|及|由|经|去年|前年|曾|原|现|入|同|等|至|任|调)+"
)
_SCHOOL = re.compile(
    r"(?:九年一贯制学校|寄宿制学校|职业技术学院|职业学校|职业高中|职业中专|中心校|中心学校|实验学校|外国语学校|小学校|小学(?![会到])|中学(?![会到])|学校|高中|初中|幼儿园"
    r"|大学|学院|师范|技校|职高|卫校|附小|附中|实小|蒙小|蒙中|蒙校|分校|党校|教学点)(?!生)"
)
_SHORT_UNIVERSITY = re.compile(
    r"(?:内蒙?古?|呼|包|赤峰?|[东西]?北|华[东中南北]|[南首哈沈辽吉黑山河陕浙川渝云贵桂湘鄂京津沪冀豫皖鲁苏赣甘晋闽粤青宁琼]|中国)(?:师|农|工|医|科|民|林|财|理工|海|政法|外|传|体)大(?![家力概多约人学量小门街夫爷妈哥姐伯叔娘的米])"
)
_PLAIN_SCHOOL = re.compile(
    r"(?:农村|乡村|乡下|镇上|镇里|村里|城里|城市|县里|县城|旗里|山里|牧区|苏木|嘎查|乡|镇|村|县|市|旗|本|母|全|贵|外|普通|重点|初级|高级|公立|私立|寄宿|寄宿制|希望|民族|蒙古族|蒙语|汉语|双语|实验|中心|第?[一二三四五六七八九十]|[1-9]|完全|九年制|特殊教育|附近|新|老|旧|小|大|好|名牌|一流|理想|年|上|下|读|念|考|北方|南方|边疆|高等|职业|师范|医科|体育|音乐|艺术|美术|重本|大专|本科|希望工程|爱心|春蕾|红军|流动|马背|草原|附属|全国|各|两|几|中|初|高|子弟|多|国外|国内|女子|贵族|暑期|业余|少年|老年|军事|农业|科技|夜|驾驶|电视|开放|成人|有|无|共|党|进|到|同|学前|双语|山区|贫困|偏远|边远|帮扶|对口|姊妹|姐妹|手拉手|电大|中专|小|网络|空中|家长|父母|妈妈|课外|兴趣|现代|未来|梦想|心目中|魔法|霍格沃茨|森林|动物)*"
)
_PROPER = re.compile(
    rf"(?:实验|民族|蒙古族|寄宿制|职业|外国语|双语|中心|希望|特殊教育|国际|武术|体育|艺术|第[{HAN}0-9])$|[镇乡村旗县市]$|苏木$|嘎查$|{any_of(stems() | words('cities'))}"
)
_WEAK_SCHOOL = re.compile(
    r"(?:民族|蒙古族|实验|中心|希望|第?[一二三四五六七八九十]|寄宿制|双语|春蕾|红军|特殊教育)+"
)
_SELF = re.compile(
    r"(?:在|读|上|是|来自|就读于?|转到|考上了?|考进|毕业于|学校:|母校|学校叫|学校是|叫)$"
)
_SHORT = re.compile(
    rf"(?:在|考上了?|考进了?|考|[想要报]报考?|报考|读|念|上|去|到|从|就读于?|转到|分到|升[到入]|来自|进|是|我们|回)(?P<name>{ONE}{{0,4}}?(?:第?[一二三四五六七八九十1-9](?:中|小|高|完小|幼)|[铁矿师农职][中小]|实小|蒙小|蒙中|蒙校|民小|民中|附小|附中|中心校|实验小学|民族小学|蒙古族小学|蒙古族学校|第[一二三四五六七八九]小学|第[一二三四五六七八九]中学|中心小学|民族中学|实验中学|蒙古族中学)(?=[,。!?;、) \n]|上学|读|念|的|学习|教|当|工作|$|初|高|[一二三四五六]年级|[0-9]年级|毕业|住校|[\u4e00-\u9fff]{{0,3}}班))"
)
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
    rf"(?:单位|公司|工作单位|雇主|东家|厂子|厂名|公司名|工作地点)(?:的?名字)?(?:是|叫做?|为|[: ]){{1,2}}(?P<name>{_STEM}{{2,24}})"
)
_FULL = re.compile(
    rf"(?P<name>{_STEM}{{2,24}}?(?:有限责任公司|股份有限公司|有限公司|分公司|集团|律师事务所|会计师事务所|支行|分行|合作社|煤矿|露天矿|人民医院|蒙医医院|中医院|中蒙医院|中心卫生院|派出所|热电厂|发电厂|乳业|矿业|公司|科技公司|建筑公司|林业局|公安局|教育局|税务局|民政局|供电局|电力局))"
)
_PLAIN_FIRM = re.compile(
    rf"(?:(?:一|几|两|某|各|全|大|小|外|本|老|新|私|国|好|县|市|旗|区|镇|乡|村|省|盟|城里|城市|镇上|县里|旗里|村里|当地|外地|附近|私人|国营|国有|民营|外贸|外资|央|世界|500强|互联网|软件|科技|建筑|装修|物流|快递|外卖|运输|贸易|广告|保险|保洁|家政|物业|电子|服装|食品|机械|化工|木材|水泥|造纸|印刷|玩具|砖瓦|砖|鞋|帽|袜|手套|地毯|毛毯|罐头|饮料|面粉|轮胎|电池|奶|乳品|肉联|肉|皮革|家具|汽车|汽修|修理|加工|制造|生产|纺织|煤|铁|铜|金|人民|中心|社区|妇幼|儿童|口腔|中|蒙|医|牧|农|林|畜牧|草|种养|养殖|养牛|养羊|工|学校|幼儿|饭|火锅|烧烤|拉面|奶茶|早餐|服务|美容|美发|理发|超|便民|连锁|五金|农资|粮|粮油|食堂|建材|水|电|网|培训|福利|敬老|养|上市|公|事业|政府|行政|机关|企业|设计|研究|金融|投资|证券|电力|通信|通讯|石油|天然气|医药|制药|医疗|教育|文化|传媒|旅游|什么|很大的?|那种|建设|集体|高速|收费|铁路|公路|道路|交通|运动|体育|图书|博物|文具|玩|上|下|里|工厂|车间|流水线|开车|国|外|央|私|民|合资|体制|大型|小型|中型|三甲|部委|机关事业|能源|重工|实业|商贸|地产|农业|药业|石化|钢铁|盐|牧业|种业|股份|控股)*(?:{_FIRM_END})?)"
)
_NO_FIRM = re.compile(
    r"(?:家|学校|教室|班|课堂|宿舍|操场|草原(?![\u4e00-\u9fff]{0,3}(?:酒店|饭店|宾馆|超市|馆|厂|公司))|外面|外地|城里|村里|镇上|旗里|县里|工地|地里|田里|这里|那里|这|那|哪|院子|山上|路上|心里|梦里|后面|前面|旁边|帮|努力|认真|一起|国外|牧区|农村|灯下|厨房|食堂|同学|老师|妈妈|爸爸|我|他|她|你|您|平时|周末|暑假|寒假|小时候|晚上|早上|中午|下午|今天|每天|现在|一直|正|还|也|黑板|书|网上|电视|课|手机|外边|别人|附近|夏天|冬天|春天|秋天|北方|南方|蒙古包|体制|大城市|小城市|城市|公家|流水线|车间|办公室|店里|电脑|岗位|自己|老家|线上|基层|部门|一线|田间|牛场|羊场|养|这边|那边|海外|市里|省城|省会)"
)
_ENDS = re.compile(rf"{_FIRM_END}$")
_BUREAU = re.compile(rf"[旗县市区盟]{ONE}{{2,4}}局")
_KNOWN_FIRM = re.compile(
    rf"(?:我|爸爸?|妈妈?|叔叔?|阿姨|姨|舅|姑|婶|爷|伯|老公|老婆|媳妇|爱人|他|她|现在|哥哥?|姐姐?|弟|妹|一直|以前|曾经|目前)在(?P<name>{any_of(words('firms'))})(?!买|吃|喝|看|用|上(?!班)|下(?!井)|逛|住|存|取|点|订|玩|听)"
)
_IN_OFFICE = re.compile(
    rf"(?:我|爸爸?|妈妈?|叔叔|阿姨|现在|哥哥|姐姐)在(?P<name>{ONE}{{2,4}})(?:上班|任职|就职|供职)"
)
_WHY_SCHOOL, _WHY_FIRM = "像学校名", "像工作单位"


def find(page: Page) -> Iterator[Found]:
    """Yield schools by name, and the employers of whoever writes or is written about."""
    text = page.text
    for start, end in _schools(text):
        yield Found(start, end, Kind.SCHOOL, _WHY_SCHOOL)
    for form in (_AT_WORK, _IS_OF, _UNIT, _FULL, _IN_OFFICE, _KNOWN_FIRM):
        for one in form.finditer(text):
            suffix = _ENDS.search(one["name"])
            high = one.start("name") + suffix.start() if suffix else one.end("name")
            start = _stem_start(text, one.start("name"), high)
            if _is_firm(
                text[start : one.end("name")], told=form in (_UNIT, _IN_OFFICE, _KNOWN_FIRM)
            ):
                yield Found(start, one.end("name"), Kind.EMPLOYER, _WHY_FIRM)


# 班里第三高, 家里第二小: somebody's height or age among others
_RANKED = re.compile(r"(?:里|班|级|校|家|村|上|中|组|排|当中)第[一二三四五六七八九十](?:高|小)$")


def _schools(text: str) -> Iterator[tuple[int, int]]:
    for one in _SHORT.finditer(text):
        if _RANKED.search(one["name"]):
            continue
        start = _stem_start(text, *one.span("name"))
        yield start, one.end("name")
    yield from shortschools.find(text)
    yield from (
        one.span() for one in _SHORT_UNIVERSITY.finditer(text) if is_ones_own(text, *one.span())
    )
    for one in _SCHOOL.finditer(text):
        start = _stem_start(text, max(0, one.start() - 24), one.start())
        if _is_school(text, start, one):
            yield start, one.end()


def _is_school(text: str, start: int, suffix: re.Match[str]) -> bool:
    """Say whether what stands before the word makes it one certain school."""
    stem, before = text[start : suffix.start()], text[max(0, start - 14) : start]
    if _WEAK_SCHOOL.fullmatch(stem) and _SELF.search(before):
        return True
    if not 1 < len(stem) < 16 or _PLAIN_SCHOOL.fullmatch(stem) or not _LETTER.search(stem):
        return False
    if suffix[0] == "学校":
        return bool(_PROPER.search(stem))
    return suffix[0] not in {"大学", "学院"} or not is_only_told_of(text, start, suffix.end())


_AHEAD = 2
_LETTER = re.compile(r"[^\W_]$")


def _stem_start(text: str, low: int, high: int) -> int:
    """Return where the name begins: after the last word that belongs to the sentence."""
    start = low
    for one in _BREAK.finditer(text, low, high + _AHEAD):  # so that it sees what stands behind
        start = one.end() if one.end() <= high else start
    verb = _VERBS.match(text[start:high])
    return start + (verb.end() if verb else 0)


@cache
def _firms() -> re.Pattern[str]:
    return re.compile(rf".{{0,6}}?(?:{any_of(words('firms'))}).{{0,10}}")


def _is_firm(name: str, *, told: bool) -> bool:
    if len(name) < 2 or (_NO_FIRM.match(name) and not re.search(r"公司$|集团$", name)):
        return False
    if _firms().fullmatch(name):
        return True
    if name.isascii() and names_nothing(name):
        return False
    if name.isascii() and len(name) > 2 and name.isalpha():
        return True
    if names_nothing(name) or _PLAIN_FIRM.fullmatch(name) or _ENDS.sub("", name) in words("trades"):
        return bool(_BUREAU.fullmatch(name))
    return told or bool(_ENDS.search(name))
