"""docs/security*: whole by the standard's count, and every file and test it names is there."""

import re
from collections import Counter
from pathlib import Path

import pytest

from models import Base

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "docs" / "security.md", *sorted((ROOT / "docs" / "security").glob("*.md"))]
ITEM = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| [^|]+ \| ([^|]+) \| (.+) \|$", re.M)
# A path of ours between backticks, and perhaps what stands in it: `tests/x.py::test_y`.
NAMED = re.compile(r"`([\w.-]+(?:/[\w.-]*)*\.?\w*)(?:::(\w+))?`")
STATES = {"met", "**not met**", "n/a"}
# Items of levels 1 and 2 in ASVS 5.0.0, chapter by chapter.
COUNTS = {
    1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 9: 7, 10: 29, 11: 14, 12: 9, 13: 13,
    14: 9, 15: 13, 16: 16, 17: 7,
}  # fmt: skip
# A name of a place or a job: of nobody.
NO_PERSON = {"regions", "job_runs", "job_leases", "retention_acts"}
LEVELS = {"1": 70, "2": 183}


def items() -> list[tuple[str, str, str, str]]:
    return ITEM.findall((ROOT / "docs" / "security" / "asvs.md").read_text(encoding="utf-8"))


def named(text: str) -> list[tuple[str, str]]:
    """Paths of this house among what stands between backticks."""
    tops = {path.name for path in ROOT.iterdir()}
    return [(p, inside) for p, inside in NAMED.findall(text) if p.partition("/")[0] in tops]


def test_every_item_of_levels_1_and_2_stands_there_once() -> None:
    found = items()

    assert [i for i, n in Counter(i for i, *_ in found).items() if n > 1] == []
    assert Counter(int(i.partition(".")[0]) for i, *_ in found) == COUNTS
    assert Counter(level for _, level, *_ in found) == LEVELS
    assert {state for _, _, state, _ in found} == STATES


def test_what_is_met_names_where_and_what_is_not_says_why() -> None:
    nowhere = [i for i, _, state, why in items() if state == "met" and not named(why)]
    silent = [i for i, _, state, why in items() if state != "met" and len(why) < len("none")]

    assert nowhere == []
    assert silent == []


def test_the_sums_at_its_head_are_those_of_its_rows() -> None:
    text = (ROOT / "docs" / "security" / "asvs.md").read_text(encoding="utf-8")
    count = Counter(state for _, _, state, _ in items())

    said = re.search(r"Met (\d+), not met (\d+), not applicable (\d+)\.", text)
    assert said
    assert [int(n) for n in said.groups()] == [count[s] for s in ("met", "**not met**", "n/a")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_and_test_that_is_named_is_there(page: Path) -> None:
    lost = []
    for path, inside in named(page.read_text(encoding="utf-8")):
        file = ROOT / path
        if not file.exists():
            lost.append(path)
        elif inside and not defines(file, inside):
            lost.append(f"{path}::{inside}")

    assert lost == []
    assert len(named(page.read_text(encoding="utf-8"))) > (
        0 if page.name == "work-units.md" else 10
    )


def defines(file: Path, name: str) -> bool:
    """Say whether a file has a function, class or constant of that name."""
    begins = rf"^\s*(?:def|class) {name}\b|^(?:\w+, )*{name}\b[^=\n]*="
    return re.search(begins, file.read_text(encoding="utf-8"), re.M) is not None


def test_the_impact_assessment_names_every_sensitive_table() -> None:
    """A new kind of person in the tables asks for a new assessment."""
    page = (ROOT / "docs" / "security" / "impact.md").read_text(encoding="utf-8")
    whose = {
        "children": "children", "amendments": "children", "import_rows": "children",
        "kin": "guardians", "child_transfers": "children",
        "vault_givers": "donors", "vault_members": "donors",
        "vault_words": "donors", "vault_receipt_wishes": "donors",
        "volunteers": "volunteers",
        "accounts": "staff", "access_links": "class teachers", "organisations": "schools' contacts",
    }  # fmt: skip
    people = {
        table.name
        for table in Base.metadata.sorted_tables
        if {"name", "phone"} & set(table.c.keys())
    }

    whom = "\n".join(re.findall(r"^\| ([^|]+) \|", page, re.M))
    assert people - NO_PERSON == whose.keys()
    assert [words for words in whose.values() if words not in whom] == []


def test_it_would_be_seen() -> None:
    """It can fail: a test that was renamed, a file that went, are found by their names."""
    assert named("as `tests/no_such.py` and `app.py::create_app` say, not `|safe`") == [
        ("tests/no_such.py", ""),
        ("app.py", "create_app"),
    ]
    assert not defines(ROOT / "app.py", "create_apple")
    assert defines(ROOT / "app.py", "create_app")
