"""The engine's modules know each other one way, what they load late included."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[2]


def known_by(path: Path, modules: set[str]) -> set[str]:
    """Return the engine's modules that a file names, at its head or inside a function."""
    asked = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    named = {
        name
        for node in asked
        if isinstance(node, ast.ImportFrom) and node.module
        for one in node.names
        for name in (f"{node.module}.{one.name}", node.module)
    }
    return named & modules


def test_no_module_needs_one_that_needs_it():
    files = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in (ROOT / "matching").rglob("*.py")
    }
    graph = {name: known_by(path, set(files) - {"matching", name}) for name, path in files.items()}

    order = list(TopologicalSorter(graph).static_order())

    assert order.index("matching.component") < order.index("matching.together")
    assert order.index("matching.together") < order.index("matching.exact")
    assert set(order) == set(files)
