"""Why this pair: the one table from the matcher's codes to what stands on the pages."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from services.pairing.approvals import Block
from services.pairing.second_look import Warned
from vocabulary.enums import Rhythm
from web.core.labels import label

UNIT_YUAN = 50
Facts = Mapping[str, Any]

FACTORS = {
    "urgency": "紧急",
    "waiting": "等待",
    "wish": "心愿",
    "amount": "金额",
    "rhythm": "时间",
}
LEVELS = ("不急", "一般", "比较急", "特别急")
"""An urgency of 0 to 3 in words."""
_WISHES = {"sex": "性别", "stage": "学段", "league": "盟市"}
_REACH = {Rhythm.MONTH: 1, Rhythm.TERM: 6, Rhythm.YEAR: 10}


def urgency(facts: Facts) -> str:
    """Say how urgent it was called."""
    return f"登记时评为“{LEVELS[facts['level']]}”，{facts['level']} 级，最高 3 级。"


def _waiting(facts: Facts) -> str:
    return f"登记后等了 {facts['days']} 天。" if facts["days"] else "今天刚登记。"


def _wish(facts: Facts) -> str:
    met = "、".join(_WISHES[wish] for wish in facts["met"])
    return f"捐赠人写了心愿：{met}，都合上了。" if met else "捐赠人没有写心愿，谁都可以。"


def _amount(facts: Facts) -> str:
    wanted, given = facts["units_open"] * UNIT_YUAN, facts["units_per_child"] * UNIT_YUAN
    if wanted == given:
        return f"还差每月 {wanted} 元，这份正好。"
    if wanted > given:
        return f"还差每月 {wanted} 元，这份每月 {given} 元，其余再找人。"
    return f"还差每月 {wanted} 元，这份每月最多 {given} 元，只用到差的数。"


def _rhythm(facts: Facts) -> str:
    rhythm, months = Rhythm(facts["rhythm"]), facts["months_left"]
    if months >= _REACH[rhythm]:
        return f"{label(rhythm)}付一次，这个学段还有 {months} 个月，赶得上。"
    return f"{label(rhythm)}付一次，这个学段只剩 {months} 个月，用不完一次。"


_SENTENCES: Mapping[str, Callable[[Facts], str]] = {
    "urgency": urgency,
    "waiting": _waiting,
    "wish": _wish,
    "amount": _amount,
    "rhythm": _rhythm,
}


def rows(parts: Sequence[Facts]) -> list[dict[str, Any]]:
    """Return the reasons of a pair: factor, sentence, points, of."""
    return rows_in(FACTORS, _SENTENCES, parts)


def rows_in(
    names: Mapping[str, str],
    sentences: Mapping[str, Callable[[Facts], str]],
    parts: Sequence[Facts],
) -> list[dict[str, Any]]:
    """Return the same in the words of another kind of pair."""
    return [
        {
            "factor": names[part["factor"]],
            "sentence": sentences[part["factor"]](part),
            "points": part["points"],
            "of": part["of"],
        }
        for part in parts
    ]


_SHORT: Mapping[str, Callable[[str], str]] = {
    "urgency": lambda level: f"评为“{LEVELS[int(level)]}”",
    "waiting": lambda _none: "等得久",
    "wish": lambda met: "合心愿：" + "、".join(_WISHES[wish] for wish in met.split(",") if wish),
    "amount": lambda _none: "金额合适",
    "rhythm": lambda _none: "时间赶得上",
}


@lru_cache(maxsize=256)
def in_few_words(best: str | None) -> str:
    """Return what carries most points (matching.best_of), for a list; empty without reasons."""
    factor, _, more = (best or "").partition(":")
    return _SHORT[factor](more) if factor else ""


def _less_urgent(lack: Facts) -> str:
    return f"评为“{LEVELS[lack['level']]}”"


def _waited_less(lack: Facts) -> str:
    return f"等了 {lack['days']} 天"


def _fewer_wishes(lack: Facts) -> str:
    return f"心愿合上 {len(lack['met'])} 项"


def _other_sum(lack: Facts) -> str:
    wanted, given = lack["units_open"] * UNIT_YUAN, lack["units_per_child"] * UNIT_YUAN
    return f"还差 {wanted} 元、给 {given} 元，不如这一对合适"


def _too_short(lack: Facts) -> str:
    return f"这个学段只剩 {lack['months_left']} 个月"


_LACKS: Mapping[str, Callable[[Facts], str]] = {
    "urgency": _less_urgent,
    "waiting": _waited_less,
    "wish": _fewer_wishes,
    "amount": _other_sum,
    "rhythm": _too_short,
}


RELAXABLE = frozenset({"place", "wish_sex", "wish_stage", "wish_league", "until"})
"""What somebody may decide to do without; the engine's own rules say the same (a test holds it)."""
RULES: Mapping[str, str] = {
    "verified": "这个孩子还没有核实",
    "consent": "没有结对的同意书",
    "uncovered": "这一项已经给足了",
    "at_school": "这个学段已经读完",
    "place": "名额满了",
    "wish_sex": "想帮的性别不合",
    "wish_stage": "想帮的学段不合",
    "wish_league": "想帮的盟市不合",
    "until": "帮到的那个学段已经读完",
    "scope": "只帮别的地方的孩子",
    "not_excluded": "没有同意过或申报过回避",
}


