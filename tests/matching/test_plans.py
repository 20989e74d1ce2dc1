import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given

from matching import Proof, Removed, Unmatched, propose
from tests.matching.worlds import a_need, a_world, an_offer, worlds

ROOT = Path(__file__).parents[2]

PRINT_A_PLAN = """
from matching import propose
from tests.matching.worlds import a_world
print(propose(*a_world(40, 30, seed=6), seed=5))
"""


@given(worlds(most_needs=8, most_offers=8))
def test_the_order_of_the_rows_changes_nothing(world):
    needs, offers = world
    dice = random.Random(1)

    shuffled = propose(dice.sample(needs, len(needs)), dice.sample(offers, len(offers)), seed=3)

    assert shuffled == propose(needs, offers, seed=3)


@pytest.mark.slow
def test_the_hash_seed_changes_nothing():
    printed = {
        subprocess.run(
            [sys.executable, "-c", PRINT_A_PLAN],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": hash_seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for hash_seed in ("0", "1", "4711")
    }

    assert len(printed) == 1


def test_of_two_needs_alike_the_longer_waiting_is_met():
    needs = [a_need("N1", waiting_days=400), a_need("N2", waiting_days=401)]

    plans = [propose(needs, [an_offer()], seed=seed) for seed in range(5)]

    assert {pair.need for plan in plans for pair in plan.pairs} == {"N2"}


def test_of_two_pledges_alike_the_longer_waiting_is_used():
    offers = [an_offer("O1"), an_offer("O2", waiting_days=1)]

    plans = [propose([a_need()], offers, seed=seed) for seed in range(5)]

    assert {pair.offer for plan in plans for pair in plan.pairs} == {"O2"}


def test_who_waited_longer_never_outweighs_one_point():
    urgent = a_need("N1", urgency=2, waiting_days=180)
    patient = a_need("N2", urgency=1, waiting_days=9_000)

    plan = propose([urgent, patient], [an_offer()])

    assert [pair.need for pair in plan.pairs] == ["N1"]


def test_a_full_tie_is_drawn_by_the_seed_and_not_by_the_code():
    needs = [a_need(f"N{at}") for at in range(6)]

    met = {propose(needs, [an_offer()], seed=seed).pairs[0].need for seed in range(40)}

    assert len(met) > 2


@pytest.mark.parametrize(("needs", "offers"), [(0, 0), (0, 3), (3, 0)])
def test_an_empty_side_makes_an_empty_plan(needs, offers):
    made, given_offers = a_world(needs, offers)

    plan = propose(made, given_offers)

    assert tuple(plan.pairs) == ()
    assert (plan.total, plan.bound, plan.proof) == (0, 0, Proof.FLOW)
    assert len(plan.unplaced_offers) == offers


def test_an_unmatched_need_says_what_each_rule_removed():
    offers = [
        an_offer("O1", wish_sex="M"),
        an_offer("O2", wish_sex="M", wish_stage="senior"),
        an_offer("O3", scope="1522"),
    ]

    plan = propose([a_need()], offers)

    removed = (Removed("wish_sex", 2, 1), Removed("wish_stage", 1, 0), Removed("scope", 1, 1))
    assert plan.unmatched_needs == (Unmatched("N1", 0, removed, "wish_sex"),)
    assert sorted(plan.unplaced_offers) == ["O1", "O2", "O3"]


def test_a_need_that_lost_to_others_says_how_many_offers_fit():
    needs = [a_need("N1", urgency=3), a_need("N2")]

    plan = propose(needs, [an_offer()])

    assert plan.unmatched_needs == (Unmatched("N2", 1, ()),)


def test_a_covered_need_is_neither_matched_nor_missed():
    plan = propose([a_need(units_open=0)], [an_offer()])

    assert (len(plan.pairs), len(plan.unmatched_needs)) == (0, 0)
