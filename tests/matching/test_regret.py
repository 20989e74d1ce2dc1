import itertools
from dataclasses import replace

import pytest
from hypothesis import given

from matching import broken, propose, score_of
from matching.regret import Regret, forbidden, forced
from tests.matching.checker import best_by_trying_all
from tests.matching.worlds import WEIGHTS, a_need, a_world, an_offer, easy_worlds


def score(need, offer):
    return score_of(need, offer, WEIGHTS)


def excluded(offers, need, offer):
    return [
        replace(one, excluded=one.excluded | {need}) if one.code == offer else one for one in offers
    ]


@given(easy_worlds())
def test_what_is_lost_without_a_pair_is_what_trying_everything_says(world):
    needs, offers = world
    plan = propose(needs, offers)
    for pair in plan.pairs:
        others = excluded(offers, pair.need, pair.offer)
        lost = plan.total - best_by_trying_all(needs, others, score)
        assert forbidden(plan.certificate, pair.need, pair.offer) == Regret(lost, is_exact=True)


@given(easy_worlds())
def test_forcing_what_is_made_costs_nothing_and_what_is_not_never_gains(world):
    needs, offers = world
    plan = propose(needs, offers)
    made = {(pair.need, pair.offer) for pair in plan.pairs}
    for need, offer in itertools.product(needs, offers):
        if broken(need, offer):
            continue
        lost = forced(plan.certificate, need.code, offer.code)
        assert lost.is_exact
        assert lost.points >= 0
        if (need.code, offer.code) in made:
            assert lost.points == 0


def test_forcing_the_second_best_costs_the_difference():
    needs = [a_need("N1", urgency=3), a_need("N2", urgency=0)]
    plan = propose(needs, [an_offer()])
    first, second = (score(need, an_offer()) * 2 for need in needs)

    assert forced(plan.certificate, "N2", "O1") == Regret(first - second, is_exact=True)
    assert forbidden(plan.certificate, "N1", "O1") == Regret(first - second, is_exact=True)


def test_a_need_whose_sum_was_cut_once_takes_only_whole_sums_beside():
    needs = [a_need("N1", units_open=3)]
    offers = [an_offer("O1", units=4, units_per_child=4), an_offer("O2"), an_offer("O3")]
    plan = propose(needs, offers)

    lost = forced(plan.certificate, "N1", "O1")

    assert lost == Regret(plan.total - 3 * score(needs[0], offers[0]), is_exact=True)


def test_a_pair_that_no_rule_allows_is_refused():
    proof = propose(*a_world(5, 5, seed=1)).certificate

    for need, offer in (("N9999", "O0000"), ("N0000", "O9999")):
        with pytest.raises(KeyError):
            forced(proof, need, offer)
