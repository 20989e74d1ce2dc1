"""The custodian's desk, looks into a case, and the audit's packs, as the browser meets them."""

import re
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from extensions import db
from models.audit import AuditItem
from models.incidents import HoneyOpening
from models.notices import Notice
from models.pledges import Pledge
from models.trace import OrdinaryEntry
from models.vault import VaultPledge
from privacy import viewers
from services.oversight import honey
from services.vault import vault
from tests.factories import (
    LEAGUE,
    PASSWORD,
    a_child,
    a_match,
    a_pledge,
    a_school,
    a_sent_batch,
    an_account,
)
from vocabulary import clock
from vocabulary.enums import NoticeKind, Role

CONTACT = "13800000001"


@pytest.fixture
def code(session: Session, now: datetime) -> str:
    """A world with one supported child; returns its pledge's code."""
    for login, role in {
        "one": Role.CUSTODIAN,
        "other": Role.CUSTODIAN,
        "shenji": Role.AUDITOR,
        "worker": Role.CASE_WORKER,
        "boss": Role.APPROVER,
    }.items():
        an_account(session, role, login=login, region_code=LEAGUE)
    pledge, _ = a_pledge(session, CONTACT)
    school = a_school(session)
    a_sent_batch(session, school, a_match(session, pledge, a_child(session, school, remark="住院")))
    code = pledge.code
    session.commit()
    return code


class Desk(FlaskClient):
    """A browser; the test's own transaction is over before each of its requests."""

    def open(self, *args, **kwargs):
        db.session.rollback()
        return super().open(*args, **kwargs)


def desk(app: Flask, login: str) -> FlaskClient:
    client = Desk(app, app.response_class)
    client.post("/login", data={"login": login, "password": PASSWORD})
    return client


def text(client: FlaskClient, path: str) -> str:
    return client.get(path).get_data(as_text=True)


def test_two_custodians_and_one_look(app: Flask, code: str) -> None:
    one, other = desk(app, "one"), desk(app, "other")
    form = {"handle": code, "asked_for": "custodian", "reason": "wrong_payment", "words": ""}

    page = one.post("/staff/custody/requests/new", data=form).headers["Location"]
    own = one.post(f"{page}/agree", follow_redirects=True).get_data(as_text=True)
    before = one.post(f"{page}/show", follow_redirects=True).get_data(as_text=True)
    other.post(f"{page}/agree")
    stranger = other.post(f"{page}/show")
    shown = one.post(f"{page}/show").get_data(as_text=True)
    again = one.post(f"{page}/show", follow_redirects=True).get_data(as_text=True)

    assert "前一步是你做的" in own
    assert CONTACT in shown
    assert [CONTACT in text for text in (own, before, again)] == [False] * 3
    assert "2026年11月21日已经看过一次" in again
    assert stranger.status_code == 404
    chain = text(one, "/staff/custody/")
    assert CONTACT not in text(one, page) + chain
    assert "wrong_payment" not in chain
    assert "钱打错了，要退回" in chain


def test_a_planted_donor_shown_by_two_custodians_alarms_and_reads_like_any_other(
    app: Flask, code: str, session: Session, now: datetime
) -> None:
    honey.plant_donor(session, viewers.console(), "bees@example.org", now=now)
    an_account(session, Role.ADMINISTRATOR, login="wulan", region_code=LEAGUE)
    session.commit()
    donor_id = vault.find_donor_by_contact(session, "bees@example.org")
    own = select(VaultPledge.pledge_id).where(VaultPledge.donor_id == donor_id)
    bait = session.scalars(select(Pledge.code).where(Pledge.id.in_(own))).one()
    session.rollback()
    one, other = desk(app, "one"), desk(app, "other")

    for handle, alarms in ((code, 0), (bait, 1)):
        form = {"handle": handle, "asked_for": "custodian", "reason": "wrong_payment"}
        at = one.post("/staff/custody/requests/new", data={**form, "words": ""}).location
        assert other.post(f"{at}/agree").status_code == 303
        shown = one.post(f"{at}/show").get_data(as_text=True)
        assert (CONTACT if handle == code else "bees@example.org") in shown
        session.rollback()
        assert len(session.scalars(select(HoneyOpening.id)).all()) == alarms
    opened = session.scalars(select(Notice).where(Notice.kind == NoticeKind.HONEY_OPENED)).all()
    assert len(opened) == 3  # both custodians and the administrator


def test_half_an_hour_after_the_last_proof_the_identity_waits_for_a_fresh_one(
    app: Flask, code: str
) -> None:
    one, other = desk(app, "one"), desk(app, "other")
    form = {"handle": code, "asked_for": "custodian", "reason": "wrong_payment", "words": ""}
    page = one.post("/staff/custody/requests/new", data=form).headers["Location"]
    other.post(f"{page}/agree")

    with clock.moved_to(clock.now() + timedelta(minutes=31)):
        asked = one.post(f"{page}/show")
        wrong = one.post("/account/prove", data={"password_again": "no"})
        still = one.post(f"{page}/show")
        one.post("/account/prove", data={"password_again": PASSWORD})
        shown = one.post(f"{page}/show")

    assert [a.status_code for a in (asked, wrong, still, shown)] == [401, 200, 401, 200]
    seen = [CONTACT in a.get_data(as_text=True) for a in (asked, wrong, still, shown)]
    assert seen == [False, False, False, True]


def test_a_refused_request_keeps_what_was_typed(app: Flask, code: str) -> None:
    form = {"handle": "NOTHING1", "asked_for": "authority", "reason": "other", "words": "某某"}

    page = desk(app, "one").post("/staff/custody/requests/new", data=form).get_data(as_text=True)

    assert "NOTHING1" in page and "某某" in page and "请附上法律文书" in page


def test_a_case_opens_to_a_colleague_after_another_agreed(app: Flask, code: str) -> None:
    worker, boss = desk(app, "worker"), desk(app, "boss")
    child = re.search(r"/staff/children/[0-9A-Z]{12}", text(worker, "/staff/children/")).group()
    closed = text(worker, child)

    worker.post(f"{child}/ask-access", data={"reason": "home_visit", "words": "周五入户"})
    listed = text(boss, "/staff/file-access/")
    request = re.search(r"/staff/file-access/[0-9A-Z]{12}", listed).group()
    boss.post(f"{request}/agree")

    assert "住院" not in closed and "申请看明细" in closed
    assert "住院" in text(worker, child)
    assert "住院" not in text(boss, child)
    with clock.moved_to(clock.now() + timedelta(days=7)):
        assert "住院" not in text(desk(app, "worker"), child)


def test_a_pack_is_watermarked_traced_and_gone_on_day_eleven(
    app: Flask, session: Session, code: str
) -> None:
    auditor = desk(app, "shenji")

    page = auditor.post("/staff/audit-samples/", data={"size": "5", "region": ""}).headers[
        "Location"
    ]
    session.rollback()
    item = session.scalars(select(AuditItem.code)).one()
    pack = text(auditor, f"{page}/{item}")

    mark = f"shenji {page.rpartition('/')[2]} 2026-11-21"
    assert mark in pack and mark in text(auditor, page)
    assert "陈雨桐" in pack and code not in pack and CONTACT not in pack
    session.rollback()
    traced = session.scalars(select(OrdinaryEntry.subject).where(OrdinaryEntry.act == "audit.read"))
    assert traced.all() == [f"audit_item:{item}"]
    for days, status in ((13, 200), (15, 404)):  # Friday the 4th of December is the tenth
        with clock.moved_to(clock.now() + timedelta(days=days)):
            assert desk(app, "shenji").get(f"{page}/{item}").status_code == status
