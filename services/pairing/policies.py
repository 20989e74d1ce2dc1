"""The policy of weights: versions that somebody kept, the newest in force; before the first the file."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

import matching
from models.matching_runs import MatchingPolicy
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.gate import Card
from vocabulary.dates import today
from vocabulary.errors import AlreadyDecided, BadInput

LISTED = 20


def weights(session: Session, kind: matching.Kind) -> matching.Weights:
    """Return the weights in force of a kind."""
    kept = session.scalar(_newest())
    return matching.stated(kind) if kept is None else matching.read_policy(kept.text)[kind.name]


def _newest() -> Select[MatchingPolicy]:
    return select(MatchingPolicy).order_by(MatchingPolicy.id.desc()).limit(1)


def kept_by(session: Session, digest: str, kind: matching.Kind) -> str | None:
    """Say who kept the version that these weights stand in; None for the file's own."""
    for one in session.scalars(select(MatchingPolicy).order_by(MatchingPolicy.id.desc())):
        if matching.read_policy(one.text)[kind.name].digest == digest:
            return one.kept_by
    return None


def versions(session: Session, viewer: Viewer) -> list[Card]:
    """List the versions that were kept, the newest first, with who and why."""
    require(viewer, Act.SEE_FAIRNESS)
    newest = (MatchingPolicy.id.desc(),)
    return gate.cards(session, viewer, MatchingPolicy, order_by=newest, limit=LISTED)


def changed(session: Session, kind: matching.Kind, numbers: Mapping[str, int]) -> matching.Weights:
    """Return the weights in force with other numbers. Raises BadInput with the field at fault."""
    now = weights(session, kind)
    if numbers.keys() - now.as_dict().keys():
        raise BadInput(field="weights", reason="not_a_choice")
    try:
        return type(now)(**{**asdict(now), **numbers})
    except matching.BadRecord as fault:
        field = fault.field.removeprefix("weights.")
        raise BadInput(field=field, reason="not_a_choice") from fault


def keep(
    session: Session, by: Viewer, tried: matching.Weights, *, was: str, why: str, now: datetime
) -> str:
    """Keep these weights as a new version of the whole file; return its name.

    `was` is the digest of the weights they were compared with: AlreadyDecided when others are in
    force by now. The next run under them waits for another person than whoever kept them.
    """
    require(by, Act.KEEP_POLICY)
    if not why.strip():
        raise BadInput(field="why", reason="missing")
    kind = next(one for one in matching.KINDS.values() if isinstance(tried, one.weights))
    if weights(session, kind).digest != was or _same(tried, weights(session, kind)):
        raise AlreadyDecided()
    count = session.scalar(select(func.count(MatchingPolicy.id))) or 0
    version = f"{today(now).year}-k{count + 1}"
    text = _written(session, kind, tried, version)
    digest = hashlib.sha256(text.encode()).hexdigest()
    session.add(
        MatchingPolicy(
            version=version, text=text, digest=digest, kept_by=by.actor, kept_at=now,
            why=why.strip(),
        )
    )  # fmt: skip
    session.flush()
    detail = {"version": version, "digest": digest}
    trace.record(session, by, "policy.keep", f"policy:{version}", now=now, detail=detail)
    return version


def _same(one: matching.Weights, other: matching.Weights) -> bool:
    return one.as_dict() == other.as_dict()


def _written(session: Session, kind: matching.Kind, tried: matching.Weights, version: str) -> str:
    """Write the whole file: the changed kind in its new version, the others as they stand."""
    parts = ["# What a pair is worth, kind by kind: the most points of each factor."]
    for one in matching.KINDS.values():
        own = tried if one is kind else weights(session, one)
        name = version if one is kind else own.version
        parts += ["", f"[{one.name}]", f'version = "{name}"']
        parts += [f"{factor} = {points}" for factor, points in own.as_dict().items()]
    text = "\n".join(parts) + "\n"
    matching.read_policy(text)
    return text
