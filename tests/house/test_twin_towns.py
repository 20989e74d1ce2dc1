"""Law 6 at every rule of the url map: each low role, each method, each kind of handle.

The inhabitants of the authorisation matrix live in the twin worlds; the first donor of their town is
the secret one, and the donor who looks has the second's handles. With another child in the far
schools the same people look again.
"""

from pathlib import Path

import pytest
from flask import Flask

from extensions import db
from gateways.uploads import LocalFiles
from services import uploads
from tests.factories import OTHER_BANNER, viewer
from tests.house.decided import DECIDED, OPEN
from tests.house.exempt import EXEMPT
from tests.house.matrix import (
    HANDLES,
    HIGH,
    MAY,
    NAMED,
    ODD,
    OTHER,
    PEOPLE,
    Told,
    address_of,
    come_in,
    rules,
)
from tests.house.observing import differing
from tests.house.places import Town
from tests.house.test_authorisation import SHARED
from tests.house.twin_towns import NEAR, Looking, apart, settle, told_by
from tests.house.worlds import CHILDREN, DONORS, world
from tests.plugins.examples import PROFILE
from vocabulary.enums import Role

pytestmark = pytest.mark.slow

LOW = [who for who in PEOPLE if who not in HIGH]
LOW_TO_CHILDREN = [who for who in PEOPLE if who not in NEAR]
# Two donors in each other's place are looked at by the story's people every day (test_twins).
OF_DONORS = DONORS if PROFILE == "full" else DONORS[:-1]

SITE: list[tuple[Flask, Town]] = []
NUMBER = 62


@pytest.fixture(scope="module")
def towns(template: Path, tmp_path_factory: pytest.TempPathFactory):
    """What the low people of each donor's town get, and a paper of his that only a desk may read."""
    found = []
    for twin in OF_DONORS:
        folder = tmp_path_factory.mktemp("town") / "instance"
        with world(template, folder, twin) as (app, _):
            town = settle(app, apart(twin))
            told = told_by(app, town, Looking(LOW, tuple(map(str, twin.donor[:5]))))
            desk = come_in(app, town, "collecting_desk")
            paper = address_of(app, town, "staff.fiscal_receipts.paper", "collecting_desk")
            SITE[:] = [(app, town)]
            found.append((told, desk.get(paper)))
    return found


@pytest.fixture(scope="module")
def site(towns) -> tuple[Flask, Town]:
    """The rules of the house, and one town's handles."""
    return SITE[0]


@pytest.fixture(scope="module")
def towns_of_children(template: Path, tmp_path_factory: pytest.TempPathFactory):
    """What those get who stand far from the child, and a photograph of its slip."""
    found = []
    for twin in CHILDREN:
        folder, self = tmp_path_factory.mktemp("town") / "instance", twin.oneself
        with world(template, folder, twin) as (app, _):
            town = settle(app, apart(twin, self))
            words = (self.name, self.address, self.remark, self.guardian, self.phone)
            looking = Looking(LOW_TO_CHILDREN, words, only_open=PROFILE != "full")
            found.append((told_by(app, town, looking), _photograph(app, town)))
    return found


def _photograph(app: Flask, town: Town) -> bytes:
    """What the case staff of the far child's own banner see of its slip."""
    (far,) = town.others["case_worker", "photograph"]
    near = viewer(Role.CASE_WORKER, regions=(OTHER_BANNER,))
    with app.app_context():
        files = LocalFiles(app.config["SETTINGS"].uploads)
        return uploads.photo_of(db.session(), near, far, files=files)


@pytest.fixture(scope="module")
def told(towns) -> Told:
    """What one town showed."""
    return towns[0][0]


def test_no_low_person_at_any_rule_can_tell_the_twins_apart(towns) -> None:
    below, *others = (told.seen for told, _ in towns)

    assert [differing(below, other) for other in others] == [[]] * len(others)
    assert len(below) >= 8_000


def test_the_donor_stands_in_no_answer(towns) -> None:
    assert [told.hits for told, _ in towns] == [[]] * len(towns)


def test_nobody_far_from_a_child_can_tell_who_it_is(towns_of_children) -> None:
    below, *others = (told.seen for told, _ in towns_of_children)

    assert [differing(below, other) for other in others] == [[]] * len(others)
    assert len(below) >= 2_000
    assert [told.hits for told, _ in towns_of_children] == [[]] * len(towns_of_children)


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

    assert endpoints - told.opened.keys() == exempt.keys()
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
    """Or nothing was tried: each donor's receipt was photographed, and each child's slip."""
    papers = [paper for _, paper in towns]
    slips = [slip for _, slip in towns_of_children]

    assert {paper.status_code for paper in papers} == {200}
    assert len({paper.data for paper in papers}) == len(papers)
    assert len(set(slips)) == len(slips)
