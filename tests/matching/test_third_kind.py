"""A kind is one file: tests/matching/teaching.py states 支教结对, and everything works with it."""

import itertools
import random

import numpy as np
import pytest

from matching import Certificate, faults, gap, propose, relaxations
from matching.regret import forbidden, forced
from tests.matching.teaching import TEACHING, WEIGHTS, StrongSchool, WeakSchool

BANNERS = ("150723000000", "150722000000")


def schools(seed, needs=4, offers=3):
    dice = random.Random(seed)
    weak = [
        WeakSchool(
            code=f"w{at}",
            subject=dice.choice(("maths", "english", "mongolian")),
            units_open=dice.randint(0, 2),
            banner=dice.choice(BANNERS),
            urgency=dice.randint(0, 3),
            waiting_days=dice.randint(0, 90),
        )
        for at in range(needs)
    ]
    strong = [
        StrongSchool(
            code=f"s{at}",
            subjects=frozenset(dice.sample(("maths", "english", "mongolian"), 2)),
            places=dice.randint(0, 3),
            banner=dice.choice(BANNERS),
            is_near_only=dice.random() < 0.4,
            excluded=frozenset(dice.sample([one.code for one in weak], 1)),
        )
        for at in range(offers)
    ]
    return weak, strong


def best_by_trying_all(weak, strong):
    pairs = [(n, o) for n in weak for o in strong if not TEACHING.broken(n, o)]
    best = 0
    for taken in itertools.product((0, 1), repeat=len(pairs)):
        chosen = [pair for pair, is_taken in zip(pairs, taken, strict=True) if is_taken]
        fits = all(sum(n == one for n, _ in chosen) <= one.units_open for one in weak)
        fits = fits and all(sum(o == one for _, o in chosen) <= one.places for one in strong)
        if fits:
            best = max(best, sum(TEACHING.score_of(n, o, WEIGHTS) for n, o in chosen))
    return best


@pytest.mark.parametrize("seed", range(20))
def test_a_third_kind_is_matched_proved_and_explained_like_the_others(seed):
    weak, strong = schools(seed)

    plan = propose(weak, strong, kind=TEACHING, weights=WEIGHTS)

    proof = Certificate.unpack(plan.certificate.pack(), {"teaching": TEACHING})
    assert plan.total == best_by_trying_all(weak, strong) == plan.bound
    assert (faults(proof), gap(proof)) == ([], 0)
    assert all(pair.score == sum(part.points for part in pair.parts) for pair in plan.pairs)
    for one in plan.made:
        assert forced(proof, one.need, one.offer).points == 0
        assert forbidden(proof, one.need, one.offer).points >= 0


def test_its_rules_agree_with_their_masks():
    for seed in range(20):
        weak, strong = schools(seed, 6, 6)
        needs, offers = TEACHING.columns(weak, strong)
        for rule in TEACHING.all_rules:
            mask = np.broadcast_to(rule.over(needs.upright(), offers), (6, 6))
            assert mask.tolist() == [[rule.holds(n, o) for o in strong] for n in weak]


def test_its_near_misses_say_what_to_relax():
    need = WeakSchool(
        code="w", subject="maths", units_open=1, banner=BANNERS[0], urgency=1, waiting_days=0
    )
    other = StrongSchool(code="s", subjects=frozenset({"english"}), places=1, banner=BANNERS[0])

    plan = propose([need], [other], kind=TEACHING, weights=WEIGHTS)

    assert [one.relaxation for one in plan.unmatched_needs] == ["subject"]
    assert [(one.rule, one.needs, one.pairs) for one in relaxations(plan)] == [("subject", 1, 1)]
