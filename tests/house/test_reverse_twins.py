"""The other way round: swap who the child is; no donor, other family or school, no stranger can tell.

Worlds with one history; name, day of birth, number, address, guardian, telephone, what is remarked of
one child and the photograph of its letter sort below, between and above those of the others.
"""

import re
from pathlib import Path

import pytest

from tests.house import sights
from tests.house.observing import Observations, differing
from tests.house.worlds import CHILDREN, WHO

pytestmark = pytest.mark.slow

AGREED = re.compile(r"/donor/children/\w+/reveal")
KNOWN = "孩子家愿意让你知道的".encode()
"""The one page on which both sides let each other know, after 7 days, a consent and two people."""


@pytest.fixture(scope="module")
def seen(template: Path, tmp_path_factory: pytest.TempPathFactory) -> list[sights.Sight]:
    return [sights.of(twin, template, tmp_path_factory) for twin in CHILDREN]


@pytest.fixture(scope="module")
def observations(seen) -> list[Observations]:
    """What each of them gets, the donor who supports this very child among them."""
    return [_without_agreed(one.to_children_low) for one in seen]


def _without_agreed(seen: Observations) -> Observations:
    """Leave out what the story's other donor and this very child agreed to: one page of his."""
    agreed = [
        (who, address)
        for (who, address), one in seen.items()
        if who == "other_donor" and AGREED.fullmatch(address) and KNOWN in one.body
    ]
    assert len(agreed) == 1
    return {key: one for key, one in seen.items() if key not in agreed}


def test_nobody_but_its_own_can_tell_who_the_child_is(observations) -> None:
    below, *others = observations

    assert [differing(below, other) for other in others] == [[]] * len(others)
    assert len(below) >= 4_000


def test_its_own_school_reads_another_child_in_each_world(seen) -> None:
    """Or nothing was tried."""
    assert len({one.schools_page for one in seen}) == len(CHILDREN)


def test_what_the_child_wrote_of_itself_reached_its_donor_hidden(observations) -> None:
    letters = [
        one.body.decode()
        for (who, at), one in observations[0].items()
        if who == "other_donor" and at.startswith("/donor/") and at.endswith("/letters")
    ]

    assert any("我叫<mark>…</mark>" in page for page in letters)


def test_who_the_child_is_stands_in_no_observation(observations) -> None:
    for seen, twin in zip(observations, CHILDREN, strict=True):
        self = twin.oneself
        said = [
            WHO,
            self.name,
            self.id_number,
            self.address,
            self.remark,
            self.guardian,
            self.phone,
        ]
        words = [str(word).encode() for word in said]
        assert [key for key, one in seen.items() if any(w in one.body for w in words)] == []
