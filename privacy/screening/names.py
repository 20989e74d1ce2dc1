"""People's names in Han characters, with and without words that announce them."""

# A pattern is read in one piece, its look-alikes are meant, its sizes are those of the number.
# ruff: noqa: E501

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from privacy.screening import nameforms as forms
from privacy.screening.folding import HAN, WALL, Page
from privacy.screening.kinds import Found, Kind
from privacy.screening.lists import any_of, words

_WHY_TOLD, _WHY_SHAPE, _WHY_MONGOL = "信里说是名字", "像姓名", "像蒙古族姓名"


def find(page: Page) -> Iterator[Found]:
    """Yield names; whom every schoolchild writes about is no name but where he says it is his."""
    text = page.text
    yield from _told(text)
    busy = _busy(text)
    for form, group in _forms():
        for one in form.finditer(text):
            start, end = one.span(group)
            if not busy.is_ordinary(start, end):
                yield Found(start, end, Kind.NAME, _WHY_SHAPE)
    for one in _mongol().finditer(text):
        if not busy.is_famous(*one.span()):
            yield Found(*one.span(), Kind.NAME, _WHY_MONGOL)


@cache
def _mongol() -> re.Pattern[str]:
    return re.compile(forms.mongol())


@cache
def _told_forms() -> tuple[re.Pattern[str], ...]:
    name = rf"(?:{forms.han_told()}{forms.AFTER}|{forms.mongol_told()}|(?:{forms.surname()})[{HAN}]{{2}})"
    loose = rf"[{HAN}]{{2,4}}?{forms.AFTER}|[{HAN}]{{2,3}}"
    lead = r"[ :,“\"'「‘]{0,2}"
    return (
        re.compile(rf"{forms.SELF}{lead}(?P<name>{name}|{loose})"),
        re.compile(rf"{forms.OTHER}{lead}(?P<name>{name}|{loose})"),
        re.compile(rf"(?:[{WALL}姓][,、 ]?|[,。;] ?大名)叫(?P<name>{name})"),
        re.compile(
            rf"(?:我|免贵|他|她|老师|爸爸?|妈妈?|爷爷|奶奶|叔叔|阿姨|家|本人)(?:也|是)?姓(?P<name>{forms.surname()})(?![{HAN}]{{0,2}}名)"
        ),
        re.compile(rf"(?:^|[^{HAN}])姓(?P<name>{forms.surname()}),? ?名(?P<given>[{HAN}]{{1,2}})"),
    )


def _told(text: str) -> Iterator[Found]:
    for form in _told_forms():
        for one in form.finditer(text):
            start = one.start("name")
            if forms.NOT_AFTER_CALLED.match(text, start) or forms.THINGS.search(
                text[max(0, one.start() - 12) : start - 1]
            ):
                continue
            yield Found(start, one.end(), Kind.NAME, _WHY_TOLD)


@cache
def _forms() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return the shapes that need a look at the words around; the group is what to hide."""
    sure, before, after, given = forms.han_sure(), forms.BEFORE, forms.AFTER, forms.given()
    strong = "[" + "".join(sorted(words("strong_given"))) + "]"
    first = f"(?=[{''.join(sorted({one[0] for one in words('surnames')}))}])"
    long_titles = f"(?:{any_of(one for one in forms.TITLES.split('|') if len(one) > 1)})"
    titles, surname = f"(?:{forms.TITLES})", f"(?:{forms.surname()})"
    person = rf"(?:(?:{forms.KIN})(?:的名字)?(?:是|[: ,(“])?|我是|我就是|本人|鄙人|在下|这里是|他是|她是|是我|一个叫|我和|我跟|儿媳)"
    sign = r"(?:^|\n|[。!?~,;] ?|—+|-{2,}|[: ]|敬上|此致|敬礼)"
    return tuple(
        (re.compile(f"(?={pattern})", re.MULTILINE), "name")
        for pattern in (
            rf"{first}{before}(?P<name>{surname}[{HAN}]{{1,2}})(?={titles})",
            rf"{first}(?P<name>{surname})(?={long_titles})",
            rf"{person}(?P<name>{sure}){after}",
            rf"{person}(?P<name>{surname}(?:(?![得不了到着过看说要是有给会的一就都也很太真在我你他她们这那个上下里去来没您请把被让])[{HAN}]){{1,2}}?)(?=[,。!?;)”\n]|$|今年|的|说|在|是)",
            rf"{first}{before}(?P<name>{surname}{given}{{2}}){after}",
            rf"{first}{before}(?P<name>{surname}{strong}){after}",
            rf"(?={given}{{2}}){before}(?P<name>{given}{{2}})(?=叔叔|阿姨|哥哥|姐姐|老师|爷爷|奶奶|同学|伯伯|大哥|大姐)",
            rf"(?:我是|是我|我叫)(?P<name>(?:小|阿)[{HAN}])(?=[,。!?;~\n]|$|今年|呀|啊)",
            rf"{sign}(?P<name>{surname} {{0,4}}[{HAN}]{{1,2}})(?= {{0,4}}(?:敬上|上|亲笔|呈|写于|谨上|敬启|代笔|启|\d{{4}}|\n|$))",
            rf"(?:我是|他是|她是|是|叫|{forms.KIN}|和|给|谢谢|感谢|[,。、 :;!?\n]|^|的)(?P<name>{forms.mongol_told()})(?=[,。、!?;:)”\n ]|$|和|说|是|今年|在|{forms.TITLES})",
        )
    )


def _everyday() -> set[str]:
    return {word for word in words("ordinary") | words("cities") if len(word) > 1}


@cache
def _ordinary() -> tuple[dict[str, list[str]], re.Pattern[str]]:
    """Return everyday words by their first character, longest first, and the famous."""
    first: dict[str, list[str]] = {}
    for word in sorted(_everyday(), key=len, reverse=True):
        first.setdefault(word[0], []).append(word)
    return first, re.compile(any_of(words("famous")))


@dataclass(frozen=True, slots=True)
class _Busy:
    """Where everyday words, famous people and book titles stand."""

    covered: bytearray  # within a word
    famous: bytearray
    reach: dict[int, int]  # where a word begins: where the longest one from there ends

    def is_famous(self, start: int, end: int) -> bool:
        return all(self.famous[start:end])

    def is_ordinary(self, start: int, end: int) -> bool:
        """Say whether the piece is, or begins or ends in the middle of, what everybody says."""
        if self.is_famous(start, end) or self.covered[start]:
            return True
        return any(self.reach.get(at, 0) > end for at in range(start + 1, end))


def _busy(text: str) -> _Busy:
    everyday, famous = _ordinary()
    busy = _Busy(bytearray(len(text)), bytearray(len(text)), {})
    for start, first in enumerate(text):
        for word in everyday.get(first, ()):
            if text.startswith(word, start):
                busy.reach[start] = start + len(word)
                busy.covered[start : start + len(word)] = b"\1" * len(word)
                break
    for form in (famous, _TITLE):
        for one in form.finditer(text):
            busy.famous[one.start() : one.end()] = b"\1" * (one.end() - one.start())
    return busy


_TITLE = re.compile(r"《[^《》\n]{1,40}》")
