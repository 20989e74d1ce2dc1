"""A long run says how far it is, banner by banner, and a stop leaves nothing half."""

from collections import Counter

import pytest

from benchmarks.matching_world import a_region
from matching import VOLUNTEERS, Limits, Phase, Stopped, propose


def a_market():
    return a_region(2_500, seed=3)


def watched(**more):
    told = []
    plan = propose(*a_market(), kind=VOLUNTEERS, progress=told.append, **more)
    return plan, told


def test_progress_ends_with_every_banner_settled_and_what_the_plan_met():
    needs, _ = a_market()

    plan, told = watched()

    last = {}
    for step in told:
        last.update({one.banner: one for one in step.banners})
    met = {one.need for one in plan.made}
    of, got = Counter(n.banner for n in needs), Counter(n.banner for n in needs if n.code in met)
    assert {one.banner: (one.needs, one.settled, one.met) for one in last.values()} == {
        banner: (count, count, got[banner]) for banner, count in of.items()
    }


@pytest.mark.parametrize("cells", [0, 10**9])
def test_each_phase_counts_up_to_every_need_and_pairing_comes_first(cells):
    _, told = watched(limits=Limits(exact_cells=cells))

    phases = [step.phase for step in told]
    assert phases == sorted(phases, key=list(Phase).index)
    for phase in Phase:
        done = [step.done for step in told if step.phase is phase]
        assert done == sorted(done) and done[-1] == told[-1].of == 2_500


def test_watching_changes_nothing():
    assert watched()[0] == propose(*a_market(), kind=VOLUNTEERS)


@pytest.mark.parametrize("phase", list(Phase))
def test_a_stopped_run_returns_nothing(phase):
    told = []

    def stop():
        return bool(told) and told[-1].phase is phase

    with pytest.raises(Stopped):
        propose(*a_market(), kind=VOLUNTEERS, progress=told.append, stop=stop)

    assert told[-1].phase is phase and told[-1].done < told[-1].of
