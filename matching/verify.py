"""Judge a run by its certificate: nothing is solved, nothing shared but each kind's own file."""

from collections import Counter, defaultdict
from typing import Any

import numpy as np

from matching.certified import Certificate


def faults(proof: Certificate) -> list[str]:
    """Return each hard rule that the pairs made break, as "need offer rule"."""
    kind, found, by = proof.kind, list[str](), dict[int, int]()
    got, cut, placed, once = (Counter[int]() for _ in range(4))
    for at in np.flatnonzero(proof.units).tolist():
        row, column, units = int(proof.need[at]), int(proof.offer[at]), int(proof.units[at])
        need, offer, by[row] = proof.needs[row], proof.offers[column], column
        got[row], placed[column] = got[row] + units, placed[column] + 1
        cut[row] += units < offer.units_per_child
        once[column] += kind.is_once(need)
        is_sum = units in kind.sums and units <= offer.units_per_child
        is_score = proof.score[at] == kind.score_of(need, offer, proof.weights)
        wrong = [*kind.broken(need, offer), *["sum"] * (not is_sum), *["score"] * (not is_score)]
        wrong += ["units"] * (got[row] > need.units_open) + ["cut"] * (cut[row] > 1)
        wrong += ["places"] * (placed[column] > offer.places) + ["once"] * (once[column] > 1)
        found += [f"{need.code} {offer.code} {rule}" for rule in wrong]
    takers = defaultdict[Any, set[int | None]](set)
    for row, need in enumerate(proof.needs):
        takers[kind.family_of(need) or row].add(by.get(row))
    return found + [f"{family} together" for family, one in takers.items() if len(one) > 1]


def gap(proof: Certificate) -> int:
    """Return how many points better another plan over the pairs kept could be; 0: none is."""
    p, q = np.maximum(0, proof.need_price), np.maximum(0, proof.offer_price)
    bound, made = np.zeros((2, len(proof.scale)), dtype=np.int64)
    np.add.at(bound, proof.need_part, p * proof.demand())
    np.add.at(bound, proof.offer_part, q * proof.supply())
    for start in range(0, len(proof.need), 1_000_000):  # a million at once, so that it stays small
        some = slice(start, start + 1_000_000)
        need, value = proof.need[some], proof.values(some)
        over = np.maximum(0, value - p[need] - q[proof.offer[some]])
        np.add.at(bound, proof.need_part[need], over * proof.most_units(some))
        np.add.at(made, proof.need_part[need], value * proof.units[some])
    bound = np.where(proof.is_searched > 0, proof.bound, bound)
    return int(np.sum(bound // proof.scale - made // proof.scale))
