"""What the whole loses when a proposal is not made, or another pair instead: its run solved again."""

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
    run = session.scalar(select(MatchingRun).where(MatchingRun.ref == run_ref))
    if run is None:
        return Card({"match": card, "total": None})
    proof = matching_runs.certificate_of(run)
    need, offer = card["need"]["ref"], card["pledge"]["code"]
    others = []
    for other in approvals.others(session, viewer, card):
        ends = (other["code"], offer) if other["side"] == "child" else (need, other["code"])
        others.append(Card({**other, "cost": _cost(forced(proof, *ends))}))
    without = _cost(forbidden(proof, need, offer))
    whole = {"total": run.total, "is_best": run.total == run.bound}
    return Card({"match": card, "without": without, "others": others, **whole})


def _cost(regret: Regret) -> dict[str, Any]:
    return {"points": regret.points, "is_exact": regret.is_exact}
