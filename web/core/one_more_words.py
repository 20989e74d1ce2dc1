"""What would change a decision, in words: the run solved again with one place more, or more fit."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Facts = Mapping[str, Any]
_UNSURE = "（这一片太大，没有算到底）"


def lines(
    found: Facts, *, hers: str, name_of: Callable[[Facts], str], may_fit_better: bool
) -> list[str]:
    """Return the sentences of a pair's page.

    `hers` begins the sentence about the offer in hand ("若她再有一个名额"), `name_of` one about a
    runner-up. `may_fit_better`: each pair carries one unit, so that what a runner-up costs is what
    it would have to fit better by.
    """
    if found["total"] is None:
        return []
    said = [_hers(found["more"], hers)] if found["more"] else []
    for other in found["others"]:
        if other["more"]:
            said.append(_theirs(other["more"], name_of(other)))
        elif may_fit_better and _costs(other):
            points = other["cost"]["points"]
            said.append(f"若{name_of(other)}和这个孩子的匹配度再高出 {points} 分以上，会改配给她。")
    return list(dict.fromkeys(said))


def _costs(other: Facts) -> bool:
    """Say whether a runner-up with a place left would be exactly this much worse."""
    cost = other["cost"]
    return bool(other["side"] == "volunteer" and cost["is_exact"] and cost["points"] > 0)


def _hers(more: Facts, begin: str) -> str:
    if not more["points"]:
        return f"{begin}，整体也不会多一分，不会改。"
    names = _names(more["children"])
    whom = f"会改配给{names}，" if names else "会多配别的孩子，"
    return f"{begin}，{whom}整体多 {more['points']} 分{_doubt(more)}。"


def _theirs(more: Facts, name: str) -> str:
    begin = f"若{name}再有一个名额"
    if more["is_here"]:
        return f"{begin}，这个孩子会改配过去，整体多 {more['points']} 分{_doubt(more)}。"
    if not more["points"]:
        return f"{begin}，整体也不会多一分，这一对不变。"
    return f"{begin}，会多配别的孩子，整体多 {more['points']} 分{_doubt(more)}。"


def _names(children: Sequence[Facts]) -> str:
    return "、".join(child["name"] for child in children if "name" in child)


def _doubt(more: Facts) -> str:
    return "" if more["is_exact"] else _UNSURE
