"""The page 爱心备用金, as each of its readers gets it."""

from datetime import date

import pytest

from models.children import Child
from models.pledges import Pledge
from models.trace import OrdinaryEntry
from tests.factories import an_account
from tests.services.gap_fund import OCTOBER, SEPTEMBER, feed, pay, run, sponsored
from tests.services.test_standing_in import ended
from tests.web.desks import sign_in
from vocabulary.enums import Role


@pytest.fixture
def carried(session):
    """A child whose sponsor has not paid since September."""
    feed(session, 55_555, on=SEPTEMBER)
    match, _ = sponsored(session)
    run(session, SEPTEMBER)
    run(session, date(2026, 9, 25))
    run(session, OCTOBER)
    session.commit()
    return match


def page(client, session, login, role):
    an_account(session, role, login=login)
    session.commit()
    sign_in(client, login)
    return client.get("/staff/gap-fund/")


def test_case_staff_read_for_how_long_and_for_whom(client, session, now, carried):
    found = page(client, session, "worker", Role.CASE_WORKER).text

    assert "还够 3 个月" in found
    assert "陈雨桐" in found
    assert "很久没到账，在找下一位" in found
    assert "¥300" in found
    assert "355.55" not in found
    assert "一共垫付过" not in found
    assert session.query(OrdinaryEntry).filter_by(act="child.read").count() == 1


def test_the_auditor_reads_the_exact_sum_and_no_child(client, session, now, carried):
    found = page(client, session, "auditor", Role.AUDITOR).text

    assert "¥355.55" in found
    assert "一共垫付过 2 笔" in found
    assert "陈雨桐" not in found


@pytest.mark.parametrize("role", [Role.PAYING_DESK, Role.COLLECTING_DESK, Role.STATISTICS])
def test_the_desks_do_not_find_it(client, session, now, carried, role):
    assert page(client, session, "other", role).status_code == 404


def test_an_empty_fund_says_what_it_is_for(client, session, now):
    found = page(client, session, "worker", Role.CASE_WORKER).text

    assert "现在没有孩子要备用金接着" in found
    assert "没有要备用金接着的" in found


def test_the_childs_page_says_that_the_fund_goes_on(client, session, now):
    feed(session, 55_500, on=SEPTEMBER)
    match, reference = sponsored(session)
    pay(session, reference, 10_000, SEPTEMBER)
    run(session, SEPTEMBER)
    ended(session, match, OCTOBER)
    run(session, OCTOBER)
    an_account(session, Role.CASE_WORKER, login="worker")
    child = session.get_one(Child, match.child_id).ref
    code = session.get_one(Pledge, match.pledge_id).code
    session.commit()
    sign_in(client, "worker")

    found = client.get(f"/staff/children/{child}").text

    assert "爱心备用金接着给" in found
    assert f"认捐 {code}" in found
