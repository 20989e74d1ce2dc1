"""requirements.lock is what tools/bootstrap.sh installs first: it must say what requirements.txt does."""

import ast
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]


def lines_of(name: str) -> list[Requirement]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return [Requirement(line) for line in text.splitlines() if line and line[0] not in "#-"]


def versions_in(name: str) -> dict[str, str]:
    return {canonicalize_name(one.name): str(one.specifier) for one in lines_of(name)}


def brought_by(wanted: list[Requirement]) -> set[str]:
    """Follow what each installed library says it needs, with the extras that were asked for."""
    found: set[str] = set()
    while wanted:
        one = wanted.pop()
        name = canonicalize_name(one.name)
        found.add(name)
        more = [Requirement(text) for text in metadata.requires(name) or []]
        wanted += [
            new
            for new in more
            if canonicalize_name(new.name) not in found
            and any(_is_for_us(new, extra) for extra in ("", *one.extras))
        ]
    return found


def _is_for_us(new: Requirement, extra: str) -> bool:
    return new.marker is None or new.marker.evaluate({"extra": extra})


def test_the_lock_names_all_that_the_requirements_bring():
    assert set(versions_in("requirements.lock")) == brought_by(lines_of("requirements.txt"))


def test_the_lock_has_the_versions_of_the_requirements():
    locked = versions_in("requirements.lock")

    assert versions_in("requirements.txt").items() <= locked.items()
    assert all(version.startswith("==") for version in locked.values())


def test_what_the_product_imports_is_installed_to_run_it():
    """A library that only the tests' list names is there on every desk, and missing where it runs."""
    rooms = (
        "app.py config.py extensions.py cli gateways jobs matching models privacy services"
        " vocabulary web"
    )
    files = [f for room in rooms.split() for f in (ROOT / room).rglob("*.py")]
    files += [ROOT / room for room in rooms.split() if room.endswith(".py")]
    imported = {
        name.partition(".")[0]
        for file in files
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        for name in (
            [alias.name for alias in node.names] if isinstance(node, ast.Import)
            else [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
        )
    }  # fmt: skip
    known = metadata.packages_distributions()
    theirs = {
        module: {canonicalize_name(d) for d in known[module]} for module in imported & known.keys()
    }
    lines = [*lines_of("requirements.txt"), *lines_of("requirements-payments.txt")]
    installed = set(brought_by(lines))

    assert {module for module, by in theirs.items() if by.isdisjoint(installed)} == set()
