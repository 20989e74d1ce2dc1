"""Account names with a hyphen, a dot or a dash in them, and what is glued to a mark.

薇❤nmg-lulu88, V我zhao-nm, My WeChat is bat.soyol.11: a name torn by its own signs is hidden whole.
"""

# A pattern is read in one piece.
# ruff: noqa: E501, RUF001

import re
from collections.abc import Iterator

from privacy.screening.folding import WALL, Page, latin
from privacy.screening.kinds import Found, Kind

_SIGN = r"[^\w\n]{0,3}"
_ACCOUNT = (
    rf"(?:[微威薇维卫徽]{_SIGN}信号?|(?<![a-z])(?:v{_SIGN}信|w{_SIGN}x|v{_SIGN}x|vv?(?=[^a-z])|we ?chat|wei ?xin|ins|tg)(?![a-z])"
    rf"|[薇威维微](?=[^\w\n]{{1,6}}[a-z0-9]|号|我))"
)
# 威芯, 伟新, √信, vivo信: whatever sounds like it, before what can only be an account's name.
_SOUNDS = rf"(?:[微威薇维卫徽溦唯嶶巍魏伟喂围胃味v5∨√ν]|vv|wei|we){_SIGN}(?:[信芯心新欣鑫馨辛薪星讯x❤♥♡]|xin)"
_GREEN = r"(?:绿(?:色|颜色)?(?:的)?(?:泡泡?|软件|图标|聊天(?:软件)?|小书|书|app)|微聊|(?<![a-z])vv?x|聊天号|同号)"
_BARE = r"(?<![微威薇维信a-z])[v薇](?=[^\w\n]{0,3}(?:号|我|:))"
_NAMED = re.compile(
    rf"(?:{_SOUNDS}|{_GREEN}|{_BARE})(?:[^\w\n{WALL}]|id|号码?|账号|帐号|就?是|叫|我的?号?|搜|加|在){{0,6}}(?P<name>(?<![a-z0-9])(?:[a-z][a-z0-9_.·-]{{4,24}}|[0-9]{{5,11}}(?![0-9])))(?![a-z0-9@])"
)
# 草原号：tian7tian, 加我 li-xm2010: a digit inside letters, or a sign that no word has.
_ODD = re.compile(
    r"(?<![a-z0-9_.@/·-])(?P<name>[a-z]{2,12}[0-9]{1,4}[a-z]{2,12}[0-9]{0,6}|[a-z]{3,14}[-.·][a-z]{0,10}[0-9]{2,10}|[a-z]{4,14}[-.·][a-z]{4,14})(?![a-z0-9_.@/·-])"
)
# 怎么叫都行，nmg-erhua-0471就是我
_IS_ME = re.compile(
    r"(?<![a-z0-9_.@/·-])(?P<name>(?=[a-z0-9._·-]{0,24}[0-9_-])[a-z][a-z0-9]{1,12}(?:[-_.·][a-z0-9]{2,12}){0,3}) ?(?:就?是[我俺咱]|找我|加我|搜我)"
)
_WORDS_TOO = re.compile(
    r"(?:covid|unit|lesson|class|grade|page|level|part|module|week|day|apollo|boeing|airbus|windows|win|office|python|scratch|iphone|ipad|mate|nova|redmi|cctv|nba|cba|usb|type|top|version|ver|python|mp|www|http|docs?|readme|index|main|test)(?![a-z])"
)
_ASKS = re.compile(
    r"(?:加|搜|找|关注|私|号码?|账号|昵称|名|id|联系|[:是叫→=])[^\w\n]{0,3}(?:我|一下|就是|是|[:：])?[^\w\n]{0,3}$"
)
_LED = r"(?:[^\w\n]|id|is|号码?|账号|帐号|就?是|叫|我的?|搜|加|:){0,6}"
_GLUE = r"[-_.—–@]{1,3}"
_ASKED = re.compile(
    rf"{_ACCOUNT}(?P<led>{_LED})(?P<name>(?<![a-z0-9])[a-z0-9]+(?:{_GLUE}[a-z0-9]+){{1,6}})(?![a-z0-9@])"
)
_SPACED = re.compile(
    rf"{_ACCOUNT}{_LED}(?P<name>(?<![a-z0-9])(?:[a-z] ){{2,8}}[-_.] ?[a-z0-9](?: ?[a-z0-9]){{1,20}})(?![a-z0-9@])"
)
# An English word with a hyphen is no name of an account: WeChat is well-known.
_CERTAIN = re.compile(rf"[0-9]|[_.—–@]|-[a-z0-9]+{_GLUE}")
_SHORTEST = 5
_JOINED = (
    re.compile(rf"{WALL}(?P<rest>(?:(?:[-_—–@]{{1,3}}|\.(?![A-Z]))[A-Za-z0-9_]+)+)"),
    re.compile(rf"{WALL}(?P<rest> ?_ ?[A-Za-z0-9]+)"),
    re.compile(
        rf"(?<![A-Za-z0-9])(?P<rest>[A-Za-z0-9]+(?:{_GLUE}[A-Za-z0-9]+)*(?:[-_—–]|@{{1,3}})){WALL}"
    ),
    re.compile(rf"(?<![A-Za-z0-9])(?P<rest>(?:[A-Za-z] ){{2,8}}[-_] ?){WALL}"),
)


def find(page: Page) -> Iterator[Found]:
    """Yield account names that signs divide, and the pieces a mark left of one."""
    text = latin(page.text)
    for form in (_ASKED, _SPACED):
        for one in form.finditer(text.lower()):
            if len(one["name"]) >= _SHORTEST and _is_meant(one):
                yield Found(*one.span("name"), Kind.WECHAT, "像微信号")
    yield from _odd(text.lower())
    if WALL in text:
        yield from _glued(text)


def _odd(text: str) -> Iterator[Found]:
    """Yield what no word looks like: behind what sounds like WeChat, or where one is told to look."""
    yield from (Found(*one.span("name"), Kind.WECHAT, "像微信号") for one in _NAMED.finditer(text))
    yield from (
        Found(*one.span("name"), Kind.ACCOUNT, "像账号")
        for one in _IS_ME.finditer(text)
        if not _WORDS_TOO.match(one["name"])
    )
    for one in _ODD.finditer(text):
        inside = one["name"][0].isalpha() and re.search(r"[a-z][0-9]+[a-z]", one["name"])
        asked = _ASKS.search(text, max(0, one.start() - 8), one.start())
        if (inside or asked) and not _WORDS_TOO.match(one["name"]):
            yield Found(*one.span("name"), Kind.ACCOUNT, "像账号")


def _glued(text: str) -> Iterator[Found]:
    for form in _JOINED:
        for one in form.finditer(text):
            yield Found(*one.span("rest"), Kind.ACCOUNT, "账号的其余部分")


def _is_meant(one: re.Match[str]) -> bool:
    english = re.search(r"is\s*$", one[0][: one.start("name") - one.start()])
    return not english or bool(_CERTAIN.search(one["name"]))
