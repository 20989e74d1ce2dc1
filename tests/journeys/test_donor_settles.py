"""A donor on his phone, without an account: a year of settling one pledge, page by page."""

import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from extensions import db
from jobs.pledges import take_effect
from jobs.run import Run
from jobs.stipends import open_and_fund
from models.pledges import Match, Pledge
from models.stipends import Stipend
from privacy import viewers
from services import links
from services.books import receipts
from services.books.receipts import BankLine
from services.checking import checks
from services.links import Subject
from services.vault import vault
from tests.factories import a_child, a_match, a_pledge, a_school, viewer
from tests.services.outbox import PHONE, Gate, deliver
from vocabulary import clock
from vocabulary.dates import at
from vocabulary.enums import LinkPurpose, PledgeStatus, Role, StopReason
from vocabulary.money import Fen

FRIEND = "13900000002"


def plain(page: str) -> str:
    """What a page says, without its tags."""
    return re.sub(r"<[^>]+>|\s+", "", page)


class Phone:
    """One person's browser, entered by his private link; an hour for each thing he does."""

    def __init__(self, app: Flask, token: str) -> None:
        self.client: FlaskClient = app.test_client()
        self.client.get(f"/d/{token}")

    def home(self) -> str:
        return self.read("/donor/")

    def read(self, path: str) -> str:
        return plain(self.client.get(path).text)

    def agree(self, path: str, **chosen: str) -> str:
        """Choose, read what it would do, say yes to exactly that; return what was read."""
        shown = self.client.post(path, data=chosen)
        mark = re.search(r'name="seen" value="([^"]+)"', shown.text)
        assert mark is not None, shown.text
        done = self.client.post(path, data={**chosen, "seen": mark.group(1)})
        assert done.status_code == 303
        return plain(shown.text)


@pytest.fixture
def world(app: Flask, session: Session):
    app.before_request_funcs.setdefault(None, []).insert(0, db.session.rollback)
    with clock.moved_to(at(date(2027, 1, 4))):
        pledge, reference = a_pledge(session, PHONE)
        child = a_child(session, a_school(session))
        a_match(session, pledge, child, starts_on=date(2027, 1, 1))
        donor_id = vault.find_donor_by_contact(session, PHONE)
        subject = Subject(donor_id=donor_id)
        made = links.make(
            session, viewers.engine(), LinkPurpose.DONOR_HOME, subject, now=clock.now()
        )
        session.commit()
        yield pledge, reference, Phone(app, made)


def pay(session: Session, reference: str, yuan: int, on: date) -> None:
    line = BankLine(reference, Fen(yuan * 100), on)
    receipts.record(session, viewer(Role.COLLECTING_DESK), line, now=at(on))
    session.commit()


def morning(session: Session, on: date) -> None:
    """The two jobs of a first of the month."""
    session.commit()
    with clock.moved_to(at(on, 6)):
        Run(session, "pledges", period=on).execute(take_effect)
        Run(session, "stipends", period=on).execute(open_and_fund)


