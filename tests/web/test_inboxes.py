"""The inbox of officers, directors, volunteers, donors: their own messages, phone-shaped."""

import re

import pytest
from sqlalchemy import select

from extensions import db
from models.notices import Notice
from models.trace import CustodianEntry, OrdinaryEntry
from services import links
from services.links import Subject
from services.notices import delivery, inbox, notices
from services.notices.delivery import House
from services.notices.notices import Recipient
from services.vault import vault
from tests.factories import (
    PASSWORD,
    TOWNSHIP,
    a_child,
    a_match,
    a_pledge,
    a_school,
    a_sent_batch,
    an_account,
    viewer,
)
from vocabulary.enums import LinkPurpose, NoticeKind, RecipientKind, Role

HOUSE = House("http://x.example", "12338", staff_by=frozenset())
DOORS = {
    Role.SCHOOL_OFFICER: "school",
    Role.VILLAGE_DIRECTOR: "village",
    Role.VOLUNTEER: "volunteer",
}


@pytest.fixture
def client(app):
    app.before_request_funcs.setdefault(None, []).insert(0, db.session.rollback)
    return app.test_client()


def put_into_inboxes(session, now):
    delivery.to_inboxes(session, viewer(Role.ENGINE), now=now, house=HOUSE)
    session.commit()


def tell(session, to, now, *, rung=0, trouble="silent"):
    subject = f"job:stipends:2026-11-21:{trouble}"
    notices.queue(session, to, NoticeKind.JOB_ALARM, subject, now=now, rung=rung)


def sign_in(client, session, role, **more):
    account = an_account(session, role, login="someone", **more)
    session.commit()
    client.post("/login", data={"login": "someone", "password": PASSWORD})
    return Recipient(RecipientKind.ACCOUNT, account.id)


@pytest.fixture
def donor(client, session, now):
    """A donor who entered by his private link, with two messages."""
    pledge, _ = a_pledge(session)
    match = a_match(session, pledge, a_child(session, a_school(session)))
    donor_id = vault.donor_of_pledge(session, pledge.id)
    to = Recipient(RecipientKind.DONOR, donor_id)
    for kind, subject in (
        (NoticeKind.MATCHED, f"match:{match.donor_ref}"),
        (NoticeKind.PAYMENT_DUE, f"pledge:{pledge.donor_ref}"),
    ):
        notices.queue(session, to, kind, subject, now=now)
    put_into_inboxes(session, now)
    subject = Subject(donor_id=donor_id)
    token = links.make(session, viewer(Role.ENGINE), LinkPurpose.DONOR_HOME, subject, now=now)
    session.commit()
    client.get(f"/d/{token}")
    return pledge, match


@pytest.mark.parametrize("role", DOORS)
def test_every_door_has_its_owners_messages_and_no_others(client, session, now, role):
    mine = sign_in(client, session, role)
    other = Recipient(RecipientKind.ACCOUNT, an_account(session, role, login="other").id)
    tell(session, mine, now)
    tell(session, other, now, trouble="failed")
    put_into_inboxes(session, now)

    page = client.get(f"/{DOORS[role]}/inbox").text

    assert "到点没有跑" in page and "1 条没看" in page
    assert "跑到一半停了" not in page
    assert "notices.read" in session.scalars(select(OrdinaryEntry.act)).all()


@pytest.mark.parametrize("role", DOORS)
def test_the_menu_counts_what_is_not_read_and_one_press_reads_it(client, session, now, role):
    mine = sign_in(client, session, role)
    for rung in range(3):
        tell(session, mine, now, rung=rung)
    put_into_inboxes(session, now)
    address = f"/{DOORS[role]}/inbox"
    before = client.get(f"/{DOORS[role]}/").text

    client.get(address)  # looking changes nothing
    still = client.get(f"/{DOORS[role]}/").text
    answer = client.post(f"{address}/read")

    bell = re.compile(rf'class="bar-bell" href="{address}">.*?menu-count">3<', re.S)
    after = client.get(f"/{DOORS[role]}/").text
    assert bell.search(before) and bell.search(still)
    assert (answer.status_code, answer.location) == (303, address)
    assert 'class="bar-bell"' not in after and f'href="{address}"' in after


