"""Names that are a family name and how one calls the person: 王老师, 孙二婶, 老韩头, 小周."""

# A pattern is read in one piece.
# ruff: noqa: E501

import re
from collections.abc import Iterator
from functools import cache

from privacy.screening import nameforms as forms
from privacy.screening.folding import HAN, ONE, WALL
from privacy.screening.lexicon import HAN_RUN, is_word, reading
from privacy.screening.lists import any_of, words
from privacy.screening.people import families

_PRIOR, _ENOUGH = 9.0, -1.0
_NEVER = frozenset("祝那和从向连时成管强能要都于何")  # before a title these are words
_AT_ONCE = re.compile(rf"(?:^|[^{HAN}]|[和跟与给找问的谢听叫是请让被把对向天后])$")


@cache
def _forms() -> tuple[re.Pattern[str], ...]:
    family = f"(?:{any_of(words('surnames'))})"
    long = any_of(one for one in forms.TITLES.split("|") if len(one) > 1)
    kin = "婶子?|叔|姨|嫂子?|爷|娘|姑|舅|哥|姐|伯|姥|爹|妈|奶"
    return (
        re.compile(
            rf"(?=(?P<name>(?P<family>{family})(?:{long}|[老二三四五六大小]?(?:{kin}|头)|老[大二三四五六七]))(?!而言|来说|来讲|什么事|的话|们))"
        ),
        re.compile(rf"(?=(?P<name>老(?P<family>{family})(?:头|太太?|爷子|师傅?|家|叔|哥|伯)))"),
        re.compile(
            rf"(?=(?P<name>{ONE}{{2}})(?:叔叔|阿姨|哥哥|姐姐|老师|爷爷|奶奶|同学|伯伯|大哥|大姐))"
        ),
    )


@cache
def _muslim() -> re.Pattern[str]:
    """Return 马优素福, 法图麦: three characters and more stand alone, two after a family name."""
    every = words("muslim_given")
    long, both = any_of(one for one in every if len(one) > len("古丽")), any_of(every)
    family = "马丁白沙哈金李张王杨海冶韩"
    return re.compile(rf"[{family}]?(?:{long})(?:{both})?|[{family}](?:{both})")


_DOUBLED = re.compile(rf"(?P<name>(?P<one>{ONE})(?P=one))(?![的地哒])")
_OLD = re.compile(
    rf"(?:主任|老师|书记|村长|队长|邻居|师傅|大夫|司机|同事|工友|战友|乡亲)(?P<name>老(?:{any_of(words('surnames'))}))(?!{ONE})"
)
_SPACED = re.compile(rf"(?:^|\n) *(?P<name>{ONE}(?: {{1,4}}{ONE}){{1,2}}) *(?:敬上|\n|$)")
_LITTLE = re.compile(
    rf"(?:{WALL}[和跟与、]|我是|是我|我叫|志愿者|叫我|喊我|叫她|叫他|同桌|同事|队友)(?P<name>[小阿](?![朋时学伙孩组声心姨爸妈爷]){ONE}(?:{ONE}(?=他?[爸妈]))?)(?=[,。!?;~、\n]|$|今年|呀|啊|哥|姐|就|和|说|都|也|一起|[分还在]|他?[爸妈])"
)


# 名字三个字：魏、思、琪
_LISTED = re.compile(
    r"(?:名字|姓名|[大真全]名|叫)[^。\n0-9]{0,8}?[ :,是]{1,2}"
    rf"(?P<name>{ONE}(?: ?[、,/|+] ?{ONE}){{1,3}})(?!{ONE})"
)


# one character a line, as a name is written from top to bottom
_UPRIGHT = re.compile(rf"(?:^|\n) ?(?P<name>{ONE}(?: ?\n ?{ONE}){{1,3}}) ?(?=\n|$)")
# 名叫塔　娜: a blank in the middle
_APART = re.compile(
    rf"(?:名叫|[大真全]名(?:叫|是)|名字(?:叫|是)|我叫)[ :,]{{0,2}}(?P<name>(?![的了是一不这那]){ONE}{{1,2}} {{1,4}}{ONE}{{1,2}})(?=[,。!;\n]|$)"
)


def find(text: str) -> Iterator[tuple[int, int]]:
    """Yield people by how they are called."""
    *_, given = _forms()
    for run in HAN_RUN.finditer(text):
        yield from _in_run(text, run)
    for form, holds in (
        (given, _is_given),
        (_SPACED, _is_spaced),
        (_UPRIGHT, _is_spaced),
        (_LISTED, _is_spaced),
        (_DOUBLED, _is_doubled),
    ):
        yield from (one.span("name") for one in form.finditer(text) if holds(one))
    yield from (one.span() for one in _muslim().finditer(text))
    yield from (one.span("name") for one in _APART.finditer(text))
    for form in (_LITTLE, _OLD):
        yield from (one.span("name") for one in form.finditer(text))


def _in_run(text: str, run: re.Match[str]) -> Iterator[tuple[int, int]]:
    titled, old, _ = _forms()
    for form in (titled, old):
        for one in form.finditer(run[0]):
            if _is_person(text, run, one):
                yield run.start() + one.start("name"), run.start() + one.end("name")


def _is_given(one: re.Match[str]) -> bool:
    usual = all(char in words("given") for char in one["name"])
    return usual and not is_word(one["name"]) and _opens(one.string, one.start("name"))


def _is_spaced(one: re.Match[str]) -> bool:
    return one["name"][0] in words("surnames")


def _is_doubled(one: re.Match[str]) -> bool:
    return one["one"] in words("strong_given") and not is_word(one["name"])


@cache
def _famous(first: str) -> tuple[str, ...]:
    return tuple(one for one in words("famous") if one[0] == first and len(one) > 1)


def _opens(text: str, at: int) -> bool:
    return bool(_AT_ONCE.search(text[max(0, at - 1) : at]))


def _is_person(text: str, run: re.Match[str], one: re.Match[str]) -> bool:
    """Say whether everyday words leave the family name to itself."""
    start, end = one.span("name")
    family = one["family"]
    if any(one["name"].startswith(famous) for famous in _famous(family[0])):
        return False
    if family in _NEVER and not (family in "于何" and _opens(text, run.start() + start)):
        return False
    title = len(one["name"]) - len(family)
    cost = _PRIOR + families()[family] + (3.0 if title > 1 else 6.0)
    gain = 2.0 if _opens(text, run.start() + start) else 0.0
    return reading(run[0]).dearth(start, end) - cost + gain > _ENOUGH
