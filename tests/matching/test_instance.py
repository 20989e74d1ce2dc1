"""`python -m matching`: exact totals, proofs that can fail, refusals that name their place."""

import itertools
import json
import random
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ortools.sat.python import cp_model
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from matching.__main__ import main
from matching.certificate import is_allowed, is_best


def ran(tmp_path, capsys, instance):
    file = tmp_path / "instance.json"
    file.write_text(json.dumps(instance), encoding="utf-8")
    assert main([str(file), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def refused(tmp_path, capsys, text):
    file = tmp_path / "instance.json"
    file.write_text(text, encoding="utf-8")
    assert main([str(file), "--json"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    return said.err.removeprefix(f"{file}: ").strip()


@st.composite
def instances(draw):
    needs, offers = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    ends = list(itertools.product(range(needs), range(offers)))
    chosen = draw(st.lists(st.sampled_from(ends), unique=True, max_size=7))
    couples = draw(
        st.lists(st.sampled_from(list(itertools.permutations(range(needs + 1), 2))), max_size=2)
    )
    return {
        "needs": [{"id": f"n{n}", "units": draw(st.integers(0, 2))} for n in range(needs)],
        "offers": [{"id": o, "capacity": draw(st.integers(0, 3))} for o in range(offers)],
        "pairs": [[f"n{n}", o, draw(st.integers(-3, 9))] for n, o in chosen],
        "together": [[f"n{a}", f"n{b}"] for a, b in couples if max(a, b) < needs],
    }  # fmt: skip


def best_by_trying_all(instance):
    """Return the best total of every whole assignment that is_allowed() lets pass."""
    pairs = instance["pairs"]
    most = {need["id"]: need["units"] for need in instance["needs"]}
    choices = [range(most[need] + 1) for need, _, _ in pairs]
    totals = [0]
    for amounts in itertools.product(*choices):
        taken = [[n, o, units] for (n, o, _), units in zip(pairs, amounts, strict=True) if units]
        if is_allowed(instance, {"pairs": taken}):
            totals.append(sum(s * units for (_, _, s), units in zip(pairs, amounts, strict=True)))
    return max(totals)


@given(instance=instances())
def test_no_assignment_of_a_small_instance_is_better(tmp_path_factory, instance):
    file = tmp_path_factory.mktemp("instance") / "instance.json"
    file.write_text(json.dumps(instance), encoding="utf-8")
    answer = json.loads(_printed(file))

    assert answer["total"] == best_by_trying_all(instance)
    assert answer["optimal"] is True
    assert is_allowed(instance, answer)
    assert is_best(instance, answer)


def _printed(file):
    from matching.__main__ import _answer
    from matching.exact import solve
    from matching.instance import read

    instance = read(file.read_text(encoding="utf-8"))
    return _answer(instance, solve(instance))


def assignment(scores):
    """Write a matrix as an instance of single units."""
    needs, offers = scores.shape
    return {
        "needs": [{"id": n, "units": 1} for n in range(needs)],
        "offers": [{"id": f"o{o}", "capacity": 1} for o in range(offers)],
        "pairs": [[n, f"o{o}", int(scores[n, o])] for n in range(needs) for o in range(offers)],
    }


def test_a_dense_assignment_of_300_equals_the_hungarian_optimum(tmp_path, capsys):
    scores = np.random.default_rng(7).integers(1, 101, (300, 300))
    instance = assignment(scores)

    answer = ran(tmp_path, capsys, instance)

    assert answer["total"] == int(scores[linear_sum_assignment(scores, maximize=True)].sum())
    assert is_allowed(instance, answer)
    assert is_best(instance, answer)


def test_a_sparse_assignment_of_2000_equals_scipys_optimum(tmp_path, capsys):
    dice, size = np.random.default_rng(8), 2_000
    ends = dict.fromkeys(zip(range(size), dice.permutation(size).tolist(), strict=True))
    ends |= dict.fromkeys(map(tuple, dice.integers(0, size, (12_000, 2)).tolist()))
    pairs = [
        [n, f"o{o}", int(s)]
        for (n, o), s in zip(ends, dice.integers(900, 1000, len(ends)), strict=True)
    ]
    instance = {
        "needs": [{"id": n, "units": 1} for n in range(size)],
        "offers": [{"id": f"o{o}", "capacity": 1} for o in range(size)],
        "pairs": pairs,
    }  # fmt: skip
    matrix = coo_array(
        ([s for _, _, s in pairs], ([n for n, _, _ in pairs], [int(o[1:]) for _, o, _ in pairs])),
        shape=(size, size),
    ).tocsr()
    rows, columns = min_weight_full_bipartite_matching(matrix, maximize=True)

    answer = ran(tmp_path, capsys, instance)

    assert answer["total"] == int(matrix[rows, columns].sum())
    assert is_best(instance, answer)


def with_capacities(*, needs, offers, pairs, couples, seed):
    dice = random.Random(seed)
    ends = {(dice.randrange(needs), dice.randrange(offers)) for _ in range(pairs)}
    return {
        "needs": [{"id": n, "units": dice.randint(1, 3) if n >= 2 * couples else 1} for n in range(needs)],
        "offers": [{"id": f"o{o}", "capacity": dice.randint(0, 5)} for o in range(offers)],
        "pairs": [[n, f"o{o}", dice.randint(1, 100)] for n, o in sorted(ends)],
        "together": [[2 * c, 2 * c + 1] for c in range(couples)],
    }  # fmt: skip


@pytest.mark.parametrize("couples", [0, 20])
def test_capacities_and_siblings_equal_cp_sats_optimum(tmp_path, capsys, couples):
    instance = with_capacities(needs=200, offers=60, pairs=900, couples=couples, seed=3)

    answer = ran(tmp_path, capsys, instance)

    assert answer["total"] == optimum_of_cp_sat(instance)
    assert is_allowed(instance, answer)
    assert is_best(instance, answer)
    assert bool(answer["certificate"]["parts"]) == bool(couples)


def optimum_of_cp_sat(instance):
    """State the whole instance once more, without the flow: sisters of one unit are equal everywhere."""
    model, units = cp_model.CpModel(), {n["id"]: n["units"] for n in instance["needs"]}
    take = {(n, o): model.new_int_var(0, units[n], "") for n, o, _ in instance["pairs"]}
    for need, most in units.items():
        model.add(sum(x for (n, _), x in take.items() if n == need) <= most)
    for offer in instance["offers"]:
        model.add(sum(x for (_, o), x in take.items() if o == offer["id"]) <= offer["capacity"])
    for one, other in instance["together"]:
        for offer in instance["offers"]:
            model.add(take.get((one, offer["id"]), 0) == take.get((other, offer["id"]), 0))
    model.maximize(sum(take[n, o] * s for n, o, s in instance["pairs"]))
    solver = cp_model.CpSolver()
    assert solver.solve(model) == cp_model.OPTIMAL
    return round(solver.objective_value)


@pytest.mark.slow
def test_the_order_of_rows_and_the_hash_seed_change_nothing(tmp_path):
    instance = with_capacities(needs=60, offers=20, pairs=300, couples=5, seed=5)
    said = set()
    for seed in range(3):
        for side in instance.values():
            random.Random(seed).shuffle(side)
        file = tmp_path / "instance.json"
        file.write_text(json.dumps(instance), encoding="utf-8")
        command = [sys.executable, "-m", "matching", str(file), "--json"]
        run = subprocess.run(
            command, capture_output=True, check=True, env={"PYTHONHASHSEED": str(seed)}
        )
        said.add(run.stdout)

    assert len(said) == 1


PAIR = {
    "needs": [{"id": "a", "units": 2}, {"id": "b", "units": 1}],
    "offers": [{"id": "x", "capacity": 2}],
    "pairs": [["a", "x", 5], ["b", "x", 7]],
}


def test_the_proof_of_a_small_instance_is_what_it_says(tmp_path, capsys):
    assert ran(tmp_path, capsys, PAIR) == {
        "pairs": [["a", "x", 1], ["b", "x", 1]],
        "total": 12,
        "optimal": True,
        "certificate": {
            "bound": 12,
            "need_prices": {"a": 0, "b": 2},
            "offer_prices": {"x": 5},
            "parts": [],
        },
    }


@pytest.mark.parametrize(
    "pairs",
    [
        [["a", "x", 2]],
        [["b", "x", 1]],
        [],
    ],
)
def test_the_checker_refuses_what_is_not_the_best(tmp_path, capsys, pairs):
    answer = ran(tmp_path, capsys, PAIR)
    worth = {"a": 5, "b": 7}
    answer |= {"pairs": pairs, "total": sum(worth[need] * units for need, _, units in pairs)}

    assert is_allowed(PAIR, answer)
    assert not is_best(PAIR, answer)


@pytest.mark.parametrize(
    "pairs",
    [
        [["a", "x", 2], ["b", "x", 1]],
        [["b", "x", 2]],
        [["a", "x", 1], ["a", "x", 1]],
        [["a", "x", -1]],
        [["a", "y", 1]],
    ],
)
def test_the_checker_refuses_what_breaks_a_rule(pairs):
    assert not is_allowed(PAIR, {"pairs": pairs})


def test_the_checker_refuses_siblings_apart():
    instance = PAIR | {"together": [["a", "b"]]}

    assert not is_allowed(instance, {"pairs": [["b", "x", 1]]})
    assert is_allowed(instance, {"pairs": []})


def changed(**sides):
    return json.dumps(PAIR | sides)


HUGE = {
    "needs": [{"id": "a", "units": 10**12}, {"id": "b", "units": 1}],
    "offers": [{"id": "x", "capacity": 10**12}],
    "pairs": [["a", "x", 10**12]],
}


LONG = changed(pairs=[["a", "x", 1], ["b", "x", "?"]]).replace('"?"', "9" * 5000)


def needs_called(*names):
    return changed(needs=[{"id": name, "units": 1} for name in names])


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("{", "line 1, column 2: is no JSON"),
        ("[]", "the file: must be an object"),
        (changed(needs=[]), "needs: is empty"),
        (changed(offers=[]), "offers: is empty"),
        (needs_called("a", "a"), "needs[1]: the id 'a' stands twice"),
        (needs_called(1, "1"), "needs[1]: the id '1' stands twice"),
        (changed(offers=[{"id": "x", "capacity": -1}]), "offers[0].capacity: must be 0 to"),
        (changed(offers=[{"id": "x"}]), "offers[0].capacity: must be a whole number, not null"),
        (changed(offers=[{"id": "x", "capacity": True}]), "offers[0].capacity: must be a whole number"),
        (needs_called(None), "needs[0].id: an id must be"),
        (changed(pairs=[["a", "x", 1], ["z", "x", 1]]), "pairs[1][0]: there is no need 'z'"),
        (changed(pairs=[["a", "z", 1]]), "pairs[0][1]: there is no offer 'z'"),
        (changed(pairs=[["a", "x", "high"]]), 'pairs[0][2]: must be a whole number, not "high"'),
        (changed(pairs=[["a", "x", float("nan")]]), "pairs[0][2]: must be a whole number, not NaN"),
        (changed(pairs=[["a", "x", float("inf")]]), "pairs[0][2]: must be a whole number, not Infinity"),
        (changed(pairs=[["a", "x", 0.5]]), "pairs[0][2]: must be a whole number, not 0.5"),
        (changed(pairs=[["a", "x", 10**15 + 1]]), "pairs[0][2]: must lie within"),
        (changed(pairs=[["a", "x", 1], ["a", "x", 2]]), "pairs[1]: need 'a' and offer 'x' stand twice"),
        (changed(offers=[{"id": "x", "capacity": 10**400}]), "offers[0].capacity: must be 0 to 1000000"),
        ("", "line 1, column 1: is no JSON"),
        ("[" * 100_000, "the file: is nested too deeply"),
        (changed(pairs=[["a", "x", True]]), "pairs[0][2]: must be a whole number, not true"),
        (changed(pairs=[[["a"], "x", 1]]), "pairs[0][0]: an id must be"),
        (needs_called(1.0), "needs[0].id: an id must be"),
        (json.dumps({"needs": PAIR["needs"], "offers": PAIR["offers"]}), "pairs: must be a list"),
        (changed(**HUGE), "pairs: units times scores may exceed 2^62"),
        (LONG, "pairs[1][2]: must lie within 1000000000000000 of 0, not a number of over 30 digits"),
        (LONG + "[", "line 1, column"),
        (LONG[:-1] + ', "together": ' + "[" * 100_000, "the file: is nested too deeply"),
        (changed(pairs=[["a" * 10_000, "x", 1]]), f"pairs[0][0]: there is no need '{'a' * 79}..."),
        (changed(pairs=[["a", "x", ["high"] * 100]]), "pairs[0][2]: must be a whole number, not [\"high"),
        ('{"needs": [{"id": "a", "id": "b"}]}', "the file: the key 'id' stands twice in one object"),
        (changed(pairs=[["a", "x"]]), "pairs[0]: must be [need, offer, score]"),
        (changed(pairs={}), "pairs: must be a list"),
        (changed(together=[["a", "z"]]), "together[0][1]: there is no need 'z'"),
        (changed(together=[["a", "a"]]), "together[0]: names need 'a' twice"),
        (changed(ofers=[]), "'ofers': is not known"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_with_its_place(tmp_path, capsys, text, place):
    assert refused(tmp_path, capsys, text).startswith(place)


def test_a_file_that_is_no_utf_8_is_refused_with_the_byte(tmp_path, capsys):
    file = tmp_path / "latin.json"
    file.write_bytes('{"needs": "é"}'.encode("latin-1"))

    assert main([str(file), "--json"]) == 2

    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"{file}: byte 12: is no UTF-8; save the file as UTF-8\n")


def test_ids_that_no_terminal_can_write_are_printed_all_the_same(tmp_path):
    instance = {
        "needs": [{"id": "孩子", "units": 1}, {"id": "\ud800", "units": 1}],
        "offers": [{"id": "爱心", "capacity": 2}],
        "pairs": [["孩子", "爱心", 2], ["\ud800", "爱心", 1]],
    }
    file = tmp_path / "instance.json"
    file.write_text(json.dumps(instance))
    run = subprocess.run(
        [sys.executable, "-m", "matching", str(file), "--json"],
        capture_output=True,
        check=True,
        env={"PYTHONIOENCODING": "ascii", "LC_ALL": "C"},
    )

    answer = json.loads(run.stdout)
    assert sorted(answer["pairs"]) == sorted([["孩子", "爱心", 1], ["\ud800", "爱心", 1]])
    assert is_best(instance, answer)
