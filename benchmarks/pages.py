"""W1: pages against bare ones that render the same HTML from plain rows. W2: how many statements.

C1 and C3, what opening sealed columns and signing in cost, are measured in the same region.

The bare page is a plain Flask view with the very template of our page: it reads fifty plain rows
with one statement and renders them beside the values that the template had on our page, ready
made. It has a session for its form's token; no login, no permission, no decryption, no audit of
reading. Both answers are compared first: but for nonce and form token they are the same bytes.
"""

import re
import time
from datetime import date
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple

from flask import Flask, render_template, template_rendered
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from benchmarks import confirm, sealed, signing_in
from benchmarks.region import served, townships
from benchmarks.world import bare
from extensions import db
from privacy import viewers
from services import links
from services.links import Subject
from services.runs import nights, releasing
from services.runs.drafting import WHOLE
from services.vault import vault
from tests.factories import (
    PASSWORD,
    a_child,
    a_match,
    a_pledge,
    a_school,
    a_sent_batch,
    an_account,
    viewer,
)
from vocabulary import clock
from vocabulary.dates import today
from vocabulary.enums import LinkPurpose, Role
from web.core import sessions

ROWS, FEW = 50, 20
LOOKS, TRIES = 40, 12
_COLUMNS = [f"c{n}" for n in range(20)]
_PLAIN = f"SELECT * FROM bench_plain ORDER BY id LIMIT {ROWS}"
_YEAR = [date(2026, month, 1) for month in range(2, 12)]


class Page(NamedTuple):
    """One measured page: what is promised, and by which way and address it is reached."""

    name: str
    promise: str
    address: str
    ways: tuple[str, str]
    """How one enters the page of FEW rows, and that of ROWS."""


def measure(*, count: int, rounds: int) -> list[str]:
    """Return the lines of W1 and W2, in a region of `count` children."""

    def build(session: Session) -> tuple[list[Page], list[str]]:
        pairs = rounds * confirm.PAIRS_A_ROUND
        pages = [_queue(session), _donor(session), _school(session)]
        return pages, confirm.batches(session, pairs=pairs)

    with served(count, build) as (app, path, (pages, batches)):
        _plain_rows(path)
        lines = [one for page in pages for one in _lines(app, path, page, looks=LOOKS * rounds)]
        signed_in = signing_in.line(app, pages[0].ways[1], tries=TRIES * rounds)
        return [*lines, confirm.line(app, path, batches), signed_in]


def _plain_rows(path: Path) -> None:
    """Make the peer's table: fifty rows of twenty plain columns."""
    with bare(path) as connection:
        connection.execute(
            f"CREATE TABLE bench_plain (id INTEGER PRIMARY KEY, {', '.join(_COLUMNS)})"
        )
        rows = [(key, *(f"孩子{key}的{name}" for name in _COLUMNS)) for key in range(1, ROWS + 1)]
        marks = ", ".join("?" * (len(_COLUMNS) + 1))
        connection.executemany(f"INSERT INTO bench_plain VALUES ({marks})", rows)


def _place(town: str) -> dict[str, str]:
    banner, league = town[:6].ljust(12, "0"), town[:4].ljust(12, "0")
    return {"region_code": town, "banner_code": banner, "league_code": league}


def _queue(session: Session) -> Page:
    """Let the engine propose ROWS pairs in one banner and FEW in another."""
    full, quiet = townships(session)
    for town, rows in ((quiet, FEW), (full, ROWS)):
        school = a_school(session, region_code=town)
        for number in range(rows):
            a_child(session, school, name=f"孩子{number}", **_place(town))
            a_pledge(session, f"138{rows:03d}{number:05d}")
        banner = _place(town)["banner_code"]
        an_account(session, Role.APPROVER, login=f"approver-{rows}", region_code=banner)
    made = nights.pair_pledges(session, viewers.engine("matching"), now=clock.now())
    # Two banners at once is a run that somebody looks at first.
    releasing.release(
        session, viewer(Role.STATISTICS, regions=(WHOLE,)), made.run_ref, now=clock.now()
    )
    ways = f"approver-{FEW}", f"approver-{ROWS}"
    return Page("approval queue", "p50 <= 2, p95 <= 2.5", "/staff/matches/", ways)


def _donor(session: Session) -> Page:
    """Let one donor support two children, another five, each with ten instalments on the way."""
    few, many = (_link_of_donor(session, rows) for rows in (FEW, ROWS))
    return Page("donor page", "<= 2", "/donor/", (few, many))


