"""The linear programme over whole places: its bound holds, and what it calls too dear is in no plan."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import PLEDGES, Limits, Proof, faults, gap, propose
from matching.market import markets
from matching.run import prepare
from matching.sums import options
from matching.whole import best_whole, relaxed
from tests.matching.test_optimum import whole_optimum
from tests.matching.worlds import WEIGHTS, a_need, a_world, an_offer


def parts(world):
    run = prepare(PLEDGES, *world, weights=WEIGHTS, limits=Limits(), seed=0, stays={})
    return list(markets(run.sides, run.pairs, run.stay))


@given(st.integers(0, 2**32), st.integers(1, 14), st.integers(1, 14))
def test_no_plan_is_worth_more_than_the_bound_less_what_it_costs(seed, needs, offers):
    for market in parts(a_world(needs, offers, seed=seed)):
        every = options(market)
        plan = best_whole(market, Limits()).units
        taken = every.cost[plan[every.pair] == every.listed]

        assert market.value_of(plan) <= every.bound - int(taken.sum())


def test_the_bound_is_nearer_than_the_flows_which_may_split_a_sum():
    (market,) = parts(a_world(60, 60, seed=10))

    best = best_whole(market, Limits()).bound

    assert best <= options(market).bound < relaxed(market).bound


def test_a_programme_that_is_not_solved_still_bounds(monkeypatch):
    (market,) = parts(a_world(40, 30, seed=8))
    monkeypatch.setattr("matching.sums._ROUNDS", 1)
    monkeypatch.setattr("matching.sums._FIRST", 1)

    assert options(market).bound >= market.value_of(best_whole(market, Limits()).units)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_hundred_needs_of_usual_sums_are_proved_best(seed):
    needs, offers = a_world(100, 100, seed=seed, units=(2, 2, 4, 4, 6), sums=(2, 2, 2, 4, 6))

    plan = propose(needs, offers)

    assert plan.proof != Proof.BOUND
    assert plan.total == plan.bound == whole_optimum(needs, offers)
    assert faults(plan.certificate) == []


def test_every_listed_sum_a_pair_may_carry_is_an_option():
    world = [a_need(units_open=6)], [an_offer(units=4, units_per_child=4)]
    (market,) = parts(world)

    assert np.array_equal(options(market).listed, [1, 2, 3, 4])


def test_a_part_too_large_to_search_is_bounded_by_the_programme_and_the_record_says_so():
    world = a_world(60, 60, seed=10)

    by_flow = propose(*world, limits=Limits(proved_pairs=0, bounded_pairs=0))
    bounded = propose(*world, limits=Limits(proved_pairs=0))

    assert bounded.total == by_flow.total <= propose(*world).bound <= bounded.bound
    assert bounded.bound < by_flow.bound
    assert (bounded.proof, by_flow.proof) == (Proof.BOUND, Proof.BOUND)
    for plan, is_searched in ((bounded, True), (by_flow, False)):
        assert bool(plan.certificate.is_searched.any()) is is_searched
        assert gap(plan.certificate) == plan.bound - plan.total
        assert faults(plan.certificate) == []
