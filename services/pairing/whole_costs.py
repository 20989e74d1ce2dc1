"""What the whole loses when a proposal is not made, or another pair instead: its run solved again."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.regret import Regret, forbidden, forced
from models.matching_runs import MatchingRun
from models.pledges import Match
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services.gate import Card
from services.pairing import approvals, matching_runs


def costs(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return {match, total, is_best, without, others} of a proposal; a cost is {points, is_exact}.

    `total` is what the whole run reached: None, and nothing else, for a pair proposed by hand,
    which no run weighed. Raises NotFound, or RunDamaged.
    """
    require(viewer, Act.RUN_MATCHING)
    card = approvals.detail(session, viewer, ref)
    run_ref = session.scalar(select(Match.run_ref).where(Match.child_ref == ref))
    others = approvals.others(session, viewer, card)
    ends = (card["need"]["ref"], card["pledge"]["code"]) if run_ref else ("", "")
    return Card({"match": card, **weighed(session, run_ref, ends, others)})


def weighed(
    session: Session, run_ref: str | None, ends: tuple[str, str], others: Sequence[Card]
) -> dict[str, Any]:
    """Return what the run loses without a pair, and with each runner-up forced in its place.

    `ends` are the codes of its need and offer. For siblings it is the whole family that goes.
    """
    run = session.scalar(select(MatchingRun).where(MatchingRun.ref == run_ref))
    if run is None:
        return {"total": None}
    proof, (need, offer) = matching_runs.certificate_of(run), ends
    instead = [
        Card({**other, "cost": _cost(forced(proof, *_swapped(other, need, offer)))})
        for other in others
    ]
    without = _cost(forbidden(proof, need, offer))
    whole = {"total": run.total, "is_best": run.total == run.bound}
    return {"without": without, "others": instead, **whole}


def _swapped(other: Card, need: str, offer: str) -> tuple[str, str]:
    return (other["code"], offer) if other["side"] == "child" else (need, other["code"])


def _cost(regret: Regret) -> dict[str, Any]:
    return {"points": regret.points, "is_exact": regret.is_exact}
