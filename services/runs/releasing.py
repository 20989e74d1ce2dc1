"""A draft is looked at and released, or discarded; only what is released reaches desks and clocks."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

import matching
from matching.blocks import keep_rules
from matching.fairness import FEWEST
from matching.tables import rows_of
from models.matching_runs import MatchingRun
from privacy import viewers
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import trace
from services.lifecycle import advance
from services.notices import notices
from services.pairing import matching_runs, policies, run_reports
from services.pairing.gathered import ENGINE, Found, Gathered
from services.runs.drafting import WHOLE, check_over
from services.runs.sides import side_of
from vocabulary.dates import today
from vocabulary.enums import NoticeKind, Role, RunStatus
from vocabulary.errors import ActedBefore, AlreadyDecided, NotFound, RunDamaged

FEW = FEWEST
"""A run over fewer needs than this cannot be judged by groups: each proposal is, at its desk."""


def release(session: Session, by: Viewer, ref: str, *, now: datetime) -> int:
    """Let a draft's pairs go to their desks, where they keep every rule still; return how many.

    Raises NotFound for a run that reaches beyond the viewer's part, AlreadyDecided, and ActedBefore
    for who kept the policy that this run is the first under.
    """
    run = _draft(session, by, ref)
    if _kept_its_policy(session, run, by):
        raise ActedBefore()
    return _release(session, by, run, now=now)


def discard(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Put a draft aside: nothing of it is proposed, and the next night matches anew."""
    run = _draft(session, by, ref)
    advance(session, run, RunStatus.DISCARDED, by=by, now=now)
    run.decided_by, run.decided_at = by.actor, now
    session.flush()
    trace.record(session, by, "match.discard", f"matching_run:{ref}", now=now)


def _draft(session: Session, by: Viewer, ref: str) -> MatchingRun:
    require(by, Act.RELEASE_RUN)
    run = session.scalar(select(MatchingRun).where(MatchingRun.ref == ref))
    if run is None:
        raise NotFound()
    if run.status is not RunStatus.DRAFT:
        raise AlreadyDecided()
    for banner in _reach(run):
        check_over(by, banner)
    return run


def _reach(run: MatchingRun) -> set[str]:
    """Return where a run matched; of one that cannot be read nobody knows, so all of the region."""
    try:
        return matching_runs.banners_of(run)
    except RunDamaged:
        return {WHOLE}


def settle(
    session: Session, by: Viewer, ref: str, proof: matching.Certificate, *, now: datetime
) -> int | None:
    """Release a small draft by itself, or tell who may look at it; return how many were proposed.

    `proof` is what was kept of it. By itself goes what proposes in one banner alone or was made over
    fewer than ten needs, where no group is flagged and the policy is the one of the last released
    run.
    """
    require(by, Act.RUN_MATCHING)
    run = session.scalars(select(MatchingRun).where(MatchingRun.ref == ref)).one()
    if _goes_by_itself(session, run, proof):
        return _release(session, viewers.engine("matching"), run, now=now)
    roles, subject = (Role.STATISTICS, Role.APPROVER), f"matching_draft:{ref}"
    where = run.banner or WHOLE
    notices.to_roles(session, roles, where, NoticeKind.RUN_WAITS, subject, now=now)
    return None


def _goes_by_itself(session: Session, run: MatchingRun, proof: matching.Certificate) -> bool:
    pool = int(proof.kind.are_open(proof.needs).sum())
    banners = np.unique(proof.needs.numbers("banner")[proof.is_met()])
    is_small = len(banners) <= 1 or pool < FEW
    if not is_small or _policy_before(session, run) not in (None, run.policy):
        return False
    if _policy_before(session, run) is None and policies.kept_by(session, run.policy, proof.kind):
        return False
    return not run_reports.flagged(session, run)


def _policy_before(session: Session, run: MatchingRun) -> str | None:
    """Return the policy of the last released run of the kind, None before the first."""
    before = select(MatchingRun.policy).where(
        MatchingRun.kind == run.kind, MatchingRun.status == RunStatus.RELEASED
    )
    return session.scalar(before.order_by(MatchingRun.decided_at.desc()).limit(1))


