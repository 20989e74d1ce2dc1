"""Mail by a real SMTP server on loopback, SMS by a program, and files that only the owner reads."""

import socket
import stat
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask

from gateways.files import FileGateway
from gateways.mail import SmtpMail
from gateways.messages import Message, Outcome
from gateways.sms import SmsCommand

MESSAGE = Message(
    "N7K4", "li@example.org", "结对好了", "【微光】结对好了。看明细：打开你的专用链接。"
)


class Postman:
    """Answers RCPT and DATA as told, and keeps what it took over."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, list[str], EmailMessage]] = []
        self.rcpt = "250 OK"
        self.data = "250 OK"

    async def handle_RCPT(  # noqa: N802 aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list
    ) -> str:
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(  # noqa: N802 as above
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        letter = message_from_bytes(envelope.content, policy=policy.default)
        if self.data.startswith("250"):
            self.taken.append((envelope.mail_from, envelope.rcpt_tos, letter))
        return self.data


@pytest.fixture
def postman() -> Iterator[tuple[Postman, SmtpMail]]:
    handler = Postman()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(handler, hostname="127.0.0.1", port=port)
    server.start()
    yield handler, SmtpMail("127.0.0.1", port, "weiguang@example.org", timeout=3)
    server.stop()


def test_a_mail_arrives_as_it_was_drawn(postman: tuple[Postman, SmtpMail]) -> None:
    handler, mail = postman

    outcome = mail.send(MESSAGE)

    sender, recipients, letter = handler.taken[0]
    assert outcome is Outcome.SENT
    assert (sender, recipients) == ("weiguang@example.org", ["li@example.org"])
    assert letter["From"] == "微光 <weiguang@example.org>"
    assert letter["To"] == "li@example.org"
    assert letter["Subject"] == "结对好了"
    assert letter["Message-ID"] == "<n7k4@example.org>"
    assert letter.get_content().strip() == MESSAGE.text


def test_a_mail_tried_again_bears_the_same_message_id(postman: tuple[Postman, SmtpMail]) -> None:
    handler, mail = postman

    mail.send(MESSAGE)
    mail.send(MESSAGE)

    assert len({letter["Message-ID"] for _, _, letter in handler.taken}) == 1


@pytest.mark.parametrize(
    ("rcpt", "data", "outcome"),
    [
        ("550 nobody here", "250 OK", Outcome.REFUSED),
        ("450 try later", "250 OK", Outcome.FAILED),
        ("250 OK", "554 no", Outcome.REFUSED),
        ("250 OK", "451 try later", Outcome.FAILED),
    ],
)
def test_what_the_server_refuses_is_told_apart(
    postman: tuple[Postman, SmtpMail], rcpt: str, data: str, outcome: Outcome
) -> None:
    handler, mail = postman
    handler.rcpt, handler.data = rcpt, data

    assert mail.send(MESSAGE) is outcome
    assert handler.taken == []


def test_no_server_is_a_failure() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    assert SmtpMail("127.0.0.1", port, "a@example.org", timeout=1).send(MESSAGE) is Outcome.FAILED


def test_a_server_that_takes_the_text_and_never_answers_leaves_it_unknown() -> None:
    ready = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        peer, _ = ready.accept()
        with peer, peer.makefile("rwb") as lines:
            lines.write(b"220 hello\r\n")
            lines.flush()
            inside = False
            for line in lines:
                if inside and line.strip() == b".":
                    return
                if not inside:
                    inside = line.upper().startswith(b"DATA")
                    lines.write(b"354 go on\r\n" if inside else b"250 OK\r\n")
                    lines.flush()

    thread = threading.Thread(target=serve)
    thread.start()
    mail = SmtpMail("127.0.0.1", ready.getsockname()[1], "a@example.org", timeout=2)

    outcome = mail.send(MESSAGE)

    thread.join()
    ready.close()
    assert outcome is Outcome.UNKNOWN


def test_a_file_is_private_and_one_line_a_message(tmp_path: Path) -> None:
    path = tmp_path / "outbox" / "sms.log"
    gateway = FileGateway(path, clock=lambda: datetime(2026, 11, 21, 1, tzinfo=UTC))

    outcomes = [gateway.send(Message("K", "13800000001", "题", f"一\n{n}")) for n in (1, 2)]

    assert outcomes == [Outcome.SENT, Outcome.SENT]
    assert path.read_text().splitlines() == [
        "2026-11-21T01:00:00+00:00\t13800000001\t题\t一 1",
        "2026-11-21T01:00:00+00:00\t13800000001\t题\t一 2",
    ]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_sealed_file_tells_a_thief_nothing_and_its_keeper_everything(
    app: Flask, tmp_path: Path
) -> None:
    path = tmp_path / "outbox" / "sms.log"
    gateway = FileGateway(path, clock=lambda: datetime(2026, 11, 21, 1, tzinfo=UTC), is_sealed=True)

    gateway.send(Message("K", "13800000001", "题", "请打开 https://x.org/d/ABC"))
    gateway.send(Message("L", "13800000002", "题", "二"))
    kept = path.read_bytes()
    path.write_bytes(kept + b"bm90IG91cnM=\n")

    assert not any(one in kept for one in (b"13800000001", "题".encode(), b"/d/ABC", b"2026"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(gateway.lines()) == [
        "2026-11-21T01:00:00+00:00\t13800000001\t题\t请打开 https://x.org/d/ABC",
        "2026-11-21T01:00:00+00:00\t13800000002\t题\t二",
        None,
    ]


def test_a_file_that_cannot_be_written_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file where the folder should be")
    gateway = FileGateway(tmp_path / "outbox" / "sms.log", clock=lambda: datetime.now(UTC))

    assert gateway.send(MESSAGE) is Outcome.FAILED


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ("sys.exit(0)", Outcome.SENT),
        ("sys.exit(75)", Outcome.FAILED),
        ("sys.exit(67)", Outcome.REFUSED),
        ("sys.exit(1)", Outcome.UNKNOWN),
        ("time.sleep(9)", Outcome.UNKNOWN),
    ],
)
def test_an_sms_programs_end_says_what_became_of_it(
    tmp_path: Path, body: str, outcome: Outcome
) -> None:
    script = tmp_path / "send.py"
    script.write_text(
        "import json, sys, time\n"
        "told = json.load(sys.stdin)\n"
        f"open({str(tmp_path / 'told')!r}, 'w').write(told['to'] + told['key'])\n"
        f"{body}\n"
    )

    gateway = SmsCommand((sys.executable, str(script)), timeout=2)

    assert gateway.send(MESSAGE) is outcome
    assert (tmp_path / "told").read_text() == "li@example.orgN7K4"


def test_a_missing_sms_program_is_a_failure() -> None:
    assert SmsCommand(("/nowhere/send",)).send(MESSAGE) is Outcome.FAILED
