"""`make mutants`: plant each small leak in two twin worlds; can the observers tell them apart?

Each world lives in a process of its own and is played once; a leak is planted, its observer looks,
and the two answers are compared. Unplanted, the same looks must be equal. The last line counts.
"""

import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.house.worlds import ABOVE, BELOW
from tests.mutants import ALL
from tests.mutants.worlds import lived


def main() -> int:
    """Print each leak's fate; exit 1 when one escaped or the harness itself differs."""
    with TemporaryDirectory(prefix="weiguang-mutants-") as name, _pool() as pool:
        folders = [Path(name) / "below", Path(name) / "above"]
        below, above = pool.map(lived, folders, (BELOW, ABOVE))
    caught = 0
    for leak, (one, planted_one), (other, planted_other) in zip(ALL, below, above, strict=True):
        is_quiet, is_seen = one == other, planted_one != planted_other
        caught += is_quiet and is_seen
        fate = "caught" if is_quiet and is_seen else "ESCAPED" if is_quiet else "HARNESS DIFFERS"
        status = getattr(planted_one[0], "status", "")
        print(f"{fate:8} {leak.name:28} {leak.observer} {leak.address} {status}", flush=True)
    print(f"{caught}/{len(ALL)}")
    return 0 if caught == len(ALL) else 1


def _pool() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(max_workers=2, mp_context=get_context("spawn"))


if __name__ == "__main__":
    sys.exit(main())
