"""Whatever a donor asks for in whatever order: the months given are one row, none left out or twice.

Of 2027-2032, with a machine that is on each day, or off for months.
"""

import random
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.run import Run
from jobs.stipends import open_and_fund
from models.pledges import Match, Pledge, PledgeChange
from models.stipends import Stipend
from privacy import viewers
from privacy.viewers import Viewer
from services.pledges import changes, taking_effect
from tests.factories import a_child, a_match, a_pledge, a_school, viewer
from tests.services.outbox import PHONE, a_donor
from vocabulary.amounts import listed_instalments
from vocabulary.dates import add_months, at
from vocabulary.enums import ChangeKind, ChangeStatus, PledgeStatus, Rhythm, Role
from vocabulary.errors import Refused
from vocabulary.money import Fen
from vocabulary.runway import last_month
from vocabulary.schedule import STEP_MONTHS

ENGINE = viewers.engine("pledges")
FIRST, LAST = date(2027, 3, 1), date(2032, 9, 1)


class Walk:
    """One pledge through years of its donor's changes of mind."""

    def __init__(self, session: Session, seed: int, *, is_always_on: bool) -> None:
        self.session, self.chance = session, random.Random(seed)
        self.is_always_on = is_always_on
        self.pledge, _ = a_pledge(session, PHONE)
        child = a_child(session, a_school(session))
        a_match(session, self.pledge, child, starts_on=FIRST, need_id=None)
        self.me = viewer(Role.DONOR, donor_id=a_donor(session).id, actor="donor:ME")
        self.said: list[str] = []

    def walk(self) -> None:
        """Ask for something every few weeks; the run comes by, or is off for half a year."""
        day, ran_on = FIRST, FIRST - timedelta(days=1)
        while day < LAST:
            gap = 0 if self.is_always_on else self.chance.choice((0, 0, 40, 100, 190))
            if (day - ran_on).days > gap:
                self.run(day)
                ran_on = day
            self.try_something(day)
            day += timedelta(days=self.chance.randint(1, 75))
        self.run(LAST)

    def run(self, on: date) -> None:
        self.session.commit()
        Run(self.session, "stipends", period=on).execute(open_and_fund)

    def try_something(self, day: date) -> None:
        what = self.chance.choice(("pause", "resume", "terms", "terms", "undo", "stop", "wait"))
        try:
            with self.session.begin_nested():
                getattr(self, f"_{what}")(at(day, self.chance.randint(0, 23)))
                self.said.append(f"{day} {what}")
        except Refused:
            pass

    def _pause(self, now) -> None:
        months = self.chance.choice((1, 2, 3, 6, 12))
        changes.pause(self.session, self.me, self.pledge.donor_ref, months=months, now=now)

    def _resume(self, now) -> None:
        changes.resume(self.session, self.me, self.pledge.donor_ref, now=now)

    def _terms(self, now) -> None:
        rhythm = self.chance.choice(tuple(Rhythm))
        to = (Fen(self.chance.choice(listed_instalments(rhythm)[:4])), rhythm)
        changes.change_terms(self.session, self.me, self.pledge.donor_ref, to=to, now=now)

    def _undo(self, now) -> None:
        waits = PledgeChange.status == ChangeStatus.WAITING
        for change in self.session.scalars(select(PledgeChange).where(waits)).all():
            changes.undo(self.session, self.me, change.ref, now=now)

    def _stop(self, now) -> None:
        if self.chance.random() < 0.1:
            changes.stop(self.session, self.me, self.pledge.donor_ref, reason=None, now=now)

    def _wait(self, _now) -> None:
        """Say nothing this time."""


def months_given(session: Session) -> list[date]:
    rows = session.execute(
        select(Stipend.due_on, Match.rhythm).join(Match).order_by(Stipend.due_on, Stipend.id)
    )
    return [add_months(due, n) for due, rhythm in rows for n in range(STEP_MONTHS[rhythm])]


def months_promised(session: Session, pledge: Pledge, until: date) -> list[date]:
    """What the donor was told: every month from the first but those of his pauses and after a stop."""
    pauses = session.execute(
        select(PledgeChange.effective_on, PledgeChange.until_on).where(
            PledgeChange.kind == ChangeKind.PAUSE, PledgeChange.status == ChangeStatus.APPLIED
        )
    ).all()
    ends = pledge.ends_on if pledge.status is PledgeStatus.ENDED else None
    count = (until.year - FIRST.year) * 12 + until.month - FIRST.month + 1
    months = (add_months(FIRST, n) for n in range(count))
    return [
        month
        for month in months
        if not any(first <= month < last for first, last in pauses)
        and (ends is None or month < ends)
    ]


@pytest.mark.parametrize("is_always_on", [True, False])
@pytest.mark.parametrize("seed", range(8))
def test_the_months_given_are_one_row_without_gap_or_overlap(
    session: Session, now, seed: int, is_always_on: bool
) -> None:
    walk = Walk(session, seed, is_always_on=is_always_on)
    walk.walk()
    session.refresh(walk.pledge)

    given = months_given(session)
    until = max(given[-1], LAST) if walk.pledge.status is not PledgeStatus.ENDED else LAST
    expected = [m for m in months_promised(session, walk.pledge, until) if m <= max(given)]
    assert given == expected, f"seed {seed}: {walk.said}"
    assert len(given) == len(set(given))


def a_paused_monthly(session: Session) -> tuple[Pledge, Viewer]:
    pledge, _ = a_pledge(session, PHONE)
    a_match(session, pledge, a_child(session, a_school(session)), starts_on=date(2026, 12, 1))
    return pledge, viewer(Role.DONOR, donor_id=a_donor(session).id, actor="donor:ME")


def test_a_new_rhythm_asked_for_in_a_pause_leaves_out_no_month_after_it(
    session: Session, now
) -> None:
    """Paused until May: a term from 1 March would have left out May to August as well."""
    pledge, me = a_paused_monthly(session)
    changes.pause(session, me, pledge.donor_ref, months=4, now=at(date(2026, 12, 10)))
    taking_effect.apply_changes(session, ENGINE, on=date(2027, 1, 1), now=at(date(2027, 1, 1)))
    to = (Fen(60_000), Rhythm.TERM)
    changes.change_terms(session, me, pledge.donor_ref, to=to, now=at(date(2027, 1, 10)))
    session.commit()
    Run(session, "stipends", period=date(2027, 9, 1)).execute(open_and_fund)

    waiting = select(PledgeChange.effective_on).where(PledgeChange.kind == ChangeKind.TERMS)
    assert session.scalars(waiting).one() == date(2027, 9, 1)
    rows = session.execute(
        select(Stipend.due_on, Match.rhythm).join(Match).order_by(Stipend.due_on)
    )
    spans = [(f"{due:%Y-%m}", f"{last_month(due, rhythm):%Y-%m}") for due, rhythm in rows]
    assert spans == [
        ("2026-12", "2026-12"), ("2027-05", "2027-05"), ("2027-06", "2027-06"),
        ("2027-07", "2027-07"), ("2027-08", "2027-08"), ("2027-09", "2028-02"),
    ]  # fmt: skip
