"""One bad record among ten thousand children: it is set aside with its reason and shown to staff, and
the other 9,999 are paid, every one of them, to the fen, in the night on which it was due.
"""

from datetime import date, datetime

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from jobs.run import Run
from jobs.stipends import open_and_fund
from models.children import Child, Consent
from models.jobs import SetAside
from models.ledger import Posting, Transaction
from models.pledges import Match, Pledge
from models.stipends import Batch, Fact, Stipend
from privacy import viewers
from services.batches import batches
from services.checking import checks
from services.upkeep import watch
from tests.factories import a_child, a_match, a_pledge, a_school, an_account, viewer
from tests.services.spoiling import mend, spoil
from tests.web.desks import body, sign_in
from vocabulary.enums import (
    AccountKind,
    FactKind,
    Role,
    SetAsideReason,
    TransactionKind,
    Trouble,
)

pytestmark = [pytest.mark.faults, pytest.mark.slow]
DUE = date(2026, 11, 1)
CHILDREN, BAD = 10_000, 4_321
# What was put in by hand here has no receipts; all that the run and the desk did is asked about.
BOOKS = {
    "postings_per_transaction", "postings_total", "empty_transactions", "one_stipend", "fact_dates",
    "ledger_against_facts", "whose_postings", "due_against_done", "opened_by_runs", "schedule",
    "batches", "histories", "chain_ordinary", "chain_custodian",
}  # fmt: skip
PAYING = viewer(Role.PAYING_DESK, actor="account:paying")


def ten_thousand(session: Session) -> None:
    """A first child as the house makes it, and its like: all paid for this one month."""
    school = a_school(session)
    pledge, _ = a_pledge(session)
    match = a_match(session, pledge, a_child(session, school), starts_on=DUE)
    session.flush()
    assert (match.id, match.child_id, pledge.id) == (1, 1, 1)
    for table in (Child, Pledge, Match, Consent):
        _alike(session, table)
    received = {"kind": TransactionKind.RECEIVED, "on": DUE, "by": "test"}
    session.execute(insert(Transaction), [{"id": n, **received} for n in range(1, CHILDREN + 1)])
    legs = [
        {"transaction_id": n, "account": account, "pledge_id": key, "amount": fen}
        for n in range(1, CHILDREN + 1)
        for account, key, fen in (
            (AccountKind.BANK, None, 10_000), (AccountKind.PREPAID, n, -10_000),
        )
    ]  # fmt: skip
    session.execute(insert(Posting), legs)
    _count_on(session, Child, Pledge, Match, Transaction)
    session.commit()


def _count_on(session: Session, *tables: type) -> None:
    """PostgreSQL numbers on from where it stood itself: keys given by hand are news to it."""
    if session.get_bind().dialect.name == "postgresql":
        for name in (table.__tablename__ for table in tables):
            last = f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}"
            session.execute(text(last))


def _alike(session: Session, table: type) -> None:
    """Repeat the first one's rows under further keys, each of which points at its own neighbours."""
    own = table.child_id if table is Consent else table.id
    for first in session.scalars(select(table).where(own == 1)).all():
        names = [c.key for c in table.__table__.columns if getattr(first, c.key) is not None]
        said = {name: getattr(first, name) for name in names}
        if table is Consent:
            del said["id"]
        keys = {"id", "child_id", "pledge_id"} & said.keys()
        refs = {name for name in said if name.endswith("ref") or name == "code"}
        session.execute(insert(table), [
            said | dict.fromkeys(keys, n) | {name: f"{said[name][:8]}{n:05d}" for name in refs}
            for n in range(2, CHILDREN + 1)
        ])  # fmt: skip


def test_one_bad_record_is_set_aside_and_the_other_9999_are_paid(
    app: Flask, session: Session, now: datetime
) -> None:
    ten_thousand(session)
    an_account(session, Role.ADMINISTRATOR, login="root")
    an_account(session, Role.CASE_WORKER, login="worker")
    spoil(session, "INSERT ON stipends", f"NEW.match_id = {BAD}")
    session.commit()

    counts = Run(session, "stipends", period=DUE).execute(open_and_fund)
    waiting = [card["ref"] for card in batches.to_send(session, PAYING)]
    session.rollback()
    for ref in waiting:
        batches.send(session, PAYING, ref, now=now)
        session.commit()

    aside = session.execute(select(SetAside.match_id, SetAside.due_on, SetAside.reason)).all()
    assert aside == [(BAD, DUE, SetAsideReason.BAD_RECORD)]
    assert (counts["due"], counts["done"], counts["failed"]) == (CHILDREN, CHILDREN - 1, 1)
    sent = select(func.count(Fact.id)).where(Fact.kind == FactKind.SENT)
    assert session.scalar(sent) == CHILDREN - 1
    assert session.scalar(select(func.sum(Batch.sent_fen))) == (CHILDREN - 1) * 10_000
    missing = select(Match.id).where(Match.id.not_in(select(Stipend.match_id)))
    assert session.scalars(missing).all() == [BAD]
    found = watch.findings(session, viewers.engine("watchdog"), now=now)
    assert ("stipends", Trouble.SHORT) in {(one.name, one.trouble) for one in found}
    report = checks.report(session, viewers.console(), now=now)["checks"]
    assert [line for one in report if one["name"] in BOOKS for line in one["findings"]] == []
    shown_to_staff(app, session)
    mended(session)


def shown_to_staff(app: Flask, session: Session) -> None:
    session.rollback()
    worker = app.test_client()
    sign_in(worker, "worker")
    page = body(worker, "/staff/stipends/?show=aside")
    assert page.count("记录有误，要核对") == 1


def mended(session: Session) -> None:
    """Put right, it is opened and paid by the next run, and nobody else is paid again."""
    mend(session)
    session.commit()
    assert Run(session, "stipends", period=DUE).execute(open_and_fund)["done"] == 1
    assert session.scalar(select(func.count(Stipend.id))) == CHILDREN
    open_ones = select(func.count(SetAside.id)).where(SetAside.resolved_on.is_(None))
    assert session.scalar(open_ones) == 0
