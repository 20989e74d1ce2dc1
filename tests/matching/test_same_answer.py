"""The same records, in whatever order and under whatever hash seed, give the same bytes at 2,000."""

import hashlib
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from matching import VOLUNTEERS, propose
from tests.matching.volunteering import a_care, a_volunteer

ROOT = Path(__file__).parents[2]

PRINT_A_REGION = """
import random, sys
from benchmarks.matching_world import a_region
from matching import VOLUNTEERS, propose
needs, offers = a_region(2_000, seed=3)
dice = random.Random(int(sys.argv[1]))
dice.shuffle(needs)
dice.shuffle(offers)
plan = propose(needs, offers, kind=VOLUNTEERS, seed=8)
print(plan.total, plan.seed, plan.certificate.seed, plan.made)
for pair in plan.pairs[:50]:
    print(pair)
"""


def printed(*arguments, hash_seed):
    run = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": hash_seed},
        capture_output=True,
        check=True,
    )
    return run.stdout


@pytest.mark.slow
def test_2000_children_are_paired_alike_whatever_the_order_and_the_hash_seed():
    told = {printed("-c", PRINT_A_REGION, at, hash_seed=at) for at in ("0", "1", "4711")}

    assert len(told) == 1
    assert b"n-" in told.pop()


def a_file(children, *, seed):
    dice = np.random.default_rng(seed)
    ends = np.unique(dice.integers(0, children, (children * 12, 2)), axis=0).tolist()
    return {
        "needs": [{"id": f"n{at}", "units": at % 3 + 1} for at in range(children)],
        "offers": [{"id": at, "capacity": at % 4} for at in range(children)],
        "pairs": [[f"n{a}", b, int(dice.integers(1, 6))] for a, b in ends],
    }


@pytest.mark.slow
def test_a_file_of_2000_full_of_ties_prints_the_same_bytes(tmp_path):
    given, told = a_file(2_000, seed=1), set()
    for at in range(3):
        for side in given.values():
            random.Random(at).shuffle(side)
        file = tmp_path / "instance.json"
        file.write_text(json.dumps(given))
        out = printed("-m", "matching", str(file), "--json", hash_seed=str(at))
        told.add(hashlib.sha256(out).hexdigest())

    assert len(told) == 1


def test_who_waited_alike_is_drawn_by_the_seed_that_the_record_keeps():
    needs = [a_care(f"N{at}") for at in range(12)]
    plans = [propose(needs, [a_volunteer()], kind=VOLUNTEERS, seed=seed) for seed in range(30)]

    met = [plan.made[0].need for plan in plans]
    again = [
        propose(
            reversed(plan.certificate.needs),
            plan.certificate.offers,
            kind=VOLUNTEERS,
            seed=plan.certificate.seed,
        )
        for plan in plans
    ]

    assert len(set(met)) > 5
    assert [plan.made[0].need for plan in again] == met
