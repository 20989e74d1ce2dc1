"""`python -m benchmarks.orlib FOLDER`: the assignment files of OR-Library, and what is known of them.

The files (assign100.txt to assign800.txt, assignp800.txt to assignp5000.txt) are Beasley's, 1990; the
folder is yours, nothing is fetched. A file holds n, then a full matrix of costs, or lines of
"item agent cost". The least cost of giving every item an agent of its own is what is known.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from matching.certificate import is_allowed, is_best

KNOWN = {
    "assign100": 305,
    "assign200": 475,
    "assign300": 626,
    "assign400": 804,
    "assign500": 991,
    "assign600": 1176,
    "assign700": 1362,
    "assign800": 1552,
    "assignp800": 2239,
    "assignp1500": 5839,
    "assignp3000": 18696,
    "assignp5000": 48533,
}
"""As listed beside the files and in CO-Bench (Sun and others, 2025)."""


def read(text: str) -> tuple[int, np.ndarray]:
    """Return n, and one row (item, agent, cost) for every pair that the file allows."""
    words = np.array(text.split(), dtype=np.int64)
    count, rest = int(words[0]), words[1:]
    if len(rest) == count * count:
        item, agent = np.divmod(np.arange(len(rest)), count)
        return count, np.stack([item, agent, rest], axis=1)
    return count, rest.reshape(-1, 3) - (1, 1, 0)


def instance_of(count: int, pairs: np.ndarray) -> tuple[dict[str, Any], int]:
    """Return the file as an instance, and what every pair is worth above its cost.

    So much is a pair worth that no pair given up is ever made good by cheaper others: the best
    total gives everybody an agent where that is possible, at the least cost.
    """
    worth = count * int(pairs[:, 2].max()) + 1
    scores = np.stack([pairs[:, 0], pairs[:, 1], worth - pairs[:, 2]], axis=1)
    return {
        "needs": [{"id": at, "units": 1} for at in range(count)],
        "offers": [{"id": at, "capacity": 1} for at in range(count)],
        "pairs": scores.tolist(),
    }, worth


def judged(given: dict[str, Any], file: Path) -> tuple[dict[str, Any], float]:
    """Run the command as anybody would; return its answer and its seconds of the processor."""
    file.write_text(json.dumps(given), encoding="utf-8")
    before = os.times()
    command = [sys.executable, "-m", "matching", str(file), "--json"]
    printed = subprocess.run(command, capture_output=True, check=True).stdout  # noqa: S603 our own command
    after = os.times()
    busy = after.children_user + after.children_system
    return json.loads(printed), busy - before.children_user - before.children_system


def main() -> None:
    """Solve every file of the folder that is known, and say what came out."""
    folder = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as scratch:
        solve_all(folder, Path(scratch) / "instance.json")


def solve_all(folder: Path, scratch: Path) -> None:
    """Print a line for each known file."""
    for name, known in KNOWN.items():
        file = folder / f"{name}.txt"
        if not file.exists():
            print(f"{name}: not there")
            continue
        count, pairs = read(file.read_text())
        given, worth = instance_of(count, pairs)
        answer, seconds = judged(given, scratch)
        cost = worth * len(answer["pairs"]) - answer["total"]
        proved = answer["optimal"] and is_allowed(given, answer) and is_best(given, answer)
        print(
            f"{name}: {count} x {count}, {len(pairs):,} pairs: cost {cost:,} (known {known:,}),"
            f" {len(answer['pairs'])} met, proved by the checker: {proved};"
            f" {seconds:.1f} s of processor time",
            flush=True,
        )


if __name__ == "__main__":
    main()
