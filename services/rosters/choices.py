"""Read a consent's cell: what is ticked on a printed form, and words that plainly say yes.

Of ☑是 □否 or 同意（√） 不同意（ ） what is ticked counts, not what is printed. Words count only
where every one of them is known to say that the paper is signed: a word nobody thought of is doubt.
"""

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from gateways.spreadsheets import Cell
from services.rosters.births import Precision, read_birth

_TICKED = re.compile(r"[☑☒✓✔√■●◉]|[\[(]\s*[√✓✔]\s*[\])]|\[\s*x\s*\]", re.IGNORECASE)
# A cross is no tick: 是√ 否× chooses 是, and 同意（x） chooses nothing.
_CROSS = "×✗✘✕✖❌"
_BOX = re.compile(rf"[\[(]\s*[x{_CROSS}]?\s*[\])]|[□☐○◯{_CROSS}]", re.IGNORECASE)
_LEFT_EMPTY = re.compile(r"[□☐]")
_TICK, _EMPTY = "\x01", "\x02"
_WHOSE = r"(?:监护人|家长|本人)?"
_NO = rf"{_WHOSE}(?:不同意|未签署?|没有|不是|否|无|no|n)"
_YES = rf"{_WHOSE}(?:同意|已签署?|是|有|yes|y)"
_OPTION = re.compile(rf"{_NO}|{_YES}", re.IGNORECASE)
_IS_NO = re.compile(_NO, re.IGNORECASE)
_MARK = re.compile(f"[{_TICK}{_EMPTY}]")
_BETWEEN = re.compile(r"[\s/、,，;；|:：.。()\x01\x02]+")

# Parents are guardians; 妈妈 may be the volunteer, 本人 the child, and a grandmother need not be.
_WHO = r"(?:(?:法定)?监护人(?:本人)?|家长|父母(?:双方)?|父亲|母亲)(?:[均都])?"
_ORIGINAL = r"(?:原件|纸质[版件]?)"
_PAPER = rf"(?:(?:监护人|家长)?(?:知情)?(?:同意|承诺|授权)书{_ORIGINAL}?|{_ORIGINAL})"
_SIGN = r"签[署字名订]?"
_SIGNED = rf"(?:已{_SIGN}[好过完]?了?|{_SIGN}[好过完]?了|签[好过完]|已?签[了好过完][字名]了?)"
_PRINT = r"[按摁捺]了?手印"
_HANDED_IN = r"(?:已[上提]?交(?:[至到给]?旗?妇联|[至到]办公室)?了?|[上提]?交了)"
_KEPT = r"(?:已?收[回齐]了?|已附|已取得)"
_SAYS_YES = re.compile(
    "|".join(
        (
            r"已?有|有了|[是对有]的?|[v√✓✔☑✅■]|y|yes|t|true|1|ok|signed|已?齐全?|收齐全|全",
            rf"(?:{_WHO})?(?:已?(?:书面)?同意了?|{_SIGNED}{_PAPER}?(?:盖章|{_PRINT})?)",
            rf"(?:{_WHO})?(?:已{_PRINT}|{_PRINT}了|[按摁捺]了手印|{_HANDED_IN})|[按摁捺]?手印",
            rf"(?:{_HANDED_IN}|{_KEPT}){_PAPER}?|已?有{_PAPER}",
            rf"{_PAPER}(?:{_HANDED_IN}|{_KEPT}|{_SIGNED}|已?有|齐全?)",
            # The family, too, 收到 a paper, an empty one: only the original is received from them.
            rf"(?:已收到?|收到了){_ORIGINAL}|{_PAPER}?{_ORIGINAL}(?:已收到?|收到了)",
        )
    ),
    re.IGNORECASE,
)
# 监护人签字 alone is a label; with the day beside it, it says when.
_SAYS_YES_ON_A_DAY = re.compile(rf"(?:{_WHO})?(?:{_SIGN}的?|{_PRINT})")
_BY_WHOM = re.compile(rf"\((?:{_WHO}(?:{_SIGN})?|{_ORIGINAL})\)")
_CLAUSES = re.compile(r"[,、;。!()\[\]]|\.$|并且?(?=[按摁捺已])")
_TICK_BESIDE = re.compile(r"^[√✓✔☑](?=.)|(?<=.)[√✓✔☑]$")
_SAYS_NO = re.compile(
    r"^[无否]|[不未没拒非缺尚暂待等需要将撤丢]|口头|联系|过期|作废|失效|空白"
    r"|后(?:再|来)?[签补交]|(?:签|办|交|补|流程|沟通).{0,2}中|(?:电话|微信).{0,3}同意|准备|代签",
)

