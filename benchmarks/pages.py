"""W1: pages against bare ones that render the same HTML from plain rows. W2: how many statements.

The bare page is asked in the same way, through the same router and templates: one statement reads
fifty plain rows, and the very template of our page is rendered with the very values it had there,
ready made. No login, no permission, no decryption, no audit of reading. Both answers are compared
first: but for nonce and form token they are the same bytes.
"""

import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from flask import Flask, template_rendered
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from werkzeug.test import Client, TestResponse

from app import create_app
from benchmarks.world import bare, settings_in, template
from extensions import db
from models.organisations import Organisation
from privacy import viewers
from services import links, proposing, vault
from services.links import Subject
from tests.factories import (
    PASSWORD,
    TOWNSHIP,
    a_child,
    a_match,
    a_pledge,
    a_school,
    a_sent_batch,
    an_account,
)
from vocabulary import clock
from vocabulary.dates import at, today
from vocabulary.enums import LinkPurpose, Role

ROWS = 50
LOOKS = 40
NOON = at(date(2026, 11, 21), 12)
_PLAIN = "SELECT * FROM bench_plain ORDER BY id LIMIT 50"


def measure(*, count: int, rounds: int) -> list[str]:
    """Return the lines of W1 and W2, in a database of `count` children."""
    with template(count) as folder, _served(folder) as (app, path):
        _plain_rows(path)
        return [
            _against_bare(app, path, name, promise, build, looks=LOOKS * rounds)
            for name, promise, build in PAGES
        ]


@contextmanager
def _served(folder: Path) -> Iterator[tuple[Flask, Path]]:
    """Serve a copy of the template, outside the application's context.

    One left open would carry the person signed in along, and spare us the work that is measured.
    """
    own = folder.parent / "pages"
    shutil.rmtree(own, ignore_errors=True)
    shutil.copytree(folder, own)
    app = create_app(settings_in(own))
    app.config.update(WTF_CSRF_ENABLED=False)
    with clock.moved_to(NOON):
        yield app, own / "bench.db"
    with app.app_context():
        db.engine.dispose()


def _plain_rows(path: Path) -> None:
    """Make the peer's table: fifty rows of twenty plain columns."""
    columns = ", ".join(f"c{n}" for n in range(20))
    with bare(path) as connection:
        connection.execute(f"CREATE TABLE bench_plain (id INTEGER PRIMARY KEY, {columns})")
        rows = [(key, *(f"孩子{key}的第{n}栏" for n in range(20))) for key in range(1, ROWS + 1)]
        marks = ", ".join("?" * 21)
        connection.executemany(f"INSERT INTO bench_plain VALUES ({marks})", rows)


Build = Callable[[Session, int], tuple[str, str]]


def _queue(session: Session, rows: int) -> tuple[str, str]:
    """Propose `rows` pairs of a banner full of other children; return its login and address."""
    town = session.scalars(select(Organisation.region_code).order_by(Organisation.id)).first()
    banner, league = town[:6] + "000000", town[:4] + "00000000"
    place = {"region_code": town, "banner_code": banner, "league_code": league}
    school = a_school(session, region_code=town)
    for number in range(rows):
        a_child(session, school, name=f"孩子{number}", **place)
        a_pledge(session, f"138{number:08d}")
    proposing.propose(session, viewers.engine("matching"), now=clock.now())
    an_account(session, Role.APPROVER, login="approver", region_code=banner)
    session.commit()
    return "approver", "/staff/matches/"


def _donor(session: Session, rows: int) -> tuple[str, str]:
    """Let one donor support `rows` // 10 children for a year."""
    school = a_school(session, name="希望小学")
    pledge = a_pledge(session, "13712345678", children_wanted=rows // 10)[0]
    for number in range(rows // 10):
        child = a_child(session, school, name=f"学生{number}", region_code=TOWNSHIP)
        a_match(session, pledge, child)
    subject = Subject(donor_id=vault.donor_of_pledge(session, pledge.id))
    engine = viewers.engine("notices")
    token = links.make(session, engine, LinkPurpose.DONOR_HOME, subject, now=clock.now())
    session.commit()
    return f"/d/{token}", "/donor/"


def _school(session: Session, rows: int) -> tuple[str, str]:
    """Send one batch of `rows` lines to a school."""
    _sent(session, rows)
    return "officer", "/school/"


PAGES: tuple[tuple[str, str, Build], ...] = (
    ("approval queue", "p50 <= 2, p95 <= 2.5", _queue),
    ("donor page", "<= 2", _donor),
    ("school's list", "none", _school),
)


def _sent(session: Session, rows: int) -> str:
    school = a_school(session, name=f"完全小学{rows}")
    pledge = a_pledge(session, "13600000009")[0]
    pupils = [a_child(session, school, name=f"学生{n:03}") for n in range(rows)]
    matches = [a_match(session, pledge, pupil) for pupil in pupils]
    batch = a_sent_batch(session, school, *matches, on=today(NOON))
    an_account(session, Role.SCHOOL_OFFICER, login="officer", organisation_id=school.id)
    session.commit()
    return batch.ref


def _enter(app: Flask, way: str) -> FlaskClient:
    client = app.test_client()
    if way.startswith("/"):
        client.get(way)
    else:
        client.post("/login", data={"login": way, "password": PASSWORD})
    return client


def _against_bare(
    app: Flask, path: Path, name: str, promise: str, build: Build, *, looks: int
) -> str:
    with app.app_context():
        way, address = build(db.session(), ROWS)
    client = _enter(app, way)
    shown, statements = _captured(app, client, address)
    ours, peer = [], []
    plain = _bare(app, path, *shown)
    assert _same(client.get(address)) == _same(plain.get(address)), f"{name}: not the same page"
    for number in range(looks):
        pair = [
            (ours, lambda: client.get(address)),
            (peer, lambda: plain.get(address)),
        ]
        for times, look in pair if number % 2 else reversed(pair):
            began = time.perf_counter()
            look()
            times.append(time.perf_counter() - began)
    p95 = quantiles(ours, n=20)[-1] / quantiles(peer, n=20)[-1]
    return (
        f"W1 {name}: p50 {median(ours) / median(peer):.2f}x, p95 {p95:.2f}x the bare page "
        f"(promise {promise}); W2: {statements} statements (promise <= 8)"
    )


def _captured(app: Flask, client: FlaskClient, address: str) -> tuple[tuple[Any, Any], int]:
    """Return the template and the values of one answer, and the statements it took."""
    shown: list[tuple[Any, Any]] = []
    made: list[str] = []

    def keep(_app: Flask, template: Any, context: Any, **_: Any) -> None:
        shown.append((template, context))

    def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        made.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", count)
    with template_rendered.connected_to(keep, app):
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code, answer.location)
    event.remove(engine, "before_cursor_execute", count)
    verbs = {"SELECT", "INSERT", "UPDATE", "DELETE"}
    return shown[-1], sum(one.split()[0].upper() in verbs for one in made)


def _bare(app: Flask, path: Path, template: Any, context: Any) -> Client:
    """Read plain rows and render: what the same page would cost without our promises."""
    connection = bare(path)

    def answer(environ: Any, start_response: Any) -> Any:
        with app.request_context(environ):
            rows = connection.execute(_PLAIN).fetchall()
            page = template.render({**context, "plain_rows": rows})
            return app.response_class(page)(environ, start_response)

    return Client(answer)


def _same(answer: TestResponse) -> str:
    """Return a page without what is drawn anew for every answer."""
    drawn = r'(nonce|name="csrf_token"[^>]*? value)="[^"]*"'
    return re.sub(drawn, "", answer.get_data(as_text=True))
