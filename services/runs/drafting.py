"""A run on its way to a draft: begun, told how far it is, asked to stop, kept with its proof.

Nothing here touches a child or a pledge: what is stopped or killed leaves a row that says so.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

import matching
from models.matching_runs import MatchingRun
from privacy.permissions import Act, require
from privacy.viewers import Viewer, works_in
from services import trace
from services.lifecycle import advance, advance_all
from services.pairing import matching_runs, policies
from services.pairing.gathered import Gathered
from services.runs.sides import SIDES, side_of
from vocabulary.dates import today
from vocabulary.enums import RunStatus
from vocabulary.errors import AlreadyDecided, NotFound
from vocabulary.refs import new_ref

WHOLE = "150000000000"
"""Where a run over the whole region stands for whom may see to it."""
_LONGEST = timedelta(days=1)
Told = Callable[[matching.Progress], None]


@dataclass(frozen=True, slots=True)
class Begun:
    """A run under way: what it is made over, beside which policy."""

    ref: str
    kind: str
    banner: str | None
    weights: matching.Weights


def ask(session: Session, by: Viewer, kind: str, banner: str | None, *, now: datetime) -> str:
    """Ask for a run; the clock takes it up within a minute. One that waits already is the same."""
    require(by, Act.RELEASE_RUN)
    check_over(by, banner)
    ref = _asked(session, by, kind, banner, now=now)
    trace.record(session, by, "match.ask", f"matching_run:{ref}", now=now)
    return ref


def ask_after_list(session: Session, by: Viewer, banner: str, *, now: datetime) -> None:
    """Ask for a banner's runs after a list came in; where nothing is new they end empty.

    It is part of the list's own act in the trace.
    """
    for kind in SIDES:
        _asked(session, by, kind, banner, now=now)


def _asked(session: Session, by: Viewer, kind: str, banner: str | None, *, now: datetime) -> str:
    same = (
        MatchingRun.kind == kind,
        MatchingRun.status == RunStatus.ASKED,
        MatchingRun.banner == banner if banner else MatchingRun.banner.is_(None),
    )
    if (ref := session.scalar(select(MatchingRun.ref).where(*same).limit(1))) is not None:
        return ref
    run = _row(kind, banner, RunStatus.ASKED, by, now)
    session.add(run)
    session.flush()
    return run.ref


def check_over(by: Viewer, banner: str | None) -> None:
    """Raise NotFound unless the viewer's part holds all that the run is about."""
    if not works_in(by, banner or WHOLE):
        raise NotFound()


def _row(
    kind: str, banner: str | None, status: RunStatus, by: Viewer, now: datetime
) -> MatchingRun:
    ref = new_ref("matching_run")
    own = {"kind": kind, "banner": banner, "status": status, "asked_by": by.actor}
    return MatchingRun(ref=ref, ran_on=today(now), **own)


def waiting(session: Session, by: Viewer) -> list[tuple[str, str, str | None]]:
    """Return what was asked for: ref, kind and banner, the first asked first."""
    require(by, Act.RUN_MATCHING)
    asked = select(MatchingRun).where(MatchingRun.status == RunStatus.ASKED)
    found = session.scalars(asked.order_by(MatchingRun.id))
    return [(one.ref, one.kind, one.banner) for one in found]


def begin(
    session: Session,
    by: Viewer,
    kind: str,
    banner: str | None,
    *,
    asked: str | None = None,
    holder: str = "",
    now: datetime,
) -> Begun:
    """Begin a run, one that was asked for or a new one. Raises AlreadyDecided where it began."""
    require(by, Act.RUN_MATCHING)
    if asked is None:
        run = _row(kind, banner, RunStatus.RUNNING, by, now)
        session.add(run)
    else:
        run = session.scalars(select(MatchingRun).where(MatchingRun.ref == asked)).one()
        advance(session, run, RunStatus.RUNNING, by=by, now=now)
    run.begun_at, run.ran_on, run.holder = now, today(now), holder
    session.flush()
    weights = policies.weights(session, side_of(kind).kind)
    return Begun(run.ref, kind, banner, weights)


def close_left(
    session: Session, by: Viewer, *, is_gone: Callable[[str], bool], now: datetime
) -> int:
    """Close runs that a killed process left under way; return how many."""
    require(by, Act.RUN_MATCHING)
    under_way = select(MatchingRun).where(MatchingRun.status == RunStatus.RUNNING)
    left = [
        one
        for one in session.scalars(under_way)
        if is_gone(one.holder) or (one.begun_at or now) < now - _LONGEST
    ]
    for one in left:
        advance(session, one, RunStatus.STOPPED, by=by, now=now, reason="its process ended")
    return len(left)