@pytest.mark.parametrize("role", DOORS)
def test_an_empty_inbox_says_what_will_stand_there(client, session, now, role):
    sign_in(client, session, role)

    assert "还没有消息" in client.get(f"/{DOORS[role]}/inbox").text


def test_a_page_after_the_last_says_so_and_leads_back(client, session, now):
    tell(session, sign_in(client, session, Role.SCHOOL_OFFICER), now)
    put_into_inboxes(session, now)

    page = client.get("/school/inbox?page=9").text

    assert "没有更早的消息了" in page and 'href="/school/inbox"' in page


def test_older_messages_are_a_page_further(client, session, now):
    mine = sign_in(client, session, Role.SCHOOL_OFFICER)
    for rung in range(inbox.PAGE + 1):
        tell(session, mine, now, rung=rung)
    put_into_inboxes(session, now)

    first, second = (client.get(f"/school/inbox?page={n}").text for n in (1, 2))

    assert first.count('<li class="message-new"') == inbox.PAGE
    assert second.count('<li class="message-new"') == 1
    assert "较早的" in first and "较新的" in second


def test_a_school_reads_what_to_hand_over_and_is_led_there(client, session, now):
    school = a_school(session)
    match = a_match(session, a_pledge(session)[0], a_child(session, school))
    batch = a_sent_batch(session, school, match)
    mine = sign_in(client, session, Role.SCHOOL_OFFICER, organisation_id=school.id)
    notices.queue(session, mine, NoticeKind.BATCH_SENT, f"batch:{batch.ref}", now=now)
    put_into_inboxes(session, now)

    page = client.get("/school/inbox").text

    assert "已拨付" in page
    assert '<a href="/school/">看名单</a>' in page
    assert match.child_ref not in page


def test_a_donor_reads_his_messages_behind_his_link(client, session, donor):
    pledge, match = donor

    page = client.get("/donor/inbox").text

    assert "和“河边的白桦”结对了" in page and "2 条没看" in page
    assert f'href="/donor/children/{match.donor_ref}"' in page
    assert f'href="/donor/pledges/{pledge.donor_ref}/pay"' in page
    for name in ("陈雨桐", "吉文中学", match.child_ref):
        assert name not in page
    assert 'class="bar-bell" href="/donor/inbox"' in client.get("/donor/").text


def test_no_handle_and_no_instant_of_a_message_stands_on_a_phone(client, session, donor, now):
    """Handles of one donor's messages shift with what another asks for alone."""
    page = client.get("/donor/inbox").text

    refs = session.scalars(select(Notice.ref)).all()
    assert refs and not [ref for ref in refs if ref in page]
    assert "11月21日" in page and f"{9:02}:00" not in page


def test_what_a_donor_reads_of_messages_is_on_the_custodians_chain(client, session, donor):
    client.get("/donor/inbox")

    assert "notices.read" in session.scalars(select(CustodianEntry.act)).all()
    assert "notices.read" not in session.scalars(select(OrdinaryEntry.act)).all()


def test_a_link_to_one_pledge_alone_says_where_the_messages_are(client, session, donor, app, now):
    """The form's own phone may not be the donor's: it never shows what was sent to his contact."""
    pledge, _ = donor
    token = links.make(
        session,
        viewer(Role.ENGINE),
        LinkPurpose.DONOR_HOME,
        Subject(pledge_id=pledge.id),
        now=now,
    )
    session.commit()
    other = app.test_client()
    other.get(f"/d/{token}")

    page = other.get("/donor/inbox").text

    assert "河边的白桦" not in page
    assert "这条链接只打得开这一份认捐" in page


@pytest.mark.parametrize("door", ["school", "village", "volunteer", "donor"])
def test_strangers_read_nothing(client, session, now, door):
    assert client.get(f"/{door}/inbox").status_code in (302, 303)


def test_one_role_does_not_open_anothers_door(client, session, now):
    sign_in(client, session, Role.VILLAGE_DIRECTOR, region_code=TOWNSHIP)

    assert client.get("/school/inbox").status_code == 404
