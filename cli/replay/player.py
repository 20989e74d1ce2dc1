"""What a story's play knows while it runs: its pledges, its meetings, and which ref is whose."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy.orm import Session

from cli.replay.reading import Story
from privacy.viewers import Viewer
from services.stories.agreements import Terms
from services.writing import begin_writing
from vocabulary import clock
from vocabulary.dates import at
from vocabulary.schedule import STANDARD, due_days


@dataclass
class Running:
    """A pledge of the story: under which refs it is known, and from when until when it runs."""

    child: str
    donor: str
    ref: str
    reference: str
    code: str
    terms: Terms
    starts_on: date
    ends_on: date | None = None
    match_ref: str | None = None

    def due_days(self, until: date) -> list[date]:
        """Return every day on which it is due, by the pure schedule."""
        last = min(until, self.ends_on - timedelta(days=1)) if self.ends_on else until
        scheme = STANDARD[self.terms.rhythm]
        return list(due_days(scheme, start=self.starts_on, until=last))

    def is_due(self, day: date) -> bool:
        """Say whether an instalment falls due on the day."""
        return day in due_days(STANDARD[self.terms.rhythm], start=day, until=day) and (
            self.starts_on <= day and (self.ends_on is None or day < self.ends_on)
        )


@dataclass
class Meeting:
    """One asking: between whom, who asked, what the other side says (None: nothing)."""

    pledge: Running
    donor: Viewer
    slip: Viewer
    by_donor: bool
    agrees: bool | None


@dataclass
class Player:
    """A story being played, and which ref is whose."""

    session: Session
    story: Story
    running: list[Running] = field(default_factory=list)
    children: dict[str, str] = field(default_factory=dict)
    schools: dict[str, str] = field(default_factory=dict)
    officers: dict[str, Viewer] = field(default_factory=dict)
    pupils: dict[str, str] = field(default_factory=dict)
    meetings: dict[int, Meeting] = field(default_factory=dict)
    begun_late: set[int] = field(default_factory=set)

    def on(self, day: date, act: Callable[[], None]) -> None:
        """Play one act on a day, in a transaction of its own."""
        with clock.moved_to(at(day)):
            self.session.rollback()
            begin_writing(self.session)
            act()
            self.session.commit()
