"""Schools by name."""

# A pattern is read in one piece, its look-alikes are meant, its sizes are those of the number.
# ruff: noqa: E501, PLR2004

import re
from collections.abc import Iterator

from privacy.screening import shortschools
from privacy.screening.folding import HAN, ONE, Page
from privacy.screening.kinds import Found, Kind
from privacy.screening.lists import any_of, stems, words
from privacy.screening.universities import is_ones_own, is_only_told_of

_BREAK = re.compile(
    r"[我你您他她它们住到去从是的了于给往就很也不请个这那哪某被把跟将着过吗呢吧啊叫在所座位名当像想离]|(?<![温蒙毛敖成首上朝])都|(?<!国)家|感谢|谢谢|关于|爱护|热爱|打扫|参加|距离|全体|报答|读|念|上(?!海|库力|城)|(?<!前)进|考|送|刚|已|才|再|还|先|和(?!平|林|硕)|或|与|按|没有|导入|告诉|提醒|填|选|由|要|补|来自|考上|考进|考到|考取|就读|毕业|转到|转学|转来|回到|现在|今年|明年|以后|以前|希望(?!小学|学校|中学|xiao|zhong)|喜欢|因为|为了|离开|进入|加入|爸爸|妈妈|爷爷|奶奶|叔叔|阿姨|老师|学生|同学|孩子|作为|代表|参观|位于|成为|后来|时候|然后|每天|已经|正在|开始|什么|一起|看见|一[所家]|校名|单位|公司[:：]|[,。!?;:、 ]"
)
_VERBS = re.compile(
    r"^(?:上|读|念|考|和|有|看|进|回|来|对|爱|为|让|与|及|由|经|去年|前年|曾|原|现|入|同|等|至|任|调)+"
)
_SCHOOL = re.compile(
    r"(?:九年一贯制学校|寄宿制学校|职业技术学院|职业学校|职业高中|职业中专|[师幼医高]专|xiao学|小xue|zhong学|中xue|学xiao|xue校|中心校|中心学校|实验学校|外国语学校|小学校|小学(?![会到])|中学(?![会到])|学校|高中|初中|幼儿园"
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
    rf"(?:在|考上了?|考进了?|考|[想要报]报考?|报考|读|念|上|去|到|从|就读于?|转到|分到|升[到入]|来自|进|是|我们|回)(?P<name>{ONE}{{0,4}}?(?:第?[一二三四五六七八九十1-9](?:中|小|高|完小|幼)|[铁矿师农职][中小]|实小|蒙小|蒙中|蒙校|民小|民中|附小|附中|中心校|实验小学|民族小学|蒙古族小学|蒙古族学校|第[一二三四五六七八九]小学|第[一二三四五六七八九]中学|中心小学|民族中学|实验中学|蒙古族中学)(?=[,。!?;、) \n]|上学|读|念|的|学习|教|当|工作|$|初|高|上?了?[一二三四五六七八九]年级|上?[0-9]年级|上[初高]|上学前|毕业|住校|寄宿|住宿|借读|报到|[\u4e00-\u9fff]{{0,3}}班))"
)
_WHY = "像学校名"


def find(page: Page) -> Iterator[Found]:
    """Yield schools by name."""
    yield from (Found(*span, Kind.SCHOOL, _WHY) for span in _schools(page.text))


# 班里第三高, 家里第二小: somebody's height or age among others
_RANKED = re.compile(r"(?:里|班|级|校|家|村|上|中|组|排|当中)第[一二三四五六七八九十](?:高|小)$")


def _schools(text: str) -> Iterator[tuple[int, int]]:
    for one in _SHORT.finditer(text):
        if _RANKED.search(one["name"]):
            continue
        start = name_start(text, *one.span("name"))
        yield start, one.end("name")
    yield from shortschools.find(text)
    yield from (
        one.span() for one in _SHORT_UNIVERSITY.finditer(text) if is_ones_own(text, *one.span())
    )
    for one in _SCHOOL.finditer(text):
        start = name_start(text, max(0, one.start() - 24), one.start())
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


def name_start(text: str, low: int, high: int) -> int:
    """Return where the name begins: after the last word that belongs to the sentence."""
    start = low
    for one in _BREAK.finditer(text, low, high + _AHEAD):  # so that it sees what stands behind
        start = one.end() if one.end() <= high else start
    verb = _VERBS.match(text[start:high])
    return start + (verb.end() if verb else 0)
