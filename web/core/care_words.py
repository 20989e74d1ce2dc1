"""Why this volunteer and this child: the one table from the matcher's codes to what stands on pages."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from services.care.blocks import Block
from vocabulary.enums import CareRefusal, CareStatus, CareTime, Language, NeedKind, Stage
from vocabulary.errors import NoConsent, NoLongerFits, NoPlaceLeft
from web.core.labels import label
from web.core.reasons import LEVELS, rows_in, urgency

Facts = Mapping[str, Any]
FACTORS = {
    "urgency": "紧急",
    "waiting": "等待",
    "skill": "会做的",
    "language": "语言",
    "distance": "远近",
    "times": "时间",
}
_NEAR_KM = 5


def kinds(codes: Sequence[str]) -> str:
    """Name kinds of care."""
    return "、".join(label(NeedKind(code)) for code in codes)


def times(codes: Sequence[str]) -> str:
    """Name times of the week, in their own order; empty for any time."""
    return "、".join(label(one) for one in CareTime if one in codes)


def _waiting(facts: Facts) -> str:
    return f"孩子已等待 {facts['days']} 天。" if facts["days"] else "今天刚登记。"


def _skill(facts: Facts) -> str:
    asked, met = kinds(facts["asked"]), kinds(facts["met"])
    if asked == met or not met:
        return f"孩子要{asked or met or '的'}，她都能做。"
    return f"孩子要{asked}，她能做{met}。"


def _language(facts: Facts) -> str:
    spoken = label(Language(facts["language"]))
    if facts["spoken"]:
        return f"会{spoken}，孩子说{spoken}。"
    return f"孩子平时说{spoken}，她不会，另有一种话两边都懂。"


def how_far(facts: Facts) -> str:
    """Say how far two townships lie apart."""
    if facts["same_township"]:
        return "住在同一苏木（镇），步行可到"
    if facts["km"] is None:
        return "住在同一个旗"
    if facts["km"] <= _NEAR_KM:
        return f"相距约 {max(1, facts['km'])} 公里，很近"
    return f"相距约 {facts['km']} 公里"


def _distance(facts: Facts) -> str:
    return f"{how_far(facts)}。"


def _times(facts: Facts) -> str:
    met, asked = times(facts["met"]), times(facts.get("asked", ()))
    if asked:
        return f"孩子{asked}可以，{'她都' if met == asked else f'她{met}'}有空。"
    if len(facts["met"]) == len(CareTime):
        return "她的时间不限，什么时候都行。"
    return f"她有空：{met}。"


_SENTENCES: Mapping[str, Callable[[Facts], str]] = {
    "urgency": urgency,
    "waiting": _waiting,
    "skill": _skill,
    "language": _language,
    "distance": _distance,
    "times": _times,
}


def rows(parts: Sequence[Facts]) -> list[dict[str, Any]]:
    """Return the reasons of a pair: factor, sentence, points, of."""
    return rows_in(FACTORS, _SENTENCES, parts)


_LACKS: Mapping[str, Callable[[Facts], str]] = {
    "urgency": lambda lack: f"评为“{LEVELS[lack['level']]}”",
    "waiting": lambda lack: f"等了 {lack['days']} 天",
    "skill": lambda lack: f"能做的只有{kinds(lack['met'])}" if lack["met"] else "能做的少一样",
    "language": lambda _lack: "不会孩子平时说的话",
    "distance": how_far,
    "times": lambda lack: f"时间只对得上{times(lack['met'])}",
}


def why_not(other: Facts) -> str:
    """Say why an alternative was not chosen: what it lacked, and where it went."""
    lacks = [f"{_LACKS[lack['factor']](lack)}（少 {lack['behind']} 分）" for lack in other["lacks"]]
    is_child = other["side"] == "child"
    placed = "这次另有一位爱心妈妈" if is_child else "名额这次给了别的孩子"
    ends = [placed] if other["placed_with"] else []
    if not lacks and not ends:
        return "一样合适，这次没有轮到，下次再配。"
    if not lacks:
        return f"和这一对一样合适，{placed}。"
    return "；".join([*lacks, *ends]) + "。"


def about(facts: Facts) -> list[tuple[str, str]]:
    """Return what a volunteer reads before two of the staff agreed."""
    return [
        ("要什么帮助", kinds(facts["kinds"])),
        ("上学", label(Stage(facts["stage"]))),
        ("说什么话", label(Language(facts["language"]))),
        ("远近", how_far(facts)),
        ("什么时候", times(facts.get("times", ())) or "没有写，可以和家里商量"),
    ]


BLOCKS: Mapping[Block, str] = {
    Block.SELF: "这是你自己陪孩子的一对，要由别的同事来决定。",
    Block.NOTED: "她的答复是你记的，要由另外两位同事来决定。",
    Block.ENTERED: "这个孩子是你登记的，要由别的同事来决定。",
    Block.ENTERED_HER: "这位爱心妈妈是你登记的，要由别的同事来决定。",
    Block.AGREED: "你已经同意了，还要另一位同事同意才开始。",
    Block.ASIDE: "你申报过回避，这个孩子由别的同事决定。",
    Block.APPROVER: "两个人里要有一位审批人，这一步请审批人来同意。",
}
_TONIGHT = "今晚系统收回，重新给孩子配，你不用点什么。"
IN_THE_WAY: Mapping[str, str] = {
    NoConsent.code: f"监护人的陪伴同意书没有了，这一对不能开始。{_TONIGHT}",
    NoPlaceLeft.code: f"她那边现在不行：名额满了，或者资质到期了。{_TONIGHT}",
    NoLongerFits.code: f"条件变了，两边现在不合适。{_TONIGHT}",
}
# The same in a list's few words.
OWN_PARTS: Mapping[Block, str] = {
    Block.SELF: "是你自己",
    Block.NOTED: "你记的答复",
    Block.ENTERED: "孩子是你登记的",
    Block.ENTERED_HER: "她是你登记的",
    Block.AGREED: "你同意过了",
    Block.ASIDE: "你回避",
    Block.APPROVER: "等审批人",
}
PILLS = {
    CareStatus.PROPOSED: "wait",
    CareStatus.ACCEPTED: "wait",
    CareStatus.TRIAL: "way",
    CareStatus.ACTIVE: "done",
    CareStatus.DECLINED: "sunk",
    CareStatus.LAPSED: "sunk",
    CareStatus.ENDED: "sunk",
}


def state(card: Facts) -> str:
    """Say how a pair stands: what was taken back did not run out of time."""
    if card["status"] is CareStatus.LAPSED and card["refusal"] not in _CLOCKS:
        return "收回了"
    return label(card["status"])


_CLOCKS = (CareRefusal.NOT_ANSWERED, CareRefusal.NOT_DECIDED)
RULES: Mapping[str, str] = {
    "verified": "这个孩子还没有核实",
    "consent": "没有陪伴的同意书",
    "uncovered": "孩子要的已经有人做",
    "cleared": "查询或保险过期了",
    "trained": "培训过期了",
    "place": "名额满了",
    "skill": "孩子要的她没说会",
    "language": "孩子说的话她不会",
    "distance": "太远，超出她能去的范围",
    "times": "有空的时间对不上",
    "girls": "女孩要由女性来陪",
    "wish_sex": "想陪的性别不合",
    "wish_age": "想陪的年龄不合",
    "high_risk": "她已经在陪一个特别急的孩子",
    "siblings": "兄弟姐妹已经有另一位",
    "conflict": "在孩子的学校或监护人的单位上班",
    "not_excluded": "以前没成，或申报过关系",
    "together": "兄弟姐妹一起，她的名额不够或有一个不合",
}
