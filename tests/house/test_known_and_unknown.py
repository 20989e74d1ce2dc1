"""At every open form a known and an unknown contact get the same status, bytes and statements."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from extensions import db
from privacy import viewers
from services import trace
from tests.factories import PASSWORD, a_pledge, an_account
from tests.web.pledge_form import FORM
from vocabulary.enums import Chain, Role

KNOWN, UNKNOWN = "13800000001", "13800000009"
KNOWN_MAIL, UNKNOWN_MAIL = "li.na@example.org", "wu.da@example.org"
# What differs between any two answers, and what was typed and is shown again.
ANY_TWO = re.compile(
    r"nonce[-=]\"?[A-Z0-9]{26}|AX\d{6}|\b[2-9A-HJ-NP-Z]{12}\b|1380000000\d"
    r"|name=\"csrf_token\"[^>]*|(?:li\.na|wu\.da)@example\.org|\b(?:known|other)\b",
    re.I,
)


@contextmanager
def statements() -> Iterator[list[str]]:
    said: list[str] = []

    def note(_connection, _cursor, statement, *_more) -> None:
        # A stranger's link is made and taken back, a donor's is kept: one statement either way.
        kept = re.sub(r"(RELEASE|ROLLBACK TO) SAVEPOINT \S+", "END", statement)
        said.append(" ".join(kept.split()[:3]))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def told(app: Flask, path: str, typed: dict[str, str], tries: int) -> list[tuple]:
    """What a stranger sees and what it costs, try by try, with every page that follows."""
    found = []
    for _ in range(tries):
        client = app.test_client()
        client.get(path)
        with statements() as said:
            answer = client.post(path, data=typed, follow_redirects=True)
        found.append(
            (
                [_where(one) for one in (*answer.history, answer)],
                sorted(name for name, _ in answer.headers),
                ANY_TWO.sub("", answer.get_data(as_text=True)),
                sorted(said),
            )
        )
    return found


def _where(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, ANY_TWO.sub("", answer.request.path)


@pytest.fixture
def house(app: Flask, session: Session, now) -> Flask:
    """A donor by telephone, one by mail, and a login; both chains have begun."""
    for chain in Chain:
        trace.record(session, viewers.console(), "house.begin", "house:1", now=now, chain=chain)
    a_pledge(session, KNOWN)
    a_pledge(session, KNOWN_MAIL)
    an_account(session, Role.AUDITOR, login="known")
    session.commit()
    return app


@pytest.mark.parametrize(
    ("path", "known", "unknown", "tries"),
    [
        ("/login", {"login": "known", "password": "wrong"}, {"login": "other"}, 10),
        ("/login", {"login": KNOWN, "password": PASSWORD}, {"login": UNKNOWN}, 2),
        ("/relink", {"contact": KNOWN}, {"contact": UNKNOWN}, 7),
        ("/relink", {"contact": KNOWN_MAIL}, {"contact": UNKNOWN_MAIL}, 2),
        ("/pledge", {**FORM, "contact": KNOWN, "do": "send"}, {"contact": UNKNOWN}, 1),
        ("/pledge", {**FORM, "contact": KNOWN_MAIL, "do": "send"}, {"contact": UNKNOWN_MAIL}, 1),
        ("/pledge", {**FORM, "contact": KNOWN, "do": "check"}, {"contact": UNKNOWN}, 1),
    ],
)
def test_a_form_answers_whom_it_knows_and_whom_not_alike(
    house: Flask, path: str, known: dict, unknown: dict, tries: int
) -> None:
    unknowns = told(house, path, {**known, **unknown}, tries)
    knowns = told(house, path, known, tries)

    for nth, (one, other) in enumerate(zip(knowns, unknowns, strict=True)):
        assert one[:3] == other[:3], nth
        assert one[3] == other[3], (nth, set(one[3]) ^ set(other[3]))


def test_it_would_be_seen(house: Flask) -> None:
    """It can fail: the same form with other words is told apart."""
    right = told(house, "/login", {"login": "known", "password": PASSWORD}, 1)
    wrong = told(house, "/login", {"login": "known", "password": "wrong"}, 1)

    assert right[0][0] != wrong[0][0]
    assert right[0][3] != wrong[0][3]
