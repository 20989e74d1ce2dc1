"""What the whole loses without a proposal, and what would change it: its run solved again."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.certified import Certificate
from matching.one_more import one_more
from matching.regret import Regret, forbidden, forced
from models.matching_runs import MatchingRun
from models.pledges import Match
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services.gate import Card
from services.pairing import approvals, matching_runs


def costs(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return {match, total, is_best, without, more, others} of a proposal (see `weighed`).

    `total` is what the whole run reached: None, and nothing else, for a pair proposed by hand,
    which no run weighed. Raises NotFound, or RunDamaged.
    """
    require(viewer, Act.RUN_MATCHING)
    card = approvals.detail(session, viewer, ref)
    run_ref = session.scalar(select(Match.run_ref).where(Match.child_ref == ref))
    others = approvals.others(session, viewer, card)
    ends = (card["need"]["ref"], card["pledge"]["code"]) if run_ref else ("", "")

    def named(refs: Sequence[str]) -> list[Card]:
        stored = [{"side": "child", "code": ref} for ref in refs]
        found = approvals.others(session, viewer, Card({"runners_up": stored}))
        return [one["child"] for one in found if one["child"]]

    return Card({"match": card, **weighed(session, run_ref, ends, others, named=named)})


def weighed(
    session: Session,
    run_ref: str | None,
    ends: tuple[str, str],
    others: Sequence[Card],
    *,
    named: Callable[[Sequence[str]], list[Card]],
) -> dict[str, Any]:
    """Return what the run loses without a pair, and with each runner-up forced in its place.

    `ends` are the codes of its need and offer. For siblings it is the whole family that goes. A
    cost is {points, is_exact}; `more` is what one place more with the offer would change, and of
    each runner-up that is an offer and full: {points, is_exact, children, is_here}, where
    `children` are those that the viewer may read of by name and `is_here` says that it is this
    need that goes there; None where the part is too large to be solved for a page.
    """
    run = session.scalar(select(MatchingRun).where(MatchingRun.ref == run_ref))
    if run is None:
        return {"total": None}
    proof, (need, offer) = matching_runs.certificate_of(run), ends
    instead = [
        Card(
            {
                **other,
                "cost": _cost(forced(proof, *_swapped(other, need, offer))),
                "more": _more(proof, other["code"], need, named)
                if _is_full(proof, other)
                else None,
            }
        )
        for other in others
    ]
    without = _cost(forbidden(proof, need, offer))
    whole = {"total": run.total, "is_best": run.total == run.bound}
    more = _more(proof, offer, need, named)
    return {"without": without, "more": more, "others": instead, **whole}


def _is_full(proof: Certificate, other: Card) -> bool:
    """Say whether a runner-up is an offer all of whose places the run gave away."""
    if other["side"] == "child":
        return False
    column = int(np.flatnonzero(proof.offers.texts("code") == other["code"].encode())[0])
    made = int(((proof.offer == column) & (proof.units > 0)).sum())
    return bool(made >= proof.offers[column].places)


def _more(
    proof: Certificate, offer: str, need: str, named: Callable[[Sequence[str]], list[Card]]
) -> dict[str, Any] | None:
    found = one_more(proof, offer)
    if found is None:
        return None
    others = [code for code in found.needs if code != need]
    return {
        "points": found.points,
        "is_exact": found.is_exact,
        "is_here": need in found.needs,
        "children": named(others) if others else [],
    }


def _swapped(other: Card, need: str, offer: str) -> tuple[str, str]:
    return (other["code"], offer) if other["side"] == "child" else (need, other["code"])


def _cost(regret: Regret) -> dict[str, Any]:
    return {"points": regret.points, "is_exact": regret.is_exact}
