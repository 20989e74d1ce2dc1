"""Laws that the database itself keeps: each test fails when the law is broken."""

from datetime import date, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session

from models import Base, triggers
from models.jobs import JobRun
from models.stipends import Fact, Stipend
from privacy import viewers
from services import lifecycle, trace
from services.books import ledger
from services.books.ledger import Event, Leg
from tests.factories import a_child, a_match, a_pledge, a_school
from vocabulary.enums import AccountKind, Chain, ChildStatus, Evidence, FactKind, TransactionKind
from vocabulary.errors import AlreadyDecided, WrongState
from vocabulary.money import Fen

DAY = date(2026, 11, 1)


def a_stipend(session: Session, now: datetime) -> Stipend:
    match = a_match(session, a_pledge(session)[0], a_child(session, a_school(session)))
    run = JobRun(name="stipends", period=DAY, started_at=now)
    session.add(run)
    session.flush()
    stipend = Stipend(match_id=match.id, due_on=DAY, amount_fen=Fen(10_000), run_id=run.id)
    session.add(stipend)
    session.flush()
    return stipend


def test_law_1_the_database_refuses_a_second_stipend_of_a_match_and_day(
    session: Session, now: datetime
) -> None:
    first = a_stipend(session, now)

    session.add(
        Stipend(match_id=first.match_id, due_on=DAY, amount_fen=Fen(1), run_id=first.run_id)
    )

    with pytest.raises(IntegrityError):
        session.flush()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE postings SET amount = amount + 1",
        "DELETE FROM postings",
        pytest.param(
            "INSERT OR REPLACE INTO postings SELECT * FROM postings", marks=pytest.mark.sqlite_only
        ),
        pytest.param("TRUNCATE postings", marks=pytest.mark.postgresql_only),
        "UPDATE transactions SET \"on\" = '2000-01-01'",
        "DELETE FROM transactions",
    ],
)
def test_law_2_the_database_refuses_to_change_the_books(
    session: Session, now: datetime, statement: str
) -> None:
    legs = [Leg(AccountKind.BANK, Fen(100)), Leg(AccountKind.UNMATCHED, Fen(-100))]
    ledger.post(session, Event(TransactionKind.RECEIVED, DAY), legs, by=viewers.engine())

    with pytest.raises(DatabaseError, match="append-only"):
        session.execute(text(statement))


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    "table", ["postings", "transactions", "facts", "trace_ordinary", "state_changes"]
)
def test_law_2_replace_is_refused_to_whoever_opens_the_file_by_hand(
    session: Session, now: datetime, table: str
) -> None:
    """The sqlite3 shell asks for no recursive triggers: what REPLACE deletes fires none there."""
    by, child = viewers.engine(), a_child(session, status=ChildStatus.DRAFT)
    legs = [Leg(AccountKind.BANK, Fen(100)), Leg(AccountKind.UNMATCHED, Fen(-100))]
    ledger.post(session, Event(TransactionKind.RECEIVED, DAY), legs, by=by)
    said = {"kind": FactKind.RECEIVED, "on": DAY, "by": by.actor, "evidence": Evidence.BANK}
    session.add(Fact(stipend_id=a_stipend(session, now).id, noted_at=now, **said))
    trace.record(session, by, "batch.send", "batch:X", now=now)
    lifecycle.advance(session, child, ChildStatus.VERIFIED, by=by, now=now)
    session.flush()
    assert session.scalar(text(f"SELECT COUNT(*) FROM {table}"))

    session.execute(text("PRAGMA recursive_triggers = OFF"))
    try:
        with pytest.raises(DatabaseError, match="append-only"):
            session.execute(text(f"REPLACE INTO {table} SELECT * FROM {table}"))
    finally:
        session.execute(text("PRAGMA recursive_triggers = ON"))


def test_law_2_legs_that_do_not_sum_to_zero_are_refused(session: Session) -> None:
    with pytest.raises(ValueError, match="sum to zero"):
        ledger.post(
            session,
            Event(TransactionKind.RECEIVED, DAY),
            [Leg(AccountKind.BANK, Fen(100))],
            by=viewers.engine(),
        )


