"""What each twin world shows to whom: looked at once, compared in both directions.

First look those who are low towards donors and children alike, then who knows the child, at last who
knows the donor: in every world in the same order, for what one looks at leaves traces.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from cli.twins import cast
from cli.twins.donor import TwinDonor
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
    enter,
    exported,
    fetched,
    filled,
    logged,
    mailed,
    ordered,
    searched,
)
from tests.house.worlds import (
    BELOW,
    CHILDREN,
    DONORS,
    SELVES,
    STARTS,
    Links,
    Twin,
    as_donor,
    begin,
    world,
)
from vocabulary import clock
from vocabulary.enums import LinkPurpose, Rhythm
from vocabulary.money import Fen

# Not the child's own school, village and case staff; an auditor's sample opens it by design.
FAR = ("public", "other_donor", "third_donor", "other_family", "volunteer", "school_officer",
       "other_banner", "paying_desk", "administrator", "statistics", "unit_collector", "unit_hand",
       "paper_reader")  # fmt: skip
SUPPORTER = "supporter"
# High towards donors: the desk that books what comes in, and the very donor of this child.
PAYERS_SIDE = (*cast.COLLECTING, SUPPORTER)
LOG_READER = "log reader"
_SIGHTS: dict[Twin, "Sight"] = {}
_BODIES: dict[bytes, bytes] = {}


@dataclass(frozen=True, slots=True)
class Sight:
    """What one world showed: everything, and every message that went to no donor, or no family."""

    seen: Observations
    mail_but_to_donors: Observations
    mail_but_to_families: Observations
    schools_page: bytes
    given: frozenset[tuple[Fen, Rhythm]]

    @property
    def to_donors_low(self) -> Observations:
        """What all get who may not know who gives."""
        found = {key: one for key, one in self.seen.items() if key[0] not in PAYERS_SIDE}
        return found | self.mail_but_to_donors

    @property
    def to_children_low(self) -> Observations:
        """What all get who may not know who the child is."""
        low = {*FAR, *PAYERS_SIDE, LOG_READER}
        found = {key: one for key, one in self.seen.items() if key[0] in low}
        return found | self.mail_but_to_families


def of(twin: Twin, template: Path, tmp_path_factory: pytest.TempPathFactory) -> Sight:
    """Look at one world; at second asking return what was seen."""
    if twin not in _SIGHTS:
        folder = tmp_path_factory.mktemp("twin") / "instance"
        with world(template, folder, twin) as (app, links):
            _SIGHTS[twin] = _look(app, links, twin)
    return _SIGHTS[twin]


def _look(app: Flask, links: Links, twin: Twin) -> Sight:
    own = {str(twin.donor[1]), str(twin.second[1])}
    seen = visited(app, as_donor(twin.donor)) | observe(app, links, FAR)
    if twin in DONORS:
        near = [one for one in (*cast.LOW, *links) if one not in FAR]
        seen |= observe(app, links, near)
    begin("papers")
    seen |= exported(app, links) | ordered(app)
    if twin in DONORS:
        seen |= _searches(app, links, [str(word) for word in twin.donor[:5]])
    school = enter(app, "other_school", links).get("/school/").get_data()
    if twin in CHILDREN:
        begin("payers")
        ways = {**links, SUPPORTER: [f"/d/{link(app, str(BELOW[1]))}"]}
        seen |= observe(app, ways, PAYERS_SIDE)
    families = {self.phone for self in SELVES}
    return Sight(
        _shared(seen),
        mailed(app, but_to=own),
        mailed(app, but_to=families),
        school,
        _given(app),
    )


def _shared(seen: Observations) -> Observations:
    """Let bytes that several worlds have alike lie in memory once."""
    return {
        key: replace(one, body=_BODIES.setdefault(one.body, one.body)) for key, one in seen.items()
    }


def observe(app: Flask, links: Links, observers: Iterable[str]) -> Observations:
    """Everything that each of them can fetch and send, and what the machine's log says of it."""
    with app.app_context():
        handles = sample_refs(db.session())
    seen: Observations = {}
    for observer in observers:
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
    return seen


def _searches(app: Flask, links: Links, words: Sequence[str]) -> Observations:
    found: Observations = {}
    for observer in ("case_worker", "approver"):
        begin(f"{observer}/search")
        client = enter(app, observer, links)
        found[observer, "SEARCH"] = searched(client, words)
    return found


def visited(app: Flask, who: TwinDonor) -> Observations:
    """Let the secret donor read at his own hour: oftener in one world than in another.

    What the machine's log says of it is what its readers get.
    """
    begin("secret")
    token = link(app, who.contact)
    with logged(app) as lines:
        client = app.test_client()
        client.get(f"/d/{token}")
        read = [client.get("/donor/").status_code for _ in range(who.hour_seen)]
    assert set(read) == {200}
    return {(LOG_READER, "log "): Seen(0, (), "\n".join(lines).encode())}


def link(app: Flask, contact: str) -> str:
    """Return a fresh private link of the donor behind a contact."""
    with app.app_context():
        session = db.session()
        subject = Subject(donor_id=vault.find_donor_by_contact(session, contact))
        by = viewers.engine("notices")
        token = private_links.make(session, by, LinkPurpose.DONOR_HOME, subject, now=clock.now())
        session.commit()
    return token


def _given(app: Flask) -> frozenset[tuple[Fen, Rhythm]]:
    """Return every instalment of a world, with its rhythm."""
    rows = select(Stipend.amount_fen, Match.rhythm).join(Match, Match.id == Stipend.match_id)
    with app.app_context():
        return frozenset((Fen(fen), rhythm) for fen, rhythm in db.session().execute(rows))
