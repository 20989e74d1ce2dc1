"""Money that came back and money that is lost, on the pages of everybody whom it concerns."""

import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from models.stipends import Stipend
from models.write_offs import WriteOff
from services import links
from services.handover import slips
from services.links import Subject
from services.vault import vault
from tests.factories import (
    PASSWORD,
    a_child,
    a_match,
    a_pledge,
    a_school,
    a_sent_batch,
    an_account,
    viewer,
)
from vocabulary.enums import LinkPurpose, Role
from vocabulary.refs import stipend_ref

SENT = date(2026, 11, 3)
LOGINS = {"bofu": Role.PAYING_DESK, "jingban": Role.CASE_WORKER, "shenpi": Role.APPROVER}


class Town:
    """One instalment on its way, and a browser for everybody whom it concerns."""

    def __init__(self, app, session, now) -> None:
        self.app, self.session = app, session
        school, pledge = a_school(session), a_pledge(session)[0]
        match = a_match(session, pledge, a_child(session, school))
        self.batch = a_sent_batch(session, school, match, on=SENT).ref
        self.ref = stipend_ref(match.child_ref, SENT)
        for login, role in LOGINS.items():
            an_account(session, role, login=login)
        an_account(session, Role.SCHOOL_OFFICER, login="xuexiao", organisation_id=school.id)
        officer = viewer(Role.SCHOOL_OFFICER, organisation_id=school.id)
        slip = slips.make_slips(session, officer, self.batch, now=now)[0]["token"]
        subject = Subject(donor_id=vault.donor_of_pledge(session, pledge.id))
        link = links.make(session, officer, LinkPurpose.DONOR_HOME, subject, now=now)
        session.commit()
        self.donor, self.family = self.came_by(f"/d/{link}"), self.came_by(f"/s/{slip}")

    def came_by(self, link: str) -> FlaskClient:
        client = self.app.test_client()
        client.get(link)
        return client

    def who(self, login: str) -> FlaskClient:
        client = self.app.test_client()
        client.post("/login", data={"login": login, "password": PASSWORD})
        return client

    def read(self, *columns) -> tuple:
        """What is committed; the next request begins a transaction of its own."""
        self.session.rollback()
        found = tuple(self.session.execute(select(*columns)).one())
        self.session.rollback()
        return found


@pytest.fixture
def town(app, session, now):
    return Town(app, session, now)


def words(client: FlaskClient, path: str) -> str:
    page = client.get(path, follow_redirects=True).get_data(as_text=True)
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", page))


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(count|fen)"[^>]*value="(\d+)"', page))


@pytest.fixture
def refused(town):
    """The school says that nobody took it; the desk has read its page."""
    town.who("xuexiao").post(f"/school/stipends/{town.ref}/snag", data={"snag": "refused"})
    desk, path = town.who("bofu"), f"/staff/batches/{town.batch}/returned"
    page = desk.get(path).get_data(as_text=True)
    assert "陈雨桐" not in page
    return desk, path, hidden(page)


def test_the_sum_of_what_comes_back_is_the_records_and_the_day_is_checked(town, refused) -> None:
    desk, path, read = refused
    assert read == {"count": "1", "fen": "10000"}

    changed = desk.post(path, data={**read, "fen": "9900", "on": "2026-11-18"})
    early = desk.post(path, data={**read, "on": "2026-11-01"})

    assert "笔数或金额变了" in changed.get_data(as_text=True)
    assert "在拨付那天以后" in early.get_data(as_text=True)
    assert 'value="2026-11-01"' in early.get_data(as_text=True)
    assert town.read(Stipend.returned_on) == (None,)


def test_refused_money_comes_back_and_goes_again_and_everybody_reads_so(town, refused) -> None:
    desk, path, read = refused
    desk.post(path, data={**read, "on": "2026-11-18"})

    at_home, donor = words(town.family, "/family/"), words(town.donor, "/donor/")
    assert "不用再交的1位" in words(town.who("xuexiao"), "/school/")
    assert "钱11月18日退回来了，给孩子留着" in donor
    assert ("替孩子留着" in at_home, "收到了吗？" in at_home) == (True, False)
    assert "拒收" not in at_home + donor
    staff = town.who("jingban")
    assert "再拨一次" in words(staff, "/staff/stipends/?show=held")
    assert staff.post(f"/staff/stipends/{town.ref}/again").status_code == 303
    assert town.read(Stipend.sent_on, Stipend.batch_id) == (None, None)
    assert "已到账，等下一批拨付" in words(town.donor, "/donor/")


def test_lost_money_is_written_off_by_two_and_everybody_reads_so(town) -> None:
    staff, approver = town.who("jingban"), town.who("shenpi")
    path = f"/staff/stipends/{town.ref}/write-off"
    assert "请选一个原因" in staff.post(path).get_data(as_text=True)
    assert staff.post(path, data={"reason": "lost"}).status_code == 303
    twice = staff.post(path, data={"reason": "lost"}).get_data(as_text=True)
    assert "刚刚已经处理了" in twice
    asked = f"/staff/write-offs/{town.read(WriteOff.ref)[0]}"
    assert "这是你提出的" in words(staff, asked)
    assert staff.post(f"{asked}/agree").status_code == 404
    assert town.read(Stipend.written_off_on) == (None,)

    approver.post(f"{asked}/agree")

    assert town.read(Stipend.written_off_on) == (date(2026, 11, 21),)
    assert "已核销" in words(town.who("xuexiao"), f"/school/batches/{town.batch}")
    assert "记为损失" in words(town.donor, "/donor/")
    at_home = words(town.family, "/family/")
    assert ("记为损失" in at_home, "收到了吗？" in at_home) == (True, False)
    again = approver.post(f"{asked}/turn-down", follow_redirects=True).get_data(as_text=True)
    assert "刚刚已经处理了" in again
