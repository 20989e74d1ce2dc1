"""`make bench`: every ratio of this house, measured in one run against its bare peers."""

import argparse
import sys
from collections.abc import Callable
from functools import partial

from benchmarks import large, long_statement, matching, on_postgresql, pages, stipend_run

MEASURES: dict[str, Callable[..., list[str]]] = {
    "stipends": stipend_run.measure,
    "pages": pages.measure,
    "matching": matching.measure,
    "large": large.measure,
    "statement": long_statement.measure,
    "postgresql": partial(on_postgresql.measure, "stipends"),
    "large-postgresql": partial(on_postgresql.measure, "large"),
}
QUICK = ("stipends", "postgresql", "pages", "matching")
"""What runs when nothing is named; the others take long and are asked for by name."""


def main() -> int:
    """Measure what was asked for, by default all that is quick."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument(
        "which", nargs="*", choices=[*MEASURES, []], help="the quick ones when none is named"
    )
    parser.add_argument("--count", type=int, default=100_000, help="how large the world is")
    parser.add_argument("--rounds", type=int, default=5, help="the median of how many")
    asked = parser.parse_args()
    for name in asked.which or QUICK:
        for line in MEASURES[name](count=asked.count, rounds=asked.rounds):
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
