"""A group's contact keeps its list and takes each member's account; the form takes a unit's name."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from extensions import db
from models.notices import Notice
from models.pledges import Pledge
from models.trace import CustodianEntry
from models.vault import VaultGiver, VaultMember, VaultPledge
from privacy.viewers import engine
from services import links
from services.books import receipts
from services.books.receipts import BankLine
from services.links import Subject
from services.vault import givers, vault
from tests.factories import a_pledge, viewer
from vocabulary import clock
from vocabulary.enums import GiverKind, LinkPurpose, NoticeKind, Role
from vocabulary.money import Fen

DESK = viewer(Role.COLLECTING_DESK)


@pytest.fixture
def client(app):
    app.before_request_funcs.setdefault(None, []).insert(0, db.session.rollback)
    return app.test_client()


@pytest.fixture
def group(client, session, now):
    """A donor behind his link, whose pledge is 三年级组's: 王小明 50, 李红 30; 100 yuan came."""
    pledge, reference = a_pledge(session)
    line = BankLine(reference, Fen(10_000), date(2026, 11, 3))
    receipts.record(session, DESK, line, now=now)
    subject = Subject(donor_id=vault.donor_of_pledge(session, pledge.id))
    token = links.make(session, engine(), LinkPurpose.DONOR_HOME, subject, now=now)
    session.commit()
    client.get(f"/d/{token}")
    path = f"/donor/pledges/{pledge.donor_ref}/group"
    client.post(f"{path}/name", data={"kind": "group", "name": "三年级组"})
    answer = client.post(
        f"{path}/join", data={"members": "王小明 50\n李红 30", "from_on": "2026-09-01"}
    )
    assert answer.location == path
    return path


def accounts_of(client, path):
    """Addresses of the members' accounts of 2026, in the order of the list; the whole's own last."""
    return re.findall(rf"{path}/\w+/2026", client.get(path).text)


def test_the_list_shows_each_with_his_accounts(client, group):
    page = client.get(group).text

    assert "王小明" in page
    assert "现在每次共 ¥80" in page
    assert len(accounts_of(client, group)) == 3


def test_each_account_is_his_own_and_names_nobody_else(client, group):
    first, second, itself = (client.get(one).text for one in accounts_of(client, group))

    assert "王小明" in first
    assert "¥62.50" in first
    assert "李红" not in first
    assert "¥37.50" not in first
    assert "¥37.50" in second
    assert "王小明" not in second
    assert not [name for name in ("王小明", "李红") if name in itself]
    assert "¥100" not in first + second  # what the other gave would be the rest of it


def test_no_account_of_a_part_says_under_which_reference_the_group_pays(client, session, group):
    """A member who sits at the collecting desk would join it with the child's days (law 7)."""
    reference = session.scalars(select(VaultPledge.payment_reference)).one()
    key = session.scalars(select(VaultMember.donor_id).order_by(VaultMember.donor_id)).first()
    token = links.make(
        session, engine(), LinkPurpose.DONOR_HOME, Subject(donor_id=key), now=clock.now()
    )
    session.commit()
    pages = [client.get(one).text for one in accounts_of(client, group)]
    client.get(f"/d/{token}")
    pages += [
        client.get("/donor/mine/", follow_redirects=True).text,
        client.get("/donor/mine/2026").text,
    ]

    assert all("三年级组" in page for page in pages)
    assert not [page for page in pages if reference in page]


def test_a_member_reads_what_was_done_behind_his_link_and_ends_it(client, session, group):
    key = session.scalars(select(VaultMember.donor_id).order_by(VaultMember.donor_id)).first()
    token = links.make(
        session, engine(), LinkPurpose.DONOR_HOME, Subject(donor_id=key), now=clock.now()
    )
    session.commit()
    client.get(f"/d/{token}")
    assert "/donor/activity" in client.get("/donor/mine/").text
    page = client.get("/donor/activity").text
    mark = page.partition('name="mark" value="')[2].partition('"')[0]

    answer = client.post("/donor/activity/end-links", data={"mark": mark})

    assert "集体里的一位看自己的一份" in page
    assert "链接都换掉了" in answer.text
    assert client.get("/donor/mine/").status_code != 200
    told = select(Notice.recipient_id).where(Notice.kind == NoticeKind.PRIVATE_LINK)
    assert key in session.scalars(told).all()


