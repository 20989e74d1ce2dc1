"""Another policy tried on the records of the last run: which pairs change, and who wins or loses."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

import matching
from matching.fairness import Seen
from models.matching_runs import MatchingRun
from privacy.permissions import CASE_STAFF, Act, require
from privacy.viewers import Viewer, region_prefix
from services.gate import Card
from services.pairing import matching_runs, policies, run_reports
from services.runs.sides import side_of

LISTED = 50


def weights(session: Session, viewer: Viewer, kind: str) -> Card:
    """Return the weights in force: their numbers, version and digest."""
    require(viewer, Act.SEE_FAIRNESS)
    own = policies.weights(session, side_of(kind).kind)
    return Card({"numbers": own.as_dict(), "version": own.version, "digest": own.digest})


def attempt(session: Session, viewer: Viewer, kind: str, numbers: Mapping[str, int]) -> Card | None:
    """Match the last run's records under both policies and compare; None before the first run.

    Return {ran_on, is_same, moved, winners, losers, pool, met, kinds, pairs}: counts over the
    viewer's own regions; `kinds` are groups with their share before and after, `pairs` codes alone
    and only for case staff. Raises BadInput for numbers that are no weights.
    """
    require(viewer, Act.SEE_FAIRNESS)
    own = side_of(kind).kind
    tried = policies.changed(session, own, numbers)
    last = select(MatchingRun).where(MatchingRun.kind == kind, MatchingRun.digest != "")
    run = session.scalar(last.order_by(MatchingRun.id.desc()).limit(1))
    if run is None:
        return None
    proof, stands = matching_runs.certificate_of(run), policies.weights(session, own)
    before, after = (
        matching.propose(proof.needs, proof.offers, kind=own, weights=one, seed=proof.seed)
        for one in (stands, tried)
    )
    return _compared(session, viewer, run, before, after)


def _compared(
    session: Session,
    viewer: Viewer,
    run: MatchingRun,
    before: matching.Plan,
    after: matching.Plan,
) -> Card:
    here = tuple(region_prefix(code) for code in viewer.regions)
    own = {need.code for need in before.certificate.needs if need.banner.startswith(here)}
    found = matching.what_if(before, after)
    moved = [one for one in found.moved if one.need in own]
    groups = run_reports.groups(session, here, run)
    old, new = ({one.need for one in plan.made} for plan in (before, after))
    return Card(
        {
            "ran_on": run.ran_on,
            "is_same": not moved,
            "moved": len(moved),
            "winners": len(own.intersection(found.winners)),
            "losers": len(own.intersection(found.losers)),
            "pool": len(groups),
            "met": (len(old & groups.keys()), len(new & groups.keys())),
            "names": run_reports.names(session, groups),
            "kinds": _kinds(viewer, groups, old, new),
            "pairs": moved[:LISTED] if not CASE_STAFF.isdisjoint(viewer.roles) else [],
        }
    )


def _kinds(
    viewer: Viewer, groups: Mapping[str, Mapping[str, str]], old: set[str], new: set[str]
) -> dict[str, list[dict[str, Any]]]:
    """Return each group's met before and after, without the groups that a report hides."""
    seen = [_seen(groups, met) for met in (old, new)]
    return {
        kind: [
            {"group": share.group, "pool": share.pool, "before": share.met, "after": after.met}
            for share in run_reports.shown(kind, seen[0])
            for after in run_reports.shown(kind, seen[1])
            if after.group == share.group
        ]
        for kind in run_reports.kinds_for(viewer)
    }


def _seen(groups: Mapping[str, Mapping[str, str]], met: set[str]) -> Sequence[Seen]:
    return [Seen(own, 0, is_met=code in met) for code, own in groups.items()]
