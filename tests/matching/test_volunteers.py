import itertools
import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from matching import VOLUNTEERS, Limits, Proof, faults, gap, propose
from matching.blocks import permitted, removals, scores
from matching.certified import Certificate
from matching.regret import forbidden, forced
from tests.matching.volunteering import (
    OTHER_BANNER,
    WEIGHTS,
    a_care,
    a_village,
    a_volunteer,
    best_by_trying_all,
    crowded_villages,
    lawful,
    villages,
)

BREAKS = {
    "verified": (a_care(is_verified=False), a_volunteer()),
    "consent": (a_care(has_consent=False), a_volunteer()),
    "uncovered": (a_care(units_open=0), a_volunteer()),
    "cleared": (a_care(), a_volunteer(is_cleared=False)),
    "trained": (a_care(), a_volunteer(is_trained=False)),
    "place": (a_care(), a_volunteer(places=0)),
    "skill": (a_care(asks=frozenset({"psychological"})), a_volunteer()),
    "language": (a_care(language="mn"), a_volunteer()),
    "distance": (a_care(lat=4960), a_volunteer()),
    "times": (
        a_care(times=frozenset({"weekday"})),
        a_volunteer(times=frozenset({"weekend"})),
    ),
    "girls": (a_care(), a_volunteer(sex="M")),
    "wish_sex": (a_care(), a_volunteer(wish_sex="M")),
    "wish_age": (a_care(age=5), a_volunteer(age_from=6)),
    "high_risk": (a_care(is_high_risk=True), a_volunteer(has_high_risk=True)),
    "siblings": (a_care(sibling_with="V2"), a_volunteer()),
    "conflict": (
        a_care(organisations=frozenset({"school-1"})),
        a_volunteer(organisations=frozenset({"school-1"})),
    ),
    "not_excluded": (a_care(), a_volunteer(excluded=frozenset({"N1"}))),
}


def run(needs, offers, **more):
    return propose(needs, offers, kind=VOLUNTEERS, **more)


def made(plan):
    return {one.need: one.offer for one in plan.made}


def test_every_rule_has_a_pair_that_breaks_only_it():
    assert {code: VOLUNTEERS.broken(*pair) for code, pair in BREAKS.items()} == {
        rule.code: (rule.code,) for rule in VOLUNTEERS.all_rules
    }


@pytest.mark.parametrize("code", BREAKS)
def test_a_pair_that_breaks_a_rule_is_not_proposed_and_the_rule_is_named(code):
    need, offer = BREAKS[code]

    plan = run([need], [offer])

    assert len(plan.pairs) == 0
    if code != "uncovered":
        (missed,) = plan.unmatched_needs
        assert [one.rule for one in missed.removed] == [code]


def test_every_rule_says_its_reason():
    assert all(rule.holds.__doc__ for rule in VOLUNTEERS.all_rules)


@given(villages(most_needs=8, most_offers=8))
def test_every_rules_mask_agrees_with_its_plain_function(world):
    needs, offers = world
    need_columns, offer_columns = VOLUNTEERS.columns(needs, offers)

    for rule in VOLUNTEERS.all_rules:
        mask = np.broadcast_to(
            rule.over(need_columns.upright(), offer_columns), (len(needs), len(offers))
        )
        assert mask.tolist() == [[rule.holds(n, o) for o in offers] for n in needs], rule.code
    allowed = permitted(VOLUNTEERS, need_columns, offer_columns).tolist()
    assert allowed == [[not VOLUNTEERS.broken(n, o) for o in offers] for n in needs]


@given(villages(most_needs=8, most_offers=8))
def test_every_factors_block_agrees_with_its_plain_function_and_none_exceeds_its_maximum(world):
    needs, offers = world
    columns = VOLUNTEERS.columns(needs, offers)

    totals = [[VOLUNTEERS.score_of(need, offer, WEIGHTS) for offer in offers] for need in needs]

    assert scores(VOLUNTEERS, *columns, WEIGHTS).tolist() == totals
    for need in needs:
        for offer in offers:
            parts = VOLUNTEERS.parts_of(need, offer, WEIGHTS)
            assert all(0 <= part.points <= part.of for part in parts)
            assert sum(part.of for part in parts) == 100


@given(villages(most_needs=4, most_offers=8))
def test_what_removes_the_volunteers_of_one_need_is_what_the_whole_block_says(world):
    needs, offers = world
    counts, _ = removals(VOLUNTEERS, *VOLUNTEERS.columns(needs, offers))

    for need, removed in zip(needs, counts, strict=True):
        assert sorted(VOLUNTEERS.removed_by(need, offers), key=str) == sorted(removed, key=str)


@given(villages())
def test_no_lawful_plan_of_a_small_village_is_better(world):
    plan = run(*world)

    assert plan.total == best_by_trying_all(*world) == plan.bound
    assert lawful(made(plan), *world)
    assert (faults(plan.certificate), gap(plan.certificate)) == ([], 0)


@given(crowded_villages())
def test_no_lawful_plan_is_better_where_siblings_and_risk_decide(world):
    plan = run(*world)

    assert plan.total == best_by_trying_all(*world)
    assert lawful(made(plan), *world)
    assert (faults(plan.certificate), gap(plan.certificate)) == ([], 0)
    assert plan.proof is not Proof.BOUND


