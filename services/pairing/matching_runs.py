"""The proof of every matching run: kept with the run, checked whenever somebody asks."""

import hashlib
import zipfile

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

import matching
from models.matching_runs import MatchingRun
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services.gate import Card
from vocabulary.errors import NotFound, RunDamaged


def fill(run: MatchingRun, plan: matching.Plan) -> str:
    """Write a plan and its certificate into a run; return the digest of its bytes for the trace."""
    packed = plan.certificate.pack()
    run.made, run.total, run.bound = len(plan.pairs), plan.total, plan.bound
    run.proof, run.policy = plan.proof.value, plan.weights.digest
    run.digest, run.certificate = hashlib.sha256(packed).hexdigest(), packed
    return run.digest


def seed_of(run_ref: str) -> int:
    """Return the number that draws a run's order among equals: its random ref says it for good."""
    return int.from_bytes(hashlib.sha256(run_ref.encode()).digest()[:4])


def check_whole(run: MatchingRun) -> None:
    """Raise RunDamaged unless a run's certificate is, byte by byte, what was kept."""
    if hashlib.sha256(run.certificate).hexdigest() != run.digest:
        raise RunDamaged()


def certificate_of(run: MatchingRun) -> matching.Certificate:
    """Return a run's certificate; it stays inside the services. Raises RunDamaged."""
    check_whole(run)
    try:
        return matching.Certificate.unpack(run.certificate)
    except (ValueError, KeyError, zipfile.BadZipFile) as error:
        raise RunDamaged() from error


def banners_of(run: MatchingRun) -> set[str]:
    """Return the banners whose open needs a run was made over."""
    if run.banner is not None:
        return {run.banner}
    proof = certificate_of(run)
    open_ = proof.needs.rows(np.flatnonzero(proof.kind.are_open(proof.needs)))
    return set(open_.values("banner"))


def latest(session: Session, viewer: Viewer) -> str:
    """Return the newest run's ref. Raises NotFound before the first."""
    require(viewer, Act.VERIFY_MATCHING)
    proved = select(MatchingRun.ref).where(MatchingRun.digest != "")
    newest = proved.order_by(MatchingRun.id.desc()).limit(1)
    if (ref := session.scalar(newest)) is None:
        raise NotFound()
    return ref


def verify(session: Session, viewer: Viewer, run_ref: str) -> Card:
    """Check a run by its certificate alone.

    Return {ref, made, total, gap, faults, proof, searched}: `gap` is how many points better a plan
    could be (0: none is), `faults` the hard rules broken, `searched` the parts of the market that
    stand on CP-SAT's bound. Raises NotFound, or RunDamaged when the certificate was changed.
    """
    require(viewer, Act.VERIFY_MATCHING)
    kept = (MatchingRun.ref == run_ref, MatchingRun.digest != "")
    run = session.scalar(select(MatchingRun).where(*kept))
    if run is None:
        raise NotFound()
    proof = certificate_of(run)
    return Card(
        {
            "ref": run.ref,
            "made": int((proof.units > 0).sum()),
            "total": proof.total(),
            "gap": matching.gap(proof),
            "faults": matching.faults(proof),
            "proof": run.proof,
            "searched": int(proof.is_searched.sum()),
        }
    )
