"""Needs together: the bound never lies, and leaving dear pairs out loses nothing."""

import json

import numpy as np
import pytest

from matching import together
from matching.certificate import is_allowed, is_best
from matching.exact import solve
from matching.instance import read
from matching.relaxing import relaxation


def a_dense_file(needs, *, offers, groups, seed, highest=100):
    dice = np.random.default_rng(seed)
    couples = dice.permutation(needs)[: 2 * groups].reshape(-1, 2).tolist()
    return {
        "needs": [{"id": at, "units": int(dice.integers(1, 3))} for at in range(needs)],
        "offers": [{"id": f"o{at}", "capacity": int(dice.integers(2, 6))} for at in range(offers)],
        "pairs": [
            [need, f"o{offer}", int(dice.integers(-highest // 9, highest))]
            for need in range(needs)
            for offer in range(offers)
        ],
        "together": couples,
    }


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("highest", [20, 100, 10**9])
def test_the_search_over_cheap_pairs_reaches_what_the_search_over_all_reaches(seed, highest):
    given = a_dense_file(24, offers=9, groups=5, seed=seed, highest=highest)
    instance = read(json.dumps(given))

    part = together.best_together(instance)

    assert part.value == part.bound == together._search(instance).value
    relaxed = relaxation(instance)
    taken = int(relaxed.cost[part.units > 0].max())
    assert relaxed.bound - taken >= part.value * relaxed.scale


def test_scores_so_large_that_prices_would_leave_64_bits_are_searched_whole():
    given = a_dense_file(8, offers=4, groups=2, seed=1, highest=10**12)
    given["offers"].append({"id": "idle", "capacity": 10**6})
    instance = read(json.dumps(given))

    part = together.best_together(instance)

    assert part.value == part.bound == together._search(instance).value


def test_a_search_cut_short_over_huge_scores_claims_no_proof(monkeypatch):
    given = {
        "needs": [{"id": name, "units": 1_000} for name in "abc"],
        "offers": [{"id": "x", "capacity": 2_999}],
        "pairs": [[name, "x", 10**15] for name in "abc"],
        "together": [["a", "b"]],
    }
    instance = read(json.dumps(given))
    monkeypatch.setattr(together, "_EFFORT", 0.0)

    part = together.best_together(instance)

    assert part.value < 2_999 * 10**15 <= part.bound


def test_a_dense_file_with_couples_is_proved_by_the_checker():
    given = a_dense_file(80, offers=40, groups=12, seed=2)
    solution = solve(read(json.dumps(given)))

    assert solution.is_optimal and solution.parts


def test_prices_and_parts_of_the_command_stand_before_the_checker(tmp_path, capsys):
    from matching.__main__ import main

    given = a_dense_file(60, offers=30, groups=8, seed=3)
    file = tmp_path / "couples.json"
    file.write_text(json.dumps(given))

    assert main([str(file), "--json"]) == 0

    answer = json.loads(capsys.readouterr().out)
    assert is_allowed(given, answer) and is_best(given, answer) and answer["optimal"]
