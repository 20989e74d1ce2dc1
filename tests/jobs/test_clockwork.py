"""A start that comes while the last one still runs: quiet, never beside it, and not lost."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from jobs.clockwork import Clockwork
from jobs.schedule import BY_NAME, Job
from vocabulary import clock

# A child that says when it begins and ends, and works until it is let go.
CHILD = """
import time
from pathlib import Path

import click
from flask import Flask

app = Flask(__name__)


@app.cli.command("jobs", context_settings={"ignore_unknown_options": True})
@click.argument("said", nargs=-1)
def jobs(said):
    here = Path(__file__).parent
    with (here / "lines").open("a") as lines:
        lines.write("begins\\n")
    until = time.monotonic() + 30
    while not (here / "go").exists() and time.monotonic() < until:
        time.sleep(0.02)
    with (here / "lines").open("a") as lines:
        lines.write("ends\\n")
"""


@pytest.fixture
def clockwork(tmp_path: Path):
    (tmp_path / "app.py").write_text(CHILD)
    (tmp_path / "lines").touch()
    made = Clockwork(root=tmp_path, instance=tmp_path, environment={})
    yield made
    (tmp_path / "go").touch()
    made.stop()


def lines(clockwork: Clockwork) -> list[str]:
    return (clockwork.root / "lines").read_text().split()


def wait_until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not is_so() and time.monotonic() < until:
        time.sleep(0.02)
    assert is_so()


def at_work(clockwork: Clockwork, job: Job) -> threading.Thread:
    thread = threading.Thread(target=clockwork.run, args=[job])
    thread.start()
    wait_until(lambda: lines(clockwork) == ["begins"])
    return thread


def let_go(clockwork: Clockwork, thread: threading.Thread) -> None:
    (clockwork.root / "go").touch()
    thread.join(30)
    assert not thread.is_alive()


def test_a_daily_start_that_finds_the_last_at_work_comes_right_after_it(
    clockwork: Clockwork,
) -> None:
    thread = at_work(clockwork, BY_NAME["books"])

    for _ in range(3):
        clockwork.run(BY_NAME["books"])

    assert lines(clockwork) == ["begins"]
    let_go(clockwork, thread)
    assert lines(clockwork) == ["begins", "ends"] * 2


def test_what_starts_again_within_minutes_makes_nothing_up(clockwork: Clockwork) -> None:
    thread = at_work(clockwork, BY_NAME["matching-asked"])

    clockwork.run(BY_NAME["matching-asked"])

    let_go(clockwork, thread)
    assert lines(clockwork) == ["begins", "ends"]
    clockwork.run(BY_NAME["matching-asked"])
    assert lines(clockwork) == ["begins", "ends"] * 2


def test_a_child_that_cannot_be_started_leaves_its_name_free(clockwork: Clockwork) -> None:
    clockwork.root = clockwork.root / "gone"
    for _ in range(2):
        with pytest.raises(FileNotFoundError):
            clockwork.run(BY_NAME["books"])


def test_the_scheduler_itself_says_nothing_about_it(
    clockwork: Clockwork, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    clockwork.start([])
    kept = clockwork.scheduler.get_job("matching-asked")
    kept.modify(next_run_time=clock.now() + timedelta(seconds=0.1))
    wait_until(lambda: lines(clockwork) == ["begins"])

    kept.modify(next_run_time=clock.now() + timedelta(seconds=0.1))
    wait_until(lambda: kept.next_run_time > clock.now())
    time.sleep(0.5)

    assert lines(clockwork) == ["begins"]
    assert [record.getMessage() for record in caplog.records] == []
