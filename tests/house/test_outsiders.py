"""What a stranger tries at the open doors: enumeration, a way out of the house, odd requests."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from extensions import db
from models.notices import Notice
from models.vault import Donor, VaultContact
from services.accounts import accounts
from services.donors import donor_links
from services.pledges import pledges
from services.pledges.pledges import PledgeTerms
from tests.factories import PASSWORD, a_child, a_pledge, a_school, an_account
from vocabulary.enums import Rhythm, Role
from vocabulary.money import Fen
from web.core.headers import FIXED

KNOWN, UNKNOWN = "13800000001", "13800000009"
AWAY = (
    "//evil.example", "/\\evil.example", "/\t/evil.example", "/\n/evil.example", "/\r/evil.example",
    "\t//evil.example", "https://evil.example", "/\x00//evil.example", "/staff\r\nX-A: b",
)  # fmt: skip


@contextmanager
def statements() -> Iterator[list[str]]:
    """The shape of every statement that the block asks of the database."""
    said: list[str] = []

    def note(_connection, _cursor, statement, *_more) -> None:
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_a_new_link_is_asked_for_alike_by_known_and_unknown(
    session: Session, now: datetime
) -> None:
    a_pledge(session, KNOWN)
    session.commit()
    counts = []
    for contact in (UNKNOWN, KNOWN, KNOWN):
        session.rollback()
        with statements() as said:
            donor_links.renew(session, contact, now=now)
        counts.append([one.split()[0] for one in said if not one.startswith("BEGIN")])
        session.commit()

    assert len({len(one) for one in counts}) == 1, counts
    assert len(session.scalars(select(Notice)).all()) == 1
    assert len(session.scalars(select(VaultContact)).all()) == 1


def test_a_pledge_costs_the_same_for_a_known_and_an_unknown_contact(
    session: Session, now: datetime
) -> None:
    a_pledge(session, KNOWN)
    session.commit()
    terms = PledgeTerms(instalment_fen=Fen(10_000), rhythm=Rhythm.MONTH, not_relative=True)
    counts = {}
    for contact in (KNOWN, UNKNOWN):
        session.rollback()
        with statements() as said:
            pledges.offer(session, terms, contact, now=now)
        counts[contact] = sorted(" ".join(one.split()[:3]) for one in said)
        session.commit()

    assert len(counts[KNOWN]) == len(counts[UNKNOWN])
    assert len(session.scalars(select(Donor)).all()) == 2


def test_a_wrong_password_costs_the_same_for_a_known_and_an_unknown_login(
    session: Session, now: datetime
) -> None:
    an_account(session, Role.AUDITOR, login="known")
    session.commit()
    counts = []
    for login in ("known", "unknown"):
        session.rollback()
        with statements() as said:
            assert accounts.sign_in(session, login, "a wrong password", now=now) is None
        counts.append(len(said))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("away", AWAY)
def test_a_sign_in_leads_nowhere_but_into_the_house(
    app: Flask, session: Session, now: datetime, away: str
) -> None:
    an_account(session, Role.AUDITOR, login="somebody")
    session.commit()
    typed = {"login": "somebody", "password": PASSWORD}

    answer = app.test_client().post("/login", query_string={"next": away}, data=typed)

    assert answer.status_code == 303
    assert answer.location == "/staff/books/"


def test_a_page_number_beyond_every_list_is_an_empty_page(
    app: Flask, session: Session, now: datetime
) -> None:
    an_account(session, Role.CASE_WORKER, login="worker")
    a_child(session, a_school(session))
    session.commit()
    client = app.test_client()
    client.post("/login", data={"login": "worker", "password": PASSWORD})

    for page in ("0", "-1", "²", "9" * 20, "9" * 400, str(2**63 - 1)):
        assert client.get("/staff/children/", query_string={"page": page}).status_code == 200, page


@pytest.mark.parametrize(
    ("method", "path", "more", "status"),
    [
        ("GET", "/no-such-page", {}, 404),
        ("GET", "/static/no-such-file.css", {}, 404),
        ("GET", "/static/../app.py", {}, 404),
        ("GET", "/static/%2e%2e/config.py", {}, 404),
        ("GET", "/%ff%00", {}, 404),
        ("PUT", "/login", {}, 405),
        ("POST", "/login", {"data": b"x" * (20 * 1024 * 1024 + 1)}, 413),
    ],
)
def test_an_error_carries_the_same_headers_and_is_kept_nowhere(
    client: FlaskClient, method: str, path: str, more: dict, status: int
) -> None:
    answer = client.open(path, method=method, **more)

    assert answer.status_code == status
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert FIXED.items() <= dict(answer.headers).items()
    assert answer.headers["Cache-Control"] == "no-store"
    assert not {"ETag", "Last-Modified", "Server", "Set-Cookie"} & set(answer.headers.keys())
