"""The transport problem in whole units, solved exactly as one min-cost flow."""

from dataclasses import dataclass

import numpy as np
from ortools.graph.python import min_cost_flow

from matching.shapes import Ints


class NotSolved(RuntimeError):
    """The solver refused the numbers; the message is its status."""


@dataclass(frozen=True)
class Transport:
    """Units each offer has and each need lacks; per pair its ends, its cap, its value a unit."""

    supply: Ints
    demand: Ints
    offer: Ints
    need: Ints
    cap: Ints
    value: Ints


def best_transport(problem: Transport) -> Ints:
    """Return the units on each pair whose sum of units x value is largest."""
    total = min(int(problem.supply.sum()), int(problem.demand.sum()))
    if total == 0 or len(problem.offer) == 0:
        return np.zeros(len(problem.offer), dtype=np.int64)
    solver = min_cost_flow.SimpleMinCostFlow()
    arcs = _add_arcs(solver, problem, total)
    source = len(problem.supply) + len(problem.demand)
    solver.set_node_supply(source, total)
    solver.set_node_supply(source + 1, -total)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise NotSolved(str(status))
    return np.asarray(solver.flows(arcs), dtype=np.int64)


def _add_arcs(solver: min_cost_flow.SimpleMinCostFlow, problem: Transport, total: int) -> Ints:
    """Add source -> offers -> needs -> sink, and a free way past for what stays unplaced."""
    offers, needs = len(problem.supply), len(problem.demand)
    source, sink = offers + needs, offers + needs + 1
    offer_nodes, need_nodes = np.arange(offers), offers + np.arange(needs)
    add = solver.add_arcs_with_capacity_and_unit_cost
    pairs = add(problem.offer, offers + problem.need, problem.cap, -problem.value)
    add(np.full(offers, source), offer_nodes, problem.supply, np.zeros(offers, dtype=np.int64))
    add(need_nodes, np.full(needs, sink), problem.demand, np.zeros(needs, dtype=np.int64))
    solver.add_arc_with_capacity_and_unit_cost(source, sink, total, 0)
    return np.asarray(pairs)
