"""M1, M2, M3, M4, M7: the engine against a bare script, other solvers, greedy, and itself."""

import time
from dataclasses import replace
from statistics import median
from typing import Any

import numpy as np
from ortools.sat.python import cp_model
from scipy.sparse import coo_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from benchmarks import matching_stored
from benchmarks.matching_peer import bare
from benchmarks.matching_world import a_region
from matching import VOLUNTEERS, Limits, faults, gap, propose, rematch, stated
from matching.market import markets
from matching.pairs import Pairs, Sides, permitted_pairs
from matching.whole import best_whole

WEIGHTS = stated(VOLUNTEERS)


def measure(*, count: int, rounds: int) -> list[str]:
    """Measure every promise of the engine, at so many children."""
    return [
        *against_a_bare_script(count, rounds),
        *matching_stored.measure(count=count, rounds=rounds),
        *exactness(),
        *kept_pairs(),
        *one_banner(rounds),
    ]


def _took(work: Any) -> tuple[float, Any]:
    began = time.process_time()
    answer = work()
    return time.process_time() - began, answer


def _ours(sides: Sides) -> int:
    found = permitted_pairs(sides, weights=WEIGHTS, limits=Limits(), seed=0)
    stays = np.zeros(len(found), dtype=np.int64)
    return sum(
        int(np.dot(best_whole(market, Limits()).units, found.score[market.origin]))
        for market in markets(sides, found, stays)
    )


def against_a_bare_script(count: int, rounds: int) -> list[str]:
    """Time candidates, score and solve from columns on; both must reach the same."""
    took: dict[str, list[float]] = {"ours": [], "bare": [], "small": []}
    sides = Sides.of(VOLUNTEERS, *a_region(count))
    fifth = Sides.of(VOLUNTEERS, *a_region(count // 5))
    policy = WEIGHTS.as_dict()
    works = {
        "ours": lambda: _ours(sides),
        "bare": lambda: bare(sides.needs, sides.offers, policy),
        "small": lambda: _ours(fifth),
    }
    totals: dict[str, set[int]] = {name: set() for name in works}
    for round_ in range(rounds):
        for name in sorted(works, reverse=round_ % 2 == 1):
            seconds, total = _took(works[name])
            took[name].append(seconds)
            totals[name].add(total)
    # Both solve every pair.
    assert totals["ours"] == totals["bare"], totals
    middle = {name: median(one) for name, one in took.items()}
    return [
        f"M1 candidates, score and solve, {count:,} children: {middle['ours'] / middle['bare']:.2f}x"
        f" a bare script, {middle['ours']:.1f} s of processor time (promise <= 1.3x)",
        f"   growth from {count // 5:,} to {count:,}: {middle['ours'] / middle['small']:.1f}x"
        " (promise <= 7x)",
    ]


def exactness() -> list[str]:
    """Compare with scipy's sparse matcher, at 200 and 2,000 with CP-SAT too."""
    lines = []
    for count in (200, 2_000, 20_000):
        needs, offers = a_region(count, seed=count)
        plan = propose(needs, offers, kind=VOLUNTEERS)
        peers = {"scipy": by_scipy(plan.certificate)}
        if count <= 2_000:
            peers["CP-SAT"] = by_cp_sat(plan.certificate)
        is_exact = set(peers.values()) == {plan.total} and not gap(plan.certificate)
        said = ", ".join(f"{name} {total}" for name, total in peers.items())
        broken = len(faults(plan.certificate))
        lines.append(
            f"M3 {count:,} children: {plan.total}, {said}; rules broken {broken}, exact {is_exact}"
        )
    return lines


def by_scipy(proof: Any) -> int:
    """Return the best total of the pairs kept, a place a column and a way out for each need."""
    places = np.array([one.places for one in proof.offers])
    first = np.cumsum(places) - places
    each = places[proof.offer]
    rows = np.concatenate([np.repeat(proof.need, each), np.arange(len(proof.needs))])
    nth = np.arange(each.sum()) - np.repeat(np.cumsum(each) - each, each)
    ways_out = places.sum() + np.arange(len(proof.needs))
    columns = np.concatenate([np.repeat(first[proof.offer], each) + nth, ways_out])
    worth = np.concatenate([np.repeat(proof.score, each) + 1, np.ones(len(proof.needs))])
    shape = (len(proof.needs), int(places.sum()) + len(proof.needs))
    graph = coo_array((worth, (rows, columns)), shape=shape).tocsr()
    return int(graph[min_weight_full_bipartite_matching(graph, maximize=True)].sum()) - len(
        proof.needs
    )


def by_cp_sat(proof: Any) -> int:
    """Return the best total of the pairs kept, stated as a model of its own."""
    model = cp_model.CpModel()
    take = [model.new_bool_var("") for _ in proof.need]
    for keys, most in ((proof.need, None), (proof.offer, [one.places for one in proof.offers])):
        order = np.argsort(keys, kind="stable")
        for part in np.split(order, np.flatnonzero(np.diff(keys[order])) + 1):
            bound = most[keys[part[0]]] if most else 1
            model.add(cp_model.LinearExpr.sum([take[at] for at in part]) <= bound)
    model.maximize(cp_model.LinearExpr.weighted_sum(take, proof.score.tolist()))
    solver = cp_model.CpSolver()
    solver.parameters.linearization_level = 2
    assert solver.solve(model) == cp_model.OPTIMAL
    return int(solver.objective_value)


def kept_pairs() -> list[str]:
    """Compare what the large way reaches with every pair asked at once, and with greedy."""
    needs, offers = a_region(900, volunteers=3_600, seed=4)
    crowd = [replace(one, code=f"{at}-{one.code}") for at in range(5) for one in needs]
    few = [replace(one, places=1) for one in offers]
    whole = propose(crowd, few, kind=VOLUNTEERS, limits=Limits(exact_cells=10**9, kept=10**6))
    cut = propose(crowd, few, kind=VOLUNTEERS, limits=Limits(exact_cells=0))
    proof = whole.certificate
    each = len(proof.need) / len(crowd)
    return [
        f"M4 {each:.0f} pairs a child, place by place: {cut.total / whole.total:.5f} of the optimum"
        " (promise >= .999)",
        f"   against best-pair greedy: {cut.total / greedy(proof):.3f}x (promise >= 1.025x)",
    ]


def greedy(proof: Pairs | Any) -> int:
    """Return what taking the best pair left, again and again, reaches."""
    order = np.argsort(-proof.score, kind="stable")
    met, used, total = set(), set(), 0
    ends = zip(
        proof.need[order].tolist(),
        proof.offer[order].tolist(),
        proof.score[order].tolist(),
        strict=True,
    )
    for need, offer, score in ends:
        if need not in met and offer not in used:
            met.add(need)
            used.add(offer)
            total += score
    return total


def one_banner(rounds: int) -> list[str]:
    """Time one changed child: her banner of 1,000 children is matched anew."""
    needs, offers = a_region(970, seed=7)
    banner = needs[0].banner
    standing = propose(needs, offers, kind=VOLUNTEERS).made
    changed = [replace(needs[0], urgency=(needs[0].urgency + 1) % 4), *needs[1:]]

    def work() -> Any:
        return rematch(changed, offers, banner=banner, standing=standing, kind=VOLUNTEERS)

    took = [_took(work) for _ in range(rounds)]
    seconds, moved = median(one for one, _ in took), len(took[0][1].moved)
    return [
        f"M7 one changed child of {len(needs):,}: {seconds:.3f} s of processor time, {moved} of"
        f" {len(standing)} shown proposals moved (promise <= .1 s)"
    ]
