"""Matching at night: end what is over, take back what nobody decided or no rule allows, match anew."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from sqlalchemy.orm import Session

import matching
from jobs import holders
from jobs.run import Run
from jobs.telling import Telling
from privacy.viewers import Viewer
from services.care import clocks, fading, leaving
from services.pairing import matches
from services.runs import drafting, news, nights, trials
from services.runs.news import News
from services.runs.nights import Outcome
from services.runs.sides import CARE, PLEDGES
from vocabulary.dates import today

Shown = Callable[[matching.Progress], None]
Asked = tuple[str, str | None, str | None]
"""Which kind, which banner, and the run that was asked for, if one was."""


def propose(run: Run) -> None:
    """Do the night's matching; safe to repeat, for what is proposed stays."""
    match_all(run)


def match_all(run: Run, shown: Shown | None = None, *, whole: bool = False) -> dict[str, int]:
    """Do the same and return what happened; `shown` is told how far each run is.

    `whole` matches the whole region, whatever is new.
    """
    free = _free(run)
    found = {PLEDGES: Counts(), CARE: Counts()}
    for kind, banner, asked in _due(run, whole=whole):
        found[kind].add(match_one(run, kind, banner, asked=asked, shown=shown))
    for counts in found.values():
        run.add(due=counts.made, done=counts.made)
    pledges, care = found[PLEDGES], found[CARE]
    return {
        "proposed": pledges.proposed,
        "waiting": pledges.waiting + care.waiting,
        "unmatched_needs": pledges.unmatched,
        "unplaced_pledges": pledges.unplaced,
        "left_out": pledges.left_out,
        "care_proposed": care.proposed,
        "care_unmatched": care.unmatched,
    } | free


class Counts:
    """What the runs of one kind did together."""

    def __init__(self) -> None:
        self.made = self.proposed = self.waiting = 0
        self.unmatched = self.unplaced = self.left_out = 0

    def add(self, did: Outcome | None) -> None:
        """Add one run, none where it was stopped."""
        if did is None:
            return
        self.made += did.made
        self.proposed += did.proposed or 0
        self.waiting += did.made if did.proposed is None else 0
        self.unmatched += did.unmatched
        self.unplaced += did.unplaced
        self.left_out += did.left_out


def _free(run: Run) -> dict[str, int]:
    """End what is over and free what lapsed, on both sides."""
    with run.slice() as now:
        ended = matches.end_of_term(run.session, run.by, now=now)
        lapsed = matches.lapse_overdue(run.session, run.by, now=now)
        lapsed += matches.lapse_broken(run.session, run.by, now=now)
    with run.slice() as now:
        clocks.end_over(run.session, run.by, now=now)
        leaving.end_left(run.session, run.by, now=now)
        clocks.lapse_overdue(run.session, run.by, now=now)
        clocks.lapse_broken(run.session, run.by, now=now)
        clocks.ask_after_trial(run.session, run.by, now=now)
        fading.remind(run.session, run.by, now=now)
    return {"ended": ended, "lapsed": lapsed}


def _due(run: Run, *, whole: bool) -> list[Asked]:
    """Return what is to be matched: what was asked for, and what is new, kind by kind."""
    with run.slice() as now:
        drafting.close_left(run.session, run.by, is_gone=holders.is_gone, now=now)
        asked = drafting.waiting(run.session, run.by)
        due: list[Asked] = [(kind, banner, ref) for ref, kind, banner in asked]
        for kind in (PLEDGES, CARE):
            is_asked = any(one == kind and banner is None for one, banner, _ in due)
            found = _news(run, kind, now)
            if (found.whole or whole) and not is_asked:
                due.append((kind, None, None))
            elif not is_asked:
                due += [(kind, banner, None) for banner in found.banners]
    return due


def _news(run: Run, kind: str, now: datetime) -> News:
    """Say what is new; a run that cannot be read is put aside, and stops nothing."""
    found = news.find(run.session, kind, on=today(now))
    drafting.set_aside(run.session, run.by, found.damaged, now=now)
    return found


def match_asked(run: Run) -> None:
    """Do the runs that somebody asked for, one after the other."""
    with run.slice() as now:
        drafting.close_left(run.session, run.by, is_gone=holders.is_gone, now=now)
        asked = drafting.waiting(run.session, run.by)
    for ref, kind, banner in asked:
        with run.slice() as now:
            found = _news(run, kind, now)
            is_new = banner is None or bool(found.damaged) or banner in found.banners
            if not is_new:
                drafting.nothing_new(run.session, run.by, ref, now=now)
        if is_new:
            match_one(run, kind, banner, asked=ref)
    _try_policies(run)


def _try_policies(run: Run) -> None:
    """Work out what other weights would change, where somebody asked."""
    with run.slice() as now:
        trials.close_left(run.session, run.by, is_gone=holders.is_gone, now=now)
        asked = trials.waiting(run.session, run.by)
    for ref in asked:
        try_policy(run, ref)


def try_policy(run: Run, ref: str) -> None:
    """Work one trial out while others write; stopped, it leaves a row that says so."""
    with run.slice() as now:
        begun = trials.begin(run.session, run.by, ref, holder=holders.myself(), now=now)
    if begun is None:
        return
    telling = Telling(run, lambda said: trials.note(run.session, run.by, ref, said))
    outcome = None
    with suppress(matching.Stopped):
        outcome = trials.solve(begun, progress=telling.tell, stop=telling.is_stopped)
    with run.slice() as now:
        trials.finish(run.session, run.by, ref, outcome, now=now)


def nothing_asked(session: Session, by: Viewer, now: datetime) -> bool:
    """Say that nobody asked for a run, nor what other weights would change."""
    return not (drafting.waiting(session, by) or trials.waiting(session, by))


def match_one(
    run: Run,
    kind: str,
    banner: str | None,
    *,
    asked: str | None = None,
    shown: Shown | None = None,
) -> Outcome | None:
    """Make one run: read, solve while others write, then keep it whole in one slice.

    None when it was stopped. A process killed on the way leaves a run that says so, and no pair.
    """
    with run.slice() as now:
        begun = drafting.begin(
            run.session, run.by, kind, banner, asked=asked, holder=holders.myself(), now=now
        )
        gathered = nights.gather(run.session, begun, now=now)
    telling = Telling(run, lambda said: drafting.note(run.session, run.by, begun.ref, said), shown)
    try:
        plan = drafting.solve(begun, gathered, progress=telling.tell, stop=telling.is_stopped)
    except matching.Stopped:
        with run.slice() as now:
            drafting.stopped(run.session, run.by, begun.ref, now=now)
        return None
    with run.slice() as now:
        return nights.finish(run.session, run.by, begun, gathered, plan, now=now)


def let_lapse(run: Run) -> None:
    """Free what she did not answer, or the staff did not decide, as soon as its time is over."""
    with run.slice() as now:
        lapsed = clocks.lapse_overdue(run.session, run.by, now=now)
    run.add(due=lapsed, done=lapsed)


def nothing_lapses(session: Session, by: Viewer, now: datetime) -> bool:
    """Say that nothing has run out."""
    return clocks.is_idle(session, by, now)
