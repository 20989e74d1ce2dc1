from hypothesis import given
from hypothesis import strategies as st

from matching import LISTED_UNITS, propose
from tests.matching.worlds import a_need, an_offer


def carried(plan):
    return {(pair.need, pair.offer): pair.units for pair in plan.pairs}


def test_two_pledges_share_one_need():
    plan = propose([a_need(units_open=4)], [an_offer("O1"), an_offer("O2")])

    assert carried(plan) == {("N1", "O1"): 2, ("N1", "O2"): 2}


def test_one_pledge_supports_three_children():
    needs = [a_need(code) for code in ("N1", "N2", "N3", "N4")]

    plan = propose(needs, [an_offer(units=6)])

    assert [pair.units for pair in plan.pairs] == [2, 2, 2]
    assert len(plan.unmatched_needs) == 1


def test_a_pledge_takes_no_more_children_than_it_chose():
    needs = [a_need(code) for code in ("N1", "N2", "N3")]

    plan = propose(needs, [an_offer(units=6, children_at_most=1)])

    assert [pair.units for pair in plan.pairs] == [2]


def test_a_donors_sum_is_never_split_between_children():
    needs = [a_need("N1", units_open=1), a_need("N2", units_open=1)]

    plan = propose(needs, [an_offer(units=2)])

    assert [pair.units for pair in plan.pairs] == [1]


def test_a_sum_is_cut_to_what_a_shared_need_still_lacks():
    needs = [a_need(units_open=3)]
    offers = [an_offer("O1", waiting_days=9), an_offer("O2")]

    plan = propose(needs, offers)

    assert carried(plan) == {("N1", "O1"): 2, ("N1", "O2"): 1}


def test_a_rest_too_small_for_the_donors_sum_is_not_placed():
    plan = propose([a_need("N1"), a_need("N2")], [an_offer(units=3)])

    assert [pair.units for pair in plan.pairs] == [2]


def test_a_sum_beyond_the_need_is_rounded_down_to_a_listed_one():
    plan = propose([a_need(units_open=9)], [an_offer(units=10, units_per_child=10)])

    assert carried(plan) == {("N1", "O1"): 6}


@given(st.integers(1, 12), st.sampled_from(LISTED_UNITS))
def test_every_pair_carries_a_listed_sum(units_open, chosen):
    plan = propose([a_need(units_open=units_open)], [an_offer(units=10, units_per_child=chosen)])

    expected = max(one for one in LISTED_UNITS if one <= min(units_open, chosen))
    assert [pair.units for pair in plan.pairs] == [expected]
