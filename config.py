"""Settings from the environment, checked at start. Keys are files or variables, never defaults."""

import os
import ssl
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from gateways import keyfiles
from gateways.keyfiles import KEY_NAMES, BadSettings, refuse
from gateways.log_server import LogServer
from models.keys import KeyRing
from vocabulary.enums import PaymentProvider

__all__ = ["KEY_NAMES", "BadSettings", "Mail", "Mode", "Operator", "Pledges", "Settings", "refuse"]

ROOT = Path(__file__).parent
TWIN_NOW = datetime(2026, 11, 16, 2, tzinfo=UTC)
"""Where the clock stands under TWIN_SEED: the morning after the twin worlds' history ends."""
LAST_PORT = 65535


class Mode(StrEnum):
    """What the installation is for; only production holds real people."""

    DEMO = "demo"
    PRODUCTION = "production"
    TEST = "test"


class Pledges(StrEnum):
    """Who may pledge: anyone, or those who were invited (for an operator not yet qualified)."""

    OPEN = "open"
    INVITED = "invited"


class SecondStep(StrEnum):
    """Whether staff and schools must have a second step of signing in; production always must."""

    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True)
class Operator:
    """Who runs this installation: stands where a pledge is asked for."""

    name: str = "微光演示站"
    qualification: str = "演示数据，不接受真实捐款"
    filing: str = ""
    hotline: str = "12338"
    bank_name: str = "演示银行"
    bank_account: str = "0000 0000 0000 0000"
    bank_holder: str = "微光演示专户"
    officer: str = "演示信息保护负责人"


_PAYMENTS = {PaymentProvider.WECHAT: "WECHAT_PAY", PaymentProvider.ALIPAY: "ALIPAY"}
# Production begins with nothing: no word of the demo may stand under a real pledge.
_NOBODY = Operator("", "", "", "12338", "", "", "", "")
_NEEDED = (
    "name",
    "qualification",
    "hotline",
    "bank_name",
    "bank_account",
    "bank_holder",
    "officer",
)


@dataclass(frozen=True)
class Mail:
    """SMTP, when configured; otherwise notices go to a local file."""

    host: str = ""
    port: int = 25
    sender: str = "weiguang@localhost"
    user: str = ""
    password: str = field(default="", repr=False)
    use_tls: bool = False


@dataclass(frozen=True)
class Settings:
    """All that app.py and the doors are told; built by from_environment() or by a test."""

    database_url: str
    mode: Mode = Mode.DEMO
    public_url: str = "http://127.0.0.1:5000"
    instance: Path = ROOT / "instance"
    keys_dir: Path = ROOT / "instance" / "keys"
    backup_dir: Path | None = None
    pledges: str = Pledges.OPEN
    operator: Operator = Operator()
    mail: Mail = Mail()
    # The SMS provider's program (gateways/sms.py); without one SMS go to a local file.
    sms_command: str = ""
    # Asked by the key of an SMS whose fate is unknown; where there is none, nobody can be asked.
    sms_ask_command: str = ""
    # Payment providers, each by a file of its own (gateways/payments); without one, by bank alone.
    payments: Mapping[PaymentProvider, Path] = field(default_factory=dict)
    host: str = "127.0.0.1"
    port: int = 5000
    trusted_proxy: str = ""
    # Stops clock and chance, so that two servers can be compared byte by byte; never in production.
    twin_seed: str = ""
    second_step: str = SecondStep.OPTIONAL
    # Where redacted log lines go besides the local file (gateways/log_server.py); None: nowhere.
    log_server: LogServer | None = None

    @property
    def is_production(self) -> bool:
        """Say whether real people are meant."""
        return self.mode is Mode.PRODUCTION

    @property
    def needs_second_step(self) -> bool:
        """Say whether staff and school logins open nothing before a second step is set up."""
        return self.is_production or self.second_step == SecondStep.REQUIRED

    @property
    def uploads(self) -> Path:
        """The folder of evidence; it goes into every backup."""
        return self.instance / "uploads"

    @property
    def logs(self) -> Path:
        """The folder of the rotated logs."""
        return self.instance / "logs"

    @property
    def backups(self) -> Path:
        """Where backups go unless a command names another folder."""
        return self.backup_dir or self.instance / "backups"

    @property
    def database_file(self) -> Path | None:
        """The SQLite file, or None for a database that is no file."""
        url = make_url(self.database_url)
        is_file = url.get_backend_name() == "sqlite" and url.database not in {None, "", ":memory:"}
        return Path(url.database or "").absolute() if is_file else None


