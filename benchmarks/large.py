"""S3: the stipend run over ten times as many pledges: rows a second and memory, against itself.

Not among the quick ones: at a million pledges it takes some minutes and five gigabytes of disk. The
large world is the small one ten times over, each size runs once in a process of its own.
"""

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, func, inspect, select, text

from benchmarks import clocks
from benchmarks.stipend_run import ROWS_EACH
from benchmarks.world import START, build, count_on, opened
from extensions import db
from jobs.run import Run
from jobs.stipends import open_and_fund
from models.stipends import Stipend
from tests.plugins.databases import IS_POSTGRESQL

TIMES = 10
_TABLES = ("children", "consents", "pledges", "matches", "transactions", "postings")
_KEYS = ("id", "child_id", "pledge_id", "transaction_id")
_REFS = ("ref", "code", "donor_ref", "child_ref")


def measure(*, count: int, rounds: int) -> list[str]:
    """Return the line of S3; one round, whatever is asked for."""
    del rounds
    found = []
    with TemporaryDirectory(prefix="weiguang-bench-") as name:
        for times in (1, TIMES):
            # PostgreSQL's server lives as long as the process that started it.
            steps = ("both",) if IS_POSTGRESQL else ("build", "run")
            said = [_in_own_process(one, Path(name) / str(times), count, times) for one in steps]
            found.append(said[-1])
    few, many = found
    speed = few["seconds"] * TIMES / many["seconds"]
    memory = many["peak_kib"] / few["peak_kib"]
    rows = count * TIMES * ROWS_EACH / many["seconds"]
    return [
        f"S3 {'PostgreSQL' if IS_POSTGRESQL else 'SQLite'} {count * TIMES:,} pledges: "
        f"{speed:.2f}x the rows/s of {count:,} (promise >= .6), {memory:.2f}x the memory "
        f"(promise <= 1.5); {many['peak_kib'] / 1024:,.0f} MiB, "
        f"{rows:,.0f} rows a second of processor time"
    ]


def _in_own_process(what: str, folder: Path, count: int, times: int) -> dict[str, float]:
    asked = [sys.executable, "-m", "benchmarks.large", what, str(folder), str(count), str(times)]
    said = subprocess.run(asked, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 ours
    answer: dict[str, float] = json.loads(said.stdout.splitlines()[-1])
    return answer


def _build(folder: Path, count: int, times: int) -> dict[str, float]:
    build(folder, count)
    with opened(folder), db.engine.begin() as connection:
        for part in range(1, times):
            for table in _TABLES:
                _repeat(connection, table, part, count)
        count_on(connection)
    return {}


def _both(folder: Path, count: int, times: int) -> dict[str, float]:
    _build(folder, count, times)
    Path("/proc/self/clear_refs").write_text("5")  # what building took is not the run's memory
    return _run(folder, count, times)


def _repeat(connection: Connection, table: str, part: int, count: int) -> None:
    """Put the first `count` of everything in once more, under keys and refs of its own."""
    size = 2 * count if table == "postings" else count
    columns = [one["name"] for one in inspect(connection).get_columns(table)]
    first = connection.scalar(text(f"SELECT MIN(id) FROM {table}"))
    values = [
        f'"{name}" + {part * (size if name == "id" else count)}'
        if name in _KEYS
        else f"""'{part}-' || "{name}" """
        if name in _REFS
        else f'"{name}"'
        for name in columns
    ]
    names = ", ".join(f'"{name}"' for name in columns)
    connection.exec_driver_sql(
        f"INSERT INTO {table} ({names}) SELECT {', '.join(values)} FROM {table} "
        f"WHERE id < {first + size} ORDER BY id"
    )


def _run(folder: Path, count: int, times: int) -> dict[str, float]:
    with opened(folder):
        session = db.session()
        began = clocks.now()
        Run(session, "stipends", period=START).execute(open_and_fund)
        _, seconds = clocks.since(began)
        assert session.scalar(select(func.count(Stipend.batch_id))) == count * times
    return {"seconds": seconds, "peak_kib": _peak()}


def _peak() -> float:
    """Return the most memory that this process ever held."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("VmHWM"))


if __name__ == "__main__":
    what, name, *numbers = sys.argv[1:]
    step = {"build": _build, "run": _run, "both": _both}[what]
    print(json.dumps(step(Path(name), *map(int, numbers))))
