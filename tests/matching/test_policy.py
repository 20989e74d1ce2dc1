from dataclasses import replace

import pytest

from matching import (
    PLEDGES,
    VOLUNTEERS,
    BadPolicy,
    Certificate,
    propose,
    read_policy,
    stated,
    what_if,
)
from matching.policy import STATED
from tests.matching.worlds import a_need, a_world, an_offer

TEXT = STATED.read_text(encoding="utf-8")


def test_the_stated_policy_is_read_whole():
    read = read_policy(TEXT)

    assert read == {kind.name: stated(kind) for kind in (PLEDGES, VOLUNTEERS)}
    for kind in (PLEDGES, VOLUNTEERS):
        assert sum(getattr(read[kind.name], factor.code) for factor in kind.factors) == 100


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("wish = 15", "wish = -3", "pledges.wish: must be 0 to 1000, not -3"),
        ("wish = 15", "wish = 1.5", "pledges.wish: must be a whole number"),
        ("wish = 15", 'wish = "much"', "pledges.wish: must be a whole number"),
        ("wish = 15", "wish = nan", "pledges.wish: must be a whole number"),
        ("wish = 15", "", "pledges.wish: is missing"),
        ("wish = 15", "wish = 15\nhope = 2", "pledges.hope: is no weight of this kind"),
        ("amount = 10", "amount = 0", "pledges.amount: must be 1 to 1000, not 0"),
        ("far_km = 30", "far_km = true", "volunteers.far_km: must be a whole number"),
        ("[volunteers]", "[volunteer]", "volunteer: is no kind; there are pledges, volunteers"),
        ("far_km = 30", "far_km =", "the file: is no TOML: Invalid value"),
    ],
)
def test_a_faulty_policy_is_refused_with_its_place(old, new, fault):
    assert old in TEXT

    with pytest.raises(BadPolicy) as refused:
        read_policy(TEXT.replace(old, new, 1))

    assert str(refused.value).startswith(fault)


def test_a_missing_kind_is_refused():
    with pytest.raises(BadPolicy, match="volunteers: must be a section"):
        read_policy(TEXT[: TEXT.index("[volunteers]")])


def test_a_run_keeps_the_policy_that_it_used():
    weights = replace(stated(PLEDGES), version="2027-1", wish=25, urgency=30)

    proof = propose(*a_world(10, 10, seed=1), weights=weights).certificate

    assert Certificate.unpack(proof.pack()).weights == weights
    assert weights.digest != stated(PLEDGES).digest
    assert weights.digest != replace(weights, version="2027-2").digest


def test_a_certificate_whose_weights_were_changed_is_not_read():
    proof = propose(*a_world(4, 4, seed=1)).certificate
    packed = proof.pack()
    forged = replace(proof, weights=replace(proof.weights, wish=99)).pack()

    assert Certificate.unpack(packed).weights.digest != Certificate.unpack(forged).weights.digest


def test_what_if_says_who_wins_and_who_loses():
    needs = [
        a_need("N1", urgency=3, waiting_days=0),
        a_need("N2", urgency=0, waiting_days=180),
        a_need("N3", sex="M", urgency=3),
    ]
    offers = [an_offer("O1", wish_sex="F"), an_offer("O2", wish_sex="M")]
    weights = stated(PLEDGES)
    patient = replace(weights, version="patient", urgency=0, waiting=70)
    before, after = propose(needs, offers), propose(needs, offers, weights=patient)

    seen = what_if(before, after)

    assert (seen.winners, seen.losers) == (("N2",), ("N1",))
    assert [(one.need, one.before, one.after) for one in seen.moved] == [
        ("N1", ("O1",), ()),
        ("N2", (), ("O1",)),
    ]
    assert (seen.offers_used, seen.offers_freed) == ((), ())
    assert (seen.total_before, seen.total_after) == (before.total, after.total)


def test_the_same_policy_changes_nothing():
    world = a_world(20, 15, seed=3)

    seen = what_if(propose(*world), propose(*world))

    assert (seen.moved, seen.winners, seen.losers) == ((), (), ())
