"""Account names with a hyphen, a dot or a dash in them, and what is glued to a mark.

薇❤nmg-lulu88, V我zhao-nm, My WeChat is bat.soyol.11: a name torn by its own signs is hidden whole.
"""

# A pattern is read in one piece.
# ruff: noqa: E501

import re
from collections.abc import Iterator

from privacy.screening.folding import WALL, Page, latin
from privacy.screening.kinds import Found, Kind

_SIGN = r"[^\w\n]{0,3}"
_ACCOUNT = (
    rf"(?:[微威薇维卫徽]{_SIGN}信号?|(?<![a-z])(?:v{_SIGN}信|w{_SIGN}x|v{_SIGN}x|vv?(?=[^a-z])|we ?chat|wei ?xin|ins|tg)(?![a-z])"
    rf"|[薇威维微](?=[^\w\n]{{1,6}}[a-z0-9]|号|我))"
)
_LED = r"(?:[^\w\n]|id|is|号码?|账号|帐号|就?是|叫|我的?|搜|加|:){0,6}"
_GLUE = r"[-_.—–@]{1,3}"
_ASKED = re.compile(
    rf"{_ACCOUNT}(?P<led>{_LED})(?P<name>(?<![a-z0-9])[a-z0-9]+(?:{_GLUE}[a-z0-9]+){{1,6}})(?![a-z0-9@])"
)
_SPACED = re.compile(
    rf"{_ACCOUNT}{_LED}(?P<name>(?<![a-z0-9])(?:[a-z] ){{2,8}}[-_.] ?[a-z0-9]{{2,20}})(?![a-z0-9@])"
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
    if WALL in text:
        yield from _glued(text)


def _glued(text: str) -> Iterator[Found]:
    for form in _JOINED:
        for one in form.finditer(text):
            yield Found(*one.span("rest"), Kind.ACCOUNT, "账号的其余部分")


def _is_meant(one: re.Match[str]) -> bool:
    english = re.search(r"is\s*$", one[0][: one.start("name") - one.start()])
    return not english or bool(_CERTAIN.search(one["name"]))
