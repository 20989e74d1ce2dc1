import numpy as np
import pytest
from hypothesis import given
from scipy.optimize import LinearConstraint, linprog, milp
from scipy.sparse import coo_array

from matching import LISTED_UNITS, Limits, Proof, propose, score_of
from matching.flow import NotSolved, Transport, best_transport
from tests.matching.checker import best_by_trying_all, faults, is_allowed
from tests.matching.worlds import WEIGHTS, a_need, a_world, an_offer, easy_worlds, worlds


def points(need, offer):
    return score_of(need, offer, WEIGHTS)


@given(worlds())
def test_no_assignment_of_a_small_world_is_better(world):
    needs, offers = world

    plan = propose(needs, offers)

    assert plan.total == best_by_trying_all(needs, offers, points)
    assert plan.bound == plan.total
    assert plan.proof != Proof.BOUND


@given(easy_worlds())
def test_no_assignment_is_better_where_sums_compete(world):
    needs, offers = world

    plan = propose(needs, offers)

    assert plan.total == best_by_trying_all(needs, offers, points)
    assert faults(plan, needs, offers) == []


@given(worlds(most_needs=12, most_offers=12))
def test_no_plan_breaks_a_hard_rule(world):
    needs, offers = world

    plan = propose(needs, offers)

    assert faults(plan, needs, offers) == []
    assert plan.total == sum(pair.units * pair.score for pair in plan.pairs)


def transport_optimum(needs, offers):
    """Solve the freely split problem as a linear programme."""
    pairs = [
        (n, o) for n, need in enumerate(needs) for o, offer in enumerate(offers)
        if is_allowed(need, offer)
    ]  # fmt: skip
    columns = np.arange(len(pairs))
    need_rows, offer_rows = np.array(pairs).T
    ones = np.ones(len(pairs))
    rows = np.concatenate([need_rows, len(needs) + offer_rows])
    shape = (len(needs) + len(offers), len(pairs))
    matrix = coo_array((np.tile(ones, 2), (rows, np.tile(columns, 2))), shape=shape)
    limits = [need.units_open for need in needs]
    limits += [offer.units // offer.units_per_child * offer.units_per_child for offer in offers]
    worth = [-points(needs[n], offers[o]) for n, o in pairs]
    most = [(0, min(needs[n].units_open, offers[o].units_per_child)) for n, o in pairs]
    return round(-linprog(worth, A_ub=matrix.tocsr(), b_ub=limits, bounds=most).fun)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_300_needs_reach_the_linear_programmes_optimum_when_sums_are_alike(seed):
    needs, offers = a_world(300, 200, seed=seed, units=(2, 4), sums=(2,))

    plan = propose(needs, offers)

    assert plan.total == transport_optimum(needs, offers)
    assert plan.proof == Proof.FLOW
    assert faults(plan, needs, offers) == []


def whole_optimum(needs, offers):
    """Solve the whole-sums problem with another solver, built from the records alone."""
    options = [
        (n, o, units) for n, need in enumerate(needs) for o, offer in enumerate(offers)
        for units in LISTED_UNITS
        if is_allowed(need, offer) and units <= min(need.units_open, offer.units_per_child)
    ]  # fmt: skip
    entries, limits = [], {}
    for at, (n, o, units) in enumerate(options):
        entries += [(("open", n), at, units), (("places", o), at, 1), (("pair", n, o), at, 1)]
        limits |= {("open", n): needs[n].units_open, ("pair", n, o): 1}
        limits["places", o] = offers[o].units // offers[o].units_per_child
        if units < offers[o].units_per_child:
            entries.append((("cut", n), at, 1))
            limits["cut", n] = 1
    row_of = {key: row for row, key in enumerate(limits)}
    values = [entry[2] for entry in entries]
    places = ([row_of[entry[0]] for entry in entries], [entry[1] for entry in entries])
    matrix = coo_array((values, places), shape=(len(limits), len(options))).tocsr()
    worth = [-units * points(needs[n], offers[o]) for n, o, units in options]
    constraint = LinearConstraint(matrix, ub=list(limits.values()))
    exact = {"mip_rel_gap": 0}
    answer = milp(worth, constraints=constraint, integrality=1, bounds=(0, 1), options=exact)
    return round(-answer.fun)


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_a_banners_plan_reaches_the_integer_programmes_optimum(seed):
    needs, offers = a_world(50, 35, seed=seed)

    plan = propose(needs, offers)

    assert plan.total == whole_optimum(needs, offers)
    assert faults(plan, needs, offers) == []


def test_a_plan_that_is_not_proved_says_how_far_it_could_be():
    needs, offers = a_world(40, 30, seed=8)

    plan = propose(needs, offers, limits=Limits(proved_pairs=0))

    assert plan.total <= whole_optimum(needs, offers) <= plan.bound
    assert plan.proof == Proof.BOUND
    assert faults(plan, needs, offers) == []


@pytest.mark.slow
@pytest.mark.parametrize("effort", [0.0, 0.02, 0.2])
def test_a_search_cut_short_still_gives_a_lawful_plan_and_the_same_each_time(effort):
    needs, offers = a_world(60, 60, seed=10)
    limits = Limits(proof_effort=effort)

    plan = propose(needs, offers, limits=limits)

    assert faults(plan, needs, offers) == []
    assert plan.total <= whole_optimum(needs, offers) <= plan.bound
    assert plan == propose(needs, offers, limits=limits)


def test_rounding_that_loses_nothing_needs_no_search():
    needs, offers = a_world(60, 60, seed=10, units=(2, 4, 6), sums=(2,))

    plan = propose(needs, offers, limits=Limits(proved_pairs=0))

    assert (plan.total, plan.proof) == (whole_optimum(needs, offers), Proof.FLOW)


def test_numbers_beyond_the_solver_are_refused_and_not_answered_wrongly():
    one, huge = np.ones(1, dtype=np.int64), np.full(1, 2**62, dtype=np.int64)
    here = np.zeros(1, dtype=np.int64)

    with pytest.raises(NotSolved):
        best_transport(Transport(one, one, here, here, one, huge))


def test_keeping_the_best_pairs_loses_next_to_nothing():
    needs, offers = a_world(400, 400, seed=9, units=(2,), sums=(2,))

    whole = propose(needs, offers)
    cut = propose(needs, offers, limits=Limits(exact_cells=0, kept=60))

    assert (whole.is_cut, cut.is_cut) == (False, True)
    assert cut.total >= whole.total * 0.999


def test_pledges_all_alike_are_all_used_when_pairs_are_cut():
    needs = [a_need(f"N{at}") for at in range(200)]
    offers = [an_offer(f"O{at}") for at in range(200)]

    plan = propose(needs, offers, limits=Limits(exact_cells=0, kept=20))

    assert len(plan.pairs) == 200
