"""A unit's clerk collects by codes: sums from terms, money as it came, never a child."""

from datetime import date

import pytest

from models.accounts import Account
from models.pledges import Pledge
from privacy.permissions import check_exclusive
from services import gate
from services.accounts import grants
from services.accounts.grants import Term
from services.books import dividing, receipts
from services.books.receipts import BankLine
from services.vault import deaths, forgetting_donors, vault
from services.work_units import collecting, joining, units
from tests.factories import BANNER, a_child, a_match, a_pledge, a_school, a_unit, an_account, viewer
from vocabulary.enums import MatchStatus, PledgeStatus, Rhythm, Role
from vocabulary.errors import BadInput, NotFound, NotPermitted, RolesExclude
from vocabulary.money import Fen

DESK = viewer(Role.COLLECTING_DESK)


def clerk_of(unit):
    return viewer(Role.UNIT_COLLECTOR, organisation_id=unit.id, account_id=1)


def donor_of(session, pledge):
    return viewer(Role.DONOR, actor="donor:D", donor_id=vault.donor_of_pledge(session, pledge.id))


def colleague(session, clerk, now, contact, **terms):
    """A donor whose pledge the unit collects for; the pledge and its payment reference."""
    pledge, reference = a_pledge(session, contact, **terms)
    code = collecting.begin(session, clerk, now=now)
    joining.join(session, donor_of(session, pledge), pledge.donor_ref, code, now=now)
    return pledge, reference


def lines(session, clerk, now):
    found = collecting.month(session, clerk, now=now).lines
    return {one.reference: (one.due_fen, one.came_fen) for one in found}


@pytest.fixture
def clerk(session):
    return clerk_of(a_unit(session))


def test_what_is_due_comes_from_the_pledges_terms(session, now, clerk) -> None:
    _, monthly = colleague(session, clerk, now, "13800000001")
    _, for_two = colleague(session, clerk, now, "13800000002", children_wanted=2)
    _, by_term = colleague(session, clerk, now, "13800000003", rhythm=Rhythm.TERM)
    _, paused = colleague(session, clerk, now, "13800000004", status=PledgeStatus.PAUSED)
    _, over = colleague(session, clerk, now, "13800000005", ends_on=date(2026, 11, 1))

    assert lines(session, clerk, now) == {
        monthly: (10_000, 0), for_two: (20_000, 0), by_term: (0, 0), paused: (0, 0), over: (0, 0),
    }  # fmt: skip


def test_one_transfer_with_the_prepared_list_is_divided_exactly(session, now, clerk) -> None:
    codes = [colleague(session, clerk, now, f"1380000000{n}")[1] for n in range(1, 5)]
    receipts.record(session, DESK, BankLine(codes[0], Fen(4_050), date(2026, 11, 2)), now=now)
    month = collecting.month(session, clerk, now=now)
    total = month.due_fen - month.came_fen

    waiting = BankLine("", Fen(total), date(2026, 11, 20), remark="单位代收")
    ref = receipts.record(session, DESK, waiting, now=now)["ref"]
    assert dividing.divide(session, DESK, ref, month.remark, now=now) == len(codes)

    assert f"{codes[0]}:59.50" in month.remark
    assert set(lines(session, clerk, now).values()) == {(10_000, 10_000)}
    assert collecting.month(session, clerk, now=now).remark == ""


def test_no_state_of_a_child_changes_a_line(session, now, clerk) -> None:
    pledge, _ = colleague(session, clerk, now, "13800000001")
    before = collecting.month(session, clerk, now=now)

    match = a_match(session, pledge, a_child(session, a_school(session)))
    assert collecting.month(session, clerk, now=now) == before
    match.status = MatchStatus.ENDED
    session.flush()

    assert collecting.month(session, clerk, now=now) == before


def test_a_clerk_sees_the_codes_of_her_own_unit_alone(session, now, clerk) -> None:
    colleague(session, clerk, now, "13800000001")
    other = clerk_of(a_unit(session, "旗邮局"))

    assert collecting.month(session, other, now=now).lines == []
    assert collecting.begin(session, other, now=now) != collecting.begin(session, clerk, now=now)


def test_who_leaves_is_collected_for_no_more(session, now, clerk) -> None:
    pledge, _ = colleague(session, clerk, now, "13800000001")
    me = donor_of(session, pledge)
    joining.leave(session, me, pledge.donor_ref, now=now)
    joining.leave(session, me, pledge.donor_ref, now=now)

    assert lines(session, clerk, now) == {}
    assert joining.page(session, me, pledge.donor_ref)["unit"] is None


