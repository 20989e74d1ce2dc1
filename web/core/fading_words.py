"""Why a pair fades, in sentences: the one table from the codes to what stands on pages."""

from collections.abc import Mapping, Sequence
from typing import Any

from vocabulary.enums import VisitRhythm
from web.core.filters import full_day
from web.core.labels import label

Facts = Mapping[str, Any]
_NOT_AGREED = "还没有约好多久见一次（按每月一次算）"


def of_volunteer(pair: Facts) -> list[str]:
    """Say the reasons of a volunteer's pair."""
    return [_of_volunteer(pair, one) for one in pair["reasons"]]


def _of_volunteer(pair: Facts, reason: Facts) -> str:
    cause, count, days = reason["cause"], reason["count"], reason["days"]
    if cause == "missed":
        agreed = f"约好{rhythm(pair['rhythm'])}" if pair["rhythm"] else _NOT_AGREED
        if pair["was_met"]:
            last = f"上次是{full_day(pair['since'])}，{days} 天前"
        else:
            last = f"{full_day(pair['since'])}结对以后一次也没有记过，{days} 天了"
        return f"{agreed}，{last}，少了 {count} 次。"
    if cause == "accounts":
        return f"最近五次里有 {count} 次，过了 {days} 天以上才记。"
    return f"孩子写来的信，{days} 天没有回。"


def of_pledge(reasons: Sequence[Facts]) -> list[str]:
    """Say the reasons of a pledge's pair: never when anything was paid, nor by whom."""
    return [_of_pledge(one) for one in reasons]


def _of_pledge(reason: Facts) -> str:
    cause, count, days = reason["cause"], reason["count"], reason["days"]
    if cause == "payment":
        return "钱接不上了，孩子的由爱心备用金先垫着，已经在找接着付的人。"
    if cause == "receipt":
        return f"有 {count} 笔拨付以后没有家里的回音，最早的一笔 {days} 天了。"
    return f"孩子写去的信，{days} 天没有回。回不回信由资助人自己定，不用催。"


def rhythm(agreed: VisitRhythm | None) -> str:
    """Say how often they agreed to meet."""
    return label(agreed) if agreed else "还没有约好"
