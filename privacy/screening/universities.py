"""Universities that everybody knows: named as a dream or in passing they tell of nobody."""

# A pattern is read in one piece.
# ruff: noqa: E501, SIM905

import re

_KNOWN = frozenset(
    "北京大学 清华大学 复旦大学 浙江大学 南京大学 武汉大学 厦门大学 中山大学 四川大学 吉林大学 同济大学 南开大学 天津大学 中国人民大学 人民大学 北京师范大学 上海交通大学 西安交通大学 哈尔滨工业大学 中国科学技术大学 国防科技大学 中央民族大学 内蒙古大学 内蒙古师范大学 内蒙古农业大学 内蒙古医科大学 哈佛大学 剑桥大学 牛津大学 耶鲁大学 斯坦福大学 麻省理工学院 普林斯顿大学 东京大学 中央美术学院 中央音乐学院 北京电影学院 中国农业大学 中国传媒大学 北京航空航天大学 北京理工大学 黄埔军校 西南联合大学 西南联大".split()
)
_NAMES = re.compile("|".join(sorted(_KNOWN, key=len, reverse=True)))
_DREAM = re.compile(
    r"(?:想|梦|目标|将来|长大|希望|以后|要是|如果|假如|争取|努力|参观|向往|理想|能考|能上|要考|要上|走进|去看|看看)[^,。!?;\n]{0,10}$"
)
_HIS = re.compile(
    r"(?:[我他她俺]|爸|妈|哥|姐|弟|妹|叔|姨|舅|姑|孩子|儿子|女儿|孙子|孙女|闺女)[^,。!?;\n]{0,6}(?:在|于|上|读|念|考上了?|考进了?|考取了?|录取到?|是|进了?|来自)$|(?:就读|毕业|任教|任职|考上了?|考取了?|录取)(?:于|到|的是)?$"
)
_THEN = re.compile(
    r"(?:的?(?:学生|老师|教授|讲师|研究生|本科|博士|硕士|毕业|录取)|[大研][一二三四]|读[书研博大本]|上学|上[大研]|念书|工作|教书|当老师|毕业)"
)


_GOES = re.compile(r"(?:[回在从到去上读念是]|考上了?|考进了?|考取了?|录取到?|毕业于|学校[叫:])$")


def is_ones_own(text: str, start: int, end: int) -> bool:
    """Say whether somebody of the letter learns or works at the university there."""
    before = text[max(0, start - 14) : start]
    return not _DREAM.search(before) and bool(
        _GOES.search(before) or _HIS.search(before) or _THEN.match(text, end)
    )


def is_only_told_of(text: str, start: int, end: int) -> bool:
    """Say whether the university there is nobody's own."""
    known = next((one for one in _NAMES.finditer(text, start, end) if one.end() == end), None)
    start = known.start() if known else start
    before = text[max(0, start - 14) : start]
    if _DREAM.search(before):
        return True
    return bool(known) and not (_HIS.search(before) or _THEN.match(text, end))
