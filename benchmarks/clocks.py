"""What a stretch of work took: on the wall, and of the processor, PostgreSQL's server counted in."""

import os
import time
from pathlib import Path
from statistics import median

from sqlalchemy import text

from extensions import db
from tests.plugins.databases import IS_POSTGRESQL

Took = tuple[float, float]  # seconds on the wall, seconds of the processor
_TICKS = os.sysconf("SC_CLK_TCK")


def now() -> Took:
    """Read both clocks."""
    return time.perf_counter(), time.process_time() + _server()


def since(began: Took) -> Took:
    """Return what passed since."""
    wall, busy = now()
    return wall - began[0], busy - began[1]


def ratio(took: dict[str, list[Took]], one: str, other: str) -> str:
    """Return the ratio of two medians, on the wall and of the processor."""
    wall, busy = (
        median(one_of[at] for one_of in took[one]) / median(one_of[at] for one_of in took[other])
        for at in (0, 1)
    )
    return f"{wall:.2f}x ({busy:.2f}x of processor time)"


def _server() -> float:
    """Return the processor's seconds of every process of the database's server; SQLite has none.

    Processes that ended are counted with their parent, so none is lost between two readings.
    """
    if not IS_POSTGRESQL:
        return 0.0
    with db.engine.connect() as connection:
        own = connection.scalar(text("SELECT pg_backend_pid()"))
    parent = _stat(int(own))[1]
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    _, _, busy, ended = _stat(parent)
    return busy + ended + sum(_stat(int(one))[2] for one in children)


def _stat(pid: int) -> tuple[int, int, float, float]:
    """Return a process, its parent, its own seconds and those of its children that ended."""
    try:
        rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return pid, 0, 0.0, 0.0
    own, ended = int(rest[11]) + int(rest[12]), int(rest[13]) + int(rest[14])
    return pid, int(rest[1]), own / _TICKS, ended / _TICKS
