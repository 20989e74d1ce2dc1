"""The scheduler of `flask serve`: one elected process starts each job as a child of its own.

The web process never runs a job's body. A child that is killed harms nothing (law 12).
"""

import fcntl
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import IO

from apscheduler.schedulers.background import BackgroundScheduler

from jobs.schedule import JOBS, Job
from vocabulary import clock
from vocabulary.dates import SHANGHAI, today

LOCK = "scheduler.lock"
GRACE_SECONDS = 15 * 60
LONGEST_SECONDS = 6 * 3600
STOP_SECONDS = 10
_LOG = logging.getLogger("weiguang.schedule")


class Clockwork:
    """Starts jobs by the clock, as long as it holds the installation's lock."""

    def __init__(self, *, root: Path, instance: Path, environment: Mapping[str, str]) -> None:
        self.root = root
        self.instance = instance
        self.environment = dict(environment)
        self._children: set[subprocess.Popen[bytes]] = set()
        self._lock: IO[str] | None = None
        self._is_stopping = False
        self._turn = threading.Lock()
        self._running: set[str] = set()
        self._again: set[str] = set()
        self.scheduler = BackgroundScheduler(
            timezone=SHANGHAI,
            job_defaults={
                "coalesce": True,
                "max_instances": 2,  # the second finds the first at work and ends: `run`
                "misfire_grace_time": GRACE_SECONDS,
            },
        )

    def elect(self) -> bool:
        """Take the lock; False when another process of this installation runs the schedule."""
        lock = (self.instance / LOCK).open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            return False
        self._lock = lock
        return True

    def start(self, missed: Iterable[str]) -> None:
        """Begin; what was missed while nothing ran is started at once, one after the other."""
        for job in JOBS:
            self.scheduler.add_job(self.run, job.trigger(), args=[job], id=job.name, name=job.name)
        again = [job for job in JOBS if job.name in set(missed)]
        if again:
            soon = clock.now() + timedelta(seconds=2)
            self.scheduler.add_job(self._make_up, "date", run_date=soon, args=[again], id="missed")
        self.scheduler.start()

    def _make_up(self, jobs: list[Job]) -> None:
        for job in jobs:
            self.run(job)

    def run(self, job: Job) -> None:
        """Run one job and wait for its end; never two of one name at once.

        A start that comes while the last still runs is made up by one more run right after it, but
        for a job that starts again within minutes anyway.
        """
        if not self._begins(job):
            return
        try:
            self._run(job)
            while self._goes_on(job):
                self._run(job)
        except BaseException:
            self._running.discard(job.name)
            raise

    def _begins(self, job: Job) -> bool:
        with self._turn:
            if job.name not in self._running:
                self._running.add(job.name)
                return True
            now = clock.now()
            if job.next_start(now) - now > timedelta(seconds=GRACE_SECONDS):
                self._again.add(job.name)
            return False

    def _goes_on(self, job: Job) -> bool:
        """Say whether a start came meanwhile; if none did, the turn is over in the same breath."""
        with self._turn:
            goes_on = job.name in self._again and not self._is_stopping
            self._again.discard(job.name)
            if not goes_on:
                self._running.discard(job.name)
            return goes_on

    def _run(self, job: Job) -> None:
        """Run one job as a child process and wait for its end."""
        period = today(clock.now()).isoformat()
        command = [sys.executable, "-m", "flask", "--app", "app"]
        command += ["jobs", "run", job.name, "--period", period]
        child = subprocess.Popen(  # noqa: S603 our own command
            command,
            cwd=self.root,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._children.add(child)
        try:
            code = child.wait(timeout=LONGEST_SECONDS)
        except subprocess.TimeoutExpired:
            code = _end(child)
        finally:
            self._children.discard(child)
        if code and not self._is_stopping:
            _LOG.error("job %s ended with %s", job.name, code)

    def stop(self) -> None:
        """Start nothing more, ask what runs to end, and give the lock back."""
        self._is_stopping = True
        if self.scheduler.running:
            self.scheduler.shutdown(wait=False)
        for child in list(self._children):
            _end(child)
        if self._lock is not None:
            self._lock.close()


def _end(child: "subprocess.Popen[bytes]") -> int:
    child.terminate()
    try:
        return child.wait(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()


def environment_for(public_url: str, port: int) -> dict[str, str]:
    """Return the environment of children: ours, with the address this server really has."""
    return {**os.environ, "PUBLIC_URL": public_url, "PORT": str(port)}
