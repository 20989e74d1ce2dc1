"""Small changes stay small, in any small world: who was shown a proposal keeps it unless much is won.

An accepted pair is no part of a match: its need comes without the units it has, its offer without
the place, and nothing in the plan can name it.
"""

from collections import Counter
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from matching import faults, gap, propose, rematch
from matching.small import THRESHOLD
from tests.matching.worlds import BANNERS, a_need, an_offer

HERE, THERE = BANNERS["150100000000"]
SIZES = st.integers(1, 6)


@st.composite
def worlds(draw):
    """Needs of two banners, and offers of one child or two each."""
    needs = [
        a_need(
            f"N{n}",
            urgency=draw(st.integers(0, 3)),
            waiting_days=draw(st.integers(0, 400)),
            banner=draw(st.sampled_from((HERE, THERE))),
        )
        for n in range(draw(SIZES))
    ]
    offers = [
        an_offer(f"O{n}", units=2 * draw(st.integers(1, 2)), waiting_days=draw(st.integers(0, 50)))
        for n in range(draw(SIZES))
    ]
    return needs, offers


def total(plan):
    """Return the score of a plan alone, without what speaks for staying."""
    return sum(pair.score * one.units for pair, one in zip(plan.pairs, plan.made, strict=True))


@settings(max_examples=60, deadline=None)
@given(worlds(), st.integers(0, 3))
def test_what_was_shown_moves_only_when_the_whole_gains_more_than_the_threshold(world, more):
    needs, offers = world
    first = propose([one for one in needs if one.banner == HERE], offers)
    standing = list(first.made)
    new = [a_need(f"X{n}", urgency=3, waiting_days=n) for n in range(more)]
    here = [one for one in (*needs, *new) if one.banner == HERE]

    done = rematch([*needs, *new], offers, banner=HERE, standing=standing)

    assert {*done.kept, *done.moved} == set(standing)
    assert not set(done.kept) & set(done.moved)
    assert faults(done.plan.certificate) == [] and gap(done.plan.certificate) == 0
    best_with_all = propose(here, offers, stays={(one.need, one.offer): 10_000 for one in standing})
    assert set(standing) <= set(best_with_all.made)
    gain = total(done.plan) - total(best_with_all)
    units = sum(one.units for one in done.moved)
    assert gain > THRESHOLD * units if done.moved else gain == 0


@settings(max_examples=60, deadline=None)
@given(worlds(), st.data())
def test_an_accepted_pair_never_moves_whatever_comes(world, data):
    needs, offers = world
    accepted = [one for one in propose(needs, offers).made if data.draw(st.booleans())]
    given_to, given_by = Counter(), Counter()
    for one in accepted:
        given_to[one.need] += one.units
        given_by[one.offer] += one.units
    left = [replace(one, units_open=one.units_open - given_to[one.code]) for one in needs]
    free = [replace(one, units=one.units - given_by[one.code]) for one in offers]

    done = rematch([*left, a_need("X", urgency=3)], free, banner=HERE)

    for one in done.plan.made:
        given_to[one.need] += one.units
        given_by[one.offer] += one.units
    assert all(given_to[one.code] <= one.units_open for one in needs)
    assert all(given_by[one.code] <= one.units for one in offers)


@settings(max_examples=40, deadline=None)
@given(worlds())
def test_matched_again_with_nothing_new_nobody_moves(world):
    needs, offers = world
    here = [one for one in needs if one.banner == HERE]
    standing = list(propose(here, offers).made)

    done = rematch(needs, offers, banner=HERE, standing=standing)

    assert done.moved == () and set(done.kept) == set(standing)


@settings(max_examples=40, deadline=None)
@given(worlds())
def test_what_was_shown_elsewhere_keeps_its_place(world):
    needs, offers = world
    there = [one for one in needs if one.banner == THERE]
    standing = list(propose(there, offers).made)
    given_by = Counter()
    for one in standing:
        given_by[one.offer] += one.units

    done = rematch(needs, offers, banner=HERE, standing=standing)

    assert (done.kept, done.moved) == ((), ())
    for one in done.plan.made:
        given_by[one.offer] += one.units
    assert all(given_by[one.code] <= one.units for one in offers)
