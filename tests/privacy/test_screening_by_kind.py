"""What is hard to tell apart, kind by kind: a person and a word, a number and a sum."""

import pytest

from tests.privacy.letters_by_kind import KINDS
from tests.privacy.letters_in_passing import IN_PASSING
from tests.privacy.measuring import Letter, left, touched

EVERY = KINDS | IN_PASSING


def _read(kind: str) -> tuple[list[str], list[Letter]]:
    rows = [line.replace("\\n", "\n").split("\t") for line in EVERY[kind].strip().splitlines()]
    harmless = [row[1] for row in rows if row[0] == "H"]
    return harmless, [(row[0], (row[1],), row[2]) for row in rows if row[0] != "H"]


@pytest.mark.parametrize("kind", EVERY)
def test_what_tells_who_somebody_is_disappears(kind: str) -> None:
    _, telling = _read(kind)

    assert telling
    assert all(secret in text for _, secrets, text in telling for secret in secrets)
    assert [*left(telling, "N"), *left(telling, "W")] == []


@pytest.mark.parametrize("kind", EVERY)
def test_what_only_looks_so_stays(kind: str) -> None:
    harmless, _ = _read(kind)

    assert len(harmless) > 10
    assert touched(harmless) == []