def nothing_new(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Close a run that was asked for where nothing is new."""
    require(by, Act.RUN_MATCHING)
    run = session.scalars(select(MatchingRun).where(MatchingRun.ref == ref)).one()
    advance(session, run, RunStatus.EMPTY, by=by, now=now, reason="nothing new")


def set_aside(session: Session, by: Viewer, refs: Sequence[str], *, now: datetime) -> None:
    """Put runs aside whose proof cannot be read (services/runs/news); what they proposed stands.

    The watchdog tells of them until the whole region has a newer run.
    """
    require(by, Act.RUN_MATCHING)
    stands = (MatchingRun.ref.in_(refs), MatchingRun.status == RunStatus.RELEASED)
    for run in session.scalars(select(MatchingRun).where(*stands)).all():
        advance(session, run, RunStatus.DAMAGED, by=by, now=now, reason="proof unreadable")
        trace.record(session, by, "match.damaged", f"matching_run:{run.ref}", now=now)


def solve(
    begun: Begun,
    gathered: Gathered,
    *,
    progress: Told | None = None,
    stop: Callable[[], bool] | None = None,
) -> matching.Plan:
    """Find the best plan; needs no database. Raises matching.Stopped."""
    kind, seed = side_of(begun.kind).kind, matching_runs.seed_of(begun.ref)
    if begun.banner is not None:
        return matching.rematch(
            gathered.needs,
            gathered.offers,
            banner=begun.banner,
            standing=gathered.standing,
            kind=kind,
            weights=begun.weights,
            seed=seed,
            progress=progress,
            stop=stop,
        ).plan
    return matching.propose(
        gathered.needs,
        gathered.offers,
        kind=kind,
        weights=begun.weights,
        seed=seed,
        progress=progress,
        stop=stop,
    )


def note(session: Session, by: Viewer, ref: str, said: dict[str, Any]) -> bool:
    """Write down how far a run is; return whether somebody asked it to stop."""
    require(by, Act.RUN_MATCHING)
    own = MatchingRun.ref == ref
    session.execute(update(MatchingRun).where(own).values(progress=said))
    return session.scalar(select(MatchingRun.stop_asked_by).where(own)) is not None


def stop(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Ask a run under way to stop, or take an asking back. Raises AlreadyDecided when it is over."""
    require(by, Act.RELEASE_RUN)
    run = session.scalar(select(MatchingRun).where(MatchingRun.ref == ref))
    if run is None:
        raise NotFound()
    check_over(by, run.banner)
    if run.status is RunStatus.ASKED:
        advance(session, run, RunStatus.STOPPED, by=by, now=now, reason="taken back")
    elif run.status is not RunStatus.RUNNING:
        raise AlreadyDecided()
    run.stop_asked_by = by.actor
    session.flush()
    trace.record(session, by, "match.stop", f"matching_run:{ref}", now=now)


def stopped(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Close a run that was stopped: nothing of it is kept."""
    require(by, Act.RUN_MATCHING)
    run = session.scalars(select(MatchingRun).where(MatchingRun.ref == ref)).one()
    advance(session, run, RunStatus.STOPPED, by=by, now=now, reason="stopped by hand")


def keep(session: Session, by: Viewer, begun: Begun, plan: matching.Plan, *, now: datetime) -> None:
    """Keep a plan as the run's draft with its proof; older drafts of the kind are replaced."""
    require(by, Act.RUN_MATCHING)
    run = session.scalars(select(MatchingRun).where(MatchingRun.ref == begun.ref)).one()
    proof = matching_runs.fill(run, plan)
    advance(session, run, RunStatus.DRAFT, by=by, now=now)
    older = select(MatchingRun.id).where(
        MatchingRun.kind == run.kind,
        MatchingRun.status == RunStatus.DRAFT,
        MatchingRun.id != run.id,
        MatchingRun.banner == run.banner if run.banner else MatchingRun.id.is_not(None),
    )
    reason = "made anew over newer records"
    advance_all(session, MatchingRun, older, RunStatus.REPLACED, by=by, now=now, reason=reason)
    detail = {"count": len(plan.pairs), "proof": proof}
    trace.record(session, by, "match.draft", f"matching_run:{run.ref}", now=now, detail=detail)