@given(villages(most_needs=10, most_offers=8))
def test_the_order_of_the_rows_changes_nothing(world):
    needs, offers = world
    dice = random.Random(1)

    shuffled = run(dice.sample(needs, len(needs)), dice.sample(offers, len(offers)), seed=3)

    assert shuffled == run(needs, offers, seed=3)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_whole_league_is_proved_and_its_certificate_comes_back(seed):
    plan = run(*a_village(150, 70, seed=seed, family_size=20))

    read = Certificate.unpack(plan.certificate.pack())

    assert (faults(read), gap(read)) == ([], 0)
    assert (read.needs, read.offers, read.kind) == (
        plan.certificate.needs, plan.certificate.offers, VOLUNTEERS
    )  # fmt: skip


def test_siblings_go_to_one_volunteer_even_where_each_would_fit_another_better():
    younger = a_care("N2", family="F", language="mn", understands=frozenset({"zh"}))
    needs = [a_care("N1", family="F"), younger]
    offers = [
        a_volunteer("V1", places=2),
        a_volunteer("V2", places=1, languages=frozenset({"mn"})),
    ]

    assert made(run(needs, offers)) == {"N1": "V1", "N2": "V1"}


def test_siblings_without_one_volunteer_for_all_wait_and_the_reason_is_said():
    needs = [a_care("N1", family="F"), a_care("N2", family="F")]
    offers = [a_volunteer("V1", places=1), a_volunteer("V2", places=1)]

    plan = run(needs, offers)

    assert len(plan.pairs) == 0
    assert {(one.fitting, one.removed[0].rule) for one in plan.unmatched_needs} == {(0, "together")}


def test_a_volunteer_has_one_high_risk_child_at_most():
    needs = [a_care(f"N{at}", is_high_risk=True) for at in range(3)] + [a_care("N9")]

    plan = run(needs, [a_volunteer(places=4)])

    assert len(plan.pairs) == 2
    assert sum(one.need != "N9" for one in plan.made) == 1


def test_a_plan_against_siblings_or_risk_is_named_by_the_checker():
    needs = [a_care("N1", family="F"), a_care("N2", family="F")]
    plan = run(needs, [a_volunteer(places=2)])
    proof = plan.certificate

    half = replace(proof, units=np.array([1, 0]))
    risky = tuple(replace(need, family=None, is_high_risk=True) for need in proof.needs)

    assert faults(half) == ["F together"]
    assert [one.split()[-1] for one in faults(replace(proof, needs=risky))] == ["once"]


@given(crowded_villages())
def test_what_is_lost_without_a_pair_or_with_it_is_what_trying_everything_says(world):
    needs, offers = world
    plan = run(needs, offers)
    proof = plan.certificate
    for at in range(len(proof.need)):
        need, offer = proof.needs[proof.need[at]], proof.offers[proof.offer[at]]
        apart = [
            replace(one, excluded=frozenset({need.code})) if one.code == offer.code else one
            for one in offers
        ]
        lost = forbidden(proof, need.code, offer.code)
        assert (lost.points, lost.is_exact) == (plan.total - best_by_trying_all(needs, apart), True)
        bound = [replace(one, sibling_with=offer.code) if one == need else one for one in needs]
        held = forced(proof, need.code, offer.code)
        with_it = best_with(bound, offers, need.code)
        assert (held.points, held.is_exact) == (plan.total - with_it, True)


def best_with(needs, offers, code):
    """Return the best total of the plans that meet this need: a prize draws every best one there."""
    prize = 100_000

    def worth(chosen):
        return sum(
            VOLUNTEERS.score_of(need, offer, WEIGHTS) + prize * (need.code == code)
            for need, offer in chosen
        )

    fits = [[None, *(o for o in offers if not VOLUNTEERS.broken(n, o))] for n in needs]
    plans = (
        [(n, o) for n, o in zip(needs, chosen, strict=True) if o]
        for chosen in itertools.product(*fits)
        if lawful({n.code: o.code for n, o in zip(needs, chosen, strict=True) if o}, needs, offers)
    )
    return max(map(worth, plans)) - prize


def test_a_place_that_is_not_known_is_near_in_its_own_banner_only():
    lost = a_care(lat=None, lon=None)

    assert len(run([lost], [a_volunteer()]).pairs) == 1
    assert VOLUNTEERS.broken(lost, a_volunteer(banner=OTHER_BANNER)) == ("distance",)


@pytest.mark.parametrize("seed", [1, 2])
def test_place_by_place_finds_every_pair_that_asking_of_all_finds(seed):
    world = a_village(80, 60, seed=seed)

    whole = run(*world)
    by_place = run(*world, limits=Limits(exact_cells=0, kept=60))

    assert by_place.total == whole.total
    assert len(by_place.certificate.need) == len(whole.certificate.need)


def test_asked_place_by_place_every_permitted_pair_is_solved_and_the_plan_the_same():
    world = a_village(150, 120, seed=9, family_size=15)

    by_place = run(*world, limits=Limits(exact_cells=0))

    assert not by_place.is_cut
    assert by_place == run(*world)


def test_a_cut_run_keeps_every_rule_and_little_is_lost():
    world = a_village(150, 120, seed=9, family_size=15)

    whole = run(*world)
    cut = run(*world, limits=Limits(exact_cells=0, held_pairs=0, kept=15))

    assert cut.is_cut
    assert faults(cut.certificate) == []
    assert cut.total >= 0.97 * whole.total
