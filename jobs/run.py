"""How a job runs: under a lease, in slices that each commit, with counts at the end."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime

from sqlalchemy.exc import ArgumentError, InvalidRequestError, OperationalError
from sqlalchemy.orm import Session

from jobs import holders
from privacy import viewers
from privacy.viewers import Viewer
from services.stipends.due import Keys
from services.upkeep import jobs
from services.writing import begin_writing
from vocabulary import clock
from vocabulary.enums import JobStatus
from vocabulary.errors import AlreadyDecided, Superseded

Body = Callable[["Run"], None]
Find = Callable[[int], "Keys"]
Work = Callable[[Sequence[int], datetime], Mapping[str, int]]
Refuse = Callable[[int, datetime], None]
_LOG = logging.getLogger(__name__)
_WAIT_SECONDS = 0.5
_PAUSE_SECONDS = 0.002
MOST_REFUSED = 200
# No disk, no lock, no lease, or a mistake of ours: no record is to blame.
NOT_THE_RECORDS = (
    Superseded,
    OperationalError,
    ArgumentError,
    InvalidRequestError,
    NameError,
    ImportError,
)


class Run:
    """One run of one job: hands out slices, each a transaction that checks the fencing token."""

    def __init__(
        self, session: Session, name: str, *, period: date, by: Viewer | None = None
    ) -> None:
        self.session = session
        self.by = by or viewers.engine(name)
        self.name = name
        self.period = period
        self.counts = dict.fromkeys(jobs.COUNTS, 0)
        self.id = 0
        self.notices = 0
        self.bridged = 0

    @contextmanager
    def slice(self) -> Iterator[datetime]:
        """One transaction of the run; yields its instant. Commits, or rolls back and raises."""
        now = clock.now()
        self.session.rollback()
        begin_writing(self.session)
        try:
            jobs.renew(self.session, self.id, now=now)
            yield now
            self.session.commit()
        except BaseException:
            self.session.rollback()
            raise

    def add(self, **counts: int) -> None:
        """Add to the run's counts."""
        for name, more in counts.items():
            self.counts[name] += more

    def sift(self, find: Find, work: Work, refuse: Refuse) -> None:
        """Work through all keys that `find` names after a key, slice by slice.

        A slice that fails is halved until what fails stands alone: that is refused, the rest done.
        """
        found = find(0)
        while found.keys:
            self._part(found.keys, work, refuse)
            if found.is_last:
                break
            time.sleep(_PAUSE_SECONDS)  # lets people's own writes in between
            found = find(found.keys[-1])

    def _part(self, keys: Sequence[int], work: Work, refuse: Refuse) -> None:
        try:
            with self.slice() as now:
                counts = work(keys, now)
        except NOT_THE_RECORDS:
            raise
        except Exception as error:
            self._halve(keys, work, refuse, error=error)
        else:
            self.add(**counts)

    def _halve(self, keys: Sequence[int], work: Work, refuse: Refuse, *, error: Exception) -> None:
        if len(keys) > 1:
            middle = len(keys) // 2
            self._part(keys[:middle], work, refuse)
            self._part(keys[middle:], work, refuse)
            return
        self.add(failed=1)
        if self.counts["failed"] > MOST_REFUSED:
            raise error  # when all fail, it is not the records
        _LOG.warning("%s: one record refused: %s", self.name, type(error).__name__)
        with self.slice() as now:
            refuse(keys[0], now)

    def execute(self, body: Body, *, patience_seconds: float = 0) -> dict[str, int]:
        """Run the body under the job's lease and keep how it ended.

        While another holds the lease: wait that long for it, then raise AlreadyDecided.
        """
        self._begin(time.monotonic() + patience_seconds)
        try:
            body(self)
        except Superseded:
            raise
        except BaseException as error:
            self._end(JobStatus.FAILED, error=type(error).__name__)
            raise
        self._end(JobStatus.DONE)
        return self.counts

    def _begin(self, give_up: float) -> None:
        while True:
            try:
                self.id = self._lease()
            except AlreadyDecided:
                self.session.rollback()
                if time.monotonic() >= give_up:
                    raise
                time.sleep(_WAIT_SECONDS)
            else:
                return

    def _lease(self) -> int:
        self.session.rollback()
        begin_writing(self.session)
        key = jobs.begin(
            self.session,
            viewers.engine(self.name),
            self.name,
            period=self.period,
            now=clock.now(),
            holder=holders.myself(),
            is_gone=holders.is_gone,
        )
        self.session.commit()
        return key

    def _end(self, to: JobStatus, error: str | None = None) -> None:
        with self.slice() as now:
            jobs.finish(
                self.session,
                viewers.engine(self.name),
                self.id,
                to,
                now=now,
                counts=self.counts,
                error=error,
            )
