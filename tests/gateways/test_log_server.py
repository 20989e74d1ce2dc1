"""Log lines on another machine: framed, redacted, to nobody but whom the certificate names."""

import datetime
import ipaddress
import json
import logging
import shutil
import socket
import ssl
import time
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app import create_app
from config import Mode, Settings, from_environment
from extensions import db
from gateways import log_server
from gateways.keyfiles import BadSettings
from gateways.log_server import LogServer
from tests.plugins.installation import settings_in
from tests.web.test_logs import SECRETS
from web.core import logs

DAY = datetime.timedelta(days=1)
LONGEST_WAIT = 10


class Server:
    """A syslog server on the loopback, under a certificate of its own; what it heard."""

    def __init__(self, folder: Path, name: str = "127.0.0.1") -> None:
        self.certificate, key = _certificate(folder, name)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        self.heard = b""
        self._context = context
        Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._door.accept()
                with self._context.wrap_socket(plain, server_side=True) as wrapped:
                    while heard := wrapped.recv(65536):
                        self.heard += heard
            except ssl.SSLError:
                continue
            except OSError:
                return

    def lines(self, count: int) -> list[bytes]:
        """Wait for so many lines; each is what its own length says."""
        end = time.monotonic() + LONGEST_WAIT
        while time.monotonic() < end and len(_framed(self.heard)) < count:
            time.sleep(0.02)
        return _framed(self.heard)

    def close(self) -> None:
        self._door.close()


def _framed(heard: bytes) -> list[bytes]:
    found = []
    while heard:
        length, _, rest = heard.partition(b" ")
        found.append(rest[: int(length)])
        heard = rest[int(length) :]
    return found


def _said(line: bytes) -> dict[str, object]:
    """What a line says, but when it was drawn."""
    return {key: value for key, value in json.loads(line).items() if key != "time"}


def _certificate(folder: Path, name: str) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    try:
        named: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        named = x509.DNSName(name)
    made = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + DAY)
        .add_extension(x509.SubjectAlternativeName([named]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / f"{name}.pem", folder / f"{name}.key"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return pem, secret


@pytest.fixture
def server(tmp_path: Path):
    made = Server(tmp_path)
    yield made
    made.close()


@pytest.fixture
def house(template: Path, tmp_path: Path):
    """Make an installation that sends its lines to a server."""
    made = []

    def at(place: LogServer):
        folder = tmp_path / f"instance{len(made)}"
        shutil.copytree(template, folder)
        changed = {"mode": Mode.DEMO, "log_server": place}
        app = create_app(Settings(**{**vars(settings_in(folder)), **changed}))
        made.append(app)
        return app, folder / "logs" / logs.FILE

    yield at
    for app in made:
        app.extensions["log_server"].stop()
        for handler in app.logger.handlers:
            handler.close()
        app.logger.handlers = []
        with app.app_context():
            db.engine.dispose()


def test_lines_reach_another_machine_over_tls_and_hold_nothing_of_anybody(server, house) -> None:
    app, file = house(LogServer("127.0.0.1", server.port, server.certificate))
    app.logger.warning("looked at %s", " and ".join(SECRETS.values()))
    app.test_client().get("/login?next=/staff/")
    app.test_client().get("/d/NOSUCHTOKEN")

    lines = server.lines(2)

    assert lines[0].startswith(b"<132>1 ")
    assert b" - weiguang - - - {" in lines[0]
    drawn = [_said(line.partition(b" - - - ")[2]) for line in lines]
    assert drawn == [_said(line.encode()) for line in file.read_text().splitlines()]
    assert not [said for said in SECRETS.values() if said.encode() in server.heard]
    assert len(drawn) == 2
    assert b"127.0.0.1" not in server.heard


def test_a_server_of_another_name_or_authority_hears_nothing(
    tmp_path, server, house, capsys
) -> None:
    other = Server(tmp_path, "elsewhere.example.org")
    (tmp_path / "own").mkdir()
    stranger = Server(tmp_path / "own")
    for wrong in (
        LogServer("127.0.0.1", other.port, other.certificate),
        LogServer("127.0.0.1", stranger.port, server.certificate),
    ):
        app, file = house(wrong)
        app.logger.warning("a line")
        app.extensions["log_server"].stop()

        assert "a line" in file.read_text()
        assert "log server not reached (SSLCertVerificationError)" in capsys.readouterr().err
    assert (other.heard, stranger.heard) == (b"", b"")
    other.close()
    stranger.close()


def test_a_server_that_is_away_holds_nobody_up_and_is_used_again(tmp_path, server, house) -> None:
    app, file = house(LogServer("127.0.0.1", server.port, server.certificate))
    server.close()
    began = time.monotonic()

    for _ in range(50):
        app.logger.info("a line")

    assert time.monotonic() - began < 1
    assert len(file.read_text().splitlines()) == 50


def test_too_many_that_wait_are_left_to_the_file(monkeypatch, server) -> None:
    monkeypatch.setattr(log_server, "MOST_WAITING", 3)
    monkeypatch.setattr(log_server.Sending, "start", lambda _self: None)
    taking, _ = log_server.sending(
        LogServer("127.0.0.1", server.port, server.certificate), logging.Formatter()
    )

    for _ in range(9):
        taking.handle(logging.makeLogRecord({"msg": "a line"}))

    assert taking.queue.qsize() == 3


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({"LOG_SERVER": "logs.example.org"}, "LOG_SERVER"),
        ({"LOG_SERVER": "logs.example.org:0"}, "LOG_SERVER"),
        ({"LOG_SERVER": "logs.example.org:6514", "LOG_SERVER_CA": "/nowhere"}, "LOG_SERVER_CA"),
    ],
)
def test_a_bad_setting_is_refused_with_its_remedy(tmp_path, env, words) -> None:
    with pytest.raises(BadSettings, match=words):
        from_environment({"INSTANCE_DIR": str(tmp_path)} | env)


def test_without_the_setting_nothing_is_sent(tmp_path) -> None:
    assert from_environment({"INSTANCE_DIR": str(tmp_path)}).log_server is None
