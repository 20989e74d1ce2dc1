"""What one place more would change: what trying every plan with that place says."""

from dataclasses import replace

import pytest
from hypothesis import given

from matching import VOLUNTEERS, propose, score_of
from matching.one_more import OneMore, one_more
from tests.matching import checker, volunteering
from tests.matching.volunteering import a_care, a_volunteer, crowded_villages
from tests.matching.worlds import WEIGHTS, a_need, an_offer, easy_worlds


def points_of_a_pledge(need, offer):
    return score_of(need, offer, WEIGHTS)


def with_more(offers, code, more):
    return [more(one) if one.code == code else one for one in offers]


def another_child(offer):
    most = offer.children_at_most
    units = offer.units + offer.units_per_child
    return replace(offer, units=units, children_at_most=most + 1 if most else None)


@given(easy_worlds())
def test_a_pledge_with_a_child_more_gains_what_trying_everything_says(world):
    needs, offers = world
    proof = propose(needs, offers).certificate
    now = checker.best_by_trying_all(needs, offers, points_of_a_pledge)
    for offer in offers:
        others = with_more(offers, offer.code, another_child)
        then = checker.best_by_trying_all(needs, others, points_of_a_pledge)

        found = one_more(proof, offer.code)

        assert (found.points, found.is_exact) == (then - now, True)


@given(crowded_villages())
def test_a_volunteer_with_a_place_more_gains_what_trying_everything_says(world):
    needs, offers = world
    plan = propose(needs, offers, kind=VOLUNTEERS)
    proof = plan.certificate
    for offer in offers:
        others = with_more(offers, offer.code, lambda one: replace(one, places=one.places + 1))

        found = one_more(proof, offer.code)

        best = volunteering.best_by_trying_all(needs, others)
        assert (found.points, found.is_exact) == (best - plan.total, True)
        for need in found.needs:
            apart = [
                replace(o, excluded=frozenset({need})) if o.code == offer.code else o
                for o in others
            ]
            assert volunteering.best_by_trying_all(needs, apart) < best


def test_the_child_whom_the_further_place_would_meet_is_named():
    needs = [a_care("N1", urgency=3), a_care("N2", urgency=2), a_care("N3", urgency=0)]
    proof = propose(needs, [a_volunteer("V1", places=1)], kind=VOLUNTEERS).certificate

    found = one_more(proof, "V1")

    assert found.needs == ("N2",)
    assert found.points == VOLUNTEERS.score_of(needs[1], a_volunteer(places=1), proof.weights)


def test_a_place_that_nobody_wants_changes_nothing():
    needs = [a_need("N1")]
    proof = propose(needs, [an_offer("O1"), an_offer("O2")]).certificate

    assert one_more(proof, "O1") == OneMore(0, (), is_exact=True)


def test_siblings_whom_only_a_place_more_could_take_together_are_seen():
    needs = [a_care("N1", family="F1"), a_care("N2", family="F1"), a_care("N3", urgency=3)]
    proof = propose(needs, [a_volunteer("V1", places=1)], kind=VOLUNTEERS).certificate
    assert [proof.needs[row].code for row in proof.need] == ["N3"]

    assert set(one_more(proof, "V1").needs) == {"N1", "N2"}


def test_of_two_alike_neither_is_promised():
    needs = [a_care("N1", urgency=3), a_care("N2"), a_care("N3")]
    proof = propose(needs, [a_volunteer("V1", places=1)], kind=VOLUNTEERS).certificate

    found = one_more(proof, "V1")

    assert found.points > 0
    assert found.needs == ()


def test_nobody_has_a_sixth_place():
    proof = propose([a_care("N1")], [a_volunteer("V1", places=5)], kind=VOLUNTEERS).certificate

    assert one_more(proof, "V1") is None


def test_a_part_too_large_for_a_page_has_no_answer(monkeypatch):
    monkeypatch.setattr("matching.one_more.MOST_NEEDS", 1)
    needs = [a_care("N1"), a_care("N2")]

    assert one_more(propose(needs, [a_volunteer("V1")], kind=VOLUNTEERS).certificate, "V1") is None


def test_who_was_not_in_the_run_has_no_answer():
    proof = propose([a_need("N1")], [an_offer("O1")]).certificate

    with pytest.raises(KeyError):
        one_more(proof, "O9")
