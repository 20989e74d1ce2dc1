import json

from matching import (
    Alternative,
    Lack,
    WishCounts,
    Wishes,
    best_of,
    parts_of,
    pool_of,
    propose,
    wish_counts,
)
from tests.matching.worlds import WEIGHTS, a_need, an_offer


def test_a_pair_carries_the_parts_its_score_is_the_sum_of():
    need, offer = a_need(), an_offer()

    (pair,) = propose([need], [offer]).pairs

    assert pair.parts == parts_of(need, offer, WEIGHTS)
    assert pair.score == sum(part.points for part in pair.parts)


def test_the_runner_up_says_what_it_lacked():
    offers = [an_offer("O1"), an_offer("O2", units=1, units_per_child=1)]

    (pair,) = propose([a_need(units_open=2)], offers).pairs

    lack = Lack("amount", 5, 5, {"units_open": 2, "units_per_child": 1})
    assert pair.runner_up == Alternative("O2", pair.score - 5, (lack,), ())


def test_the_next_need_says_what_it_lacked_and_who_met_it():
    needs = [a_need("N1", urgency=3), a_need("N2", urgency=2)]
    offers = [an_offer("O1"), an_offer("O2", wish_stage="primary", waiting_days=0)]

    plan = propose(needs, offers)

    of_o1 = next(pair for pair in plan.pairs if pair.offer == "O1")
    other = next(pair for pair in plan.pairs if pair.offer == "O2")
    (rival,) = of_o1.next_needs
    assert (rival.code, rival.placed_with) == (other.need, ("O2",))
    assert [one.code for one in of_o1.next_offers] == ["O2"]


def test_a_pair_without_rivals_has_no_runner_up():
    (pair,) = propose([a_need()], [an_offer()]).pairs

    assert (pair.runner_up, pair.next_needs) == (None, ())


def test_an_offer_that_also_meets_the_need_is_no_runner_up():
    plan = propose([a_need(units_open=4)], [an_offer("O1"), an_offer("O2")])

    assert [pair.runner_up for pair in plan.pairs] == [None, None]


def test_the_best_reason_is_the_one_with_most_points_in_one_short_code():
    def reasons(**points):
        more = {"urgency": {"level": 3}, "wish": {"met": ["sex", "stage"]}}
        return [{"factor": f, "points": p, **more.get(f, {})} for f, p in points.items()]

    assert best_of(reasons(urgency=40, waiting=30)) == "urgency:3"
    assert best_of(reasons(urgency=0, waiting=5, wish=10)) == "wish:sex,stage"
    assert best_of(reasons(waiting=7, amount=7)) == "waiting"
    assert best_of([]) is None


def test_the_reasons_are_json():
    needs = [a_need("N1"), a_need("N2", urgency=0)]

    (pair,) = propose(needs, [an_offer()]).pairs

    stored = [part.as_dict() for part in pair.parts] + [one.as_dict() for one in pair.next_needs]
    assert json.loads(json.dumps(stored)) == stored
    assert stored[-1]["lacks"] == [{"factor": "urgency", "points": 0, "behind": 13, "level": 0}]


POOL = pool_of(
    [
        a_need("N1"),
        a_need("N2", sex="M"),
        a_need("N3", stage="senior"),
        a_need("N4", sex="M", stage="senior"),
        a_need("N5", has_consent=False),
        a_need("N6", units_open=0),
    ]
)


def test_without_wishes_every_open_need_fits():
    assert wish_counts(POOL, Wishes()) == WishCounts(4, 4, {})


def test_each_wish_says_how_many_more_would_fit_without_it():
    counts = wish_counts(POOL, Wishes(sex="F", league="152200000000"))

    assert counts == WishCounts(4, 0, {"sex": 0, "league": 2})


def test_two_wishes_take_away_side_by_side():
    counts = wish_counts(POOL, Wishes(sex="F", stage="primary"))

    assert counts == WishCounts(4, 1, {"sex": 1, "stage": 1})


def test_until_a_graduation_takes_away_whoever_is_past_it():
    pool = pool_of([a_need("N1"), a_need("N2", stage="junior"), a_need("N3", stage="senior")])

    counts = wish_counts(pool, Wishes(sex="F", until="junior"))

    assert counts == WishCounts(3, 2, {"sex": 0, "until": 1})
