"""The administrator keeps accounts and machine: no page shows a child, a family or a donor."""

import pytest
from flask import Flask

from services.accounts import accounts
from services.oversight import incidents
from services.oversight.incidents import NewIncident
from tests.factories import (
    a_child,
    a_match,
    a_pledge,
    a_school,
    a_sent_batch,
    an_account,
)
from tests.house.crawl import crawl, look, probes, sample_refs
from tests.web.test_auth import sign_in
from vocabulary.dates import today
from vocabulary.enums import FoundBy, Harmed, Role

# What could leak: each of these stands in the database.
PLANTED = ("陈雨桐", "陈奶奶", "13900000001", "13800000001", "沿江路", "哮喘", "河边的白桦")
STARTS = (
    "/",
    "/staff/",
    "/staff/accounts/",
    "/staff/health/",
    "/staff/incidents/",
    "/staff/notices/",
)


@pytest.fixture
def seen(app: Flask, session, now) -> dict:
    """Everything the administrator can fetch, by address."""
    school = a_school(session)
    child = a_child(session, school, address="沿江路 3 号", remark="哮喘")
    pledge, _ = a_pledge(session)
    a_sent_batch(session, school, a_match(session, pledge, child))
    account = an_account(session, Role.ADMINISTRATOR, login="wulan")
    admin = accounts.viewer_of(session, account, now=now)
    new = NewIncident("丢了一台电脑", today(now), today(now), FoundBy.STAFF, (Harmed.STAFF,))
    incidents.enter(session, admin, new, now=now)
    session.commit()
    addresses = [*probes(app, sample_refs(session)), f"/staff/children/{child.ref}"]
    session.rollback()
    client = app.test_client()
    sign_in(client)
    found = crawl(client, STARTS)
    return found | {a: look(client, a) for a in addresses if a not in found}


@pytest.mark.slow
def test_no_page_of_the_administrator_names_a_child_a_family_or_a_donor(seen) -> None:
    shown = {address for address, one in seen.items() if one.status == 200}
    assert shown >= set(STARTS[2:])  # pages, not refusals
    assert any(address.startswith("/staff/incidents/") and len(address) > 20 for address in shown)
    hits = [
        (address, word)
        for address, one in seen.items()
        for word in PLANTED
        if word.encode() in one.body
    ]

    assert hits == []
