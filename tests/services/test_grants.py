"""Roles need two administrators, none for himself, and never exclude each other."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts import Account, Grant
from models.trace import OrdinaryEntry
from privacy.viewers import Viewer
from services.accounts import accounts, grants
from services.accounts.grants import Term
from tests.factories import a_school, an_account
from vocabulary.enums import GrantStatus, Role
from vocabulary.errors import ActedBefore, BadInput, NotPermitted, RolesExclude, WrongState

ALWAYS = Term()


@pytest.fixture
def two(session: Session, now: datetime) -> tuple[Viewer, Viewer]:
    first, second = (
        accounts.viewer_of(session, an_account(session, Role.ADMINISTRATOR, login=one), now=now)
        for one in ("first", "second")
    )
    return first, second


@pytest.fixture
def worker(session: Session) -> Account:
    return an_account(session, login="qige")


def roles(session: Session, account: Account, now: datetime) -> frozenset[Role]:
    return accounts.roles_on(session, account.id, now.date())


def test_a_role_counts_only_once_a_second_administrator_agreed(session, now, two, worker) -> None:
    ref = grants.ask(session, two[0], worker.ref, Role.APPROVER, term=ALWAYS, now=now)
    assert roles(session, worker, now) == frozenset()

    grants.agree(session, two[1], ref, now=now)

    assert roles(session, worker, now) == {Role.APPROVER}


def test_whoever_asked_does_not_agree(session, now, two, worker) -> None:
    ref = grants.ask(session, two[0], worker.ref, Role.APPROVER, term=ALWAYS, now=now)

    with pytest.raises(ActedBefore):
        grants.agree(session, two[0], ref, now=now)


def test_nobody_asks_agrees_or_ends_for_himself(session, now, two) -> None:
    first, second = two
    own = session.get_one(Account, first.account_id)
    standing = session.scalars(select(Grant.ref).where(Grant.account_id == own.id)).one()
    asked = grants.ask(session, second, own.ref, Role.STATISTICS, term=ALWAYS, now=now)

    with pytest.raises(ActedBefore):
        grants.ask(session, first, own.ref, Role.PAYING_DESK, term=ALWAYS, now=now)
    with pytest.raises(ActedBefore):
        grants.agree(session, first, asked, now=now)
    with pytest.raises(ActedBefore):
        grants.end(session, first, standing, reason="换岗", now=now)


@pytest.mark.parametrize(
    ("held", "more"),
    [
        (Role.COLLECTING_DESK, Role.CASE_WORKER),
        (Role.CASE_WORKER, Role.CUSTODIAN),
        (Role.APPROVER, Role.AUDITOR),
        (Role.CUSTODIAN, Role.ADMINISTRATOR),
        (Role.AUDITOR, Role.COLLECTING_DESK),
        *(
            (Role.PAYING_DESK, role)
            for role in (Role.COLLECTING_DESK, Role.AUDITOR, Role.CUSTODIAN, Role.ADMINISTRATOR)
        ),
    ],
)
def test_law_7_counts_what_is_only_asked_for(session, now, two, worker, held, more) -> None:  # noqa: PLR0917 fixtures
    grants.ask(session, two[0], worker.ref, held, term=ALWAYS, now=now)

    with pytest.raises(RolesExclude):
        grants.ask(session, two[1], worker.ref, more, term=ALWAYS, now=now)


def test_law_7_counts_a_role_that_begins_later(session, now, two, worker) -> None:
    later = Term(now.date() + timedelta(days=90), now.date() + timedelta(days=120))
    grants.ask(session, two[0], worker.ref, Role.AUDITOR, term=later, now=now)

    with pytest.raises(RolesExclude):
        grants.ask(session, two[0], worker.ref, Role.APPROVER, term=ALWAYS, now=now)


def test_case_worker_and_approver_may_be_one_person(session, now, two, worker) -> None:
    for role in (Role.CASE_WORKER, Role.APPROVER):
        ref = grants.ask(session, two[0], worker.ref, role, term=ALWAYS, now=now)
        grants.agree(session, two[1], ref, now=now)

    assert roles(session, worker, now) == {Role.CASE_WORKER, Role.APPROVER}


def test_an_ended_role_leaves_room_for_another(session, now, two, worker) -> None:
    ref = grants.ask(session, two[0], worker.ref, Role.AUDITOR, term=ALWAYS, now=now)
    grants.agree(session, two[1], ref, now=now)
    stamp = worker.session_stamp

    grants.end(session, two[0], ref, reason="换岗", now=now)

    assert roles(session, worker, now) == frozenset()
    assert worker.session_stamp != stamp
    assert grants.ask(session, two[0], worker.ref, Role.APPROVER, term=ALWAYS, now=now)


def test_a_deputy_holds_the_role_from_the_first_to_the_last_day(session, now, two, worker) -> None:
    term = Term(date(2026, 12, 1), date(2026, 12, 10))
    ref = grants.ask(session, two[0], worker.ref, Role.APPROVER, term=term, now=now)
    grants.agree(session, two[1], ref, now=now)

    held = [
        bool(accounts.roles_on(session, worker.id, date(2026, m, d)))
        for m, d in ((11, 30), (12, 1), (12, 10), (12, 11))
    ]
    assert held == [False, True, True, False]


def test_a_term_that_ends_before_it_begins_is_refused(session, now, two, worker) -> None:
    for term in (Term(date(2026, 12, 2), date(2026, 12, 1)), Term(None, date(2026, 11, 20))):
        with pytest.raises(BadInput, match="before_from"):
            grants.ask(session, two[0], worker.ref, Role.APPROVER, term=term, now=now)


def test_the_same_role_is_not_asked_for_twice(session, now, two, worker) -> None:
    grants.ask(session, two[0], worker.ref, Role.APPROVER, term=ALWAYS, now=now)

    with pytest.raises(BadInput, match="already_held"):
        grants.ask(session, two[1], worker.ref, Role.APPROVER, term=ALWAYS, now=now)


@pytest.mark.parametrize("role", [Role.DONOR, Role.ENGINE, Role.CONSOLE, Role.FAMILY])
def test_roles_of_links_and_machines_are_never_granted(session, now, two, worker, role) -> None:
    with pytest.raises(BadInput, match="not_grantable"):
        grants.ask(session, two[0], worker.ref, role, term=ALWAYS, now=now)


def test_a_school_officer_needs_a_school_and_a_director_a_village(session, now, two) -> None:
    plain = an_account(session, login="plain")
    officer = an_account(session, login="officer", organisation_id=a_school(session).id)
    director = an_account(session, login="director", region_code="150723101000")

    with pytest.raises(BadInput, match="needs_school"):
        grants.ask(session, two[0], plain.ref, Role.SCHOOL_OFFICER, term=ALWAYS, now=now)
    with pytest.raises(BadInput, match="needs_village"):
        grants.ask(session, two[0], plain.ref, Role.VILLAGE_DIRECTOR, term=ALWAYS, now=now)
    assert grants.ask(session, two[0], officer.ref, Role.SCHOOL_OFFICER, term=ALWAYS, now=now)
    assert grants.ask(session, two[0], director.ref, Role.VILLAGE_DIRECTOR, term=ALWAYS, now=now)


def test_only_administrators_deal_with_roles(session, now, worker) -> None:
    approver = accounts.viewer_of(session, an_account(session, Role.APPROVER, login="a"), now=now)

    with pytest.raises(NotPermitted):
        grants.ask(session, approver, worker.ref, Role.APPROVER, term=ALWAYS, now=now)


def test_an_ended_role_is_not_agreed_to(session, now, two, worker) -> None:
    ref = grants.ask(session, two[0], worker.ref, Role.APPROVER, term=ALWAYS, now=now)
    grants.end(session, two[1], ref, reason="换岗", now=now)

    with pytest.raises(WrongState):
        grants.agree(session, two[1], ref, now=now)


def test_asking_agreeing_and_ending_leave_a_trace_with_who_and_which(
    session, now, two, worker
) -> None:
    ref = grants.ask(session, two[0], worker.ref, Role.APPROVER, term=ALWAYS, now=now)
    grants.agree(session, two[1], ref, now=now)
    grants.end(session, two[1], ref, reason="离职", now=now)

    rows = session.execute(
        select(OrdinaryEntry.actor, OrdinaryEntry.act, OrdinaryEntry.why, OrdinaryEntry.detail)
    ).all()
    detail = {"account": worker.ref, "role": "approver"}
    assert [tuple(row) for row in rows] == [
        (two[0].actor, "grant.ask", "", detail),
        (two[1].actor, "grant.agree", "", detail),
        (two[1].actor, "grant.end", "离职", detail),
    ]
    assert session.scalars(select(Grant.status).where(Grant.ref == ref)).one() is GrantStatus.ENDED
