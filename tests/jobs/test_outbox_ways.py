"""The outbox from end to end on real ways out: an SMTP server on loopback, the private SMS file."""

import socket
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as Talk
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Mode
from jobs import outbox
from jobs.run import Run
from models.notices import Notice
from models.trace import CustodianEntry
from services import links
from services.notices import notices
from services.notices.notices import Recipient
from services.vault import vault
from vocabulary.dates import today
from vocabulary.enums import Channel, NoticeKind, NoticeStatus, RecipientKind


class Box:
    """Keeps the letters it took over."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []

    async def handle_DATA(  # noqa: N802 aiosmtpd's name
        self, _server: SMTP, _talk: Talk, envelope: Envelope
    ) -> str:
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def box(app: Flask) -> Iterator[Box]:
    handler = Box()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(handler, hostname="127.0.0.1", port=port)
    server.start()
    settings = app.config["SETTINGS"]
    mail = replace(settings.mail, host="127.0.0.1", port=port, sender="w@example.org")
    app.config["SETTINGS"] = replace(settings, mail=mail)
    yield handler
    server.stop()


def ask(session: Session, contact: str, now: datetime) -> None:
    to = Recipient(RecipientKind.DONOR, vault.register(session, contact, now=now))
    notices.queue(session, to, NoticeKind.PRIVATE_LINK, "donor:D1", now=now)
    session.commit()


def run(session: Session, now: datetime) -> None:
    Run(session, "notices", period=today(now)).execute(outbox.deliver)


def test_a_donor_by_mail_gets_a_link_that_opens_over_smtp(
    session: Session, now: datetime, box: Box
) -> None:
    ask(session, "li@example.org", now)

    for _twice in range(2):
        run(session, now)

    (letter,) = box.letters
    notice = session.scalars(select(Notice)).one()
    token = letter.get_content().partition("/d/")[2].split()[0]
    assert letter["To"] == "li@example.org"
    assert letter["Message-ID"] == f"<{notice.ref.lower()}@example.org>"
    assert links.open_donor(session, token, now=now).donor_id == notice.recipient_id
    assert (notice.status, notice.channel) == (NoticeStatus.DELIVERED, Channel.MAIL)
    assert token not in (notice.sent_text or "")


def test_a_donor_by_telephone_stands_in_the_private_file(
    app: Flask, session: Session, now: datetime
) -> None:
    ask(session, "13800000001", now)

    run(session, now)

    path = app.config["SETTINGS"].instance / "outbox" / "sms.log"
    lines = path.read_text(encoding="utf-8").splitlines()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [line.split("\t")[1] for line in lines] == ["13800000001"]
    assert "/d/" in lines[0]


@pytest.mark.parametrize("contact", ["13800000001", "li@example.org"])
def test_where_real_people_are_meant_the_local_file_is_sealed_and_reading_it_is_traced(
    app: Flask, session: Session, now: datetime, contact: str
) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], mode=Mode.PRODUCTION)
    ask(session, contact, now)
    run(session, now)
    way = "mail" if "@" in contact else "sms"
    kept = (app.config["SETTINGS"].instance / "outbox" / f"{way}.log").read_bytes()

    printed = app.test_cli_runner().invoke(args=["outbox", way])

    assert contact.encode() not in kept
    assert b"/d/" not in kept
    assert contact in printed.output
    assert "/d/" in printed.output
    entry = session.scalars(select(CustodianEntry).order_by(CustodianEntry.seq.desc())).first()
    assert (entry.act, entry.subject, entry.actor) == ("outbox.read", f"outbox:{way}", "console")
