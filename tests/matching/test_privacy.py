"""The engine knows codes, bands and counts; whoever hands it a person is refused."""

import ast
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from matching import KINDS, BadRecord, propose
from tests.matching.volunteering import a_care, a_volunteer
from tests.matching.worlds import a_need, an_offer

ROOM = Path(__file__).parents[2] / "matching"
MAKERS = {
    "pledges": (a_need, an_offer),
    "volunteers": (a_care, a_volunteer),
}
IDENTITIES = ["乌兰", "Wu Lan", "lan@example.com", "13800138000", "15012120120305432X", "a b"]
MAY_HOLD_TEXT = {
    "code", "banner", "league", "township", "scope", "sex", "stage", "wish_sex", "wish_stage",
    "wish_league", "until", "rhythm", "language", "family", "sibling_with",
}  # fmt: skip


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("identity", IDENTITIES)
def test_no_field_of_any_record_takes_a_name_a_phone_or_a_number(name, identity):
    for make in MAKERS[name]:
        record = make()
        for field in fields(record):
            value = getattr(record, field.name)
            given = frozenset({identity}) if isinstance(value, frozenset) else identity
            with pytest.raises(BadRecord) as refused:
                make(**{field.name: given})
            assert identity not in str(refused.value)


@pytest.mark.parametrize("name", KINDS)
def test_only_known_fields_hold_text_at_all(name):
    for make in MAKERS[name]:
        texts = {
            one.name
            for one in fields(make())
            if "str" in str(one.type) and "frozenset" not in str(one.type)
        }
        assert texts <= MAY_HOLD_TEXT


@pytest.mark.parametrize("name", KINDS)
def test_a_record_takes_no_further_field(name):
    for make in MAKERS[name]:
        with pytest.raises(TypeError):
            make(name="乌兰")


def test_a_run_takes_nothing_but_its_own_records():
    class Child:
        code, name, waiting_days = "N1", "乌兰", 3

    with pytest.raises(BadRecord) as refused:
        propose([Child()], [an_offer()])
    with pytest.raises(BadRecord):
        propose([a_need()], [{"code": "O1", "name": "乌兰"}])
    with pytest.raises(BadRecord):
        propose([a_care()], [an_offer()])

    assert "乌兰" not in str(refused.value)


@pytest.mark.parametrize(
    "change",
    [
        {"lat": 50.6012},
        {"lat": 9001},
        {"lon": -1},
        {"township": "150723100201"},
        {"banner": "150723100000"},
        {"age": 26},
        {"asks": {"tutoring"}},
        {"asks": frozenset({"hugs"})},
        {"is_high_risk": "yes"},
        {"waiting_days": float("nan")},
        {"waiting_days": 10**9},
    ],
)
def test_nothing_finer_than_a_township_and_nothing_of_a_wrong_type(change):
    (field,) = change

    with pytest.raises(BadRecord) as refused:
        a_care(**change)

    assert refused.value.field == f"need.{field}"


def test_the_engine_imports_numpy_scipy_ortools_and_nothing_of_ours_but_vocabulary():
    allowed = {"matching", "vocabulary", "numpy", "scipy", "ortools"} | sys.stdlib_module_names
    imported = {}
    for path in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            imported |= {name.split(".")[0]: path.name for name in names}

    assert {name: path for name, path in imported.items() if name not in allowed} == {}
    assert {"numpy", "scipy", "ortools"} <= imported.keys()
