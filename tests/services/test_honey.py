"""Honey records: an opening alarms, nothing tells them apart, and they count nowhere."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from stdnum.cn import ric

from models.accounts import Account
from models.children import Child
from models.incidents import Honey, HoneyOpening
from models.notices import Notice
from models.pledges import Match
from models.stipends import Stipend
from privacy import viewers
from services import gate
from services.accounts import accounts
from services.children import child_file, child_search
from services.figures import figures_internal
from services.notices import delivery
from services.notices.delivery import House
from services.notices.drawing import draw
from services.oversight import honey
from services.pairing import market
from services.vault import vault
from tests.factories import BANNER, a_child, a_school, an_account, viewer
from tests.web.test_auth import sign_in
from vocabulary.enums import NoticeKind, Role
from vocabulary.errors import NotPermitted

STAFF = viewer(Role.CASE_WORKER)
HOUSE = House("http://x.example", "12338", staff_by=frozenset())
STATISTICS = viewer(Role.STATISTICS)


@pytest.fixture
def planted(session, now) -> Child:
    a_child(session, a_school(session))
    honey.plant_child(session, viewers.console(), BANNER, now=now - timedelta(days=400))
    honey.plant_donor(session, viewers.console(), "bees@example.org", now=now)
    return session.scalars(select(Child).join(Honey, Honey.child_id == Child.id)).one()


def test_whoever_opens_the_file_is_told_of_at_once_and_reads_it_like_any_other(
    session, now, planted
) -> None:
    an_account(session, Role.ADMINISTRATOR, login="admin")
    custodian = an_account(session, Role.CUSTODIAN, login="baomi", region_code="150700000000")
    an_account(session, Role.CASE_WORKER, login="other")

    card = child_file.detail(session, STAFF, planted.ref, now=now)
    assert card["name"] == planted.name
    assert not any("honey" in key or "?" in key for key in card)
    assert honey.sound(session, now=now)

    told = session.scalars(select(Notice).where(Notice.kind == NoticeKind.HONEY_OPENED)).all()
    logins = {session.get_one(Account, notice.recipient_id).login for notice in told}
    assert logins == {"admin", "baomi"}
    guard = accounts.viewer_of(session, custodian, now=now)
    drawn = draw(session, guard, told[0], now=now, hotline="12338")
    assert drawn and "11月21日" in drawn.inbox and planted.name not in drawn.inbox
    (opening,) = honey.openings(session, guard)
    assert (opening["actor"], opening["kind"]) == (STAFF.actor, "child")
    assert not honey.sound(session, now=now)


def test_a_search_for_this_very_child_alarms_and_an_ordinary_list_does_not(
    session, now, planted
) -> None:
    a_child(session, name=planted.name + "二", id_index="other", status="ended")
    child_search.listing(session, STAFF, code=BANNER, show="ended")
    assert gate.OPENINGS not in session.info

    gate.cards(session, STAFF, Child, where=(Child.ref == planted.ref,))
    assert honey.sound(session, now=now)


def test_the_machine_opens_it_without_alarm_and_other_children_alarm_nobody(
    session, now, planted
) -> None:
    other = session.scalars(select(Child).where(Child.id != planted.id)).one()
    child_file.detail(session, STAFF, other.ref, now=now)
    gate.note_opening(session, viewers.engine(), "child")

    assert not honey.sound(session, now=now)
    assert session.scalars(select(HoneyOpening)).all() == []


def test_a_donors_honey_record_alarms_when_its_identity_is_opened(session, now, planted) -> None:
    custodian = viewer(Role.CUSTODIAN)
    other = vault.register(session, "13800000009", now=now)
    honey.note_donor(session, custodian, other)
    assert not honey.sound(session, now=now)

    donor = vault.find_donor_by_contact(session, "bees@example.org")
    honey.note_donor(session, custodian, donor)
    assert honey.sound(session, now=now)


def test_it_takes_no_part_in_matching_stipends_or_figures(session, now) -> None:
    a_child(session, a_school(session))
    before = figures_internal.children_by_state(session, STATISTICS)
    needs = len(market.open_needs(session))

    honey.plant_child(session, viewers.console(), BANNER, now=now - timedelta(days=400))
    honey.plant_donor(session, viewers.console(), "bees@example.org", now=now)

    assert figures_internal.children_by_state(session, STATISTICS) == before
    assert len(market.open_needs(session)) == needs
    child = session.scalars(select(Honey.child_id).where(Honey.child_id.is_not(None))).one()
    assert session.scalar(select(Match.id).where(Match.child_id == child)) is None
    assert session.scalar(select(Stipend.id)) is None


def test_no_viewer_stands_near_the_marks_and_only_the_console_plants(session, now) -> None:
    assert Honey.standings(viewer(*Role)) == {}
    for role in set(Role) - {Role.CONSOLE}:
        with pytest.raises(NotPermitted):
            honey.plant_child(session, viewer(role), BANNER, now=now)


def test_opening_it_in_the_browser_alarms_though_a_page_only_reads(
    client, session, now, planted
) -> None:
    an_account(session, Role.CASE_WORKER, login="wulan")
    an_account(session, Role.ADMINISTRATOR, login="admin")
    ref = planted.ref
    session.commit()
    sign_in(client)

    assert client.get(f"/staff/children/{ref}").status_code == 200

    session.rollback()
    assert len(session.scalars(select(HoneyOpening)).all()) == 1
    session.rollback()
    client.post("/logout")
    sign_in(client, "admin")
    page = client.get("/staff/health/").get_data(as_text=True)
    assert "警戒记录被打开过 1 次" in page
    session.rollback()
    who = session.scalars(select(Account).where(Account.login == "wulan")).one()
    link = f'<a href="/staff/accounts/{who.ref}">{who.name}</a>'
    assert link in client.get("/staff/incidents/").get_data(as_text=True)


def test_the_word_of_an_opening_leads_administrator_and_custodian_to_who_it_was(
    client, session, now, planted
) -> None:
    an_account(session, Role.ADMINISTRATOR, login="admin")
    an_account(session, Role.CUSTODIAN, login="baomi")
    gate.cards(session, STAFF, Child, where=(Child.ref == planted.ref,))
    honey.sound(session, now=now)
    delivery.to_inboxes(session, viewers.engine(), now=now, house=HOUSE)
    session.commit()

    for login in ("admin", "baomi"):
        sign_in(client, login)
        told = client.get("/staff/notices/").get_data(as_text=True)
        assert 'href="/staff/incidents/"' in told.partition("<main")[2]
        assert "帐号" in client.get("/staff/incidents/").get_data(as_text=True)
        client.post("/logout")


def test_its_file_is_as_full_as_its_neighbours_and_names_no_living_number(session, now) -> None:
    seen = {"verified_by": "account:OTHER", "verified_on": now.date(), "address": "吉文镇一组3号"}
    real = a_child(session, a_school(session), **seen)
    honey.plant_child(session, viewers.console(), BANNER, now=now)
    bait = session.scalars(select(Child).join(Honey, Honey.child_id == Child.id)).one()

    card, beside = (child_file.detail(session, STAFF, one.ref, now=now) for one in (bait, real))
    told = (
        "id_number",
        "birth_on",
        "sex",
        "address",
        "grade",
        "kin",
        "needs",
        "consents",
        "school",
    )
    assert [part for part in told if not (card.has(part) and card[part])] == []
    for same in ("entered_by_name", "verified_by_name", "class_label", "banner", "entered_on"):
        assert card[same] == beside[same]
    assert "控制台" not in card["entered_by_name"]
    number = card["id_number"]
    assert ric.is_valid(number)
    assert number[14:17] == "000"
    assert card["kin"][0]["phone"].startswith("154")
    assert real.verified_on <= card["ended_on"] <= now.date()
    assert len({card["name"], beside["name"]}) == 2
