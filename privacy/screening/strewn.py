"""Numbers strewn with one sign or word, over and over: 1 8 6 爷 0 4 7 爷 5 3 9, 152729兔19620527兔3620."""

# A pattern is read in one piece, its sizes are those of the number.
# ruff: noqa: E501, PLR2004

import re
from collections.abc import Iterator

from privacy.screening.counting import counted, is_steady
from privacy.screening.folding import ONE, WALL, Page
from privacy.screening.kinds import Found, Kind

_GROUP = r"[0-9](?: ?[0-9])*"
_ROW = re.compile(
    rf"(?<![0-9.])(?={_GROUP} ?[^\s0-9])(?P<first>{_GROUP}) ?(?P<gap>[^\s0-9,.、:;/%=+×÷<>()\"“”{WALL}]) ?{_GROUP}"
    rf"(?: ?(?P=gap) ?{_GROUP})+(?:x(?![a-z]))?(?: ?(?P=gap)(?![0-9]))?"
)
_PIECE = re.compile(_GROUP)
_HAN = re.compile(ONE)
# What tells how many, when or how much stands between numbers that are told one after another.
_TELLS = frozenset(
    "加减乘除比和与跟同到至或是的年月日号元块角分个只头斤岁点级班名第等大小约余米人次天路课页题楼层室排组届路届期期回章节条x*"
)
_BIRTH = r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_SHAPES = (
    (re.compile(r"(?:86)?1[3-9]\d{9}"), Kind.PHONE),
    (re.compile(r"0[3-9]\d{9,10}"), Kind.PHONE),
    (re.compile(rf"\d{{6}}{_BIRTH}\d{{3,4}}"), Kind.IDENTITY),
    (re.compile(r"[3-6]\d{15,18}"), Kind.CARD),
)
# k z h q 【…】: letters spelled apart, and the name they lead to.
_LETTERS = re.compile(rf"(?<![a-z0-9])(?P<rest>(?:[a-z] ){{2,8}}){WALL}")
_OWN = re.compile(r"电话|手机|座机|号|打|拨|卡|账|帐|存折|证|微信|qq|联系")
_NEAR = 14


def find(page: Page) -> Iterator[Found]:
    """Yield numbers that stand there once what is strewn among their digits is left out."""
    text = page.text
    for one in _ROW.finditer(text):
        groups = [re.sub(r"\D", "", piece) for piece in _PIECE.findall(one[0])]
        if one["gap"] in _TELLS or is_steady(groups) or counted(text, one.end("first")):
            continue
        kind = _kind(text, one, "".join(groups))
        if kind:
            yield Found(*one.span(), kind, "掺了字的号码")
    yield from (
        Found(*one.span("rest"), Kind.NAME, "名称的其余部分") for one in _LETTERS.finditer(text)
    )


def _kind(text: str, one: re.Match[str], digits: str) -> Kind | None:
    for form, kind in _SHAPES:
        if form.fullmatch(digits):
            return kind
    near = text[max(0, one.start() - _NEAR) : one.start()] + text[one.end() : one.end() + _NEAR]
    said = _HAN.fullmatch(one["gap"]) and _OWN.search(near)
    return Kind.NUMBER if said and 11 <= len(digits) <= 25 and len(set(digits)) > 2 else None
