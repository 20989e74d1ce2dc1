"""Names that a dot joins: 敖拉·毕力夫, 维克多·伊万诺维奇, and those of the books that are none."""

# A pattern is read in one piece, its look-alikes are meant.
# ruff: noqa: E501, SIM905

import re
from collections.abc import Iterator

from privacy.screening.folding import HAN
from privacy.screening.lists import any_of, words

_DOTTED = re.compile(
    rf"(?<![{HAN}])?[{HAN}]{{1,6}} ?[·•・‧∙⋅] ?[{HAN}]{{1,7}}(?: ?[·•・‧∙⋅] ?[{HAN}]{{1,6}})?"
)
# By the last part one knows whom the books tell of; by the first alone, where nobody is near.
_FOREIGN = frozenset(
    "凯勒 波特 托尔斯泰 爱因斯坦 吐温 芬奇 达尔 居里 牛顿 爱迪生 贝多芬 莫扎特 安徒生 格林 法布尔 高尔基 奥斯特洛夫斯基 柯察金 福尔摩斯 莎士比亚 乔丹 布莱恩特 詹姆斯 梅西 罗纳尔多 诺贝尔 雨果 凡尔纳 斯威夫特 笛福 林肯 华盛顿 丘吉尔 霍金 图灵 乔布斯 盖茨 马斯克 泰戈尔 纪伯伦 海明威 圣埃克苏佩里 罗琳 怀特 米切尔 杰克逊 南丁格尔 毕加索 梵高 米开朗基罗 伽利略 哥白尼 达尔文 门捷列夫 巴甫洛夫 列宁 斯大林 马克思 恩格斯 白求恩 阿姆斯特朗 加加林 麦哲伦 哥伦布 拿破仑 铁木真 弗莱明 肖洛霍夫 普希金 契诃夫 屠格涅夫 陀思妥耶夫斯基 果戈理 莱蒙托夫 柴可夫斯基 罗斯福 肯尼迪 富兰克林 曼德拉 甘地 巴菲特 福特 莱特 贝尔 诺贝 瓦特 欧拉 高斯 特斯拉 伏尔泰 卢梭 莫奈 肖邦 舒伯特 巴赫 海顿 狄更斯 勃朗特 奥斯汀 王尔德 弗兰克 安德森 巴里 卡罗尔 洛夫廷 林格伦 特拉弗斯 克里斯蒂 柯林斯 索亚 克鲁索 尼摩 卓别林 赫本 梦露 迪士尼 马拉多纳 贝克汉姆 费德勒 博尔特 奥巴马 特朗普 普京 拜登 盖伊 康德 黑格尔 尼采 弗洛伊德 塞万提斯 但丁 歌德 席勒 卡夫卡 聂鲁达 马尔克斯 小仲马 大仲马 巴尔扎克 莫泊桑 福楼拜 司汤达 左拉 罗兰 裴多菲 显克微支 肖伯纳 叶芝 乔伊斯 拜伦 雪莱 济慈".split()
)
_LAST = tuple(sorted(_FOREIGN, key=len, reverse=True))
_FIRST = frozenset(
    "海伦 哈利 列夫 马克 保尔 柯南 夏洛克 威廉 科比 维克多 儒勒 亚伯拉罕 乔治 比尔 埃隆 艾伦 迈克尔 泰勒 诺尔曼 文森特 亚历山大 成吉思汗 弗拉基米尔 查尔斯 汤姆 罗曼".split()
)
_HEADINGS = frozenset(
    "语文 数学 英语 蒙语 春 夏 秋 冬 上 下 中 新年 生日 儿童 母亲 父亲 科学 音乐 体育 美术".split()
)
_LEADS = (
    "我叫",
    "我是",
    "名叫",
    "叫",
    "是",
    "和",
    "跟",
    "给",
    "的",
    "同桌",
    "妈妈",
    "爸爸",
    "老师",
    "叔叔",
    "找",
    "我",
    "朋友",
    "同学",
    "谢谢",
    "爷爷",
    "奶奶",
    "阿姨",
    "姐姐",
    "哥哥",
    "弟弟",
    "妹妹",
    "班主任",
    "名字",
    "在",
    "与",
)

_LEAD = re.compile(rf"^(?:{any_of(_LEADS)})+")


def find(text: str) -> Iterator[tuple[int, int]]:
    """Yield the names with a dot inside of people nobody writes books about."""
    for one, parts in _every(text):
        if not _is_of_books(text, one, parts):
            begin = _LEAD.match(one[0])
            lead = begin.end() if begin and begin.end() < len(parts[0]) else 0
            yield one.start() + lead, one.end()


def of_books(text: str) -> Iterator[tuple[int, int]]:
    """Yield the names with a dot inside that are of the books, without the words around."""
    for one, parts in _every(text):
        if _is_of_books(text, one, parts):
            first = re.split("[和跟与是的像叫讲读看说、]", parts[0])[-1]
            last = next((known for known in _LAST if parts[-1].startswith(known)), "")
            low = one.start() + len(parts[0]) - len(first)
            yield low, one.end() - len(parts[-1]) + len(last)


def _every(text: str) -> Iterator[tuple[re.Match[str], list[str]]]:
    for one in _DOTTED.finditer(text):
        yield one, re.split(r" ?[·•・‧∙⋅] ?", one[0])


def _is_of_books(text: str, one: re.Match[str], parts: list[str]) -> bool:
    """Say whether the last part is a name of the books; the first only where nobody is near."""
    if parts[-1].startswith(_LAST) or words("famous") & set(parts) or parts[0] in _HEADINGS:
        return True
    before = text[max(0, one.start() - 8) : one.start()] + parts[0]
    told = parts[0].endswith(tuple(_FIRST)) and not _NEAR.search(before)
    return told or _in_title(text, one.start())


_NEAR = re.compile(
    r"我|姥[姥爷]|爷|奶|爸|妈|叔|姨|舅|姑|伯|同学|同桌|邻居|朋友|老师|孩子|班长|大夫|医生|护士|司机|住着|有个叫|养|放|卖|赶|队|村|厂|捐|资助"
)


def _in_title(text: str, at: int) -> bool:
    return text.rfind("《", 0, at) > text.rfind("》", 0, at)
