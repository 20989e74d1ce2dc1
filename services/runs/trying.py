"""What another policy would change: a trial as its page shows it, cut to the viewer's own part."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

import matching
from matching.fairness import Seen
from models.matching_runs import MatchingRun, PolicyTrial
from privacy.permissions import CASE_STAFF, Act, require
from privacy.viewers import Viewer, region_prefix
from services import gate
from services.gate import Card
from services.pairing import matching_runs, policies, run_reports
from services.runs import trials
from services.runs.sides import side_of
from vocabulary.enums import TrialStatus

LISTED = 50
_LATEST = 5


def weights(session: Session, viewer: Viewer, kind: str) -> Card:
    """Return the weights in force: their numbers, version and digest."""
    require(viewer, Act.SEE_FAIRNESS)
    own = policies.weights(session, side_of(kind).kind)
    return Card({"numbers": own.as_dict(), "version": own.version, "digest": own.digest})


def own_trials(session: Session, viewer: Viewer, kind: str) -> list[Card]:
    """List the viewer's own latest trials of a kind."""
    require(viewer, Act.SEE_FAIRNESS)
    mine = (PolicyTrial.kind == kind, PolicyTrial.asked_by == viewer.actor)
    order = (PolicyTrial.id.desc(),)
    return gate.cards(session, viewer, PolicyTrial, where=mine, order_by=order, limit=_LATEST)


def trial(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return one trial, once it is done with `found`: what changes in the viewer's own regions.

    `found` is {ran_on, is_same, moved, winners, losers, pool, met, names, kinds, pairs}: counts;
    `kinds` are groups with their share before and after, `pairs` codes alone and only for case
    staff. None while it is worked out, and where its run is gone. Raises NotFound.
    """
    require(viewer, Act.SEE_FAIRNESS)
    card = gate.card(session, viewer, PolicyTrial, PolicyTrial.ref == ref)
    row = session.scalars(select(PolicyTrial).where(PolicyTrial.ref == ref)).one()
    run = session.scalar(select(MatchingRun).where(MatchingRun.ref == row.run_ref))
    is_done = row.status is TrialStatus.DONE and run is not None
    found = _compared(session, viewer, run, row.outcome) if is_done and run else None
    return card.and_also(found=found, is_mine=row.asked_by == viewer.actor)


def _compared(
    session: Session, viewer: Viewer, run: MatchingRun, outcome: Mapping[str, Any]
) -> Card:
    proof = matching_runs.certificate_of(run)
    here = tuple(region_prefix(code) for code in viewer.regions)
    both = zip(proof.needs.values("code"), proof.needs.values("banner"), strict=True)
    own = {code for code, banner in both if banner.startswith(here)}
    every = [matching.Moved(one, tuple(old), tuple(new)) for one, old, new in outcome["moved"]]
    moved = [one for one in every if one.need in own]
    groups = run_reports.groups(session, here, run)
    old, new = (trials.met_in(proof, outcome[name]) for name in ("met_before", "met_after"))
    return Card(
        {
            "ran_on": run.ran_on,
            "is_same": not moved,
            "moved": len(moved),
            "winners": len(own & new - old),
            "losers": len(own & old - new),
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
