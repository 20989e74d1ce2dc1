"""A run that kept only each need's best pairs reaches what the run over every pair reaches."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import VOLUNTEERS, Limits, Proof, faults, gap, propose, rematch
from tests.matching.volunteering import a_village
from tests.matching.worlds import BANNERS, LEAGUES, a_need, a_world, an_offer

FEW = Limits(exact_cells=0, held_pairs=0, kept=1, proved_pairs=0)
EVERY = Limits(proved_pairs=0, bounded_pairs=0)


@given(st.integers(0, 2**32), st.integers(1, 25), st.integers(1, 25))
def test_the_best_pair_of_each_need_leads_to_the_best_plan_over_all(seed, needs, offers):
    world = a_world(needs, offers, seed=seed, units=(2,), sums=(2,))

    cut = propose(*world, limits=FEW)

    assert cut.total == cut.bound == propose(*world, limits=EVERY).total
    assert faults(cut.certificate) == [] and gap(cut.certificate) == 0


@given(st.integers(0, 2**32), st.integers(1, 25), st.integers(1, 25))
def test_where_sums_are_mixed_the_bound_of_few_pairs_holds_over_all(seed, needs, offers):
    world = a_world(needs, offers, seed=seed)

    assert propose(*world, limits=FEW).bound == propose(*world, limits=EVERY).bound


@given(st.integers(0, 2**32), st.sampled_from((3, 25)))
def test_families_and_high_risk_children_keep_the_bound_of_the_run_over_all(seed, family_size):
    world = a_village(25, 15, seed=seed, family_size=family_size)

    every = propose(*world, kind=VOLUNTEERS, limits=EVERY)
    cut = propose(*world, kind=VOLUNTEERS, limits=FEW)

    assert cut.bound == every.bound
    assert faults(cut.certificate) == []


def test_a_search_over_the_pairs_kept_proves_nothing_of_the_others():
    world = a_village(60, 30, seed=3, family_size=12)
    limits = Limits(exact_cells=0, held_pairs=0, kept=1)

    cut = propose(*world, kind=VOLUNTEERS, limits=limits)
    best = propose(*world, kind=VOLUNTEERS).total

    assert cut.total <= best <= cut.bound
    assert cut.proof != Proof.CP_SAT


def test_whom_one_need_may_not_have_hides_no_one_of_the_same_sort():
    alike = [an_offer(f"O{at:03}", excluded=frozenset({"N0"})) for at in range(60)]
    one = an_offer("O999", waiting_days=0)
    needs = [a_need("N0"), *(a_need(f"M{at:03}") for at in range(60))]

    plan = propose(needs, [*alike, one], limits=FEW)

    assert len(plan.pairs) == 61
    assert ("N0", "O999", 2) in plan.certificate.made()


@pytest.mark.parametrize("seed", range(3))
def test_what_shall_stay_is_priced_with_its_points(seed):
    needs, offers = a_world(40, 40, seed=seed, units=(2,), sums=(2,))
    dice = random.Random(seed)
    standing = [one for one in propose(needs, offers).made if dice.random() < 0.5]
    banner = BANNERS[LEAGUES[0]][0]

    few = rematch(needs, offers, banner=banner, standing=standing, limits=FEW)
    every = rematch(needs, offers, banner=banner, standing=standing)

    assert few.plan.total == every.plan.total
    assert few.plan.bound == every.plan.bound
