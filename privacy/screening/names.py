"""People's names in Han characters, with and without words that announce them."""

# A pattern is read in one piece.
# ruff: noqa: E501

import re
from collections.abc import Iterator
from functools import cache

from privacy.screening import called, dotted, nicknames, people, pointedat, steppe
from privacy.screening import nameforms as forms
from privacy.screening.folding import HAN, ONE, WALL, Page
from privacy.screening.kinds import Found, Kind
from privacy.screening.lexicon import is_word
from privacy.screening.lists import words
from privacy.screening.nobodys import is_asked_to, is_nobodys, is_of_a_story

_WHY_TOLD, _WHY_SHAPE, _WHY_MONGOL = "信里说是名字", "像姓名", "像蒙古族姓名"
_AGAIN = "前面说过的名字"
_TITLE = re.compile(r"《[^《》\n]{1,40}》")
# 阿莫西林, 布洛芬: what a medicine is called ends in what it is made of or how it is taken.
_MEDICINE = re.compile(
    rf"{ONE}{{1,2}}(?:西林|霉素|沙星|洛芬|地平|他汀|拉唑|匹林|氨酚|洛尔|普利|沙坦|双胍|替丁|硝唑|米松|尼松|胰岛素|维林|铵片)"
    rf"|{ONE}{{2,4}}(?= ?(?:胶囊|颗粒|口服液|糖浆|冲剂|药膏|滴剂|片剂|水丸))"
    rf"|{ONE}{{2,4}}(?=[, ]?(?:一次|一天|每次|每天|每日|早晚)(?:各|吃)?[0-9半一二两三四五六]+ ?(?:片|粒|丸|袋|包(?!子)|支|颗|mg|毫[克升]|m?l))"
)
# 契诃夫的《套中人》: who wrote a book of another country.
_AUTHOR = re.compile(rf"{ONE}{{2,6}}(?:夫|斯基|斯泰|[生森逊顿斯])(?=的《)")
# The 字 of 名字 is no thing that is called something: 名字是思源.
_WORD_NAME = re.compile(r"的?(?:名字|署名|姓名|大名|小名)[叫是]?$")
# 金木水火土, 赵钱孙李: said in a row by everybody.
_RHYME = re.compile(
    r"金木水火土|[金木水火土]{4,5}|赵钱孙李|周吴郑王|冯陈褚卫|蒋沈韩杨|梅兰竹菊|柴米油盐|东南西北中?|[赛塞][音因]?[白拜拉]?[努奴诺]|[巴白拜][雅日依音][尔日]?[泰拉啦]|[春夏秋冬](?=[一-鿿]{5,6}[,，])[一-鿿]{6}"
)
_COMPOUND = 2
# 诸葛 文静: a family name of two characters, and a blank.
_TWO_FOLD = re.compile(
    rf"(?:欧阳|司马|上官|诸葛|夏侯|皇甫|尉迟|公孙|慕容|令狐|长孙|宇文|司徒|端木|南宫|完颜|呼延) {ONE}{{1,2}}(?=[^{HAN}]|$)"
)
_MOST_NAMES = 200  # a letter tells of fewer; more would make a list of names slow


def find(page: Page) -> Iterator[Found]:
    """Yield names; whom every schoolchild writes about is no name but where he says it is his."""
    text = page.text
    for form in (_AUTHOR, _TITLE, _MEDICINE, _RHYME):
        text = form.sub(lambda one: WALL * len(one[0]), text)
    for low, high in dotted.of_books(text) if "·" in text else ():
        text = text[:low] + WALL * (high - low) + text[high:]
    pointed = (Found(*span, Kind.NAME, _WHY_TOLD) for span in pointedat.find(text))
    told = (one for one in (*_told(text), *pointed) if not is_of_a_story(text, one.start))
    every = [*told, *_by_shape(text)]
    found = [one for one in every if not _is_everyones(text, one)]
    yield from found
    yield from _again(text, {text[one.start : one.end] for one in found})


# 王老师, 李阿姨, 小张: one of fifty million, unless somebody says that it is him or signs so.
_COMMON = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_ANYBODY = re.compile(
    rf"[{_COMMON}](?:老师|阿姨|叔叔|奶奶|爷爷|伯伯|大[爷娘妈叔伯哥姐嫂]|[叔婶姨哥姐嫂]|婶[子婶]|师傅|医生|大夫|护士|同学|先生|女士)"
)
# 小王和老李 came to help: two of them together are types, one alone is somebody.
_PAIR = re.compile(rf"[小老大][{_COMMON}][和跟与、][小老大][{_COMMON}](?![老头汉爷太师子])")
_SAYS_SO = re.compile(
    r"(?:[叫喊]我?(?:做|作)?|[我俺]是|是我|[我俺]姓.{0,4}|署名:?|落款:?|签名:?|代笔:?|联系人:?|收件人?:?|户名:?|志愿者|资助人|捐[赠助款]人)[“\"'「 ]?$"
)
_GOES_ON = frozenset("是在说来跑给把就也都和跟有去教帮送让带的")
_SIGNS = re.compile(r"\s*(?:敬上|上$|$)")


