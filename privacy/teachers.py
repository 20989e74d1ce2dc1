"""Where a letter names a teacher: with one, whoever reads it finds the school.

It only warns the person who reads the letter; what is hidden is privacy/screening's.
"""

import re
from collections.abc import Iterable

from privacy.screening import Kind, Mark

_TITLE = r"(?:班主任|教导主任|年级主任|副校长|老师|校长|园长|教导员|辅导员|巴格什)"
_AFTER = re.compile(rf"\s*{_TITLE}")
_BEFORE = re.compile(
    r"(?:班主任|教导主任|年级主任|校长|园长|辅导员|(?:老师|班主任|校长)(?:叫|是|姓|名叫))\s*"
)
_ENDS = re.compile(rf"{_TITLE}$")
# Names that no list of names knows: two or three characters that begin a clause.
_BEGINS = re.compile(
    r"(?:^|[，。！？、；：,.!?;:\s]|谢谢|感谢|还有|我们|[和跟与给问请])(?P<name>[一-龥]{2,3})老师"
)
# 王老师: so many are called so that screening lets it stand; whoever reads is warned all the same.
_SURNAMED = re.compile(
    r"(?:^|[^一-龥]|[是的和跟与给问请让被叫谢听向找对把来去了天日们班])"
    r"(?P<who>[王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗](?:老师|巴格什))"
)
_NOBODY = re.compile(
    r"[的位个些们名这那哪每各此该其]|^(?:我|你|您|他|她|咱)|(?:语文|数学|英语|蒙语|汉语|体育|音乐|美术|科学|品德"
    r"|思品|政治|历史|地理|物理|化学|生物|信息|电脑|舞蹈|劳动|自然|班|任课|主课|副课|生活|值日|值班|宿管|支教|实习|代课|退休|年轻"
    r"|所有|全体|很多|许多|几乎|女|男|新|老|好|大|小|学校|村里|镇上|以后|长大|后来|现在|今天|昨天|明天|有时|因为|听说|当|做|像|是|说|看|叫|让|被|对|向|和|跟|与|同|有|到|给|请|爱|想)$"
)


def named_in(text: str, found: Iterable[Mark], known: Iterable[str] = ()) -> tuple[str, ...]:
    """Return how teachers are named in a text, in order: by marks, by clause, by known names."""
    titled = [_titled(text, mark) for mark in found if mark.kind is Kind.NAME]
    begun = [(one.start("name"), f"{one['name']}老师") for one in _BEGINS.finditer(text)]
    plain = [(one.start("who"), one["who"]) for one in _SURNAMED.finditer(text)]
    ends = tuple(words for _, words in plain)
    begun = [(at, words) for at, words in begun if not words.endswith(ends)]
    kept = [(at, words) for at, words in begun if not _NOBODY.search(words.removesuffix("老师"))]
    kept += plain
    sure = [(text.find(name), name) for name in known if len(name) > 1 and name in text]
    return tuple(dict.fromkeys(words for _, words in sorted([*titled, *kept, *sure]) if words))


def _titled(text: str, mark: Mark) -> tuple[int, str]:
    """Return a marked name with its title; no words for a name that is no teacher's."""
    name, after = text[mark.start : mark.end], _AFTER.match(text, mark.end)
    if text[: mark.start].endswith("班主"):
        name = name.removeprefix("任")
    if after:
        return mark.start, name + after[0].strip()
    leads = any(one.end() in (mark.start, mark.start + 1) for one in _BEFORE.finditer(text))
    return mark.start, name if leads or _ENDS.search(name) else ""
