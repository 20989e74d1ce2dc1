"""`python -m benchmarks.matching_million [CHILDREN [KEPT]]`: one run, its time, memory and proof.

With KEPT every child keeps so many of its best pairs; without, every permitted pair is solved.
"""

import resource
import sys
import time

from benchmarks.matching_world import a_region
from matching import VOLUNTEERS, Limits, gap, propose


def main() -> None:
    """Match a region of so many children at once, by default a million."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    limits = Limits(held_pairs=0, kept=int(sys.argv[2])) if len(sys.argv) > 2 else Limits()
    began = time.process_time()
    needs, offers = a_region(count)
    print(f"{count:,} records: {time.process_time() - began:.0f} s", flush=True)
    began = time.process_time()
    plan = propose(needs, offers, kind=VOLUNTEERS, limits=limits)
    took = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"{len(plan.pairs):,} pairs, total {plan.total:,}: {took:.0f} s, peak {peak:.2f} GB",
        flush=True,
    )
    print(f"proof {plan.proof}, gap {gap(plan.certificate)}")


if __name__ == "__main__":
    main()
