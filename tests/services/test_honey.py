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
from vocabulary.enums import ChildStatus, NoticeKind, Role
from vocabulary.errors import NotPermitted

STAFF = viewer(Role.CASE_WORKER)
HOUSE = House("http://x.example", "12338", staff_by=frozenset())
ELSEWHERE = "152921000000"
STATISTICS = viewer(Role.STATISTICS)


def marked(session) -> list[Child]:
    return list(session.scalars(select(Child).join(Honey, Honey.child_id == Child.id)))


@pytest.fixture
def planted(session, now) -> Child:
    """The banner's only ended record that is not a real child's: four real ones ended before."""
    a_child(session, a_school(session))
    for n in range(4):
        a_child(session, name=f"结束{n}", status=ChildStatus.ENDED, id_index=f"ended{n}")
    honey.plant_child(session, viewers.console(), BANNER, now=now - timedelta(days=400))
    honey.plant_donor(session, viewers.console(), "bees@example.org", now=now)
    (only,) = marked(session)
    return only


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


def test_no_filter_finds_it_alone_in_its_banner(session, now) -> None:
    a_child(session, a_school(session))

    honey.plant_child(session, viewers.console(), BANNER, now=now)
    alone = child_search.listing(session, STAFF, code=BANNER, show="ended")
    honey.plant_child(session, viewers.console(), BANNER, now=now)

    assert len({card["ref"] for card in alone}) == 5
    assert len(marked(session)) == 6


def test_where_five_ended_one_more_is_planted(session, now) -> None:
    for n in range(5):
        a_child(session, name=f"结束{n}", status=ChildStatus.ENDED, id_index=f"ended{n}")

    honey.plant_child(session, viewers.console(), BANNER, now=now)

    assert len(marked(session)) == 1


def test_no_two_have_one_number_however_many_are_planted(session, now) -> None:
    """A year has 336 days to be drawn from: of sixty, two would have met."""
    a_child(session, a_school(session), verified_on=now.date())
    for _ in range(60):
        honey.plant_child(session, viewers.console(), BANNER, now=now)

    numbers = [one.id_number for one in marked(session)]
    assert len(set(numbers)) == len(numbers) == 64
    assert all(ric.is_valid(number) for number in numbers)


def test_who_filters_or_looks_round_alarms_nobody_though_it_is_all_that_fits(
    session, now, planted
) -> None:
    for one in session.scalars(select(Child).where(Child.id != planted.id)):
        one.region_code = one.banner_code = ELSEWHERE
    session.flush()

    filtered = child_search.listing(session, STAFF, code=BANNER, show="ended")
    by_surname = child_search.search(session, STAFF, planted.name[0], code=BANNER)
    quiet = gate.OPENINGS not in session.info
    by_name = child_search.search(session, STAFF, planted.name, code=BANNER)

    refs = [[card["ref"] for card in found] for found in (filtered, by_surname, by_name)]
    assert (refs, quiet) == ([[planted.ref]] * 3, True)
    assert honey.sound(session, now=now)


def test_the_machine_opens_it_without_alarm_and_other_children_alarm_nobody(
    session, now, planted
) -> None:
    other = session.scalars(select(Child).where(Child.status != ChildStatus.ENDED)).one()
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
    children = [child.id for child in marked(session)]
    assert session.scalar(select(Match.id).where(Match.child_id.in_(children))) is None
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
    bait = marked(session)[0]

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
