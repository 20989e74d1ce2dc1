"""Check an answer against its instance, both as in the files; nothing is solved, nothing shared."""

from collections import Counter
from typing import Any


def is_allowed(instance: dict[str, Any], answer: dict[str, Any]) -> bool:
    """Tell whether the pairs keep every hard rule: real pairs, units, capacities, together."""
    real = {(str(need), str(offer)) for need, offer, _ in instance["pairs"]}
    taken = {(str(need), str(offer)): units for need, offer, units in answer["pairs"]}
    units = {str(need["id"]): need["units"] for need in instance["needs"]}
    capacity = {str(offer["id"]): offer["capacity"] for offer in instance["offers"]}
    got, given, by = Counter[str](), Counter[str](), {need: set[Any]() for need in units}
    for (need, offer), amount in taken.items():
        got[need] += amount
        given[offer] += amount
        by[need].add((offer, amount == units.get(need)))
    couples = [(by[str(one)], by[str(other)]) for one, other in instance.get("together", [])]
    return (
        (len(taken) == len(answer["pairs"]) and taken.keys() <= real)
        and all(amount > 0 for amount in taken.values())
        and all(got[need] <= units[need] for need in got)
        and all(given[offer] <= capacity[offer] for offer in given)
        and all(a == b and all(whole for _, whole in a) for a, b in couples)
    )


def is_best(instance: dict[str, Any], answer: dict[str, Any]) -> bool:
    """Tell whether the prices, and CP-SAT's bounds for its parts, leave nothing above the total."""
    score = {(str(need), str(offer)): value for need, offer, value in instance["pairs"]}
    total = sum(score[str(n), str(o)] * units for n, o, units in answer["pairs"])
    proof = answer["certificate"]
    p, q = proof["need_prices"], proof["offer_prices"]
    apart = {str(need) for part in proof["parts"] for need in part["needs"]}
    covered = all(p[n] + q[o] >= v for (n, o), v in score.items() if n not in apart)
    bound = sum(p.get(str(need["id"]), 0) * need["units"] for need in instance["needs"])
    bound += sum(q.get(str(offer["id"]), 0) * offer["capacity"] for offer in instance["offers"])
    bound += sum(part["bound"] for part in proof["parts"])
    return covered and min([0, *p.values(), *q.values()]) == 0 and total == answer["total"] == bound
