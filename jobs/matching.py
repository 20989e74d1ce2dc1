"""Matching at night: end what is over, take back what nobody decided or no rule allows, propose."""

from datetime import datetime

from sqlalchemy.orm import Session

from jobs.run import Run
from privacy.viewers import Viewer
from services.care import clocks, pairing
from services.pairing import matches, proposing


def propose(run: Run) -> None:
    """Do the night's matching; safe to repeat, for what is proposed stays."""
    match_all(run)


def match_all(run: Run) -> dict[str, int]:
    """Do the same and return what happened."""
    with run.slice() as now:
        ended = matches.end_of_term(run.session, run.by, now=now)
        lapsed = matches.lapse_overdue(run.session, run.by, now=now)
        broken = matches.lapse_broken(run.session, run.by, now=now)
    with run.slice() as now:
        outcome = proposing.propose(run.session, run.by, now=now)
    run.add(due=outcome.proposed, done=outcome.proposed)
    care = _pair_volunteers(run)
    return {
        "proposed": outcome.proposed,
        "unmatched_needs": outcome.unmatched_needs,
        "unplaced_pledges": outcome.unplaced_pledges,
        "left_out": outcome.left_out,
        "lapsed": lapsed + broken,
        "ended": ended,
        "care_proposed": care.proposed,
        "care_unmatched": care.unmatched,
    }


def _pair_volunteers(run: Run) -> pairing.Outcome:
    """Do the same for volunteers and children's care."""
    with run.slice() as now:
        clocks.end_over(run.session, run.by, now=now)
        clocks.lapse_overdue(run.session, run.by, now=now)
        clocks.lapse_broken(run.session, run.by, now=now)
        clocks.ask_after_trial(run.session, run.by, now=now)
    with run.slice() as now:
        outcome = pairing.propose(run.session, run.by, now=now)
    run.add(due=outcome.proposed, done=outcome.proposed)
    return outcome


def let_lapse(run: Run) -> None:
    """Free what she did not answer, or the staff did not decide, as soon as its time is over."""
    with run.slice() as now:
        lapsed = clocks.lapse_overdue(run.session, run.by, now=now)
    run.add(due=lapsed, done=lapsed)


def nothing_lapses(session: Session, by: Viewer, now: datetime) -> bool:
    """Say that nothing has run out."""
    return clocks.is_idle(session, by, now)
