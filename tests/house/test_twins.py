"""Law 6, small: swap one anonymous donor for another in the same history, and nobody else can tell.

Three twins: the secret donor's contact, name and pay-in day sort below, between and above those of
the other donors. The wall's full test grows from this one.
"""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from extensions import db
from jobs import outbox
from jobs.run import Run
from jobs.stipends import open_and_fund
from privacy import viewers
from services import (
    answers,
    batches,
    changes,
    donor_links,
    donors,
    handovers,
    links,
    matches,
    pledges,
    proposing,
    receipts,
    slips,
)
from services.answers import Reply
from services.hand_lists import list_for
from services.pledges import PledgeTerms
from services.receipts import BankLine
from tests.conftest import settings_in
from tests.factories import BANNER, PASSWORD, a_child, a_school, an_account
from tests.house.crawl import Seen, crawl, look, probes, sample_refs
from vocabulary import clock, refs
from vocabulary.dates import at
from vocabulary.enums import Answer, Rhythm, Role, Snag
from vocabulary.money import Fen

pytestmark = pytest.mark.slow

SEPTEMBER, OCTOBER = date(2026, 9, 20), date(2026, 10, 1)
WHOLE = "150000000000"


@dataclass(frozen=True, slots=True)
class Secret:
    """Everything in which the twins differ: what only the donor and his desk may know."""

    contact: str
    payer: str
    pays_on: date
    asks_for_links: int
    reads_at: int


BELOW = Secret("13000000001", "阿古拉", date(2026, 9, 21), 0, 8)
BETWEEN = Secret("13800000050", "孟和", date(2026, 9, 25), 1, 12)
ABOVE = Secret("zz@example.org", "卓玛·齐齐格", date(2026, 9, 28), 3, 20)
OTHERS = ("13700000002", "13900000003")

STAFF = {
    "worker": (Role.CASE_WORKER, BANNER),
    "approver": (Role.APPROVER, BANNER),
    "payer": (Role.PAYING_DESK, WHOLE),
    "auditor": (Role.AUDITOR, WHOLE),
    "statistics": (Role.STATISTICS, WHOLE),
    "admin": (Role.ADMINISTRATOR, WHOLE),
    "officer": (Role.SCHOOL_OFFICER, BANNER),
    "director": (Role.VILLAGE_DIRECTOR, "150723101000"),
    "mother": (Role.VOLUNTEER, BANNER),
}


@contextmanager
def world(template: Path, folder: Path, secret: Secret) -> Iterator[tuple[Flask, dict[str, str]]]:
    """One installation with the same history but for the secret donor; and its links."""
    shutil.copytree(template, folder)
    with ExitStack() as stack:
        stack.enter_context(refs.seeded("twins"))
        app = create_app(settings_in(folder))
        app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
        stack.enter_context(app.app_context())
        yield app, play(secret)
        db.session.remove()
        db.engine.dispose()


def play(secret: Secret) -> dict[str, str]:
    """The ten steps; returns the tokens of low links by observer."""
    session = db.session()
    found: dict[str, str] = {}

    def scene(day: date, hour: int = 9) -> ExitStack:
        stack = ExitStack()
        stack.enter_context(clock.moved_to(at(day, hour)))
        stack.callback(session.commit)
        return stack

    with scene(SEPTEMBER):  # 1: a school, its pupils, the staff
        school = a_school(session)
        for number, name in enumerate(("陈雨桐", "包晓军", "斯琴")):
            a_child(session, school, name=name, entered_by="account:enterer", grade=4 + number)
        for login, (role, region) in STAFF.items():
            own = {"organisation_id": school.id} if role is Role.SCHOOL_OFFICER else {}
            an_account(session, role, login=login, region_code=region, **own)
        an_account(session, Role.COLLECTING_DESK, login="collector", region_code=WHOLE)
    references = {}
    with scene(SEPTEMBER, 10):  # 2: three donors pledge
        for contact in (OTHERS[0], secret.contact, OTHERS[1]):
            terms = PledgeTerms(instalment_fen=Fen(10_000), rhythm=Rhythm.MONTH, not_relative=True)
            offered = pledges.offer(session, terms, contact, now=clock.now())
            references[contact] = offered
    with scene(date(2026, 9, 20), 11):  # 3: the others pay at once, the secret one when he likes
        for contact in OTHERS:
            book(references[contact].reference, "别人", date(2026, 9, 20))
    with scene(secret.pays_on):
        book(references[secret.contact].reference, secret.payer, secret.pays_on)
    with scene(date(2026, 9, 29), 2):  # 4: the engine proposes
        proposing.propose(session, viewers.engine("matching"), now=clock.now())
    with scene(date(2026, 9, 29)):  # 5: the approver agrees
        approver = viewer_of("approver")
        for card in matches.queue(session, approver):
            matches.approve(session, approver, card["child_ref"], now=clock.now())
    with clock.moved_to(at(OCTOBER, 6)):  # 6: the run opens, funds and batches
        session.rollback()
        Run(session, "stipends", period=OCTOBER).execute(open_and_fund)
    with scene(date(2026, 10, 5)):  # 7: the paying desk sends
        desk = viewer_of("payer")
        for card in batches.to_send(session, desk):
            batches.send(session, desk, card["ref"], now=clock.now())
    with scene(date(2026, 10, 12)):  # 8: the school hands over, one child is on leave
        officer = viewer_of("officer")
        batch = list_for(session, officer, now=clock.now())[0]
        made = slips.make_slips(session, officer, batch["ref"], now=clock.now())
        found["family"] = made[0]["token"]
        away = {made[-1]["ref"]: Snag.ON_LEAVE}
        handovers.confirm_all(session, officer, batch["ref"], away, now=clock.now())
    with scene(date(2026, 10, 13), 19):  # 9: a family answers
        family = links.open_slip(session, found["family"], now=clock.now())
        answers.answer(session, family, Reply(Answer.RECEIVED), now=clock.now())
    act_alone(secret, references[secret.contact].token)  # 10
    found["donor"] = references[OTHERS[0]].token
    return found


