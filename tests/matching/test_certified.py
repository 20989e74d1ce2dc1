from dataclasses import replace
from pathlib import Path

import numpy as np
from hypothesis import given

from matching import Limits, Proof, propose
from matching.certified import Certificate
from matching.verify import faults, gap
from tests.matching.worlds import a_need, a_world, an_offer, easy_worlds, worlds


@given(worlds(most_needs=8, most_offers=8))
def test_every_run_proves_itself(world):
    plan = propose(*world, seed=3)

    assert faults(plan.certificate) == []
    assert gap(plan.certificate) == plan.bound - plan.total == 0


@given(easy_worlds())
def test_sharing_and_splitting_are_proved_too(world):
    plan = propose(*world)

    assert (faults(plan.certificate), gap(plan.certificate)) == ([], 0)


def test_a_whole_market_is_proved_and_says_by_what():
    plan = propose(*a_world(120, 90, seed=6), seed=5)
    proof = plan.certificate

    assert gap(proof) == 0
    assert bool(proof.is_searched.any()) == (plan.proof is Proof.CP_SAT)


def test_what_was_not_searched_to_its_end_says_how_much_may_be_missing():
    plan = propose(*a_world(120, 90, seed=6), limits=Limits(proved_pairs=0))

    assert gap(plan.certificate) == plan.bound - plan.total
    assert gap(plan.certificate) > 0


def test_a_certificate_comes_back_from_its_bytes_as_it_was():
    proof = propose(*a_world(20, 15, seed=2), seed=9).certificate

    read = Certificate.unpack(proof.pack())

    assert (read.needs, read.offers, read.weights, read.seed) == (
        proof.needs, proof.offers, proof.weights, 9
    )  # fmt: skip
    assert np.array_equal(read.need_price, proof.need_price)
    assert np.array_equal(read.units, proof.units)
    assert (faults(read), gap(read)) == ([], 0)


def test_nothing_open_is_proved_as_well():
    assert gap(Certificate.unpack(propose([], []).certificate.pack())) == 0
    assert gap(propose([a_need(has_consent=False)], [an_offer()]).certificate) == 0


def test_a_worse_assignment_does_not_pass():
    proof = propose(*a_world(20, 15, seed=2)).certificate
    fewer = proof.units.copy()
    fewer[np.flatnonzero(fewer)[0]] = 0

    assert gap(replace(proof, units=fewer)) > 0


def test_prices_below_nothing_prove_nothing():
    proof = propose([a_need("N1", urgency=3)], [an_offer()]).certificate
    fewer = replace(proof, units=proof.units * 0)

    assert gap(fewer) > 0
    assert gap(replace(fewer, need_price=proof.need_price - 10**9)) > 0


def test_a_pair_made_against_a_rule_is_named():
    proof = propose([a_need("N1")], [an_offer("O1")]).certificate
    without = replace(proof.needs[0], has_consent=False)

    assert faults(replace(proof, needs=(without,))) == ["N1 O1 consent"]


def test_too_much_for_a_need_a_place_too_many_and_a_false_score_are_named():
    proof = propose([a_need("N1", units_open=2)], [an_offer("O1", units=2)]).certificate

    assert faults(replace(proof, units=proof.units * 3)) == ["N1 O1 sum", "N1 O1 units"]
    assert faults(replace(proof, score=proof.score + 1)) == ["N1 O1 score"]
    none = replace(proof.offers[0], units=0)
    assert faults(replace(proof, offers=(none,))) == ["N1 O1 place", "N1 O1 places"]


def test_the_checker_stays_short_enough_to_be_read_at_once():
    text = (Path(__file__).parents[2] / "matching/verify.py").read_text(encoding="utf-8")
    code = [line for line in text.splitlines() if line.strip()]

    assert len(code) < 40
    assert not any(name in text for name in ("flow", "whole", "searching", "prices", "ortools"))