def test_a_year_of_one_pledge_from_paying_ahead_to_handing_it_on(
    app: Flask, session: Session, world
) -> None:
    pledge, reference, phone = world
    base = f"/donor/pledges/{pledge.donor_ref}"
    pay(session, reference, 2_000, date(2027, 1, 4))
    morning(session, date(2027, 1, 5))

    with clock.moved_to(at(date(2027, 1, 10))):
        assert "账上还有¥1,900" in phone.home()
        phone.client.post(f"{base}/reminders", data={"days": "30"})
        assert "现在是提前30天" in phone.home()
        shown = phone.agree(f"{base}/terms", monthly="15000", rhythm="month")
        assert "从2027年2月1日那一期起，每月¥150。" in shown
        home = phone.client.get("/donor/").text
        child = re.search(r"/donor/children/(\w+)/gift", home).group(1)
        shown = phone.agree(f"/donor/children/{child}/gift", amount="50000", occasion="new_year")
        assert "2027年2月1日另给一次¥500" in shown
        assert "不用，从账上的钱里出" in shown
    morning(session, date(2027, 2, 1))
    with clock.moved_to(at(date(2027, 2, 2))):
        assert "2027年2月另加（过年）¥500" in phone.read(f"/donor/children/{child}")
        shown = phone.agree(f"{base}/pause", months="3")
        assert "从2027年3月1日那一期起停，2027年6月1日那一期自己接着给。" in shown
    morning(session, date(2027, 3, 1))
    with clock.moved_to(at(date(2027, 3, 20))):
        assert "从2027年4月1日那一期起接着给。" in phone.agree(f"{base}/resume")
    morning(session, date(2027, 4, 1))

    friend = hand_on(app, session, phone, base)
    with clock.moved_to(at(date(2027, 4, 12))):
        assert "钱收好了" in friend.home()
    for month in (5, 6, 7, 8, 9, 10, 11, 12):
        morning(session, date(2027, month, 1))

    rows = session.execute(
        select(Stipend.due_on, Stipend.amount_fen, Match.pledge_id)
        .join(Match)
        .order_by(Stipend.due_on, Stipend.amount_fen)
    )
    given = [(day.month, fen // 100, key == pledge.id) for day, fen, key in rows]
    assert given == [
        (1, 100, True), (2, 150, True), (2, 500, True), (4, 150, True), (5, 150, True),
        (6, 150, True), (7, 150, True), (8, 150, True), (9, 150, True), (10, 150, True),
        (11, 150, True), (12, 150, False),
    ]  # fmt: skip
    session.refresh(pledge)
    assert (pledge.status, pledge.stop_reason) == (PledgeStatus.ENDED, StopReason.HANDED_ON)
    with clock.moved_to(at(date(2027, 12, 1), 13)):
        report = checks.report(session, viewers.console(), now=clock.now())
        assert [c for c in report["checks"] if c["count"]] == []


def hand_on(app: Flask, session: Session, phone: Phone, base: str) -> Phone:
    """Ask a friend; he opens the link from his message, says yes and pays."""
    sms = Gate()
    with clock.moved_to(at(date(2027, 4, 10))):
        shown = phone.agree(f"{base}/payer", contact=FRIEND)
        assert "孩子那边什么都不变" in shown
        deliver(session, sms)
        token = re.search(r"/d/(\w+)", sms.sent[-1].text).group(1)
        friend = Phone(app, token)
        asked = re.search(r"/donor/take-over/\w+", friend.client.get("/donor/").text).group(0)
        assert "每月¥150" in friend.read(asked)
        unread = friend.client.post(asked)
        assert "请确认一下" in unread.text
        said = friend.client.post(asked, data={"not_relative": "y"})
        assert said.status_code == 303
        assert "对方愿意了" in phone.home()
    new = session.scalars(select(Pledge).where(Pledge.follows_id.is_not(None))).one()
    pay(session, vault.reference_of(session, new.id), 600, date(2027, 4, 11))
    morning(session, date(2027, 4, 12))
    return friend


def test_a_stop_says_when_and_why_may_stay_unsaid(session: Session, world) -> None:
    pledge, reference, phone = world
    pay(session, reference, 1_000, date(2027, 1, 4))
    with clock.moved_to(at(date(2027, 1, 10))):
        page = phone.read(f"/donor/pledges/{pledge.donor_ref}/stop")
        assert "从2月1日起停，在那之前可以撤回。" in page
        phone.client.post(f"/donor/pledges/{pledge.donor_ref}/stop", data={"reason": "money"})
        assert "从2月1日起停。" in phone.home()
    morning(session, date(2027, 2, 1))
    session.refresh(pledge)
    assert (pledge.status, pledge.stop_reason) == (PledgeStatus.ENDED, StopReason.MONEY)
    assert pledge.ends_on == date(2027, 2, 1)
