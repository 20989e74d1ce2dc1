"""`python -m benchmarks.matching_cp_sat [CHILDREN]`: M3 against CP-SAT, by default at 20,000 children.

CP-SAT states the pairs kept as a model of its own, one for each set of children and volunteers that
some chain of pairs connects: what is not connected cannot change each other's best.
"""

import sys
import time
from types import SimpleNamespace

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from benchmarks.matching import by_cp_sat
from benchmarks.matching_world import a_region
from matching import VOLUNTEERS, faults, gap, propose


def main() -> None:
    """Solve a region by the engine and by CP-SAT, part by part, and compare whole totals."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    plan = propose(*a_region(count, seed=count), kind=VOLUNTEERS)
    proof, began = plan.certificate, time.process_time()
    size = len(proof.needs) + len(proof.offers)
    ends = (proof.need, len(proof.needs) + proof.offer)
    graph = coo_array((np.ones(len(proof.need)), ends), shape=(size, size))
    part, total = connected_components(graph, directed=False)[1][proof.need], 0
    labels = np.unique(part)
    for done, label in enumerate(labels, 1):
        at = np.flatnonzero(part == label)
        theirs = by_cp_sat(
            SimpleNamespace(
                need=proof.need[at],
                offer=proof.offer[at],
                score=proof.score[at],
                offers=proof.offers,
            )
        )
        ours, total = int(np.dot(proof.score[at], proof.units[at])), total + theirs
        said = f"part {done} of {len(labels)}: {ours}, CP-SAT {theirs}"
        took = time.process_time() - began
        print(f"{said}; {took:.0f} s so far", file=sys.stderr, flush=True)
    print(
        f"M3 {count:,} children, {len(proof.need):,} pairs in {len(labels)} parts: {plan.total},"
        f" CP-SAT {total} in {time.process_time() - began:.0f} s of processor time; equal"
        f" {total == plan.total}, rules broken {len(faults(proof))}, gap {gap(proof)}"
    )


if __name__ == "__main__":
    main()