def from_environment(env: Mapping[str, str] | None = None) -> Settings:
    """Read the settings. Raises BadSettings naming what is wrong and the remedy."""
    env = os.environ if env is None else env
    instance = Path(env.get("INSTANCE_DIR") or ROOT / "instance")
    mode = _one_of(Mode, "MODE", env, Mode.DEMO)
    is_real = mode is Mode.PRODUCTION
    settings = Settings(
        database_url=env.get("DATABASE_URL") or f"sqlite:///{instance / 'weiguang.db'}",
        mode=mode,
        public_url=(env.get("PUBLIC_URL") or ("" if is_real else _own_address(env))).rstrip("/"),
        instance=instance,
        keys_dir=Path(env.get("KEYS_DIR") or instance / "keys"),
        backup_dir=Path(env["BACKUP_DIR"]) if env.get("BACKUP_DIR") else None,
        pledges=_one_of(Pledges, "PLEDGES", env, Pledges.INVITED if is_real else Pledges.OPEN),
        operator=_operator(env, _NOBODY if is_real else Operator()),
        mail=_mail(env),
        sms_command=env.get("SMS_COMMAND", ""),
        sms_ask_command=env.get("SMS_ASK_COMMAND", ""),
        payments={kind: Path(env[name]) for kind, name in _PAYMENTS.items() if env.get(name)},
        host=env.get("HOST") or Settings.host,
        port=_port("PORT", env, Settings.port),
        trusted_proxy=env.get("TRUSTED_PROXY", ""),
        twin_seed=env.get("TWIN_SEED", ""),
        second_step=_one_of(
            SecondStep,
            "SECOND_STEP",
            env,
            SecondStep.REQUIRED if is_real else SecondStep.OPTIONAL,
        ),
        log_server=_log_server(env),
    )
    _check(settings, env)
    return settings


_Word = TypeVar("_Word", bound=StrEnum)


def _one_of(kind: type[_Word], name: str, env: Mapping[str, str], default: _Word) -> _Word:
    text = env.get(name) or default.value
    try:
        return kind(text.strip().lower())
    except ValueError:
        words = ", ".join(kind)
        refuse(f"{name}={text!r} is unknown; set it to one of: {words}")


def _port(name: str, env: Mapping[str, str], default: int) -> int:
    text = env.get(name) or str(default)
    if not text.isascii() or not text.isdecimal() or not 0 < int(text) <= LAST_PORT:
        refuse(f"{name}={text!r} is no port; set it to a number from 1 to {LAST_PORT}")
    return int(text)


def _operator(env: Mapping[str, str], base: Operator) -> Operator:
    names = Operator.__dataclass_fields__
    return Operator(
        **{n: env.get(f"OPERATOR_{n.upper()}", getattr(base, n)).strip() for n in names}
    )


def _own_address(env: Mapping[str, str]) -> str:
    return f"http://127.0.0.1:{_port('PORT', env, Settings.port)}"


def _mail(env: Mapping[str, str]) -> Mail:
    return Mail(
        host=env.get("SMTP_HOST", ""),
        port=_port("SMTP_PORT", env, Mail.port),
        sender=env.get("SMTP_SENDER") or Mail.sender,
        user=env.get("SMTP_USER", ""),
        password=env.get("SMTP_PASSWORD", ""),
        use_tls=env.get("SMTP_TLS", "") == "1",
    )


def _log_server(env: Mapping[str, str]) -> LogServer | None:
    address, authority = env.get("LOG_SERVER", "").strip(), env.get("LOG_SERVER_CA", "").strip()
    if not address:
        return None
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) <= LAST_PORT:
        refuse(f"LOG_SERVER={address!r} is no address; write it like logs.example.org:6514")
    try:
        ssl.create_default_context(cafile=authority or None)
    except OSError:
        refuse(f"LOG_SERVER_CA={authority!r} is no certificate; name the authority's (PEM)")
    return LogServer(host, int(port), Path(authority) if authority else None)


def _check(settings: Settings, env: Mapping[str, str]) -> None:
    _check_database_url(settings.database_url)
    if settings.public_url:
        _check_address(settings.public_url)
    if settings.is_production:
        _check_production(settings, env)


def _check_database_url(address: str) -> None:
    try:
        make_url(address).get_dialect().import_dbapi()
    except (ArgumentError, ImportError, ValueError):
        sentence = (
            "DATABASE_URL names no database we can open; write it like sqlite:////srv/weiguang.db"
        )
        refuse(sentence)


