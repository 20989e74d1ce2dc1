"""What the measurements ask of the house is there: they are run by hand alone."""

import ast
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MEASURES = sorted((ROOT / "benchmarks").glob("*.py"))
OURS = {path.parent.name for path in ROOT.glob("*/__init__.py")}


def asked_of(text: str) -> list[tuple[str, str]]:
    """Every name that is imported from a room of ours, and every name read of such a room."""
    asked, rooms = [], {}
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in OURS:
            asked += [(node.module, one.name) for one in node.names]
            rooms |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            room = rooms.get(node.value.id)
            if room and is_module(room):
                asked.append((room, node.attr))
    return asked


def is_module(name: str) -> bool:
    path = ROOT / name.replace(".", "/")
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


def lacks(text: str) -> list[str]:
    found = []
    for room, name in asked_of(text):
        if is_module(f"{room}.{name}"):
            continue
        if not hasattr(importlib.import_module(room), name):
            found.append(f"{room}.{name}")
    return found


@pytest.mark.parametrize("measure", MEASURES, ids=lambda path: path.stem)
def test_every_name_it_asks_for_is_there(measure: Path) -> None:
    assert lacks(measure.read_text(encoding="utf-8")) == []


def test_a_name_that_is_gone_is_seen() -> None:
    gone = (
        "from services.runs import nights\nfrom vocabulary import clock\nnights.lost(clock.now)\n"
    )

    assert lacks(gone) == ["services.runs.nights.lost"]
