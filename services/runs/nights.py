"""A whole run in one transaction of the caller's: begun, solved, kept, and released where it is small.

The clock's runs are long and go step by step (jobs/matching.py); these are the same steps.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

import matching
from privacy.viewers import Viewer
from services.pairing.gathered import Gathered
from services.runs import drafting, releasing
from services.runs.drafting import Begun
from services.runs.sides import CARE, PLEDGES, side_of
from vocabulary.dates import today


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run did: `made` pairs, of which `proposed` went out; None while it is a draft."""

    run_ref: str = ""
    made: int = 0
    proposed: int | None = 0
    unmatched: int = 0
    unplaced: int = 0
    left_out: int = 0


def gather(session: Session, begun: Begun, *, now: datetime) -> Gathered:
    """Read what a run is made over."""
    return side_of(begun.kind).gather(session, today(now), begun.banner)


def run(
    session: Session, by: Viewer, kind: str, banner: str | None = None, *, now: datetime
) -> Outcome:
    """Run at once."""
    begun = drafting.begin(session, by, kind, banner, now=now)
    gathered = gather(session, begun, now=now)
    return finish(session, by, begun, gathered, drafting.solve(begun, gathered), now=now)


def finish(
    session: Session,
    by: Viewer,
    begun: Begun,
    gathered: Gathered,
    plan: matching.Plan,
    *,
    now: datetime,
) -> Outcome:
    """Keep a plan, and release it where nobody has to look first."""
    drafting.keep(session, by, begun, plan, now=now)
    proposed = releasing.settle(session, by, begun.ref, plan.certificate, now=now)
    return Outcome(
        begun.ref,
        len(plan.pairs),
        proposed,
        len(plan.unmatched_needs),
        len(plan.unplaced_offers),
        gathered.left_out,
    )


def pair_pledges(session: Session, by: Viewer, *, now: datetime) -> Outcome:
    """Match pledges with needs over the whole region, at once."""
    return run(session, by, PLEDGES, now=now)


def pair_volunteers(session: Session, by: Viewer, *, now: datetime) -> Outcome:
    """Match volunteers with children's care over the whole region, at once."""
    return run(session, by, CARE, now=now)
