"""`python -m benchmarks.matching_million [CHILDREN [KEPT]]`: one run, its time, memory and proof.

With KEPT every child keeps so many of its best pairs; without, every permitted pair is solved. The
region is read as columns, as a run reads it from the database.
"""

import resource
import sys
import time

from benchmarks.matching_world import as_tables
from matching import VOLUNTEERS, Limits, gap, propose


def main() -> None:
    """Match a region of so many children at once, by default a million."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    limits = Limits(held_pairs=0, kept=int(sys.argv[2])) if len(sys.argv) > 2 else Limits()
    began = time.process_time()
    needs, offers = as_tables(count)
    _say(f"{count:,} children, {len(offers):,} volunteers", began)
    began = time.process_time()
    plan = propose(needs, offers, kind=VOLUNTEERS, limits=limits)
    pairs = len(plan.certificate.need)
    _say(f"{len(plan.pairs):,} made of {pairs:,} pairs, total {plan.total:,}, {plan.proof}", began)
    began = time.process_time()
    _say(f"gap {gap(plan.certificate)}", began)


def _say(what: str, began: float) -> None:
    """Print what was done, its seconds of processor time, and the most memory so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{what}: {time.process_time() - began:.0f} s, peak {peak:.2f} GB", flush=True)


if __name__ == "__main__":
    main()
