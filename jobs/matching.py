"""Matching at night: end what is over, take back what nobody decided or no rule allows, propose."""

from jobs.run import Run
from services import matches, proposing


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
    return {
        "proposed": outcome.proposed,
        "unmatched_needs": outcome.unmatched_needs,
        "unplaced_pledges": outcome.unplaced_pledges,
        "left_out": outcome.left_out,
        "lapsed": lapsed + broken,
        "ended": ended,
    }
