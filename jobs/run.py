"""How a job runs: under a lease, in slices that each commit, with counts at the end."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime

from sqlalchemy.orm import Session

from privacy import viewers
from privacy.viewers import Viewer
from services import jobs
from services.writing import begin_writing
from vocabulary import clock
from vocabulary.enums import JobStatus

Body = Callable[["Run"], None]


class Run:
    """One run of one job: hands out slices, each a transaction that checks the fencing token."""

    def __init__(self, session: Session, name: str, *, period: date, by: Viewer | None = None) -> None:
        self.session = session
        self.by = by or viewers.engine(name)
        self.name = name
        self.period = period
        self.counts = {"due": 0, "done": 0, "skipped": 0, "failed": 0}
        self.id = 0

    @contextmanager
    def slice(self) -> Iterator[datetime]:
        """One transaction of the run; yields its instant. Commits, or rolls back and raises."""
        now = clock.now()
        self.session.rollback()
        begin_writing(self.session)
        try:
            jobs.run_of(self.session, self.id, now=now)
            yield now
            self.session.commit()
        except BaseException:
            self.session.rollback()
            raise

    def add(self, **counts: int) -> None:
        """Add to the run's counts."""
        for name, more in counts.items():
            self.counts[name] += more

    def execute(self, body: Body) -> dict[str, int]:
        """Run the body under the job's lease and keep how it ended."""
        self._begin()
        try:
            body(self)
        except Exception as error:
            self._end(JobStatus.FAILED, error=type(error).__name__)
            raise
        self._end(JobStatus.DONE)
        return self.counts

    def _begin(self) -> None:
        self.session.rollback()
        begin_writing(self.session)
        self.id = jobs.begin(self.session, viewers.engine(self.name), self.name, period=self.period, now=clock.now())
        self.session.commit()

    def _end(self, to: JobStatus, error: str | None = None) -> None:
        with self.slice() as now:
            run = jobs.run_of(self.session, self.id, now=now)
            for name, count in self.counts.items():
                setattr(run, name, count)
            jobs.finish(self.session, viewers.engine(self.name), self.id, to, now=now, error=error)
