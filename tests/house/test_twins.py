"""Law 6: swap one anonymous donor for another in the same history, and nobody else can tell.

Three twins: the secret donor's contact, name, city, employer, account, pay-in day and reading hour
sort below, between and above those of the other donors. In a fourth two donors changed places.
"""

from collections.abc import Sequence
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from cli.twins import cast
from extensions import db
from models.pledges import Match
from models.stipends import Stipend
from privacy import viewers
from services import links as private_links
from services.links import Subject
from services.vault import vault
from tests.house.crawl import Seen, probes, sample_refs
from tests.house.observing import (
    Observations,
    asked_of,
    attempted,
    attempts,
    differing,
    enter,
    exported,
    fetched,
    filled,
    logged,
    mailed,
    numbers_of_rows,
    ordered,
    searched,
)
from tests.house.worlds import (
    ABOVE,
    BELOW,
    BETWEEN,
    SECOND,
    STARTS,
    Links,
    Twin,
    as_donor,
    begin,
    world,
)
from tests.plugins.examples import PROFILE
from vocabulary import amounts, clock
from vocabulary.enums import LinkPurpose, Rhythm
from vocabulary.money import Fen

pytestmark = pytest.mark.slow

# What order gives away shows between below and above; the one between them is for `make test-full`.
BETWEEN_THEM = (Twin(BETWEEN),) if PROFILE == "full" else ()
WORLDS = (Twin(BELOW), Twin(ABOVE), *BETWEEN_THEM, Twin(SECOND, second=BELOW))
GIVEN: list[set[tuple[Fen, Rhythm]]] = []


def observe(app: Flask, links: Links, own: set[str], words: Sequence[str] = ()) -> Observations:
    """Everything that every low observer can fetch, send or be sent.

    `own` are the donors' contacts, `words` what is searched for.
    """
    with app.app_context():
        handles = sample_refs(db.session())
    seen: Observations = {}
    for observer in (*cast.LOW, *links):
        begin(observer)
        with logged(app) as lines:
            client = enter(app, observer, links)
            papers = [one for one in links.get(observer, ()) if one.startswith("/verify/")]
            asked = probes(app, handles, asked_of(app, observer))
            seen |= fetched(app, client, observer, (*STARTS, *papers), asked)
            tried = attempts(app, observer, handles)
            sent = filled(client, observer, tried, handles, seen)
            seen |= attempted(client, observer, tried, seen) | sent
        seen[observer, "log "] = Seen(0, (), "\n".join(lines).encode())
    begin("papers")
    seen |= exported(app, links) | ordered(app) | mailed(app, but_to=own)
    for observer in ("case_worker", "approver"):
        begin(f"{observer}/search")
        client = enter(app, observer, links)
        seen[observer, "SEARCH"] = searched(client, words)
    return seen


def visited(app: Flask, donor: tuple) -> Observations:
    """Let the secret donor read at his own hour: oftener in one world than in another.

    What the machine's log says of it is what its readers get.
    """
    begin("secret")
    with app.app_context():
        session, who = db.session(), as_donor(donor)
        subject = Subject(donor_id=vault.find_donor_by_contact(session, who.contact))
        by = viewers.engine("notices")
        token = private_links.make(session, by, LinkPurpose.DONOR_HOME, subject, now=clock.now())
        session.commit()
    with logged(app) as lines:
        client = app.test_client()
        client.get(f"/d/{token}")
        read = [client.get("/donor/").status_code for _ in range(who.hour_seen)]
    assert set(read) == {200}
    return {("log reader", "log "): Seen(0, (), "\n".join(lines).encode())}


@pytest.fixture(scope="module")
def observations(template: Path, tmp_path_factory: pytest.TempPathFactory):
    """What the low observers see in each world, at last in the one whose donors changed places."""
    seen = []
    for twin in WORLDS:
        donor, second = twin.donor, twin.second
        folder = tmp_path_factory.mktemp("twin") / "instance"
        with world(template, folder, twin) as (app, links):
            with app.app_context():
                rows = select(Stipend.amount_fen, Match.rhythm).join(
                    Match, Match.id == Stipend.match_id
                )
                GIVEN.append({(Fen(fen), rhythm) for fen, rhythm in db.session.execute(rows)})
            told = visited(app, donor)
            seen.append(told | observe(app, links, {donor[1], second[1]}, donor[:5]))
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
    for twin, seen in zip(WORLDS[:-1], observations[:-1], strict=True):
        said = [str(part).encode() for part in twin.donor[:5]]
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
