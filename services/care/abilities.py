"""What a volunteer's own words say that she can, speaks, and when she has time: the engine's codes."""

import re
from collections.abc import Iterable

from services.rosters.needs import read_times
from vocabulary.enums import Language, NeedKind

# A psychologist's work is left to whoever says that she learned it.
_SKILLS = (
    (re.compile(r"心理咨询|咨询师|心理(?:老师|教师|医生|治疗)|精神科"), NeedKind.PSYCHOLOGICAL),
    (
        re.compile(r"辅导|补课|功课|作业|数学|语文|英语|物理|化学|理科|文科|教师|老师|家教"),
        NeedKind.TUTORING,
    ),
    (re.compile(r"做饭|烹饪|照料|照顾|照护|护理|护士|保育|育儿|接送|缝纫"), NeedKind.DAILY_CARE),
    (re.compile(r"物资|捐物|衣物|图书|采购|送货"), NeedKind.MATERIAL),
)
_LANGUAGES = (
    (re.compile(r"汉|普通话|中文|国语|zh", re.IGNORECASE), Language.CHINESE),
    (re.compile(r"蒙|mn", re.IGNORECASE), Language.MONGOLIAN),
    (re.compile(r"达斡尔|达翰尔|dta", re.IGNORECASE), Language.DAUR),
    (re.compile(r"鄂温克|evn", re.IGNORECASE), Language.EVENKI),
    (re.compile(r"鄂伦春|orh", re.IGNORECASE), Language.OROQEN),
)


def skills_of(words: Iterable[str]) -> frozenset[NeedKind]:
    """Return the kinds of care she can give: companionship, and what her words name besides.

    Whoever volunteers can be company; whatever else it takes she must have said.
    """
    text = "、".join(words)
    named = {kind for pattern, kind in _SKILLS if pattern.search(text)}
    return frozenset(named | {NeedKind.COMPANIONSHIP})


def languages_of(words: Iterable[str]) -> tuple[Language, ...]:
    """Return the languages in the order in which they are named, the first spoken every day.

    Who names none speaks Chinese; a language that we have no code for is OTHER.
    """
    found: list[Language] = []
    for word in (one.strip() for text in words for one in re.split(r"[、,，;；/\s]+", text)):
        if word:
            known = [code for pattern, code in _LANGUAGES if pattern.search(word)]
            found += [code for code in known or [Language.OTHER] if code not in found]
    return tuple(found) or (Language.CHINESE,)


def times_of(words: str) -> frozenset[str]:
    """Return when she has time; the empty set for any time, and where nothing is said."""
    return frozenset(read_times(words) or ())