def _check_address(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        sentence = (
            f"PUBLIC_URL={address!r} is no address; write it like https://weiguang.example.org"
        )
        refuse(sentence)


def _check_production(settings: Settings, env: Mapping[str, str]) -> None:
    if not settings.public_url:
        sentence = "MODE=production needs PUBLIC_URL, for example https://weiguang.example.org"
        refuse(sentence)
    _check_crossing(settings)
    dangers = {"TWIN_SEED": "fixes every random code", "FLASK_DEBUG": "opens a console to all"}
    for name, what in dangers.items():
        if env.get(name, "").lower() not in {"", "0", "false", "no"}:
            refuse(f"MODE=production refuses {name}, which {what}; unset it")
    if settings.second_step != SecondStep.REQUIRED:
        refuse("MODE=production refuses SECOND_STEP=optional; unset it")
    lacking = missing_facts(settings)
    if settings.pledges == Pledges.OPEN and lacking:
        sentence = f"PLEDGES=open needs {', '.join(lacking)}; set them, or PLEDGES=invited"
        refuse(sentence)


def _check_crossing(settings: Settings) -> None:
    """Let nothing cross the net in the clear; within the machine it may."""
    here, address = {"localhost", "127.0.0.1", "::1"}, urlsplit(settings.public_url)
    if settings.mail.host not in here | {""} and not settings.mail.use_tls:
        sentence = "MODE=production sends mail by TLS only; set SMTP_TLS=1 (STARTTLS)"
        refuse(sentence)
    if address.scheme != "https" and address.hostname not in here:
        sentence = (
            "MODE=production needs a PUBLIC_URL that begins with https://, for logins and links"
        )
        refuse(sentence)


def missing_facts(settings: Settings) -> list[str]:
    """Name the OPERATOR_* settings without which no stranger may be asked for a pledge."""
    return [f"OPERATOR_{n.upper()}" for n in _NEEDED if not getattr(settings.operator, n)]


def prepare(settings: Settings) -> None:
    """Make the instance folder, and see that it and the database's folder can be written to."""
    if settings.is_production:
        os.umask(0o077)  # the database and all beside it are the service's own
    try:
        settings.instance.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = error.strerror
        refuse(
            f"INSTANCE_DIR {settings.instance} cannot be made ({why}); name a folder of your own"
        )
    _check_writable(settings.instance, "INSTANCE_DIR")
    file = settings.database_file
    if file is None:
        return
    if not file.parent.is_dir():
        refuse(f"DATABASE_URL: there is no folder {file.parent}; make it first")
    if file.is_dir() or (file.exists() and not os.access(file, os.R_OK | os.W_OK)):
        refuse(f"DATABASE_URL: {file} cannot be written to; check its owner and mode")
    _check_writable(file.parent, "DATABASE_URL")


def _check_writable(folder: Path, name: str) -> None:
    """Try it: permission bits say nothing about a read-only file system."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        refuse(
            f"{name}: nothing can be written in {folder} ({error.strerror}); "
            "check its owner and mode, or name another folder"
        )


def load_keys(
    settings: Settings, env: Mapping[str, str] | None = None, *, is_rotating: bool = False
) -> tuple[KeyRing, bytes]:
    """Return the key ring and the session secret; outside production missing files are made.

    Production refuses missing keys, keys that others can read, and keys that a demo made.
    """
    env = os.environ if env is None else env
    if not settings.is_production and not is_rotating:
        keyfiles.make_missing(settings.keys_dir, env, demo=True)
    if not is_rotating:
        keyfiles.refuse_half_rotated(settings.keys_dir)
    found = {name: load_key(settings, name, env) for name in KEY_NAMES}
    try:
        return KeyRing(found["sealing"], found["index"], found["vault"]), found["session"]
    except ValueError:
        refuse("two keys are the same; each needs its own 32 random bytes")


def load_key(settings: Settings, name: str, env: Mapping[str, str] | None = None) -> bytes:
    """Return one key. Raises BadSettings for one that is missing or may not be used."""
    env = os.environ if env is None else env
    if settings.is_production:
        return keyfiles.real_key(settings.keys_dir, name, env, demo=ROOT / "instance" / "keys")
    return keyfiles.any_key(settings.keys_dir, name, env)


def make_keys(env: Mapping[str, str] | None = None) -> Path:
    """Make the missing keys of a real installation and return their folder. None is replaced."""
    env = os.environ if env is None else env
    instance = Path(env.get("INSTANCE_DIR") or ROOT / "instance")
    folder = Path(env.get("KEYS_DIR") or instance / "keys")
    keyfiles.make_missing(folder, env, demo=False)
    return folder