def _link_of_donor(session: Session, rows: int) -> str:
    town, _ = townships(session)
    school = a_school(session, name=f"希望小学{rows}", region_code=town)
    count = rows // len(_YEAR)
    pledge = a_pledge(session, f"137{rows:08d}", children_wanted=count)[0]
    pupils = [a_child(session, school, name=f"学生{n}", **_place(town)) for n in range(count)]
    matches = [
        a_match(session, pledge, pupil, code_name=f"河边的白桦{n}", starts_on=_YEAR[0])
        for n, pupil in enumerate(pupils)
    ]
    for number, month in enumerate(_YEAR, start=1):
        a_sent_batch(session, school, *matches, on=month, number=number)
    subject = Subject(donor_id=vault.donor_of_pledge(session, pledge.id))
    engine = viewers.engine("notices")
    return f"/d/{links.make(session, engine, LinkPurpose.DONOR_HOME, subject, now=clock.now())}"


def _school(session: Session) -> Page:
    """Send a batch of FEW lines to one school, one of ROWS to another."""
    town, _ = townships(session)
    for rows in (FEW, ROWS):
        school = a_school(session, name=f"完全小学{rows}", region_code=town)
        pledge = a_pledge(session, f"136{rows:08d}")[0]
        pupils = [a_child(session, school, name=f"学生{n:03}", **_place(town)) for n in range(rows)]
        matches = [a_match(session, pledge, pupil) for pupil in pupils]
        a_sent_batch(session, school, *matches, on=today(clock.now()))
        an_account(session, Role.SCHOOL_OFFICER, login=f"officer-{rows}", organisation_id=school.id)
    return Page("school's list", "none", "/school/", (f"officer-{FEW}", f"officer-{ROWS}"))


def enter(app: Flask, way: str) -> FlaskClient:
    """Sign in by a login, or by a private link."""
    client = app.test_client()
    if way.startswith("/"):
        client.get(way)
    else:
        client.post("/login", data={"login": way, "password": PASSWORD})
    return client


def _lines(app: Flask, path: Path, page: Page, *, looks: int) -> tuple[str, str]:
    few, client = (enter(app, way) for way in page.ways)
    at_few = _captured(app, few, page.address)[1]
    shown, at_many = _captured(app, client, page.address)
    plain = _bare(app, path, *shown)
    assert _same(client.get(page.address)) == _same(plain.get(page.address)), page.name
    ours, peer = _timed(client, plain, page.address, looks=looks)
    p95 = quantiles(ours, n=20)[-1] / quantiles(peer, n=20)[-1]
    against_bare = (
        f"W1 {page.name}: p50 {median(ours) / median(peer):.2f}x, p95 {p95:.2f}x the bare page "
        f"(promise {page.promise}); "
        f"W2: {at_many} statements at {ROWS} rows, {at_few} at {FEW} (promise: the same, <= 8)"
    )
    return against_bare, sealed.line(page.name, client, page.address, looks=looks)


def _timed(
    client: FlaskClient, plain: FlaskClient, address: str, *, looks: int
) -> tuple[list[float], list[float]]:
    """Look at both in turn; the processor's time, which a busy machine does not stretch."""
    took: dict[FlaskClient, list[float]] = {client: [], plain: []}
    for number in range(looks):
        for who in (client, plain) if number % 2 else (plain, client):
            began = time.process_time()
            who.get(address)
            took[who].append(time.process_time() - began)
    return took[client], took[plain]


def _captured(app: Flask, client: FlaskClient, address: str) -> tuple[tuple[str, Any], int]:
    """Return the template and the values of one answer, and the statements it took."""
    shown: list[tuple[str, Any]] = []
    made: list[str] = []

    def keep(_app: Flask, template: Any, context: Any, **_: Any) -> None:
        ends = sessions.ends_after()  # the one word of the layout that asks who is signed in
        shown.append((template.name, {**context, "ends_after": lambda: ends}))

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


def _bare(app: Flask, path: Path, template: str, context: Any) -> FlaskClient:
    """Return a client of a plain application: what the page would cost without our promises.

    It has our addresses and templates, and none of what we do before and after each request.
    """
    connection = bare(path)
    own = {"request", "session", "g"}
    values = {name: value for name, value in context.items() if name not in own}
    peer = Flask("bare", static_folder=app.static_folder)
    peer.jinja_env, peer.url_map = app.jinja_env, app.url_map
    peer.config, peer.extensions = app.config, app.extensions
    peer.url_default_functions = app.url_default_functions

    def view() -> str:
        rows = [dict(zip(_COLUMNS, row[1:], strict=True)) for row in connection.execute(_PLAIN)]
        return render_template(template, **{**values, "plain_rows": rows})

    peer.view_functions = {name: view for name in app.view_functions}
    return peer.test_client()


def _same(answer: TestResponse) -> str:
    """Return a page without what is drawn anew for every answer."""
    drawn = r'(nonce|name="csrf_token"[^>]*? value)="[^"]*"'
    return re.sub(drawn, "", answer.get_data(as_text=True))