def _is_everyones(text: str, one: Found) -> bool:
    """Say whether so many are called so that it tells nobody: 王老师 told of in passing."""
    whole = _ANYBODY.match(text, one.start)
    if whole:
        return whole.end() >= one.end and not _says_so(text, whole)
    pair = next(
        (pair for pair in _PAIR.finditer(text) if pair.start() <= one.start < pair.end()), None
    )
    goes_on = one.end - one.start <= _COMPOUND or text[one.start + 1] in _GOES_ON
    return bool(pair and goes_on)


def _says_so(text: str, whole: re.Match[str]) -> bool:
    """Say whether somebody says there that he is called so, or signs."""
    start, end = whole.span()
    alone = start and text[:start].rstrip(" ").endswith("\n")
    signed = alone and _SIGNS.fullmatch(text, end, end + 8)
    return bool(signed or _SAYS_SO.search(text, max(0, start - 10), start))


def _by_shape(text: str) -> Iterator[Found]:
    han = (one[:2] for one in people.find(text))
    two_fold = (one.span() for one in _TWO_FOLD.finditer(text))
    for span in (*han, *two_fold, *called.find(text), *nicknames.find(text)):
        if not is_nobodys(text, *span):
            yield Found(*span, Kind.NAME, _WHY_SHAPE)
    for start, end, _ in steppe.find(text):
        if not is_nobodys(text, start, end):
            yield Found(start, end, Kind.NAME, _WHY_MONGOL)


def _again(text: str, names: set[str]) -> Iterator[Found]:
    """Yield every other place where a name stands that was told once, or its given part."""
    for name in sorted(names)[:_MOST_NAMES]:
        for part in {name, _given(name)} - {""}:
            at = text.find(part)
            while at >= 0:
                yield Found(at, at + len(part), Kind.NAME, _AGAIN)
                at = text.find(part, at + 1)


def _given(name: str) -> str:
    """Return what a Han name is without its family name, when that is still a name."""
    size = _COMPOUND if name[:_COMPOUND] in words("surnames") else 1
    given = name[size:]
    is_han = name[:size] in words("surnames") and len(given) == _COMPOUND
    return given if is_han and not is_word(given) else ""


@cache
def _told_forms() -> tuple[re.Pattern[str], ...]:
    name = rf"(?:{forms.han_told()}{forms.AFTER}|{forms.mongol_told()}|(?:{forms.surname()}){ONE}{{2}})"
    loose = rf"{ONE}{{2,4}}?{forms.AFTER}|{ONE}{{2,3}}"
    lead = r"[ :,“\"'「‘]{0,2}"
    return (
        re.compile(rf"{forms.SELF}{lead}(?P<name>{name}|{loose})"),
        re.compile(rf"{forms.OTHER}{lead}(?P<name>{name}|{loose})"),
        re.compile(rf"(?:现在|以前|原来|从前|改名|改)叫做?(?P<name>{ONE}{{2,3}})(?=[,。!;])"),
        re.compile(rf"(?:[{WALL}姓][,、 ]?|[,。;] ?大名)叫(?P<name>{name})"),
        re.compile(
            rf"(?<![百同贵尊小大老])姓(?P<name>{forms.surname()}|(?![啥氏名什]){ONE}(?=[,。]))(?=[^{HAN}]|$|[叫名的他她我和是])"
        ),
        re.compile(
            rf"(?:^|[^{HAN}]|[我俺他她])姓(?P<name>{forms.surname()}),? ?名(?P<given>{ONE}{{1,2}})"
        ),
    )


def _told(text: str) -> Iterator[Found]:
    for form in _told_forms():
        for one in form.finditer(text):
            start = one.start("name")
            before = _WORD_NAME.sub("", text[max(0, one.start() - 12) : start - 1])
            asked = is_asked_to(text, one.start(), start)
            if asked or forms.NOT_AFTER_CALLED.match(text, start) or forms.THINGS.search(before):
                continue
            yield Found(start, one.end(), Kind.NAME, _WHY_TOLD)