def test_each_account_is_a_paper_too(client, group):
    files = [client.get(f"{one}.pdf") for one in accounts_of(client, group)]

    assert [one.data[:5] for one in files] == [b"%PDF-"] * 3
    assert len({one.data for one in files}) == 3


def test_a_line_that_is_not_understood_keeps_what_was_typed(client, group):
    page = client.post(
        f"{group}/join", data={"members": "孙悦 20\n赵亮", "from_on": "2026-12-01"}
    ).text

    assert "第 2 行没看懂" in page
    assert "孙悦 20" in page


def test_a_day_before_the_last_payment_is_refused_with_the_first_that_holds(client, group):
    page = client.post(f"{group}/join", data={"members": "孙悦 20", "from_on": "2026-11-03"}).text

    assert "2026年11月4日" in page


def test_one_leaves_and_is_forgotten(client, session, group):
    member = accounts_of(client, group)[1].rsplit("/", 1)[0]
    assert "现在每次 ¥30" in client.get(member).text
    assert "退出填 0" in client.post(member, data={"fen": "很多", "from_on": "2026-11-04"}).text
    gone = client.post(member, data={"fen": "0", "from_on": "2026-11-04"})
    assert gone.status_code == 303
    assert "已退出" in client.get(group).text

    client.post(f"{member}/forget")

    page = client.get(group).text
    assert "李红" not in page
    assert "名字已删" in page
    assert client.get(member).status_code == 200
    assert "¥37.50" in client.get(f"{member}/2026").text
    assert len(session.scalars(select(VaultMember)).all()) == 1


def test_every_page_that_names_a_member_is_traced(client, session, group):
    member = accounts_of(client, group)[0].rsplit("/", 1)[0]
    pages = (group, member, f"{group}/join", f"{group}/name")
    before = traces(session)

    for page in pages:
        assert client.get(page).status_code == 200

    assert traces(session) == before + len(pages)


def traces(session) -> int:
    session.rollback()
    return session.query(CustodianEntry).filter_by(act="donor.members").count()


def test_the_home_page_leads_to_the_list(client, group):
    assert "名单和各人的对账单" in client.get("/donor/").text


def test_a_unit_pledges_in_its_own_name(client, session):
    form = {
        "monthly": "10000", "rhythm": "month", "until": "until_stopped", "children_wanted": "1",
        "naming": "sealed", "contact": "13900004172", "not_relative": "y",
        "giver": "unit", "giver_name": "某某企业家协会",
    }  # fmt: skip
    client.post("/pledge", data={**form, "do": "check"})
    assert "某某企业家协会（单位）" in client.get("/pledge?step=check").text

    client.post("/pledge", data={**form, "do": "send"})

    session.rollback()
    pledge = session.scalars(select(Pledge)).one()
    assert givers.find(session, pledge.id) == givers.Giver(GiverKind.UNIT, "某某企业家协会")


@pytest.mark.parametrize(("giver", "name"), [("unit", ""), ("", "某某企业家协会")])
def test_a_name_without_a_unit_or_a_unit_without_a_name_is_asked_about(
    client, session, giver, name
):
    form = {
        "monthly": "10000", "rhythm": "month", "until": "until_stopped", "children_wanted": "1",
        "naming": "sealed", "contact": "13900004172", "not_relative": "y",
        "giver": giver, "giver_name": name,
    }  # fmt: skip

    client.post("/pledge", data={**form, "do": "send"})

    session.rollback()
    assert session.scalars(select(VaultGiver)).all() == []
    assert session.scalars(select(Pledge)).all() == []
