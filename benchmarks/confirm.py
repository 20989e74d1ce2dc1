"""W1, confirming: a school's POST of a whole list against a bare one. W2: its statements.

The bare confirm is a request of its own through Flask in the same process: it reads the same form
with the same class, selects the open lines, writes the very same rows into the same tables (facts,
dates, transactions, postings, notices, the batch's step, one trace entry) with executemany in one
transaction, and gives the same answer, a redirect with a sentence. It does no login, no permission,
no decryption, no CSRF and no work on the chain's digests.
"""

import json
import sqlite3
import time
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask, flash, redirect
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from benchmarks.region import NOON
from benchmarks.world import bare
from extensions import db
from models.organisations import Organisation
from tests.factories import (
    PASSWORD,
    a_child,
    a_match,
    a_pledge,
    a_school,
    a_sent_batch,
    an_account,
)
from tests.web.test_school_large_list import filled
from vocabulary.dates import today
from vocabulary.enums import Role
from vocabulary.refs import new_ref, stipend_ref
from web.forms.handovers import ConfirmForm

LINES = 50
PAIRS_A_ROUND = 5
_WRITTEN = (
    "facts", "transactions", "postings", "notices", "trace_ordinary", "state_changes",
)  # fmt: skip


def line(app: Flask, path: Path, batches: list[str]) -> str:
    """Confirm as many lists with ours as with the bare one, in turn; a first one of each warms up."""
    client, peer = _enter(app), _bare_app(path).test_client()
    forms = {ref: _form(client, ref) for ref in batches}
    few = _statements(app, lambda: _confirm(client, batches[0], forms[batches[0]]))
    many = _statements(app, lambda: _confirm(client, batches[1], forms[batches[1]]))
    _confirm(peer, batches[2], forms[batches[2]])
    took: dict[FlaskClient, list[float]] = {client: [], peer: []}
    grown: dict[FlaskClient, dict[str, int]] = {}
    for number, ref in enumerate(batches[3:]):
        who = (client, peer)[(number + number // 2) % 2]
        before = _sizes(path)
        took[who].append(_confirm(who, ref, forms[ref]))
        grown[who] = {name: size - before[name] for name, size in _sizes(path).items()}
    assert grown[client] == grown[peer], grown
    return (
        f"W1 confirming {LINES} lines: {median(took[client]) / median(took[peer]):.2f}x a bare "
        f"confirm (promise <= 2.5); W2: {many} statements, {few} at 20 lines"
    )


def batches(session: Session, *, pairs: int) -> list[str]:
    """Send a school one batch after the other, two for each pair of tries; return their refs."""
    sizes = [20] + [LINES] * (2 * pairs + 2)
    school = a_school(session, name="完全小学")
    pledge = a_pledge(session, "13600000009", children_wanted=20)[0]
    refs = [_batch(session, school, pledge, n, size) for n, size in enumerate(sizes, start=1)]
    an_account(session, Role.SCHOOL_OFFICER, login="officer", organisation_id=school.id)
    return refs


def _enter(app: Flask) -> FlaskClient:
    client = app.test_client()
    client.post("/login", data={"login": "officer", "password": PASSWORD})
    return client


def _batch(session: Session, school: Organisation, pledge: Any, number: int, size: int) -> str:
    pupils = [a_child(session, school, name=f"学生{number}{n:03}") for n in range(size)]
    matches = [a_match(session, pledge, pupil) for pupil in pupils]
    batch = a_sent_batch(session, school, *matches, on=today(NOON), number=number)
    session.flush()
    return batch.ref


def _address(ref: str) -> str:
    return f"/school/batches/{ref}/confirm"


def _form(client: FlaskClient, ref: str) -> dict[str, str]:
    return filled(client.get(_address(ref)).get_data(as_text=True)) | {"lines-0-snag": ""}


def _confirm(client: FlaskClient, ref: str, form: dict[str, str]) -> float:
    """Send the form; return the processor's time, which a busy machine does not stretch."""
    began = time.process_time()
    answer = client.post(_address(ref), data=form)
    took = time.process_time() - began
    assert answer.status_code == 303, answer.status_code
    return took


def _statements(app: Flask, act: Any) -> int:
    made: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        made.append(statement.split(maxsplit=1)[0].upper())

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    act()
    event.remove(engine, "before_cursor_execute", note)
    return sum(verb in {"SELECT", "INSERT", "UPDATE", "DELETE"} for verb in made)


def _sizes(path: Path) -> dict[str, int]:
    connection = bare(path)
    sizes = {
        name: connection.execute(f"SELECT COUNT(*) FROM {name}").fetchone()[0] for name in _WRITTEN
    }
    connection.close()
    return sizes


def _bare_app(path: Path) -> Flask:
    app = Flask("bare")
    app.config.update(SECRET_KEY="bare", WTF_CSRF_ENABLED=False)  # noqa: S106 it guards nothing
    connection = bare(path)

    @app.post("/school/batches/<string:ref>/confirm")
    def confirm(ref: str) -> Response:
        form = ConfirmForm()
        assert form.validate_on_submit()
        assert not form.exceptions()
        count = _write(connection, ref, str(form.evidence.data))
        flash(f"记下了，{count} 位已转交。点错了，今天零点前可以收回。", "success")
        return redirect("/school/", 303)

    return app


_OPEN = """
SELECT s.id, s.due_on, s.amount_fen, b.id AS batch, b.organisation_id, m.pledge_id, m.child_id,
       m.donor_ref, m.child_ref, v.donor_id
FROM batches b JOIN stipends s ON s.batch_id = b.id JOIN matches m ON m.id = s.match_id
LEFT JOIN vault_pledges v ON v.pledge_id = m.pledge_id
WHERE b.ref = ? AND s.sent_on IS NOT NULL AND s.handed_over_on IS NULL
  AND s.not_handed_over_on IS NULL AND s.returned_on IS NULL
ORDER BY s.id
"""
_FACT = """INSERT INTO facts (stipend_id, kind, "on", by, evidence, noted_at)
VALUES (?, 'handed_over', ?, 'officer', ?, ?)"""
_TRANSACTION = """INSERT INTO transactions (id, kind, "on", stipend_id, by)
VALUES (?, 'handed_over', ?, ?, 'officer')"""
_POSTING = """INSERT INTO postings (transaction_id, account, pledge_id, organisation_id, amount)
VALUES (?, ?, ?, ?, ?)"""
_NOTICE = """INSERT INTO notices (ref, recipient_kind, recipient_id, kind, subject, rung, status,
created_at, not_before, attempts, is_held)
VALUES (?, ?, ?, 'handed_over', ?, 0, 'waiting', ?, ?, 0, 0) ON CONFLICT DO NOTHING"""
_STEP = """INSERT INTO state_changes (kind, record_id, from_state, to_state, at, by, reason)
VALUES ('batches', ?, 'sent', 'closed', ?, 'officer', '')"""
_TRACE = """INSERT INTO trace_ordinary (seq, at, actor, act, subject, why, detail, previous, digest)
VALUES (?, ?, 'officer', 'batch.hand_over', ?, '', ?, '', ?)"""


def _write(connection: sqlite3.Connection, ref: str, evidence: str) -> int:
    day, now = date.isoformat(today(NOON)), NOON.strftime("%Y-%m-%d %H:%M:%S.%f")
    connection.execute("BEGIN IMMEDIATE")
    lines = connection.execute(_OPEN, (ref,)).fetchall()
    connection.executemany(_FACT, [(one[0], day, evidence, now) for one in lines])
    connection.executemany(
        "UPDATE stipends SET handed_over_on = ? WHERE id = ?", [(day, one[0]) for one in lines]
    )
    last = connection.execute("SELECT MAX(id) FROM transactions").fetchone()[0]
    booked = list(enumerate(lines, start=last + 1))
    connection.executemany(_TRANSACTION, [(key, day, one[0]) for key, one in booked])
    connection.executemany(_POSTING, [leg for key, one in booked for leg in _legs(key, one)])
    connection.executemany(_NOTICE, [row for one in lines for row in _notices(one, now)])
    batch = lines[0][3]
    connection.execute("UPDATE batches SET status = 'closed' WHERE id = ?", (batch,))
    connection.execute(_STEP, (batch, now))
    _trace(connection, ref, now, len(lines))
    connection.execute("COMMIT")
    return len(lines)


def _legs(key: int, one: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    return [(key, "owed", one[5], None, one[2]), (key, "in_transit", None, one[4], -one[2])]


def _notices(one: tuple[Any, ...], now: str) -> list[tuple[Any, ...]]:
    month = date.fromisoformat(one[1])
    return [
        (new_ref("notice"), kind, recipient, f"stipend:{stipend_ref(ref, month)}", now, now)
        for kind, recipient, ref in (("donor", one[9], one[7]), ("family", one[6], one[8]))
    ]


def _trace(connection: sqlite3.Connection, ref: str, now: str, count: int) -> None:
    """Add an entry and move the head, with a digest that is none."""
    seq = connection.execute("SELECT MAX(seq) FROM trace_ordinary").fetchone()[0] + 1
    detail = json.dumps({"handed_over": count})
    connection.execute(_TRACE, (seq, now, f"batch:{ref}", detail, f"bare {seq}"))
    connection.execute(
        "UPDATE chain_heads SET seq = ?, digest = ? WHERE chain = 'ordinary'",
        (seq, f"bare {seq}"),
    )
