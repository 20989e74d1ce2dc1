"""The one list of scheduled work. Times are Asia/Shanghai."""

from dataclasses import dataclass

from jobs import stipends
from jobs.run import Body


@dataclass(frozen=True, slots=True)
class Job:
    """A name, its body, and the cron fields of its day."""

    name: str
    body: Body
    hour: int
    minute: int = 0


JOBS: tuple[Job, ...] = (Job("stipends", stipends.open_and_fund, hour=6),)
BY_NAME = {job.name: job for job in JOBS}