@pytest.mark.parametrize("table", ["facts", "trace_ordinary", "trace_custodian", "state_changes"])
def test_laws_3_11_and_13_their_rows_are_append_only(session: Session, table: str) -> None:
    connection = session.connection()
    names = {one.name for one in triggers.declared(connection.dialect.name) if one.table == table}

    assert {f"append_only_{table}_update", f"append_only_{table}_delete"} <= names
    assert names.isdisjoint(triggers.missing(connection))


def test_the_declared_triggers_are_those_of_the_database(session: Session) -> None:
    assert triggers.missing(session.connection()) == []


@pytest.mark.parametrize("chain", list(Chain))
def test_law_11_an_edited_entry_is_found(session: Session, now: datetime, chain: Chain) -> None:
    for act in ("one", "two", "three"):
        trace.record(session, viewers.console(), act, "child:X", now=now, chain=chain)
    table = f"trace_{chain.value}"
    assert trace.broken_entries(session, chain) == []

    triggers.drop_of(session.connection(), table)
    session.execute(text(f"UPDATE {table} SET why = 'edited' WHERE seq = 2"))

    assert trace.broken_entries(session, chain) == [2]


EDITS = {
    "at": "2026-01-01 00:00:00.000000",
    "actor": "account:SOMEBODY",
    "act": "another",
    "subject": "child:Y",
    "why": "edited",
    "detail": '{"a": 1}',
    "previous": "1" * 64,
    "digest": "2" * 64,
}


@pytest.mark.parametrize("chain", list(Chain))
@pytest.mark.parametrize("column", EDITS)
def test_law_11_an_edit_of_any_column_is_found_by_its_entry(
    session: Session, now: datetime, chain: Chain, column: str
) -> None:
    for act in ("one", "two", "three"):
        trace.record(session, viewers.console(), act, "child:X", now=now, chain=chain)
    table = f"trace_{chain.value}"
    names = {one.name for one in Base.metadata.tables[table].columns}
    assert EDITS.keys() == names - {"seq"}

    triggers.drop_of(session.connection(), table)
    session.execute(
        text(f"UPDATE {table} SET {column} = :new WHERE seq = 2"), {"new": EDITS[column]}
    )

    assert 2 in trace.broken_entries(session, chain)


def test_law_11_a_removed_entry_is_found(session: Session, now: datetime) -> None:
    for act in ("one", "two", "three"):
        trace.record(session, viewers.console(), act, "child:X", now=now)

    triggers.drop_of(session.connection(), "trace_ordinary")
    session.execute(text("DELETE FROM trace_ordinary WHERE seq = 2"))

    assert trace.broken_entries(session, Chain.ORDINARY) == [3]


def test_law_13_a_step_that_is_not_in_the_table_is_refused(session: Session, now: datetime) -> None:
    child = a_child(session, status=ChildStatus.ENDED)

    with pytest.raises(WrongState):
        lifecycle.advance(session, child, ChildStatus.OPEN, by=viewers.console(), now=now)


def test_law_13_the_second_of_two_is_told(session: Session, now: datetime) -> None:
    child = a_child(session)
    session.execute(
        text("UPDATE children SET status = 'supported' WHERE id = :id"), {"id": child.id}
    )

    with pytest.raises(AlreadyDecided):
        lifecycle.advance(session, child, ChildStatus.SUPPORTED, by=viewers.console(), now=now)


def test_law_13_history_is_kept(session: Session, now: datetime) -> None:
    child = a_child(session)

    lifecycle.advance(
        session, child, ChildStatus.SUPPORTED, by=viewers.console(), now=now, reason="match"
    )

    row = session.execute(
        text('SELECT "from_state", to_state, "by", reason FROM state_changes')
    ).one()
    assert tuple(row) == ("open", "supported", "console", "match")
