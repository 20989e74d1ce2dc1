"""Each kind of secret keeps its own promise, on letters a stranger marked."""

from pathlib import Path

import pytest

from tests.privacy import reading
from tools import screening_figures

BY_KIND = [one for one in reading.EVERY if one.stem >= "11"]
"""Sets whose secrets are told apart by kind; the first ten know numbers and words only."""


@pytest.mark.parametrize("path", BY_KIND, ids=lambda path: path.stem)
def test_every_kind_keeps_its_promise(path: Path) -> None:
    letters = screening_figures.read(path)

    found = screening_figures.measure(letters)

    assert set(found.secrets) == set(screening_figures.PROMISED)
    for kind, promised in screening_figures.PROMISED.items():
        assert found.secrets[kind] >= 10
        assert found.recall(kind) >= promised, [one for one in found.missed if one[0] == kind]
    assert found.unchanged >= screening_figures.HARMLESS_PROMISED, found.changed


def test_a_secret_left_standing_and_a_harmless_letter_changed_are_both_counted() -> None:
    found = screening_figures.measure(
        [
            {"text": "我叫王小明。", "hide": [{"s": "王小明", "kind": "name"}]},
            {"text": "雪有一尺厚。", "hide": [{"s": "雪", "kind": "number"}]},
            {"text": "我叫李小红。", "hide": []},
            {"text": "雪有一尺厚。", "hide": []},
        ]
    )

    assert (found.recall("name"), found.recall("number")) == (1, 0)
    assert found.unchanged == 0.5
    assert found.missed == [("number", "雪", "雪有一尺厚。")]