def book(reference: str, payer: str, day: date) -> None:
    line = BankLine(reference, Fen(60_000), day, payer_name=payer)
    receipts.record(db.session(), viewer_of("collector"), line, now=clock.now())


def act_alone(secret: Secret, token: str) -> None:
    """The secret donor reads his page when he likes, asks for links, and pauses."""
    session = db.session()
    with clock.moved_to(at(date(2026, 10, 14), secret.reads_at)):
        me = links.open_donor(session, token, now=clock.now())
        home = donors.home(session, me, now=clock.now())
        assert home is not None
        for _ in range(secret.asks_for_links):
            donor_links.renew(session, secret.contact, now=clock.now())
        session.commit()
    with clock.moved_to(at(date(2026, 10, 15), 10)):
        ref = (
            session.connection()
            .exec_driver_sql("SELECT donor_ref FROM pledges ORDER BY id")
            .all()[1][0]
        )
        changes.pause(session, me, ref, months=2, now=clock.now())
        session.commit()
        session.rollback()
        Run(session, "notices", period=date(2026, 10, 15)).execute(outbox.deliver)


def viewer_of(login: str):
    from services import accounts

    return accounts.viewer_by_login(db.session(), login, now=clock.now())


def observe(app: Flask, tokens: dict[str, str], now: datetime) -> dict[tuple[str, str], Seen]:
    """Everything that every low observer can fetch."""
    addresses = probes(app, sample_refs(db.session()))
    db.session.rollback()
    seen: dict[tuple[str, str], Seen] = {}
    with clock.moved_to(now):
        for observer in ("public", *STAFF, "family", "donor"):
            client = enter(app, observer, tokens)
            found = crawl(
                client,
                ["/", "/staff/", "/school/", "/village/", "/volunteer/", "/donor/", "/family/"],
            )
            found |= {a: look(client, a) for a in addresses if a not in found}
            seen |= {(observer, address): one for address, one in found.items()}
    return seen


def enter(app: Flask, observer: str, tokens: dict[str, str]) -> FlaskClient:
    client = app.test_client()
    if observer in STAFF:
        answer = client.post("/login", data={"login": observer, "password": PASSWORD})
        assert answer.status_code in (302, 303), observer
    elif observer == "family":
        client.get(f"/s/{tokens['family']}")
    elif observer == "donor":
        client.get(f"/d/{tokens['donor']}")
    return client


@pytest.fixture(scope="module")
def observations(template: Path, tmp_path_factory: pytest.TempPathFactory):
    """What the low observers see in each of the three worlds."""
    now = at(date(2026, 10, 16))
    seen = []
    for secret in (BELOW, BETWEEN, ABOVE):
        with world(template, tmp_path_factory.mktemp("twin") / "instance", secret) as (app, tokens):
            seen.append(observe(app, tokens, now))
    return seen


def test_no_low_observer_can_tell_the_twins_apart(observations) -> None:
    below, *others = observations
    differing = [
        (key, which)
        for which, other in enumerate(others)
        for key in sorted(below.keys() | other.keys())
        if below.get(key) != other.get(key)
    ]

    assert differing == []


def test_the_observations_are_not_hollow(observations) -> None:
    shown = {observer for (observer, _), one in observations[0].items() if one.status == 200}

    assert shown == {"public", *STAFF, "family", "donor"}
    assert len(observations[0]) > 500


def test_the_identity_stands_in_no_observation(observations) -> None:
    for secret, seen in zip((BELOW, BETWEEN, ABOVE), observations, strict=True):
        hits = [
            key
            for key, one in seen.items()
            if secret.contact.encode() in one.body or secret.payer.encode() in one.body
        ]
        assert hits == []
