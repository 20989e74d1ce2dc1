"""Weights on trial: asked for on a page, worked out by the clock, told how far, stopped, kept a month.

Nothing comes of a trial but a page: it proposes nobody, and a stopped or killed one leaves a row
that says so.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import select, update
from sqlalchemy.orm import Session

import matching
from models.matching_runs import MatchingRun, PolicyTrial
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate
from services.lifecycle import advance
from services.pairing import matching_runs, policies
from services.runs.sides import side_of
from vocabulary.dates import today
from vocabulary.enums import TrialStatus
from vocabulary.errors import AlreadyDecided, NotFound, RunDamaged

_LONGEST = timedelta(hours=2)
_OPEN = (TrialStatus.ASKED, TrialStatus.RUNNING)
Told = Callable[[matching.Progress], None]


@dataclass(frozen=True, slots=True)
class Begun:
    """A trial under way: the run's records under the weights in force and under those tried."""

    ref: str
    proof: matching.Certificate
    stands: matching.Weights
    tried: matching.Weights


def last_run(session: Session, kind: str) -> MatchingRun | None:
    """Return the run whose records a trial is made over."""
    last = select(MatchingRun).where(MatchingRun.kind == kind, MatchingRun.digest != "")
    return session.scalar(last.order_by(MatchingRun.id.desc()).limit(1))


def ask(
    session: Session, by: Viewer, kind: str, numbers: Mapping[str, int], *, now: datetime
) -> str:
    """Ask what these weights would change; return the trial's ref.

    The same question of the same person that waits is one, and a newer one replaces an older that
    waits. Raises BadInput for numbers that are no weights, AlreadyDecided before the first run, and
    RunDamaged.
    """
    require(by, Act.SEE_FAIRNESS)
    own = side_of(kind).kind
    tried, stands = policies.changed(session, own, numbers), policies.weights(session, own)
    run = last_run(session, kind)
    if run is None:
        raise AlreadyDecided()
    matching_runs.check_whole(run)
    mine = select(PolicyTrial).where(
        PolicyTrial.asked_by == by.actor, PolicyTrial.status == TrialStatus.ASKED
    )
    asked = tried.as_dict()
    for one in session.scalars(mine).all():
        if (one.kind, one.run_ref, one.numbers) == (kind, run.ref, asked):
            return one.ref
        advance(session, one, TrialStatus.STOPPED, by=by, now=now, reason="asked anew")
    trial = PolicyTrial(
        kind=kind,
        run_ref=run.ref,
        numbers=asked,
        against=stands.digest,
        asked_by=by.actor,
        asked_on=today(now),
    )
    session.add(trial)
    session.flush()
    return trial.ref


def stop(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Take one's own trial back, or stop it under way. Raises NotFound, AlreadyDecided."""
    require(by, Act.SEE_FAIRNESS)
    trial = gate.row(session, by, PolicyTrial, PolicyTrial.ref == ref)
    if trial.asked_by != by.actor:
        raise NotFound()
    if trial.status not in _OPEN:
        raise AlreadyDecided()
    if trial.status is TrialStatus.ASKED:
        advance(session, trial, TrialStatus.STOPPED, by=by, now=now, reason="taken back")
    trial.stop_asked_by = by.actor
    session.flush()


def waiting(session: Session, by: Viewer) -> list[str]:
    """Return what was asked for, the first first."""
    require(by, Act.RUN_MATCHING)
    asked = select(PolicyTrial.ref).where(PolicyTrial.status == TrialStatus.ASKED)
    return list(session.scalars(asked.order_by(PolicyTrial.id)))


def begin(session: Session, by: Viewer, ref: str, *, holder: str, now: datetime) -> Begun | None:
    """Begin a trial; None where its run is gone or its policy is in force no more."""
    require(by, Act.RUN_MATCHING)
    trial = _of(session, ref)
    own, proof = side_of(trial.kind).kind, _proof_of(session, trial)
    stands = policies.weights(session, own)
    if proof is None or stands.digest != trial.against:
        advance(session, trial, TrialStatus.STOPPED, by=by, now=now, reason="its run is no more")
        return None
    advance(session, trial, TrialStatus.RUNNING, by=by, now=now)
    trial.begun_at, trial.holder = now, holder
    session.flush()
    tried = policies.changed(session, own, trial.numbers)
    return Begun(ref, proof, stands, tried)


def _proof_of(session: Session, trial: PolicyTrial) -> matching.Certificate | None:
    run = session.scalar(select(MatchingRun).where(MatchingRun.ref == trial.run_ref))
    try:
        return None if run is None else matching_runs.certificate_of(run)
    except RunDamaged:
        return None


def solve(
    begun: Begun, *, progress: Told | None = None, stop: Callable[[], bool] | None = None
) -> dict[str, Any]:
    """Match the records under both policies and compare; needs no database. Raises Stopped."""
    proof, own = begun.proof, begun.proof.kind
    before, after = (
        matching.propose(
            proof.needs,
            proof.offers,
            kind=own,
            weights=one,
            seed=proof.seed,
            progress=progress,
            stop=stop,
        )
        for one in (begun.stands, begun.tried)
    )
    found = matching.what_if(before, after)
    return {
        "moved": [[one.need, list(one.before), list(one.after)] for one in found.moved],
        "met_before": _marks(proof, before),
        "met_after": _marks(proof, after),
    }


def _marks(proof: matching.Certificate, plan: matching.Plan) -> str:
    """Return which needs a plan meets, one bit each in the run's order."""
    own = plan.certificate
    met = own.needs.texts("code")[own.is_met()]
    return np.packbits(np.isin(proof.needs.texts("code"), met)).tobytes().hex()


def met_in(proof: matching.Certificate, marks: str) -> set[str]:
    """Return the needs behind such marks."""
    bits = np.unpackbits(np.frombuffer(bytes.fromhex(marks), dtype=np.uint8))
    is_met = bits[: len(proof.needs)] > 0
    return set(proof.needs.texts("code")[is_met].astype(str).tolist())


def note(session: Session, by: Viewer, ref: str, said: dict[str, Any]) -> bool:
    """Write down how far a trial is; return whether it shall stop."""
    require(by, Act.RUN_MATCHING)
    own = PolicyTrial.ref == ref
    session.execute(update(PolicyTrial).where(own).values(progress=said))
    return session.scalar(select(PolicyTrial.stop_asked_by).where(own)) is not None


def finish(
    session: Session, by: Viewer, ref: str, outcome: dict[str, Any] | None, *, now: datetime
) -> None:
    """Keep what came of a trial; None where it was stopped."""
    require(by, Act.RUN_MATCHING)
    trial = _of(session, ref)
    trial.outcome = outcome or {}
    done = TrialStatus.DONE if outcome is not None else TrialStatus.STOPPED
    advance(session, trial, done, by=by, now=now, reason="worked out" if outcome else "stopped")


def close_left(
    session: Session, by: Viewer, *, is_gone: Callable[[str], bool], now: datetime
) -> int:
    """Close trials that a killed process left under way; return how many."""
    require(by, Act.RUN_MATCHING)
    under_way = select(PolicyTrial).where(PolicyTrial.status == TrialStatus.RUNNING)
    left = [
        one
        for one in session.scalars(under_way)
        if is_gone(one.holder) or (one.begun_at or now) < now - _LONGEST
    ]
    for one in left:
        advance(session, one, TrialStatus.STOPPED, by=by, now=now, reason="its process ended")
    return len(left)


def _of(session: Session, ref: str) -> PolicyTrial:
    return session.scalars(select(PolicyTrial).where(PolicyTrial.ref == ref)).one()
