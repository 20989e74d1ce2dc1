"""The staff's inbox, the health page and the custodian's record, as their readers meet them."""

import re
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from extensions import db
from jobs.run import Run
from models.notices import Notice
from models.trace import OrdinaryEntry
from services import trace
from services.notices import delivery, notices
from services.notices.delivery import House
from services.notices.notices import Recipient
from services.vault import vault
from tests.factories import PASSWORD, an_account, viewer
from vocabulary.dates import today
from vocabulary.enums import Chain, NoticeKind, NoticeStatus, RecipientKind, Role

HOUSE = House("http://x.example", "12338", staff_by=frozenset())


def sign_in(client: FlaskClient, session: Session, role: Role, login: str = "someone") -> Recipient:
    account = an_account(session, role, login=login)
    session.commit()
    client.post("/login", data={"login": login, "password": PASSWORD})
    return Recipient(RecipientKind.ACCOUNT, account.id)


def tell(session: Session, to: Recipient, now: datetime, trouble: str = "silent") -> None:
    subject = f"job:stipends:2026-11-21:{trouble}"
    notices.queue(session, to, NoticeKind.JOB_ALARM, subject, now=now)
    delivery.to_inboxes(session, viewer(Role.ENGINE), now=now, house=HOUSE)
    session.commit()


