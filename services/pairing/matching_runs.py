"""The proof of every matching run: kept with the run, checked whenever somebody asks."""

import hashlib
import zipfile
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

import matching
from models.matching_runs import MatchingRun
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services.gate import Card
from vocabulary.dates import today
from vocabulary.errors import NotFound, RunDamaged


def keep(session: Session, plan: matching.Plan, run_ref: str, *, now: datetime) -> str:
    """Keep a run's certificate; return the digest of its bytes for the trace."""
    packed = plan.certificate.pack()
    digest = hashlib.sha256(packed).hexdigest()
    session.add(
        MatchingRun(
            ref=run_ref,
            kind=plan.kind,
            ran_on=today(now),
            made=len(plan.pairs),
            total=plan.total,
            bound=plan.bound,
            proof=plan.proof.value,
            digest=digest,
            certificate=packed,
        )
    )
    return digest


def seed_of(run_ref: str) -> int:
    """Return the number that draws a run's order among equals: its random ref says it for good."""
    return int.from_bytes(hashlib.sha256(run_ref.encode()).digest()[:4])


def certificate_of(run: MatchingRun) -> matching.Certificate:
    """Return a run's certificate; it stays inside the services. Raises RunDamaged."""
    if hashlib.sha256(run.certificate).hexdigest() != run.digest:
        raise RunDamaged()
    try:
        return matching.Certificate.unpack(run.certificate)
    except (ValueError, KeyError, zipfile.BadZipFile) as error:
        raise RunDamaged() from error


def latest(session: Session, viewer: Viewer) -> str:
    """Return the newest run's ref. Raises NotFound before the first."""
    require(viewer, Act.VERIFY_MATCHING)
    newest = select(MatchingRun.ref).order_by(MatchingRun.id.desc()).limit(1)
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
    run = session.scalar(select(MatchingRun).where(MatchingRun.ref == run_ref))
    if run is None:
        raise NotFound()
    proof = certificate_of(run)
    return Card(
        {
            "ref": run.ref,
            "made": int((proof.units > 0).sum()),
            "total": int((proof.score * proof.units).sum()),
            "gap": matching.gap(proof),
            "faults": matching.faults(proof),
            "proof": run.proof,
            "searched": int(proof.is_searched.sum()),
        }
    )
