"""Law 6: swap one anonymous donor for another in the same history, and nobody else can tell.

Three twins: the secret donor's contact, name, city, employer, account, pay-in day and reading hour
sort below, between and above those of the other donors. In a fourth two donors changed places.
"""

from pathlib import Path

import pytest

from cli.twins import cast
from tests.house import sights
from tests.house.observing import differing, numbers_of_rows
from tests.house.worlds import DONORS
from vocabulary import amounts

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def seen(template: Path, tmp_path_factory: pytest.TempPathFactory) -> list[sights.Sight]:
    """What each world shows, at last the one whose donors changed places."""
    return [sights.of(twin, template, tmp_path_factory) for twin in DONORS]


@pytest.fixture(scope="module")
def observations(seen):
    """What the low observers see in each world."""
    return [one.to_donors_low for one in seen]


def test_no_low_observer_can_tell_the_twins_apart(observations) -> None:
    below, *others, _ = observations

    assert [differing(below, other) for other in others] == [[]] * len(others)


def test_nobody_can_tell_which_of_two_donors_supports_which_of_two_children(observations) -> None:
    below, *_, changed_places = observations

    assert differing(below, changed_places) == []


def test_the_observations_are_not_hollow(observations) -> None:
    shown = {observer for (observer, _), one in observations[0].items() if one.status == 200}

    by_link = {"family", "other_family", "guardian", "asked_guardian", "class_teacher"} | {
        "reader",
        "other_reader",
    }
    assert shown >= {*cast.LOW, *by_link, "other_donor", "public"}
    assert len(observations[0]) >= 9_500
    ways = {address.partition(" ")[0] for _, address in observations[0] if " " in address}
    assert ways >= {"POST", "filled", "xlsx", "order", "mail", "log"}
    # Of one order at least the table that the bank gets, and of the short messages their very bytes.
    assert any("order " in at and at.endswith("sheet1.xml") for _, at in observations[0])
    assert any(at.startswith("mail sms") for _, at in observations[0])
    done = [one.status for (_, at), one in observations[0].items() if at.startswith("filled ")]
    # Some were taken, some came back with a sentence: not all ended at a door.
    assert sum(status in (200, 303) for status in done) >= 50
    # The copy of the child's file, built for its guardian, is among what is compared.
    assert observations[0]["reader", "/family/file/copy"].status == 200
    pdfs = [one for one in observations[0].values() if one.body.startswith(b"%PDF")]
    assert pdfs


def test_the_identity_stands_in_no_observation(observations) -> None:
    for twin, seen in zip(DONORS[:-1], observations[:-1], strict=True):
        said = [str(part).encode() for part in twin.donor[:5]]
        hits = [key for key, one in seen.items() if any(part in one.body for part in said)]
        assert hits == []


def test_no_beginning_of_his_name_phone_or_city_finds_more_than_a_strangers(observations) -> None:
    answers = [seen[who, "SEARCH"] for seen in observations for who in ("case_worker", "approver")]

    assert [one.status for one in answers] == [1] * len(answers)


def test_no_number_of_a_row_stands_in_an_address_or_a_hidden_field(observations) -> None:
    """Whoever joined the day after the lecture would be known by it."""
    assert numbers_of_rows(observations[0]) == []


def test_each_sum_that_is_given_is_one_of_the_list(seen) -> None:
    given = set().union(*(one.given for one in seen))

    assert given
    assert {one for one in given if not amounts.is_listed(*one)} == set()
