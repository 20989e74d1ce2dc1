"""Stories that nobody wrote: pledges, money, payouts, deaths and clocks in any order, and after each
step nothing is lost, doubled or told without its cause.

Everyday a few short ones, hundreds with `make test-full`. Of one that fails hypothesis prints the
steps, and below them stands the command that tells it again.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from extensions import db
from models.organisations import Organisation
from models.pledges import Match, Pledge
from models.stipends import Batch
from privacy import viewers
from services.handover import handovers
from services.notices import inbox
from services.pairing import matches
from tests.factories import a_child, a_match, a_pledge, viewer
from tests.faults.bank import Bank, Naughty
from tests.faults.judging import digest, findings, unsettled
from tests.faults.office import PAYING, STEP, Office, Post, a_house, in_a_request
from tests.faults.processes import alone, let_go
from tests.faults.test_kill_points import SEED, killed_at, said_how_to_repeat
from tests.plugins import databases
from tests.plugins.examples import PROFILE
from tests.services.gap_fund import feed, pay
from tests.services.test_standing_in import paused
from vocabulary import clock
from vocabulary.dates import add_months, at, today
from vocabulary.enums import BatchStatus, MatchStatus, PledgeStatus, Role

pytestmark = [pytest.mark.faults, pytest.mark.slow]
IS_FULL = PROFILE == "full"
SIZE = {"max_examples": 200, "stateful_step_count": 60} if IS_FULL else {
    "max_examples": 4, "stateful_step_count": 10}  # fmt: skip
# Shrinking a failure to its shortest story takes many times as long as finding it.
PHASES = list(Phase) if IS_FULL else [Phase.explicit, Phase.generate]
BEGINS = date(2026, 11, 21)


class Story(RuleBasedStateMachine):
    """The house, its bank and its provider; `world` gives an empty one anew."""

    world: Callable[[], tuple[Session, Office]]

    @initialize()
    def begin(self) -> None:
        self.session, self.office = type(self).world()
        self.behaves = Naughty.OK
        self.office = Office(
            self.office.bank,
            Post(self.office.post.path, lambda: self.behaves),
            lambda: self.behaves,
        )
        self.instant: datetime = at(BEGINS)
        self.references: list[str] = []
        self.promised = 0

    @rule(offset=st.integers(-1, 2))
    def somebody_promises(self, offset: int) -> None:
        self.promised += 1
        schools = list(self.session.scalars(select(Organisation).order_by(Organisation.id)))
        day = max(today(self.instant), BEGINS)
        pledge, reference = a_pledge(self.session, f"1370000{self.promised:04d}")
        match = a_match(self.session, pledge, a_child(self.session, schools[self.promised % 2]))
        match.starts_on = add_months(day.replace(day=1), offset)
        match.decided_on = day
        self.references.append(reference)
        self.session.commit()

    @precondition(lambda self: self.references)
    @rule(which=st.integers(0, 50), months=st.integers(1, 4))
    def somebody_pays(self, which: int, months: int) -> None:
        reference = self.references[which % len(self.references)]
        pay(self.session, reference, 10_000 * months, today(self.instant))
        self.session.commit()

    @rule(fen=st.integers(100, 60_000))
    def somebody_gives_to_the_fund(self, fen: int) -> None:
        feed(self.session, fen, on=today(self.instant))
        self.session.commit()

    def a_match_of(self, which: int) -> Match | None:
        going = select(Match).where(
            Match.status == MatchStatus.ACTIVE, Match.stands_in_for_id.is_(None)
        )
        found = self.session.scalars(going.order_by(Match.id)).all()
        return found[which % len(found)] if found else None

    @rule(which=st.integers(0, 50), months=st.integers(1, 3))
    def somebody_pauses(self, which: int, months: int) -> None:
        match = self.a_match_of(which)
        if match is not None:
            first = add_months(today(self.instant).replace(day=1), 1)
            paused(self.session, match, first, add_months(first, months))
        self.session.commit()

    @rule(which=st.integers(0, 50))
    def somebody_stops(self, which: int) -> None:
        match = self.a_match_of(which)
        if match is not None:
            first = add_months(today(self.instant).replace(day=1), 1)
            self.session.execute(
                update(Pledge).where(Pledge.id == match.pledge_id).values(status=PledgeStatus.ENDED)
            )
            matches.end_of_pledge(
                self.session, viewers.console(), match.pledge_id, on=first, now=self.instant,
                reason="x",
            )  # fmt: skip
        self.session.commit()

    @rule(behaves=st.sampled_from(Naughty))
    def the_gateways_turn(self, behaves: Naughty) -> None:
        self.behaves = behaves

    @rule()
    def a_day_is_done(self) -> None:
        with clock.moved_to(self.instant):
            assert alone(self.office.day) == "a day"
        self.instant += STEP

    @rule(number=st.integers(1, 700))
    def it_dies_within_a_day(self, number: int) -> None:
        with clock.moved_to(self.instant):
            end = alone(killed_at(number, self.office))
        assert end == "signal 9" or end.endswith("ticks"), end
        self.instant += STEP

    @rule()
    def a_school_hands_over(self) -> None:
        self.session.rollback()
        batch = self.session.scalars(
            select(Batch).where(Batch.status == BatchStatus.SENT).order_by(Batch.id).limit(1)
        ).first()
        if batch is not None:
            officer = viewer(
                Role.SCHOOL_OFFICER, organisation_id=batch.organisation_id, actor="account:school"
            )
            ref, when = batch.ref, max(self.instant, at(batch.sent_on, 10))
            in_a_request(
                self.session, lambda s, _now: handovers.confirm_all(s, officer, ref, now=when)
            )

    @rule(days=st.sampled_from([1, 3, 9, 30, 95]))
    def time_passes(self, days: int) -> None:
        self.instant = at(today(self.instant) + timedelta(days=days))

    @rule(hours=st.sampled_from([1, 24]))
    def the_clock_is_set_back(self, hours: int) -> None:
        self.instant -= timedelta(hours=hours)

    @invariant()
    def nothing_is_lost_doubled_or_told_without_cause(self) -> None:
        if hasattr(self, "session"):
            assert findings(self.session, self.office, self.instant) == []

    def teardown(self) -> None:
        """The faults stop: all comes to its end, and a further day changes nothing."""
        if not hasattr(self, "session"):
            return
        self.session.rollback()
        self.behaves = Naughty.OK
        late = at(max(today(self.instant), BEGINS) + timedelta(days=2))
        for n in range(3):
            with clock.moved_to(late + n * STEP):
                assert alone(self.office.day) == "a day"
                # What is 36 hours late waits for one person: he lets it go.
                in_a_request(self.session, lambda s, now: inbox.release_held(s, PAYING, now=now))
        assert unsettled(self.session, self.office, late) == []
        before = digest(self.session)
        with clock.moved_to(late + 4 * STEP):
            assert alone(self.office.day) == "a day"
        assert digest(self.session) == before


def test_no_story_loses_or_doubles_anything(
    app: Flask, session: Session, now: datetime, tmp_path: Path
) -> None:
    a_house(session, now)
    kept, home = tmp_path / "kept", Path(app.instance_path)
    kept.mkdir()
    let_go()
    databases.put(home, kept)
    office = Office(Bank(tmp_path / "bank"), Post(tmp_path / "post"))

    def anew() -> tuple[Session, Office]:
        db.session.remove()
        let_go()
        databases.put(kept, home)
        for book in (office.bank.path, office.post.path):
            book.unlink(missing_ok=True)
        return db.session(), office

    @seed(SEED)
    class Ours(Story):
        world = staticmethod(anew)

    size = settings(**SIZE, deadline=None, suppress_health_check=list(HealthCheck), phases=PHASES)
    with said_how_to_repeat("tests/faults/test_stories.py", FAULT_SEED=SEED):
        run_state_machine_as_test(Ours, settings=size)
