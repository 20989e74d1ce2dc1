"""A banner matched anew tells how far it is and can be stopped, like the whole run."""

import pytest

from matching import Phase, Stopped, rematch
from tests.matching.worlds import BANNERS, a_world

HERE = BANNERS["150100000000"][0]


def test_a_banner_tells_of_its_own_needs_alone():
    needs, offers = a_world(60, 50, seed=4)
    mine = sum(need.banner == HERE for need in needs)
    told = []

    done = rematch(needs, offers, banner=HERE, progress=told.append)

    assert {one.of for one in told} == {mine} and told[-1].done == mine
    assert {one.phase for one in told} == {Phase.PAIRING, Phase.SOLVING}
    last = {one.banner: one for step in told for one in step.banners}
    assert (last[HERE].needs, last[HERE].settled) == (mine, mine) and last.keys() == {HERE}
    assert last[HERE].met == len({one.need for one in done.plan.made})


@pytest.mark.parametrize("after", [0, 1])
def test_a_banner_stopped_between_its_parts_returns_nothing(after):
    needs, offers = a_world(60, 50, seed=4)
    asked = iter([False] * after + [True] * 1000)

    with pytest.raises(Stopped):
        rematch(needs, offers, banner=HERE, stop=lambda: next(asked))


def test_watched_or_not_the_plan_is_the_same():
    needs, offers = a_world(60, 50, seed=4)

    plain = rematch(needs, offers, banner=HERE)
    watched = rematch(needs, offers, banner=HERE, progress=lambda _: None, stop=lambda: False)

    assert watched.plan.made == plain.plan.made
