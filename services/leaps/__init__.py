"""The clock leapt: the machine stood still for days, or its clock was set. Which one, nobody here knows.

Every start of a job leaves a sign of life. When the next one lies more than 36 hours away, nothing
leaves the house until one person has compared the day with the wall's: no payment order, no batch,
no notice, nothing is deleted. Instalments are opened by themselves, unless so long has passed that
a wrong clock is likelier than a machine that stood still.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models.installation import Installation
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import trace
from services.notices import notices
from vocabulary.dates import today
from vocabulary.enums import NoticeKind, Role, Trouble
from vocabulary.errors import ClockLeapt

LONGEST_STEP = timedelta(hours=36)
LONGEST_ABSENCE = timedelta(days=120)
_SEEN, _LEAP = "clock_seen", "clock_leap"


@dataclass(frozen=True, slots=True)
class Leap:
    """From the last sign of life to the first after it; `to` lies before `since` for a clock set back."""

    since: datetime
    to: datetime

    @property
    def is_likely_wrong(self) -> bool:
        """Say whether so much has passed that the clock is in doubt, rather than the machine."""
        return abs(self.to - self.since) > LONGEST_ABSENCE


def look(session: Session, by: Viewer, *, now: datetime) -> Leap | None:
    """Leave a sign of life; return the leap that waits for a person, found now or before."""
    require(by, Act.RUN_STIPENDS)
    seen = session.get(Installation, _SEEN)
    before = datetime.fromisoformat(seen.value) if seen else now
    session.merge(Installation(key=_SEEN, value=now.isoformat()))
    if abs(now - before) > LONGEST_STEP:
        _ask(session, by, before, now=now)
    session.flush()
    return waiting(session)


def _ask(session: Session, by: Viewer, before: datetime, *, now: datetime) -> None:
    """Keep the leap and tell who can answer; one that waits already begins where it began."""
    known = waiting(session)
    since = known.since if known else before
    session.merge(Installation(key=_LEAP, value=f"{since.isoformat()} {now.isoformat()}"))
    said = {"since": before.isoformat(), "to": now.isoformat()}
    trace.record(session, by, "clock.leap", "installation:clock", now=now, detail=said)
    subject = f"job:clock:{today(now)}:{Trouble.LEAPT}"
    roles = (Role.PAYING_DESK, Role.ADMINISTRATOR)
    notices.to_roles(session, roles, None, NoticeKind.JOB_ALARM, subject, now=now)


def stay_awake(session: Session, by: Viewer, *, now: datetime) -> None:
    """Leave a sign of life and ask nobody: who tells a story moves its clock himself."""
    require(by, Act.RUN_STIPENDS)
    session.merge(Installation(key=_SEEN, value=now.isoformat()))


def waiting(session: Session) -> Leap | None:
    """Return the leap that no person has answered yet."""
    kept = session.get(Installation, _LEAP)
    if kept is None:
        return None
    since, to = map(datetime.fromisoformat, kept.value.split())
    return Leap(since, to)


def found(session: Session, viewer: Viewer) -> Leap | None:
    """Return what the paying desk is asked about."""
    require(viewer, Act.RELEASE_LATE)
    return waiting(session)


def refuse_to_send(session: Session) -> None:
    """Raise ClockLeapt while the day is in doubt."""
    if waiting(session) is not None:
        raise ClockLeapt()


def refuse_to_open(session: Session) -> None:
    """Raise ClockLeapt while the day is most likely wrong."""
    leap = waiting(session)
    if leap is not None and leap.is_likely_wrong:
        raise ClockLeapt()


def confirm(session: Session, by: Viewer, *, now: datetime) -> bool:
    """Keep one person's word that today is today; return False when nobody asked any more."""
    require(by, Act.RELEASE_LATE)
    kept = session.get(Installation, _LEAP)
    if kept is None:
        return False
    said = {"leap": kept.value}
    session.delete(kept)
    session.merge(Installation(key=_SEEN, value=now.isoformat()))
    trace.record(session, by, "clock.confirm", "installation:clock", now=now, detail=said)
    return True
