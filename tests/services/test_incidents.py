"""Incidents and who is affected: counts for the administrator, refs for the custodian."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from services import trace
from services.accounts import accounts
from services.oversight import incidents
from services.oversight.incidents import NewIncident, Span
from tests.factories import an_account, viewer
from vocabulary.enums import Chain, FoundBy, Harmed, Role, Told
from vocabulary.errors import AlreadyDecided, BadInput, NotFound, NotPermitted

ADMIN = viewer(Role.ADMINISTRATOR)
CUSTODIAN = viewer(Role.CUSTODIAN)
WHEN = Span(date(2026, 11, 20), date(2026, 11, 21))


def entered(session, now, by=ADMIN, **more) -> str:
    values = {
        "what": "一台没锁的电脑丢了",
        "happened_on": date(2026, 11, 20),
        "found_on": date(2026, 11, 21),
        "found_by": FoundBy.STAFF,
        "harmed": (Harmed.CHILD_IDENTITY, Harmed.STAFF),
    } | more
    return incidents.enter(session, by, NewIncident(**values), now=now)


@pytest.fixture
def read(session, now):
    """The thief's login read three children yesterday and today, one twice, one long ago."""
    thief = accounts.viewer_of(session, an_account(session, Role.APPROVER, login="thief"), now=now)
    other = accounts.viewer_of(session, an_account(session, Role.APPROVER, login="other"), now=now)
    day = timedelta(days=1)
    trace.record(session, thief, "child.read", "child:OLD", now=now - 9 * day)
    trace.record(session, thief, "child.read", "child:AAA", now=now - day)
    many = {"subjects": ["child:AAA", "child:BBB", "match:MMM"]}
    trace.record(session, thief, "child.read", "3 records", now=now, detail=many)
    trace.record(session, other, "child.read", "child:BBB", now=now)
    trace.record(session, other, "child.read", "child:ZZZ", now=now)
    trace.record(session, thief, "receipt.read", "receipt:RRR", now=now, chain=Chain.CUSTODIAN)
    return entered(session, now)


def test_the_administrator_reads_counts_and_no_ref(session, now, read) -> None:
    answer = incidents.read_by(session, ADMIN, read, login="thief", span=WHEN, now=now)

    assert answer["counts"] == {"child": 2, "match": 1}
    assert answer["refs"] == {}


def test_the_custodian_reads_refs_each_once_and_its_own_side_too(session, now, read) -> None:
    answer = incidents.read_by(session, CUSTODIAN, read, login="THIEF", span=WHEN, now=now)

    assert answer["refs"] == {"child": ["AAA", "BBB"], "match": ["MMM"], "receipt": ["RRR"]}


def test_who_read_a_record_is_found_by_its_code_alone_and_among_several(session, now, read) -> None:
    def readers(by, code):
        return incidents.read_who(session, by, read, code=code, span=WHEN, now=now)

    assert readers(ADMIN, "bbb")["counts"] == {"account": 2}
    assert readers(ADMIN, "bbb")["refs"] == {}
    assert len(readers(CUSTODIAN, "BBB")["refs"]["account"]) == 2
    assert readers(ADMIN, "BB")["total"] == 0
    assert readers(ADMIN, "OLD")["total"] == 0


def test_asking_who_is_affected_is_itself_kept(session, now, read) -> None:
    incidents.read_by(session, ADMIN, read, login="thief", span=WHEN, now=now)

    kept = session.execute(
        text("SELECT act, subject FROM trace_ordinary ORDER BY seq DESC")
    ).first()
    assert tuple(kept) == ("incident.affected", f"incident:{read}")


@pytest.mark.parametrize(
    ("login", "span"),
    [
        ("nobody", WHEN),
        ("thief", Span(WHEN.last, WHEN.first)),
        ("thief", Span(date(2020, 1, 1), WHEN.last)),
    ],
)
def test_what_cannot_be_asked_says_why(session, now, read, login, span) -> None:
    with pytest.raises(BadInput):
        incidents.read_by(session, ADMIN, read, login=login, span=span, now=now)


def test_steps_are_kept_in_order_and_nobody_changes_them(session, now) -> None:
    ref = entered(session, now)
    incidents.add_step(session, CUSTODIAN, ref, done="打了电话", told=Told.GUARDIANS, now=now)
    incidents.add_step(session, ADMIN, ref, done="换了密码", told=None, now=now)

    shown = incidents.show(session, ADMIN, ref)
    assert [(s["done"], s["told"]) for s in shown["steps"]] == [
        ("打了电话", Told.GUARDIANS),
        ("换了密码", None),
    ]
    assert shown["kinds"] == [Harmed.CHILD_IDENTITY, Harmed.STAFF]
    incidents.close(session, ADMIN, ref, now=now)
    with pytest.raises(AlreadyDecided):
        incidents.add_step(session, ADMIN, ref, done="还有", told=None, now=now)
    assert not incidents.listing(session, CUSTODIAN)[0]["is_open"]
    session.flush()
    with pytest.raises(DatabaseError, match="append-only"):
        session.execute(text("UPDATE incident_steps SET told = NULL"))


def test_what_happened_is_sealed_and_others_do_not_see_the_register(session, now) -> None:
    ref = entered(session, now)

    assert "电脑".encode() not in session.scalar(text("SELECT what FROM incidents"))
    for role in set(Role) - {Role.ADMINISTRATOR, Role.CUSTODIAN}:
        with pytest.raises(NotPermitted):
            incidents.show(session, viewer(role), ref)
    with pytest.raises(NotFound):
        incidents.show(session, ADMIN, "MISSING")


def test_days_that_cannot_be_are_refused(session, now) -> None:
    for days in (
        {"found_on": date(2026, 11, 22)},
        {"happened_on": date(2026, 11, 21), "found_on": date(2026, 11, 20)},
    ):
        with pytest.raises(BadInput):
            entered(session, now, **days)
