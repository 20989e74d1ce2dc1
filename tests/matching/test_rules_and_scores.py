from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from matching import PLEDGES, BadRecord, broken, parts_of, removed_by, score_of
from matching.blocks import permitted, removals, scores
from matching.kinds.pledges import STAGES
from tests.matching.checker import is_allowed
from tests.matching.worlds import WEIGHTS, a_need, an_offer, worlds

BREAKS = {
    "verified": (a_need(is_verified=False), an_offer()),
    "consent": (a_need(has_consent=False), an_offer()),
    "uncovered": (a_need(units_open=0), an_offer()),
    "at_school": (a_need(months_left=0), an_offer()),
    "place": (a_need(), an_offer(units=1)),
    "wish_sex": (a_need(), an_offer(wish_sex="M")),
    "wish_stage": (a_need(), an_offer(wish_stage="senior")),
    "wish_league": (a_need(), an_offer(wish_league="152200000000")),
    "until": (a_need(stage="senior"), an_offer(until="junior")),
    "scope": (a_need(), an_offer(scope="150122")),
    "not_excluded": (a_need(), an_offer(excluded=frozenset({"N1"}))),
}


columns = PLEDGES.columns


def test_every_rule_has_a_pair_that_breaks_only_it():
    assert {code: broken(*pair) for code, pair in BREAKS.items()} == {
        rule.code: (rule.code,) for rule in PLEDGES.all_rules
    }


@pytest.mark.parametrize(
    ("until", "stages"),
    [
        (None, ["preschool", "primary", "junior", "senior", "university"]),
        ("junior", ["preschool", "primary", "junior"]),
        ("senior", ["preschool", "primary", "junior", "senior"]),
        ("university", ["preschool", "primary", "junior", "senior", "university"]),
    ],
)
def test_a_pledge_until_a_graduation_takes_nobody_who_has_it_behind(until, stages):
    offer = an_offer(until=until)

    taken = [stage for stage in STAGES if not broken(a_need(stage=stage), offer)]

    assert taken == stages


@given(worlds(most_needs=8, most_offers=8))
def test_every_rules_mask_agrees_with_its_plain_function(world):
    needs, offers = world
    need_columns, offer_columns = columns(needs, offers)

    for rule in PLEDGES.all_rules:
        mask = rule.over(need_columns.upright(), offer_columns)
        plain = [[rule.holds(need, offer) for offer in offers] for need in needs]
        shape = (len(needs), len(offers))
        assert np.array_equal(np.broadcast_to(mask, shape), np.array(plain).reshape(shape))


@given(worlds(most_needs=8, most_offers=8))
def test_the_rules_allow_what_the_independent_checker_allows(world):
    needs, offers = world

    allowed = permitted(PLEDGES, *columns(needs, offers))

    plain = [[is_allowed(n, o) and o.units >= o.units_per_child for o in offers] for n in needs]
    assert allowed.tolist() == plain


@given(worlds(most_needs=8, most_offers=8))
def test_every_scores_block_agrees_with_its_plain_function(world):
    needs, offers = world
    need_columns, offer_columns = columns(needs, offers)
    shape, weights = (len(needs), len(offers)), WEIGHTS

    for at, factor in enumerate(PLEDGES.factors):
        given_points = np.broadcast_to(
            factor.block(need_columns.upright(), offer_columns, weights), shape
        )
        plain = [[parts_of(need, offer, weights)[at].points for offer in offers] for need in needs]
        assert given_points.tolist() == plain
    totals = [[score_of(need, offer, weights) for offer in offers] for need in needs]
    assert scores(PLEDGES, need_columns, offer_columns, weights).tolist() == totals


@given(worlds(most_needs=5, most_offers=5))
def test_no_part_exceeds_its_maximum_and_all_maxima_make_100(world):
    needs, offers = world

    for need in needs:
        for offer in offers:
            parts = parts_of(need, offer, WEIGHTS)
            assert all(0 <= part.points <= part.of for part in parts)
            assert sum(part.of for part in parts) == 100


def test_the_parts_say_what_they_count():
    need = a_need(urgency=3, waiting_days=90, months_left=5)
    offer = an_offer(units=4, units_per_child=4, wish_sex="F", rhythm="term")

    assert [part.as_dict() for part in parts_of(need, offer, WEIGHTS)] == [
        {"factor": "urgency", "points": 40, "of": 40, "level": 3},
        {"factor": "waiting", "points": 15, "of": 30, "days": 90},
        {"factor": "wish", "points": 5, "of": 15, "met": ["sex"]},
        {"factor": "amount", "points": 5, "of": 10, "units_open": 2, "units_per_child": 4},
        {"factor": "rhythm", "points": 0, "of": 5, "rhythm": "term", "months_left": 5},
    ]


@pytest.mark.parametrize("scope", ["15", "150000000000", "1501", "150100000000", "150121", None])
def test_a_scope_holds_every_division_inside_it(scope):
    assert broken(a_need(), an_offer(scope=scope)) == ()


@pytest.mark.parametrize("change", [{"urgency": -1}, {"amount": 0}, {"waiting_full_days": 0}])
def test_weights_that_make_no_sense_are_refused(change):
    with pytest.raises(BadRecord):
        replace(WEIGHTS, **change)


@given(worlds(most_needs=4, most_offers=8))
def test_what_removes_the_offers_of_one_need_is_what_the_whole_block_says(world):
    needs, offers = world
    counts, _ = removals(PLEDGES, *columns(needs, offers))

    for need, removed in zip(needs, counts, strict=True):
        assert sorted(removed_by(need, offers), key=str) == sorted(removed, key=str)
