"""docs/architecture.md names every package of the operations by its own first line."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| `([a-z_]+)` \| (.+) \|$", re.MULTILINE)


def test_every_package_of_operations_has_its_row_in_the_architecture() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    listed = text.split("## The operations' subjects")[1].split("\n## ")[0]
    packages = sorted((ROOT / "services").glob("*/__init__.py"))

    said = [
        (p.parent.name, str(ast.get_docstring(ast.parse(p.read_text("utf-8"))))) for p in packages
    ]

    assert ROW.findall(listed) == [(name, doc.splitlines()[0]) for name, doc in said]