def removed(need: Facts) -> list[str]:
    """Say of a need that no pledge fits what stands in the way, and what would help most."""
    found = need["removed"]
    may = [one for one in found if one["alone"] and one["rule"] in RELAXABLE]
    best = max(may, key=lambda one: one["alone"], default=None)
    return in_the_way(found, best["rule"] if best else None, rules=RULES, unit="份")


def in_the_way(
    found: Sequence[Facts], best: str | None, *, rules: Mapping[str, str], unit: str
) -> list[str]:
    """Say which rule removed how many, and the one that may be relaxed and would help most."""
    lines = [f"{one['offers']} {unit}：{rules[one['rule']]}" for one in found if one["offers"]]
    alone = next((one["alone"] for one in found if one["rule"] == best), 0)
    if alone:
        lines.append(f"只差“{rules[best or '']}”这一条的有 {alone} {unit}，从这里想办法最有用")
    elif found:
        lines.append("没有哪一条放宽了就够，要等新的来")
    return lines


def loss(cost: Facts) -> str:
    """Say how many points of fit the whole loses; what was not proved may be more or less."""
    if not cost["is_exact"]:
        return f"大约少 {cost['points']} 分（这一片太大，没有算到底）"
    return f"整体少 {cost['points']} 分" if cost["points"] else "整体一分不少，一样好"


def why_not(other: Facts) -> str:
    """Say why an alternative was not chosen: what it lacked, and where it went."""
    lacks = [f"{_LACKS[lack['factor']](lack)}（少 {lack['behind']} 分）" for lack in other["lacks"]]
    placed = "这次另有一份" if other["side"] == "child" else "这次配给了别的孩子"
    ends = [placed] if other["placed_with"] else []
    if not lacks and not ends:
        return "分数不低，这次没有轮到，下次再配。"
    if not lacks:
        return "和这一对一样合适，这次配给了别处。"
    return "；".join([*lacks, *ends]) + "。"


WARNINGS: Mapping[Warned, tuple[str, str]] = {
    Warned.NO_CONSENT: ("没有同意书。", "监护人的同意书撤回了或还没有，补上才能同意。"),
    Warned.NO_OWN_YES: ("本人还没点头。", "满 14 岁要孩子自己同意，请先问过本人。"),
    Warned.COVERED: ("已经有人帮上了。", "差的数不够这一份，请点“暂不同意”，今晚会重新配。"),
    Warned.NO_PLACE: ("认捐有变化。", "这份认捐暂停、结束或名额满了，现在不能同意。"),
    Warned.FEW_ALIKE: (
        "可能被猜到。",
        "盟市、学段和他写的心愿都合的孩子不到 5 位。页面上会少写一点，可心愿他自己记得。",
    ),
    Warned.ONLY_PLEDGE: (
        "本镇只有一位捐赠人。",
        "同意以后，这个苏木乡镇的孩子都由这一份认捐支持（只按认捐编号数，谁给的查不到）。"
        "别在当地公开感谢，也别单独报这个镇的数。",
    ),
}
STOPS = frozenset({Warned.NO_CONSENT, Warned.NO_OWN_YES, Warned.COVERED, Warned.NO_PLACE})

BLOCKS: Mapping[Block, str] = {
    Block.PROPOSED: "这份是你提出的，要由另一位审批人来决定。",
    Block.ENTERED: "这个孩子是你登记的，要由另一位审批人来决定。",
    Block.ASIDE: "你申报过回避，这个孩子的结对由另一位同事来决定。",
    Block.ROLE: "由审批人决定，你可以看理由。",
}