_BRACKETS = str.maketrans("【】〔〕", "()()")
_FIRST_YEAR = 2000
_MONTH = r"(?:0?[1-9]|1[0-2])"
_DATES = re.compile(
    r"(?P<open>[(\[]\s*)?(?:(?:签[字名署订]?)?(?:日期|时间):?\s*|于\s*)?(?:"
    r"(?<!\d)(?P<day>\d{4}\D{1,3}\d{1,2}\D{1,3}\d{1,2}|\d{8}|^\d{5}$)(?!\d)[日号]?"
    r"(?:[ T]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
    rf"|(?<!\d)(?P<year>20\d\d)[.年/-](?P<month>{_MONTH})(?![.\d/-])月?"
    rf"|(?<!\d){_MONTH}月(?:[12]\d|3[01]|0?[1-9])(?!\d)[日号]?"
    rf"|(?<=[(\[]){_MONTH}\.(?:[12]\d|3[01]|0?[1-9])(?=[)\]]))(?(open)\s*[)\]])"
)


@dataclass(frozen=True, slots=True)
class Told:
    """A cell's words without their date; `on` is the day of it, where the year was given."""

    words: str
    on: date | None = None
    is_dated: bool = False


def without_date(text: str) -> Told:
    """Take the only date out of a cell. Two of them, or an impossible one, stay: they are doubt."""
    text = text.translate(_BRACKETS)
    found = list(_DATES.finditer(text))
    if len(found) != 1:
        return Told(text)
    start, end = found[0].span()
    on = _day_of(found[0])
    if on is None and (found[0]["day"] or found[0]["year"]):
        return Told(text)
    return Told(f"{text[:start]}{text[end:]}".strip(), on, is_dated=True)


def _day_of(found: re.Match[str]) -> date | None:
    """Return the day; of a month alone the last one, for by then it was signed at the latest."""
    if found["year"]:
        year, month = int(found["year"]), int(found["month"])
        return date(year, month, monthrange(year, month)[1])
    return day_of_signing(found["day"])


def day_of_signing(cell: Cell) -> date | None:
    """Return the day a cell gives. What Excel shows as a day of 1955 was a number: 20269."""
    birth = read_birth(cell)
    is_day = birth and birth.precision is Precision.DAY and birth.day.year >= _FIRST_YEAR
    return birth.day if birth and is_day else None


def in_words(told: Told) -> bool | None:
    """Say what the words say: yes where every clause does, no, or None where there is doubt."""
    words = re.sub(r"\s+", "", told.words).replace("已经", "已")
    if not words:
        return True if told.on else None
    clauses = [c for c in _CLAUSES.split(_BY_WHOM.sub("", words)) if c]
    if clauses and all(_says_yes(c, is_dated=told.is_dated) for c in clauses):
        return True
    is_no = _SAYS_NO.search(words) and not _TICKED.search(words)
    return False if is_no else None


def _says_yes(clause: str, *, is_dated: bool) -> bool:
    plain = _TICK_BESIDE.sub("", clause, count=1)
    return bool(_SAYS_YES.fullmatch(plain) or (is_dated and _SAYS_YES_ON_A_DAY.fullmatch(plain)))


def ticked(text: str) -> bool | None:
    """Say which way a cell of boxes is ticked; None where nothing, or nothing certain, is.

    Raises ValueError where the cell is no such form.
    """
    # ☒ is a tick where another box is left empty; alone it may be a cross.
    text = text if _LEFT_EMPTY.search(text) else text.replace("☒", "×")
    told = _BOX.sub(_EMPTY, _TICKED.sub(_TICK, _MARK.sub("", text))).strip()
    options = _OPTION.findall(told)
    if not options or _BETWEEN.sub("", told) != "".join(options):
        if _EMPTY in told:
            return None
        raise ValueError(text)
    if not _MARK.search(told) and not (len(options) > 1 and _IS_NO.search(told)):
        raise ValueError(text)
    return _of_one(told) if len(options) == 1 else _of_several(told, options)


def _of_one(told: str) -> bool | None:
    return None if _EMPTY in told else not _IS_NO.search(told)


def _of_several(told: str, options: Sequence[str]) -> bool | None:
    if told.count(_TICK) != 1:
        return None
    marks = _MARK.findall(told)
    if len(marks) == len(options):
        return not _IS_NO.fullmatch(options[marks.index(_TICK)])
    chosen = _beside(told) if len(marks) == 1 else None
    return None if chosen is None else not _IS_NO.fullmatch(chosen)


def _beside(told: str) -> str | None:
    """Return the option that a lone tick belongs to: 是√ 否 and √是 否 say it, 是√否 does not."""
    before, after = told.split(_TICK)
    if before and after and (before[-1].isspace() == after[0].isspace()):
        return None
    is_ahead = not before.strip() or (bool(after) and before[-1].isspace())
    options = _OPTION.findall(after if is_ahead else before)
    return options[0 if is_ahead else -1] if options else None
