"""How a pledge reads to staff: its sum, until when, and what its donor wished for."""

from collections.abc import Mapping
from typing import Any

from privacy.naming import SHOWN, Eyes, Shown
from vocabulary.enums import Naming, PledgeEnd, Sex
from vocabulary.leagues import LEAGUES
from vocabulary.money import format_yuan_short
from web.core.labels import label

_TO_FAMILY: Mapping[Shown, str] = {
    Shown.KIND_PERSON: "家里只看到“一位爱心人士”。",
    Shown.ALIAS: "家里看到这个别名，比如“北方的雪”。别用真名、单位或微信名。",
    Shown.NAME: "家里看到你的名字。看过的人就知道了，收不回来。",
}
NAMING_SENTENCES = {naming.value: _TO_FAMILY[SHOWN[naming][Eyes.FAMILY]] for naming in Naming}


def amount(pledge: Mapping[str, Any]) -> str:
    """每月 ¥100."""
    return f"{label(pledge['rhythm'])} {format_yuan_short(pledge['instalment_fen'])}"


def until(pledge: Mapping[str, Any]) -> str:
    """到初中毕业, 共 12 次."""
    if pledge["until"] is PledgeEnd.COUNT:
        return f"共 {pledge['until_count']} 次"
    return label(pledge["until"])


def wishes(pledge: Mapping[str, Any]) -> str:
    """女孩 · 小学 · 呼伦贝尔市; a sentence when there is none."""
    words = [
        {Sex.FEMALE: "女孩", Sex.MALE: "男孩"}.get(pledge["wish_sex"], ""),
        label(pledge["wish_stage"]),
        LEAGUES.get(pledge["wish_league"] or "", ""),
    ]
    return " · ".join(word for word in words if word) or "没有写，谁都可以"
