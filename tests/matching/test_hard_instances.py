"""Instances that are hard for a flow, for its prices, or for 64 bits: exact all the same."""

import json

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from matching.__main__ import main
from matching.certificate import is_allowed, is_best
from matching.exact import solve
from matching.instance import read


def answered(tmp_path, capsys, instance):
    file = tmp_path / "instance.json"
    file.write_text(json.dumps(instance), encoding="utf-8")
    assert main([str(file), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert is_allowed(instance, answer) and is_best(instance, answer) and answer["optimal"]
    return answer["total"]


def sides(needs, offers, *, units=1, capacity=1):
    return {
        "needs": [{"id": f"n{at}", "units": units} for at in range(needs)],
        "offers": [{"id": f"o{at}", "capacity": capacity} for at in range(offers)],
    }


def dense(scores):
    needs, offers = scores.shape
    pairs = [[f"n{n}", f"o{o}", int(scores[n, o])] for n in range(needs) for o in range(offers)]
    return sides(needs, offers) | {"pairs": pairs}


NUMBERS = np.arange(1, 121)
MATRICES = {
    "all alike": np.full((120, 120), 7),
    "0 or 1": np.random.default_rng(1).integers(0, 2, (120, 120)),
    "up to 10^12": np.random.default_rng(2).integers(0, 10**12, (120, 120), endpoint=True),
    "up to 10^15": np.random.default_rng(2).integers(0, 10**13, (120, 120)) * 100,
    "products, Machol and Wien 1976": np.outer(NUMBERS, NUMBERS),
    "products, the least of them": 120 * 120 + 1 - np.outer(NUMBERS, NUMBERS),
    "more offers than needs": np.random.default_rng(3).integers(-50, 50, (60, 140)),
}


@pytest.mark.parametrize("name", MATRICES)
def test_a_dense_matrix_reaches_the_hungarian_optimum(tmp_path, capsys, name):
    scores = np.maximum(MATRICES[name], 0)  # a pair below 0 is left, and the need with it
    best = int(scores[linear_sum_assignment(scores, maximize=True)].sum())

    assert answered(tmp_path, capsys, dense(MATRICES[name])) == best


def test_a_long_chain_moved_by_its_one_end_is_proved(tmp_path, capsys):
    length = 3_000
    pairs = [[f"n{at}", f"o{at}", 2 * (length - at)] for at in range(length)]
    pairs += [[f"n{at}", f"o{at + 1}", 2 * (length - at) - 1] for at in range(length - 1)]

    total = answered(tmp_path, capsys, sides(length, length) | {"pairs": pairs})

    assert total == length * (length + 1)


def test_a_star_gives_its_places_to_the_best(tmp_path, capsys):
    pairs = [[f"n{at}", "o0", at % 1000] for at in range(5_000)]

    total = answered(tmp_path, capsys, sides(5_000, 1, capacity=2_500) | {"pairs": pairs})

    assert total == sum(sorted(at % 1000 for at in range(5_000))[2_500:])


@pytest.mark.parametrize("together", [[], [["n0", "n1"], ["n2", "n3"], ["n3", "n4"]]])
def test_a_huge_capacity_stands_for_no_limit(tmp_path, capsys, together):
    dice = np.random.default_rng(4)
    scores = dice.integers(1, 10**6, (30, 12))
    instance = dense(scores) | sides(30, 12, units=10**6, capacity=10**12)
    best = scores[5:].max(axis=1).sum() if together else scores.max(axis=1).sum()
    if together:
        best += scores[:2].sum(axis=0).max() + scores[2:5].sum(axis=0).max()

    total = answered(tmp_path, capsys, instance | {"together": together})

    assert total == 10**6 * int(best)


def test_numbers_beyond_the_search_are_refused_and_not_answered_wrongly(monkeypatch):
    from ortools.sat.python import cp_model

    from matching.flow import NotSolved

    instance = dense(np.random.default_rng(5).integers(1, 9, (4, 3))) | {"together": [["n0", "n1"]]}
    monkeypatch.setattr(cp_model.CpSolver, "solve", lambda *_: cp_model.MODEL_INVALID)

    with pytest.raises(NotSolved):
        solve(read(json.dumps(instance | sides(4, 3, capacity=2))))
