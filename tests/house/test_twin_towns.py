"""Law 6 at every rule of the url map: each low role, each method, each kind of handle.

The inhabitants of the authorisation matrix live in the twin worlds; the first donor of their town is
the secret one, and the donor who looks has the second's handles. With another child in the far
schools the same people look again, at the same doors.
"""

from pathlib import Path

import pytest

from tests.house import twin_towns
from tests.house.decided import DECIDED, OPEN
from tests.house.exempt import EXEMPT
from tests.house.matrix import HANDLES, HIGH, MAY, NAMED, ODD, OTHER, Told, rules
from tests.house.observing import differing
from tests.house.test_authorisation import SHARED
from tests.house.twin_towns import FAR, LOW, Sight
from tests.house.worlds import CHILDREN, DONORS
from tests.plugins.examples import PROFILE

pytestmark = pytest.mark.slow

# Two donors in each other's place are looked at by the story's people every day (test_twins).
OF_DONORS = DONORS if PROFILE == "full" else DONORS[:-1]
NUMBER, OURS = 62, 500


@pytest.fixture(scope="module")
def towns(template: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Sight]:
    """Each donor's town."""
    return [twin_towns.of(twin, template, tmp_path_factory) for twin in OF_DONORS]


@pytest.fixture(scope="module")
def towns_of_children(template: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Sight]:
    """Each child's town."""
    return [twin_towns.of(twin, template, tmp_path_factory) for twin in CHILDREN]


@pytest.fixture(scope="module")
def site(towns):
    """The rules of the house, and one town's handles."""
    return towns[0].app, towns[0].town


@pytest.fixture(scope="module")
def told(towns) -> Told:
    """What one town showed."""
    return towns[0].told


def test_no_low_person_at_any_rule_can_tell_the_twins_apart(towns) -> None:
    below, *others = (town.to(LOW) for town in towns)

    assert [differing(below, other) for other in others] == [[]] * len(others)
    assert len(below) >= 8_000


def test_nobody_far_from_a_child_can_tell_who_it_is(towns_of_children) -> None:
    below, *others = (town.to(FAR) for town in towns_of_children)

    assert [differing(below, other) for other in others] == [[]] * len(others)
    assert len(below) >= 8_000


def test_neither_donor_nor_child_stands_in_an_answer(towns, towns_of_children) -> None:
    every = [*towns, *towns_of_children]

    assert [town.told.hits for town in every] == [[]] * len(every)


def test_no_answer_is_a_mistake_of_ours(towns, towns_of_children) -> None:
    """Or what it hides was compared with itself."""
    broken = [
        key
        for town in (*towns, *towns_of_children)
        for key, one in town.told.seen.items()
        if one.status >= OURS and not key[1].startswith("error ")
    ]

    assert broken == []


def test_every_route_with_a_handle_has_a_sample_and_anothers(told: Told, site) -> None:
    app, town = site
    with_handle = [rule for rule in rules(app) if rule.arguments]
    kinds = {MAY[rule.endpoint][1] for rule in with_handle}
    has_own = {kind for _, kind in town.own}
    has_other = {kind for (_, kind), others in town.others.items() if others}

    assert kinds - has_own == set()
    assert kinds - has_other - SHARED - _of_all() == set()


def _of_all() -> set[str]:
    """Kinds of handles that are the keys of open doors: who has one may enter."""
    return {kind for roles, kind in DECIDED.values() if roles is OPEN}


def test_every_route_opens_to_somebody_who_is_low_or_says_why_not(told: Told, site) -> None:
    app, _ = site
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    exempt = dict(EXEMPT)
    opened = {endpoint for endpoint, whom in told.opened.items() if whom - HIGH}

    assert endpoints - opened == exempt.keys()
    assert len(EXEMPT) == len(exempt) == NUMBER
    assert all(len(reason) > 20 for reason in exempt.values())


def test_every_rule_met_every_method_with_every_kind_of_handle(told: Told, site) -> None:
    app, town = site
    shared = SHARED | _of_all()
    has_other = {kind for (_, kind), others in town.others.items() if others}
    wanted = set()
    for rule in rules(app):
        kind = MAY[rule.endpoint][1]
        handles = [h for h in HANDLES if h != OTHER or kind in has_other or kind not in shared]
        named = [method for method in NAMED if method in rule.methods]
        wanted |= {
            (rule.endpoint, method, handle)
            for method in named
            for handle in (handles if rule.arguments else HANDLES[:1])
        }

    assert wanted - told.asked == set()
    odd = {(endpoint, method) for endpoint, method, _ in told.asked if method in ODD}
    assert {(rule.endpoint, method) for rule in rules(app) for method in ODD} - odd == set()


def test_every_low_person_asked_every_rule(told: Told, site) -> None:
    app, _ = site
    asked = {(who, endpoint) for who, endpoint in told.met}

    assert {(who, rule.endpoint) for who in LOW for rule in rules(app)} - asked == set()


def test_every_kind_of_error_page_was_compared(told: Told) -> None:
    errors = {one.status for (_, at), one in told.seen.items() if at.startswith("error ")}

    assert errors == {400, 404, 405, 413, 429, 500, 503}


def test_what_is_secret_did_differ(towns, towns_of_children) -> None:
    """Or nothing was tried: each donor's receipt was photographed, each child's slip and letter."""
    papers = [town.receipt for town in towns]
    taken = [town.photographs for town in towns_of_children]

    assert {paper.status_code for paper in papers} == {200}
    assert len({paper.data for paper in papers}) == len(papers)
    assert len(set(taken)) == len(taken)
