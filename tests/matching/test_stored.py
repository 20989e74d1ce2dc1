"""What a run stored is read as it was: reasons too, whatever became of records, weights or the form."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from matching import KINDS, VOLUNTEERS, Certificate, propose
from matching.kind import Factor
from matching.verify import faults, gap
from tests.matching.volunteering import a_village
from tests.matching.worlds import a_world

STORED = Path(__file__).parent / "stored"


def told_by(proof):
    told = proof.told()
    pairs = []
    for at in np.flatnonzero(proof.units).tolist():
        pairs.append(
            [
                proof.needs[proof.need[at]].code,
                proof.offers[proof.offer[at]].code,
                int(proof.score[at]),
                [one.as_dict() for one in told.parts(at)],
                [one.as_dict() for one in told.next_needs(at)],
                [one.as_dict() for one in told.next_offers(at)],
            ]
        )
    return pairs


@pytest.mark.parametrize("kind", KINDS)
def test_a_certificate_of_before_is_proved_and_told_as_ever(kind):
    """These were stored while records were text and reasons were found when they were read."""
    before = json.loads((STORED / f"{kind}.json").read_text())

    proof = Certificate.unpack((STORED / f"{kind}.npz").read_bytes())

    assert (faults(proof), gap(proof), proof.total()) == ([], 0, before["total"])
    assert [[*one] for one in proof.made()] == before["made"]
    assert told_by(proof) == before["pairs"]
    again = Certificate.unpack(proof.pack())
    assert told_by(again) == before["pairs"]
    assert (faults(again), gap(again)) == ([], 0)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_records_are_matched_as_well_and_explained_as_they_were_before(kind):
    """Which of several plans that are alike in points and in days waited is left to the draw."""
    before = json.loads((STORED / f"{kind}.json").read_text())
    proof = Certificate.unpack((STORED / f"{kind}.npz").read_bytes())

    plan = propose(proof.needs, proof.offers, kind=KINDS[kind], seed=proof.seed)

    made = [[one.need, one.offer, one.units] for one in plan.made]
    assert plan.certificate.total() == before["total"]
    assert waited(proof, made) == waited(proof, before["made"])
    parts = {(need, offer): parts for need, offer, _, parts, *_ in before["pairs"]}
    again = [one for one in told_by(plan.certificate) if (one[0], one[1]) in parts]
    assert len(again) > len(parts) / 2
    assert [one[3] for one in again] == [parts[one[0], one[1]] for one in again]
    missed = [
        [one.need, one.fitting, [[r.rule, r.offers, r.alone] for r in one.removed], one.relaxation]
        for one in plan.unmatched_needs
    ]
    assert missed == before["unmatched"]


def waited(proof, made):
    needs = {one.code: one.waiting_days for one in proof.needs}
    return sum(needs[need] * units for need, _, units in made)


@pytest.mark.parametrize("world", [a_world(30, 20, seed=8), None])
def test_a_stored_run_tells_what_its_plan_told(world):
    kind = {} if world else {"kind": VOLUNTEERS}
    plan = propose(*(world or a_village(60, 40, seed=6, family_size=1)), **kind, seed=3)

    read = Certificate.unpack(plan.certificate.pack())

    assert told_by(read) == [
        [
            pair.need,
            pair.offer,
            pair.score,
            [one.as_dict() for one in pair.parts],
            [one.as_dict() for one in pair.next_needs],
            [one.as_dict() for one in pair.next_offers],
        ]
        for pair in plan.pairs
    ]
    assert len(plan.pairs) > 5


def test_points_are_those_that_were_stored_when_scores_are_counted_otherwise():
    plan = propose(*a_village(60, 40, seed=6, family_size=1), kind=VOLUNTEERS)
    packed = plan.certificate.pack()
    first, *others = VOLUNTEERS.factors
    other = Factor(
        first.code, lambda n, o, w: (0, {"level": n.urgency}), lambda n, o, w: n.urgency * 0
    )
    counted_otherwise = replace(VOLUNTEERS, factors=(other, *others))

    read = Certificate.unpack(packed, {"volunteers": counted_otherwise})

    assert told_by(read) == told_by(plan.certificate)
    assert told_by(replace(read, reasons=None)) != told_by(read)


def test_the_same_certificate_has_the_same_bytes():
    plan = propose(*a_world(20, 15, seed=2), seed=9)
    packed = plan.certificate.pack()

    assert Certificate.unpack(packed).pack() == packed == plan.certificate.pack()
