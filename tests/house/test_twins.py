"""Law 6: swap one anonymous donor for another in the same history, and nobody else can tell.

Three twins: the secret donor's contact, name, city, employer, account, pay-in day and reading hour
sort below, between and above those of the other donors. In a fourth two donors changed places.
Every day the one between is left out: what order gives away shows between below and above.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from itsdangerous import TimestampSigner
from sqlalchemy import select

from app import create_app
from cli import twins
from cli.twins import cast
from cli.twins.donor import TwinDonor, read_donor
from extensions import db
from models.pledges import Match
from models.stipends import Stipend
from tests.house.crawl import probes, sample_refs
from tests.house.observing import (
    Observations,
    attempted,
    attempts,
    differing,
    enter,
    exported,
    fetched,
    filled,
    keep_nothing_that_is_tried,
    mailed,
    numbers_of_rows,
    ordered,
    searched,
)
from tests.plugins.examples import PROFILE
from tests.plugins.installation import settings_in
from vocabulary import amounts, clock, refs
from vocabulary.enums import Rhythm
from vocabulary.money import Fen

pytestmark = pytest.mark.slow

FIELDS = ("name", "phone", "city", "employer", "account", "pay_in_day", "seen_at")
BELOW = ("阿古拉", "13000000001", "鞍山", "一家林场", "1000000000000001", 8, "06:10")
BETWEEN = ("孟和", "13650000050", "昌都", "森工公司", "6222020000000007", 15, "12:00")
ABOVE = ("卓玛·齐齐格𠮷", "zz@example.org", "漳州", "邹记五金店", "9999000000000009", 27, "23:05")
SECOND = ("高娃", "13700000002", "包头", "稀土学院", "5000000000000005", 9, "09:00")
WORLDS = (
    (BELOW, SECOND), (ABOVE, SECOND), *([(BETWEEN, SECOND)] if PROFILE == "full" else []),
    (SECOND, BELOW),
)  # fmt: skip
GIVEN: list[set[tuple[Fen, Rhythm]]] = []
STARTS = (
    "/", "/months", "/staff/", "/school/", "/village/", "/volunteer/", "/unit/", "/unit/hand/",
    "/donor/", "/family/",
)  # fmt: skip


@contextmanager
def world(
    template: Path, folder: Path, donor: tuple, **differing: object
) -> Iterator[tuple[Flask, dict]]:
    """One installation with the same history but for the secret donor; and its links."""
    shutil.copytree(template, folder)
    with ExitStack() as stack:
        stack.callback(clock.stand_at, None)
        stack.callback(refs.seed_process, None)
        stack.callback(setattr, TimestampSigner, "get_timestamp", TimestampSigner.get_timestamp)
        app = create_app(replace(settings_in(folder), twin_seed="1"))
        app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
        keep_nothing_that_is_tried(app)
        with app.app_context():
            links = twins.play(as_donor(donor), seed=1, **differing)
        refs.seed_process("1/serve")
        # Outside the context: one left open would carry g, and the person signed in, to all clients.
        yield app, links
        with app.app_context():
            db.engine.dispose()


def as_donor(given: tuple) -> TwinDonor:
    return read_donor(dict(zip(FIELDS, given, strict=True)))


def observe(app: Flask, links: dict, own: set[str], words: Sequence[str] = ()) -> Observations:
    """Everything that every low observer can fetch, send or be sent.

    `own` are the donors' contacts, `words` what is searched for.
    """
    with app.app_context():
        handles = sample_refs(db.session())
    seen: Observations = {}
    for observer in (*cast.LOW, *links):
        client = enter(app, observer, links)
        papers = [one for one in links.get(observer, ()) if one.startswith("/verify/")]
        seen |= fetched(app, client, observer, (*STARTS, *papers), probes(app, handles))
        tried = attempts(app, observer, handles)
        sent = filled(client, observer, tried, handles, seen)
        seen |= attempted(client, observer, tried, seen) | sent
    seen |= exported(app, links) | ordered(app) | mailed(app, but_to=own)
    # Last: a longer name is searched for more often, and each answer draws its own nonce.
    for observer in ("case_worker", "approver"):
        client = enter(app, observer, links)
        seen[observer, "SEARCH"] = searched(client, words)
    return seen


@pytest.fixture(scope="module")
def observations(template: Path, tmp_path_factory: pytest.TempPathFactory):
    """What the low observers see in each world, at last in the one whose donors changed places."""
    seen = []
    for donor, second in WORLDS:
        folder = tmp_path_factory.mktemp("twin") / "instance"
        with world(template, folder, donor, second=as_donor(second)) as (app, links):
            with app.app_context():
                rows = select(Stipend.amount_fen, Match.rhythm).join(
                    Match, Match.id == Stipend.match_id
                )
                GIVEN.append({(Fen(fen), rhythm) for fen, rhythm in db.session.execute(rows)})
            seen.append(observe(app, links, {donor[1], second[1]}, donor[:5]))
    return seen


@pytest.fixture(scope="module")
def given(observations) -> set[tuple[Fen, Rhythm]]:
    """Every instalment of the worlds above, with its rhythm."""
    return set.union(*GIVEN)


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
    assert len(observations[0]) >= 2_000
    ways = {address.partition(" ")[0] for _, address in observations[0] if " " in address}
    assert ways >= {"POST", "filled", "xlsx", "order", "mail"}
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
    for (donor, _), seen in zip(WORLDS[:-1], observations[:-1], strict=True):
        said = [str(part).encode() for part in donor[:5]]
        hits = [key for key, one in seen.items() if any(part in one.body for part in said)]
        assert hits == []


def test_no_beginning_of_his_name_phone_or_city_finds_more_than_a_strangers(observations) -> None:
    answers = [seen[who, "SEARCH"] for seen in observations for who in ("case_worker", "approver")]

    assert [one.status for one in answers] == [1] * len(answers)


def test_no_number_of_a_row_stands_in_an_address_or_a_hidden_field(observations) -> None:
    """Whoever joined the day after the lecture would be known by it."""
    assert numbers_of_rows(observations[0]) == []


def test_each_sum_that_is_given_is_one_of_the_list(observations, given: set) -> None:
    assert given
    assert {one for one in given if not amounts.is_listed(*one)} == set()
