"""The one list of scheduled work. Times are Asia/Shanghai; names of days are cron's (mon, tue)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from apscheduler.triggers.cron import CronTrigger
from sqlalchemy.orm import Session

from jobs import (
    books,
    family_checks,
    letters,
    matching,
    outbox,
    payments,
    pledges,
    publishing,
    reminders,
    reveals,
    stipends,
    upkeep,
    watchdog,
    weekly,
)
from jobs.run import Body
from privacy.viewers import Viewer
from vocabulary.dates import SHANGHAI

IsIdle = Callable[[Session, Viewer, datetime], bool]


@dataclass(frozen=True, slots=True)
class Job:
    """A name, its body, and when it starts, as cron fields.

    `is_idle` says that there is nothing to do: such a start leaves no run behind. While nobody has
    said that the clock is right, only what `trusts_no_clock` starts (services/leaps).
    """

    name: str
    body: Body
    hour: int | str = "*"
    minute: int | str = 0
    day_of_week: str = "*"
    is_idle: IsIdle | None = None
    trusts_no_clock: bool = False

    def trigger(self) -> CronTrigger:
        """Return the trigger that APScheduler starts it by."""
        return CronTrigger(
            hour=self.hour, minute=self.minute, day_of_week=self.day_of_week, timezone=SHANGHAI
        )

    def next_start(self, after: datetime) -> datetime:
        """Return the first start after an instant."""
        start: datetime = self.trigger().get_next_fire_time(after, after)
        return start


JOBS: tuple[Job, ...] = (
    Job("backup", upkeep.back_up, hour=1, minute=30, trusts_no_clock=True),
    Job("books", books.compare, hour=2, minute=15),
    Job("forgetting", upkeep.let_go, hour=3),
    Job("uploads", upkeep.tidy_uploads, hour=3, minute=30),
    Job("figures", publishing.publish, hour=4, is_idle=publishing.is_published),
    Job("month-pages", publishing.publish_heads, hour=4, minute=10, is_idle=publishing.has_heads),
    Job("listings", publishing.freeze_list, hour=4, minute=30, is_idle=publishing.is_frozen),
    Job("matching", matching.propose, hour=5),
    Job("matching-asked", matching.match_asked, minute="*", is_idle=matching.nothing_asked),
    Job("care-holds", matching.let_lapse, minute=20, is_idle=matching.nothing_lapses),
    Job("pledges", pledges.take_effect, hour=5, minute=30),
    Job("stipends", stipends.open_and_fund, hour=6, trusts_no_clock=True),
    Job("family-checks", family_checks.draw_and_ask, hour=7, is_idle=family_checks.is_done),
    Job("notices", outbox.deliver, minute="*/2", is_idle=outbox.is_idle, trusts_no_clock=True),
    Job("payments", payments.ask, minute="*/5", is_idle=payments.is_idle, trusts_no_clock=True),
    Job("reveals", reveals.release, hour=9, is_idle=weekly.is_done("reveals")),
    Job("letters", letters.deliver, hour=9, minute=30, is_idle=letters.is_delivered),
    Job("reminders", reminders.remind, hour=8, minute=30),
    Job(
        "watchdog",
        watchdog.watch_jobs,
        minute="*/10",
        is_idle=watchdog.is_idle,
        trusts_no_clock=True,
    ),
)
BY_NAME = {job.name: job for job in JOBS}
