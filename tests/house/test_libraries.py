"""requirements.lock is what tools/bootstrap.sh installs first: it must say what requirements.txt does."""

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