@pytest.mark.parametrize("is_dead", [True, False])
def test_nobody_is_asked_to_collect_from_who_died_or_is_forgotten(
    session, now, clerk, is_dead
) -> None:
    pledge, reference = colleague(session, clerk, now, "13800000001")
    match = a_match(session, pledge, a_child(session, a_school(session)))
    match.starts_on = date(2026, 11, 1)
    _, other = colleague(session, clerk, now, "13800000002")
    receipts.record(session, DESK, BankLine(reference, Fen(90_000), date(2026, 10, 2)), now=now)
    if is_dead:
        custodian = viewer(Role.CUSTODIAN)
        died = deaths.note(session, custodian, reference, why="家人来电", now=now)
        deaths.agree(session, viewer(Role.CUSTODIAN, actor="account:second"), died, now=now)
    else:
        forgetting_donors.forget(session, donor_of(session, pledge), now=now)

    assert pledge.status is PledgeStatus.ENDING
    assert list(lines(session, clerk, now)) == [other]


def test_one_unit_collects_for_a_pledge_at_a_time(session, now, clerk) -> None:
    pledge, reference = colleague(session, clerk, now, "13800000001")
    other = clerk_of(a_unit(session, "旗邮局"))
    me, code = donor_of(session, pledge), collecting.begin(session, other, now=now)

    for _ in range(2):
        joining.join(session, me, pledge.donor_ref, f" {code.lower()} ", now=now)

    assert (lines(session, clerk, now), [*lines(session, other, now)]) == ({}, [reference])
    assert joining.page(session, me, pledge.donor_ref)["unit"] == "旗邮局"


def test_an_unknown_code_and_anothers_pledge_are_refused(session, now, clerk) -> None:
    pledge, _ = colleague(session, clerk, now, "13800000001")
    stranger = donor_of(session, a_pledge(session, "13800000002")[0])
    code = collecting.begin(session, clerk, now=now)

    with pytest.raises(BadInput):
        joining.join(session, donor_of(session, pledge), pledge.donor_ref, "ZZZZZZZZ", now=now)
    with pytest.raises(NotFound):
        joining.join(session, stranger, pledge.donor_ref, code, now=now)
    with pytest.raises(NotFound):
        joining.leave(session, stranger, pledge.donor_ref, now=now)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.UNIT_COLLECTOR}))
def test_nobody_else_reads_the_list(session, now, role) -> None:
    with pytest.raises(NotPermitted):
        collecting.month(session, viewer(role), now=now)


@pytest.mark.parametrize(
    "role",
    [
        Role.CASE_WORKER, Role.APPROVER, Role.COLLECTING_DESK, Role.CUSTODIAN, Role.AUDITOR,
        Role.ADMINISTRATOR, Role.SCHOOL_OFFICER, Role.VILLAGE_DIRECTOR, Role.PAYING_DESK,
        Role.VOLUNTEER,
    ],
)  # fmt: skip
def test_who_collects_holds_no_role_that_sees_a_child_or_books_money(role) -> None:
    with pytest.raises(RolesExclude):
        check_exclusive(frozenset({Role.UNIT_COLLECTOR, role}))


def test_the_clerk_stands_near_no_child_and_no_pledge(session, now, clerk) -> None:
    pledge, _ = colleague(session, clerk, now, "13800000001")
    child = a_child(session, a_school(session))
    a_match(session, pledge, child)

    for table in (Pledge, type(child)):
        assert gate.count(session, clerk, table) == 0


def test_the_role_needs_a_work_unit_and_two_administrators(session, now) -> None:
    asks, agrees = (
        an_account(session, Role.ADMINISTRATOR, login=login) for login in ("admin1", "admin2")
    )
    by = [
        viewer(Role.ADMINISTRATOR, actor=f"account:{one.ref}", account_id=one.id)
        for one in (asks, agrees)
    ]
    unit = units.enter(session, by[0], "旗水务局", BANNER, now=now)
    assert [one["ref"] for one in units.listing(session, by[0])] == [unit]
    with pytest.raises(BadInput):
        units.enter(session, by[0], " 旗水务局 ", BANNER, now=now)
    without = an_account(session, login="nobody")
    clerk = an_account(session, login="clerk", organisation_id=a_unit(session).id)

    with pytest.raises(BadInput):
        grants.ask(session, by[0], without.ref, Role.UNIT_COLLECTOR, term=Term(), now=now)
    grant = grants.ask(session, by[0], clerk.ref, Role.UNIT_COLLECTOR, term=Term(), now=now)
    grants.agree(session, by[1], grant, now=now)

    assert isinstance(clerk, Account)
