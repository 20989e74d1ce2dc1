from dataclasses import replace

import pytest

from matching import PLEDGES, VOLUNTEERS, Limits, Made, faults, gap, propose, rematch
from tests.matching.volunteering import BANNER, OTHER_BANNER, a_care, a_village, a_volunteer
from tests.matching.worlds import BANNERS, a_need, a_world, an_offer

HERE, THERE = BANNERS["150100000000"]


def test_only_the_banner_asked_for_is_matched():
    needs = [a_need("N1"), a_need("N2", banner=THERE)]

    done = rematch(needs, [an_offer("O1"), an_offer("O2")], banner=HERE)

    assert [pair.need for pair in done.new] == ["N1"]
    assert len(done.plan.unmatched_needs) == 0


def test_what_was_shown_in_another_banner_keeps_its_place():
    needs = [a_need("N1", urgency=3), a_need("N2", banner=THERE, urgency=0)]

    done = rematch(needs, [an_offer()], banner=HERE, standing=[Made("N2", "O1", 2)])

    assert (len(done.plan.pairs), done.moved) == (0, ())


@pytest.mark.parametrize(("threshold", "stays"), [(12, False), (13, True), (14, True)])
def test_a_shown_proposal_moves_only_for_more_than_the_threshold(threshold, stays):
    standing = [Made("N1", "O1", 2)]
    needs = [a_need("N1", urgency=1), a_need("N2", urgency=2)]  # 13 points apart a unit

    done = rematch(needs, [an_offer()], banner=HERE, standing=standing, threshold=threshold)

    assert done.kept == (tuple(standing) if stays else ())
    assert done.moved == (() if stays else tuple(standing))
    assert [pair.need for pair in done.new] == ([] if stays else ["N2"])


def test_a_shown_proposal_that_a_rule_forbids_now_moves():
    standing = [Made("N1", "O1", 2)]

    done = rematch([a_need("N1", has_consent=False)], [an_offer()], banner=HERE, standing=standing)

    assert (done.kept, done.moved) == ((), tuple(standing))


def test_a_new_child_moves_nobody_where_there_is_room():
    needs, offers = a_world(60, 50, seed=4)
    here = [need for need in needs if need.banner == HERE]
    first = propose(here, offers)

    done = rematch(
        [*needs, a_need("N-new", urgency=3)],
        [*offers, an_offer("O-new")],
        banner=HERE,
        standing=first.made,
    )

    assert done.moved == ()
    assert set(done.kept) == set(first.made)
    assert [pair.need for pair in done.new] == ["N-new"]
    assert (faults(done.plan.certificate), gap(done.plan.certificate)) == ([], 0)


@pytest.mark.parametrize("seed", range(6))
def test_no_plan_moves_unless_the_whole_gains_more_than_the_threshold_for_each(seed):
    needs, offers = a_village(30, 14, seed=seed, family_size=9)
    here = [need for need in needs if need.banner == BANNER]
    standing = propose(here, offers, kind=VOLUNTEERS).made
    changed = [replace(need, urgency=(need.urgency + 1) % 4) for need in needs]

    done = rematch(changed, offers, banner=BANNER, standing=standing, kind=VOLUNTEERS, threshold=8)

    score = {
        (n.code, o.code): VOLUNTEERS.score_of(n, o, done.plan.weights)
        for n in changed
        for o in offers
    }
    now = sum(score[one.need, one.offer] for one in done.plan.made)
    stood = sum(score[one.need, one.offer] for one in standing)
    assert now - stood >= 9 * len(done.moved)
    assert faults(done.plan.certificate) == []


def test_a_volunteer_with_a_shown_high_risk_child_elsewhere_takes_no_second():
    needs = [
        a_care("N1", is_high_risk=True),
        a_care("N2", is_high_risk=True, banner=OTHER_BANNER, township="150722100000"),
    ]

    done = rematch(
        needs,
        [a_volunteer(places=3)],
        banner=BANNER,
        standing=[Made("N2", "V1", 1)],
        kind=VOLUNTEERS,
    )

    assert len(done.plan.pairs) == 0


def test_a_standing_pair_beyond_those_kept_in_a_large_world_stays():
    needs = [a_need(f"N{at}") for at in range(6)]
    offers = [an_offer(f"O{at}", units=1, units_per_child=1) for at in range(4)]
    offers += [an_offer(f"P{at}") for at in range(6)]
    standing = [Made("N0", "O0", 1)]

    done = rematch(
        needs, offers, banner=HERE, standing=standing, threshold=200,
        limits=Limits(exact_cells=0, kept=2),
    )  # fmt: skip

    assert done.kept == tuple(standing)
    assert PLEDGES.name == done.plan.kind
