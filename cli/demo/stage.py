"""The stage: a moved clock, one transaction a scene, and the cast's viewers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import TypeVar

from sqlalchemy.orm import Session

from jobs import outbox
from jobs.run import Body, Run
from privacy import viewers
from privacy.viewers import Viewer
from services.accounts import accounts
from services.writing import begin_writing
from vocabulary import clock
from vocabulary.dates import at

Result = TypeVar("Result")


@dataclass
class Donor:
    """A donor of the demo: the payment reference, the instalment, and when paying stopped."""

    reference: str
    instalment: int
    months_paid: int
    is_late_payer: bool = False


@dataclass
class Stage:
    """What the scenes share."""

    session: Session
    dice: Random
    today: date
    donors: list[Donor] = field(default_factory=list)
    schools: dict[str, str] = field(default_factory=dict)
    papers: dict[str, str] = field(default_factory=dict)
    """The number on each school's paper from its bank, by the school's name."""
    slips: list[str] = field(default_factory=list)

    def scene(self, day: date, act: Callable[[], Result], *, hour: int = 9) -> Result:
        """Play one act at an hour of a day, in a transaction of its own."""
        with clock.moved_to(at(day, hour)):
            self.session.rollback()
            begin_writing(self.session)
            result = act()
            self.session.commit()
            return result

    def who(self, login: str) -> Viewer:
        """Return the viewer of a login at the moved clock's time."""
        return accounts.viewer_by_login(self.session, login, now=clock.now())


def run_job(stage: Stage, name: str, body: Body, day: date) -> None:
    """Run a nightly job as the schedule does, at six."""
    with clock.moved_to(at(day, 6)):
        stage.session.rollback()
        Run(stage.session, name, period=day).execute(body)


def deliver(stage: Stage, day: date, hour: int) -> None:
    """Empty the outbox, as the schedule does every few minutes."""
    with clock.moved_to(at(day, hour)):
        stage.session.rollback()
        if outbox.is_idle(stage.session, viewers.engine("notices"), clock.now()):
            return
        Run(stage.session, "notices", period=day).execute(outbox.deliver)