def test_one_reads_ones_own_messages_only(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    other = Recipient(RecipientKind.ACCOUNT, an_account(session, Role.APPROVER, login="other").id)
    mine = sign_in(client, session, Role.CASE_WORKER)
    tell(session, mine, now)
    tell(session, other, now, trouble="failed")

    page = client.get("/staff/notices/").get_data(as_text=True)

    assert "到点没有跑" in page
    assert "跑到一半停了" not in page
    assert "1 条没看" in page
    acts = session.scalars(select(OrdinaryEntry.act)).all()
    assert "notices.read" in acts


def test_a_message_is_marked_read_by_post_alone(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    tell(session, sign_in(client, session, Role.CASE_WORKER), now)
    ref = session.scalars(select(Notice.ref)).one()

    seen = client.get(f"/staff/notices/{ref}/read").status_code
    answer = client.post(f"/staff/notices/{ref}/read")

    assert (seen, answer.status_code) == (405, 303)
    assert session.scalars(select(Notice.read_at)).one() == now


def test_anothers_message_is_not_there(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    other = Recipient(RecipientKind.ACCOUNT, an_account(session, Role.APPROVER, login="other").id)
    tell(session, other, now)
    ref = session.scalars(select(Notice.ref)).one()
    sign_in(client, session, Role.CASE_WORKER)
    session.rollback()

    answer = client.post(f"/staff/notices/{ref}/read")

    assert answer.status_code == 404
    assert session.scalars(select(Notice.read_at)).one() is None


def test_the_menu_counts_unread_messages_in_one_statement(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    to = sign_in(client, session, Role.CASE_WORKER)
    for trouble in ("silent", "failed", "short"):
        tell(session, to, now, trouble)
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))

    page = client.get("/staff/notices/").get_data(as_text=True)

    assert 'menu-count">3<' in page
    assert len([one for one in asked if "FROM notices" in one]) <= 4


def test_the_paying_desk_releases_what_is_late(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    sign_in(client, session, Role.PAYING_DESK)
    to, long_ago = Recipient(RecipientKind.FAMILY, 1), now - timedelta(hours=40)
    notices.queue(session, to, NoticeKind.HANDED_OVER, "stipend:M-202610", now=long_ago)
    delivery.to_inboxes(session, viewer(Role.ENGINE), now=now, house=HOUSE)
    delivery.hold_late(session, viewer(Role.ENGINE), now=now)
    session.commit()

    page = client.get("/staff/notices/").get_data(as_text=True)
    answer = client.post("/staff/notices/release", follow_redirects=True)

    assert "晚了 36 小时以上" in page
    assert "放行了 1 条" in answer.get_data(as_text=True)
    assert (
        session.scalars(select(Notice.is_held).where(Notice.kind == NoticeKind.HANDED_OVER)).one()
        is False
    )


@pytest.mark.parametrize("address", ["/staff/health/", "/staff/custody/", "/staff/notices/"])
def test_strangers_are_sent_to_the_login(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 302


@pytest.mark.parametrize("address", ["/staff/health/", "/staff/custody/"])
def test_case_workers_find_neither_health_nor_the_custodians_record(
    client: FlaskClient, session: Session, now: datetime, address: str
) -> None:
    sign_in(client, session, Role.CASE_WORKER)

    assert client.get(address).status_code == 404


def test_the_health_page_names_what_is_wrong_first(
    app: Flask, client: FlaskClient, session: Session, now: datetime
) -> None:
    sign_in(client, session, Role.ADMINISTRATOR)

    def broken(_run: Run) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Run(session, "stipends", period=today(now)).execute(broken)

    page = client.get("/staff/health/").get_data(as_text=True)

    assert "每天的助学金：跑到一半停了" in page
    assert "ZeroDivisionError" in page
    assert page.index("跑到一半停了") < page.index("定时任务")


def test_the_health_page_tells_nothing_of_how_donors_are_reached(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    """Swapping a donor by phone for one by mail changes no byte of it."""
    sign_in(client, session, Role.ADMINISTRATOR)
    donor_id = vault.register(session, "13800000001", now=now)
    to = Recipient(RecipientKind.DONOR, donor_id)
    notices.queue(session, to, NoticeKind.PRIVATE_LINK, "donor:D", now=now)
    session.commit()
    by_phone = client.get("/staff/health/").get_data(as_text=True)
    session.execute(text("UPDATE vault_contacts SET kind = 'mail'"))
    session.execute(text("UPDATE notices SET channel = 'mail'"))
    session.commit()

    by_mail = client.get("/staff/health/").get_data(as_text=True)

    def plain(page: str) -> str:
        return re.sub(r'(nonce|value)="[^"]*"', "", page)

    assert plain(by_phone) == plain(by_mail)


def test_the_outbox_is_counted_by_state(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    tell(session, sign_in(client, session, Role.ADMINISTRATOR), now)
    session.execute(text("UPDATE notices SET status = 'failed'"))
    session.commit()

    page = client.get("/staff/health/").get_data(as_text=True)

    assert "有 1 条通知没送出去" in page
    assert NoticeStatus.FAILED in NoticeStatus


def test_the_custodian_pages_through_the_record(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    sign_in(client, session, Role.CUSTODIAN)
    for number in range(60):
        trace.record(
            session,
            viewer(Role.COLLECTING_DESK),
            "receipt.record",
            f"receipt:R{number}",
            now=now,
            chain=Chain.CUSTODIAN,
        )
    trace.record(session, viewer(Role.APPROVER), "match.approve", "match:ORDINARY", now=now)
    session.commit()

    first = client.get("/staff/custody/").get_data(as_text=True)
    second = client.get("/staff/custody/?before=11").get_data(as_text=True)

    assert "R59" in first
    assert "R9<" not in first
    assert "R9<" in second
    assert "ORDINARY" not in first + second
    assert "登记到账" in first


def test_a_chain_that_was_changed_is_shown_broken(
    client: FlaskClient, session: Session, now: datetime
) -> None:
    sign_in(client, session, Role.CUSTODIAN)
    for number in range(3):
        by = viewer(Role.COLLECTING_DESK)
        subject = f"receipt:R{number}"
        trace.record(session, by, "receipt.record", subject, now=now, chain=Chain.CUSTODIAN)
    session.commit()
    sound = client.get("/staff/custody/?check=1").get_data(as_text=True)
    session.execute(text("DROP TRIGGER append_only_trace_custodian_update"))
    session.execute(text("UPDATE trace_custodian SET subject = 'receipt:X' WHERE seq = 2"))
    session.commit()

    broken = client.get("/staff/custody/?check=1").get_data(as_text=True)

    assert "没有被改过" in sound
    assert "第 2 条" in broken
