"""Code what kind of help a free text asks for, and what kind of hardship it names."""

import re

from gateways.spreadsheets import Cell
from services.rosters.values import folded, is_nothing, read_text
from vocabulary.enums import CareTime, Category, NeedKind

_CATEGORIES = (
    (re.compile(r"事实无人|无人抚养"), Category.UNATTENDED),
    (re.compile(r"孤"), Category.ORPHAN),
    (re.compile(r"留守"), Category.LEFT_BEHIND),
    (re.compile(r"流动|随迁"), Category.MIGRANT),
    (re.compile(r"病|残"), Category.ILL_OR_DISABLED),
    (re.compile(r"单亲|离异"), Category.SINGLE_PARENT),
    (re.compile(r"低保|贫困|低收入|特困|脱贫|困难"), Category.LOW_INCOME),
)


def read_category(cell: Cell) -> Category | None:
    """Code the kind of hardship; a text no pattern knows is OTHER, a blank cell None."""
    text = read_text(cell)
    if not text:
        return None
    return next((kind for pattern, kind in _CATEGORIES if pattern.search(text)), Category.OTHER)


_NEEDS = (
    (
        re.compile(
            r"(?<!帮)助学|补助|补贴|生活费|学费|学杂费|伙食费|住宿费|资助|资金|经济|费用|救助金|慰问金|钱|\d\s*元|financial"
        ),
        NeedKind.FINANCIAL,
    ),
    (
        re.compile(
            r"辅导|补课|补习|作业|功课|家教|学业|课业|学习(?!用|费|资料|文具|桌|机)|tutoring"
        ),
        NeedKind.TUTORING,
    ),
    (re.compile(r"照料|照顾|照护|看护|接送|做饭|托管|护理|daily_care"), NeedKind.DAILY_CARE),
    (re.compile(r"心理|疏导|情绪|抑郁|自闭|psychological"), NeedKind.PSYCHOLOGICAL),
    (re.compile(r"陪|聊天|谈心|探望|情感|亲情|关爱|companionship"), NeedKind.COMPANIONSHIP),
    (
        re.compile(
            r"衣|用品|用具|文具|书包|图书|书籍|鞋|被褥|棉被|物资|物品|电脑|学习机|轮椅|奶粉|取暖|煤|material"
        ),
        NeedKind.MATERIAL,
    ),
)

_TIMES = (
    (re.compile(r"周末|周六|周日|星期[六日天]|双休"), CareTime.WEEKEND),
    (re.compile(r"晚|放学后|下班后"), CareTime.EVENING),
    (re.compile(r"假|寒暑"), CareTime.HOLIDAY),
    (
        re.compile(r"(?:工作日|平[日时])(?!.{0,2}(?:晚|放学|下班))|白天|周[一二三四五]|上午|下午"),
        CareTime.WEEKDAY,
    ),
)
_ANY_TIME = re.compile(r"随时|都行|都可以|任何|全天|不限")


def read_times(words: str) -> tuple[CareTime, ...] | None:
    """Find the times of the week that a text names; empty for any, None where it names none."""
    if _ANY_TIME.search(words):
        return ()
    return tuple(code for pattern, code in _TIMES if pattern.search(words)) or None


_SAID_OTHERWISE = (
    (re.compile(r"心理(?:健康)?(?:辅导|咨询|陪伴|关爱|照料|照护)"), "心理"),
    (re.compile(r"陪护|陪读"), "照护"),
    (re.compile(r"生活照(?:料|顾)|生活自理"), "照料"),
)


def read_needs(cell: Cell) -> tuple[NeedKind, ...]:
    """Find the kinds of help a free text asks for, in alphabetical order."""
    text = folded(cell)
    if is_nothing(text):
        return ()
    rest = text.lower()
    for pattern, word in _SAID_OTHERWISE:
        rest = pattern.sub(word, rest)
    return tuple(sorted(kind for pattern, kind in _NEEDS if pattern.search(rest)))
