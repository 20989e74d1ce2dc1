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


def side_by_side(files):
    """Put files beside each other, so that nothing of one meets anything of another."""
    joined = {"needs": [], "offers": [], "pairs": [], "together": []}
    for at, one in enumerate(files):
        for side in ("needs", "offers"):
            joined[side] += [row | {"id": f"{at} {row['id']}"} for row in one[side]]
        joined["pairs"] += [[f"{at} {n}", f"{at} {o}", score] for n, o, score in one["pairs"]]
        joined["together"] += [[f"{at} {a}", f"{at} {b}"] for a, b in one["together"]]
    return joined


def test_files_beside_each_other_are_solved_as_each_alone():
    files = [a_dense_file(8, offers=4, groups=2, seed=seed) for seed in range(6)]

    alone = [solve(read(json.dumps(one))) for one in files]
    whole = solve(read(json.dumps(side_by_side(files))))

    assert whole.total == sum(one.total for one in alone)
    assert [part.value for part in whole.parts] == [
        part.value for one in alone for part in one.parts
    ]
    assert len(whole.parts) >= 3
    assert whole.is_optimal


def test_couples_that_hang_together_are_one_group_however_they_are_named():
    couples = [[at, at + 1] for at in range(40) if at != 20] + [[3, 1], [30, 23]]
    given = {
        "needs": [{"id": at, "units": 1} for at in range(50)],
        "offers": [{"id": "x", "capacity": 50}],
        "pairs": [[at, "x", 1] for at in range(50)],
        "together": couples,
    }
    instance = read(json.dumps(given))

    named = {frozenset(instance.needs[row] for row in group) for group in instance.groups}

    assert named == {frozenset(range(21)), frozenset(range(21, 41))}
