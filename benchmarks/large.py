"""S3: the stipend run over ten times as many pledges: rows a second and memory, against itself.

Not among the quick ones: at a million pledges it takes some minutes and five gigabytes of disk. The
large world is the small one ten times over, each size runs once in a process of its own.
"""

import json
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import func, select

from benchmarks.stipend_run import ROWS_EACH
from benchmarks.world import START, bare, build, opened
from extensions import db
from jobs.run import Run
from jobs.stipends import open_and_fund
from models.stipends import Stipend

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
            said = _in_own_process("build", Path(name) / str(times), count, times)
            found.append(said | _in_own_process("run", Path(name) / str(times), count, times))
    few, many = found
    return [
        f"S3 {count * TIMES:,} pledges: {few['seconds'] * TIMES / many['seconds']:.2f}x the rows/s "
        f"of {count:,} (promise >= .6), {many['peak_kib'] / few['peak_kib']:.2f}x the memory "
        f"(promise <= 1.5); {many['peak_kib'] / 1024:,.0f} MiB, "
        f"{count * TIMES * ROWS_EACH / many['seconds']:,.0f} rows a second of processor time"
    ]


def _in_own_process(what: str, folder: Path, count: int, times: int) -> dict[str, float]:
    asked = [sys.executable, "-m", "benchmarks.large", what, str(folder), str(count), str(times)]
    said = subprocess.run(asked, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 ours
    answer: dict[str, float] = json.loads(said.stdout.splitlines()[-1])
    return answer


def _build(folder: Path, count: int, times: int) -> dict[str, float]:
    build(folder, count)
    connection = bare(folder / "bench.db")
    connection.execute("BEGIN")
    for part in range(1, times):
        for table in _TABLES:
            _repeat(connection, table, part, count)
    connection.execute("COMMIT")
    connection.close()
    return {}


def _repeat(connection, table: str, part: int, count: int) -> None:
    """Put the first `count` of everything in once more, under keys and refs of its own."""
    size = 2 * count if table == "postings" else count
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    first = connection.execute(f"SELECT MIN(id) FROM {table}").fetchone()[0]
    values = [
        f'"{name}" + {part * (size if name == "id" else count)}'
        if name in _KEYS
        else f"""'{part}-' || "{name}" """
        if name in _REFS
        else f'"{name}"'
        for name in columns
    ]
    names = ", ".join(f'"{name}"' for name in columns)
    connection.execute(
        f"INSERT INTO {table} ({names}) SELECT {', '.join(values)} FROM {table} "
        f"WHERE id < {first + size} ORDER BY id"
    )


def _run(folder: Path, count: int, times: int) -> dict[str, float]:
    with opened(folder):
        session = db.session()
        began = time.process_time()
        Run(session, "stipends", period=START).execute(open_and_fund)
        seconds = time.process_time() - began
        assert session.scalar(select(func.count(Stipend.batch_id))) == count * times
    return {"seconds": seconds, "peak_kib": _peak()}


def _peak() -> float:
    """Return the most memory that this process ever held."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("VmHWM"))


if __name__ == "__main__":
    what, name, *numbers = sys.argv[1:]
    step = {"build": _build, "run": _run}[what]
    print(json.dumps(step(Path(name), *map(int, numbers))))