def _kept_its_policy(session: Session, run: MatchingRun, by: Viewer) -> bool:
    if _policy_before(session, run) == run.policy:
        return False
    keeper = policies.kept_by(session, run.policy, side_of(run.kind).kind)
    return keeper == by.actor


def _release(session: Session, by: Viewer, run: MatchingRun, *, now: datetime) -> int:
    side, proof = side_of(run.kind), matching_runs.certificate_of(run)
    gathered = side.gather(session, today(now), run.banner)
    holds = _still(proof, gathered)
    kept = {(one.need, one.offer) for one in gathered.standing}
    planned = {(_need(proof, at), _offer(proof, at)) for at in np.flatnonzero(proof.units).tolist()}
    engine = viewers.engine("matching")
    for one in gathered.standing:
        if (one.need, one.offer) not in planned:
            side.take_back(session, engine, one, now)
    new = [at for at in holds if (_need(proof, at), _offer(proof, at)) not in kept]
    made = side.make(session, gathered, list(_found(proof, new)), run.ref, now)
    advance(session, run, RunStatus.RELEASED, by=by, now=now)
    run.decided_by = ENGINE if by.has(Role.ENGINE) else by.actor
    run.decided_at, run.proposed = now, len(made)
    session.flush()
    _record(session, by, run, side.act, made, now=now)
    side.tell(session, made, run.ref, now)
    return len(made)


def _record(
    session: Session, by: Viewer, run: MatchingRun, act: str, made: Sequence[Any], *, now: datetime
) -> None:
    """Trace the release as one act, its proof named."""
    refs = sorted(getattr(one, "child_ref", None) or one.ref for one in made)
    digest = hashlib.sha256("\n".join(refs).encode()).hexdigest()
    detail = {"count": len(made), "digest": digest, "proof": run.digest}
    trace.record(session, by, act, f"matching_run:{run.ref}", now=now, detail=detail)


def _need(proof: matching.Certificate, at: int) -> str:
    return proof.needs.code(int(proof.need[at]))


def _offer(proof: matching.Certificate, at: int) -> str:
    return proof.offers.code(int(proof.offer[at]))


def _still(proof: matching.Certificate, gathered: Gathered) -> list[int]:
    """Return which pairs of the draft keep every rule by today's records, places and sums too."""
    made = np.flatnonzero(proof.units)
    rows = rows_of(gathered.needs.texts("code"), proof.needs.texts("code")[proof.need[made]])
    columns = rows_of(gathered.offers.texts("code"), proof.offers.texts("code")[proof.offer[made]])
    both = np.flatnonzero((rows >= 0) & (columns >= 0))
    fits = keep_rules(proof.kind, gathered.needs, gathered.offers, rows[both], columns[both])
    open_ = gathered.needs.numbers("units_open").tolist()
    places = proof.kind.places(gathered.offers).tolist()
    holds = []
    for one in both[fits].tolist():
        row, column, units = int(rows[one]), int(columns[one]), int(proof.units[made[one]])
        if open_[row] >= units and places[column] > 0:
            open_[row] -= units
            places[column] -= 1
            holds.append(int(made[one]))
    return _with_families(proof, holds)


def _with_families(proof: matching.Certificate, holds: Sequence[int]) -> list[int]:
    """Leave out what the draft gave a family whose other children fell out."""
    if proof.kind.together is None:
        return [*holds]
    homes = proof.needs.texts(proof.kind.together)[proof.need]
    planned, left = (Counter(homes[some].tolist()) for some in (proof.units > 0, [*holds]))
    return [at for at in holds if not homes[at] or left[homes[at]] == planned[homes[at]]]


def _found(proof: matching.Certificate, pairs: Iterable[int]) -> Iterable[Found]:
    """Draw the pairs with their reasons and runners-up, as the run counted them."""
    told = proof.told()
    side = "pledge" if proof.kind is matching.PLEDGES else "volunteer"
    for at in pairs:
        others = [{"side": "child"} | one.as_dict() for one in told.next_needs(at)]
        others += [{"side": side} | one.as_dict() for one in told.next_offers(at)]
        parts = [one.as_dict() for one in told.parts(at)]
        units, score = int(proof.units[at]), int(proof.score[at])
        yield Found(_need(proof, at), _offer(proof, at), units, score, parts, others)
