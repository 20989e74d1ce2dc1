"""Names told character by character: 木子李，建设的建，国家的国; 名字是雨字头的雪、草字头的莲.

Behind a surname taken apart, a surname already hidden, or 名字是: a lesson on characters stays.
"""

# A pattern is read in one piece.
# ruff: noqa: E501

import re
from collections.abc import Iterator

from privacy.screening.folding import WALL, Page
from privacy.screening.kinds import Found, Kind
from privacy.screening.riddles import PARTS

_H = r"[\u4e00-\u9fff]"
_NOT = r"(?![我你他她它这那的是])"
_PART = r"(?:(?:[\u4e00-\u9fff]字|草|竹|宝盖|[三两四]点(?:水)?|[单双]人|[\u4e00-\u9fff])(?:头|旁|底|边|框|水)(?:儿|旁)?)"
# Each writes the character twice, or names the part it has.
_ONE = rf"(?:{_NOT}(?:{_H}{{0,3}}(?P<c>{_H}){_H}{{0,3}}的(?P=c)(?!{_H})|{_PART}的{_H}(?!{_H})))"


def _every(least: int, most: int) -> str:
    """Return so many explanations in a row; each keeps its own group."""
    rest = "".join(rf"(?:[,、。;和 ]{{1,2}}{_numbered(at)})?" for at in range(least, most))
    must = "[,、。;和 ]{1,2}".join(_numbered(-at - 1) for at in range(least))
    return must + rest


def _numbered(at: int) -> str:
    name = f"c{at}" if at >= 0 else f"d{-at}"
    return _ONE.replace("?P<c>", f"?P<{name}>").replace("(?P=c)", f"(?P={name})")


_HAS = r"(?:名字?里?(?:还|也)?有一?个[\u4e00-\u9fff]字(?:[,、](?:还|也)?有一?个[\u4e00-\u9fff]字)*)"
_CALLED = r"(?:(?:名字?|单名一?个?|后面)(?:就?是|叫|里是)?[:,]?)?"
_PARTED = "|".join(f"(?:{parts})的?{name}" for name, parts in PARTS.items())
_FORMS = (
    re.compile(rf"(?P<all>(?:{_PARTED})[,、。; ]{{0,2}}(?:{_CALLED}{_every(1, 3)}|{_HAS}))"),
    re.compile(rf"{WALL}(?P<all>[,、。; ]{{0,2}}(?:{_CALLED}{_every(1, 3)}|{_HAS}))"),
    re.compile(
        rf"(?:名字(?:就?是|叫|写作)|名叫|单名一?个?|大名(?:是|叫))[:,]?(?P<all>{_every(1, 3)})"
    ),
    re.compile(
        rf"(?P<all>{_every(2, 3)})[,、。]?(?:这|就|合起来)+是(?:我|他|她)[\u4e00-\u9fff]{{0,3}}?的?名"
    ),
)
_LESSON = re.compile(r"拆字|猜谜|谜语|生字|偏旁|部首|组词|造句|语文课|识字|字典")


def find(page: Page) -> Iterator[Found]:
    """Yield the characters of a name as they were explained."""
    for sentence in re.finditer(r"[^!?\n]+", page.text):
        if _LESSON.search(sentence[0]):
            continue
        for form in _FORMS:
            for one in form.finditer(page.text, *sentence.span()):
                yield Found(*one.span("all"), Kind.NAME, "一个字一个字说的名字")
