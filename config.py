"""Settings from the environment, checked at start. Keys are files or variables, never defaults."""

import base64
import os
import secrets
import stat
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from models.keys import KEY_BYTES, KeyRing

ROOT = Path(__file__).parent
KEY_NAMES = ("sealing", "index", "vault", "session")


class Mode(StrEnum):
    DEMO = "demo"
    PRODUCTION = "production"
    TEST = "test"


class BadSettings(Exception):
    """The installation cannot start with these settings; the message names the remedy."""


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
    database_url: str
    mode: Mode = Mode.DEMO
    public_url: str = "http://127.0.0.1:5000"
    instance: Path = ROOT / "instance"
    keys_dir: Path = ROOT / "instance" / "keys"
    pledges: str = "open"
    operator: Operator = Operator()
    mail: Mail = Mail()
    host: str = "127.0.0.1"
    port: int = 5000


def from_environment(env: Mapping[str, str] | None = None) -> Settings:
    """Read the settings. Raises BadSettings naming what production lacks."""
    env = os.environ if env is None else env
    instance = Path(env.get("INSTANCE_DIR", ROOT / "instance"))
    mode = Mode(env.get("MODE", Mode.DEMO))
    settings = Settings(
        database_url=env.get("DATABASE_URL", f"sqlite:///{instance / 'weiguang.db'}"),
        mode=mode,
        public_url=env.get("PUBLIC_URL", "" if mode is Mode.PRODUCTION else Settings.public_url),
        instance=instance,
        keys_dir=Path(env.get("KEYS_DIR", instance / "keys")),
        pledges=env.get("PLEDGES", "invited" if mode is Mode.PRODUCTION else "open"),
        operator=_section(Operator, "OPERATOR", env),
        mail=_mail(env),
        host=env.get("HOST", Settings.host),
        port=int(env.get("PORT", Settings.port)),
    )
    _check(settings)
    return settings


def _section(kind: type[Operator], prefix: str, env: Mapping[str, str]) -> Operator:
    names = kind.__dataclass_fields__
    return kind(**{n: env[f"{prefix}_{n.upper()}"] for n in names if f"{prefix}_{n.upper()}" in env})


def _mail(env: Mapping[str, str]) -> Mail:
    return Mail(
        host=env.get("SMTP_HOST", ""),
        port=int(env.get("SMTP_PORT", "25")),
        sender=env.get("SMTP_SENDER", Mail.sender),
        user=env.get("SMTP_USER", ""),
        password=env.get("SMTP_PASSWORD", ""),
        use_tls=env.get("SMTP_TLS", "") == "1",
    )


def _check(settings: Settings) -> None:
    if settings.mode is Mode.PRODUCTION and not settings.public_url.startswith("http"):
        raise BadSettings("MODE=production needs PUBLIC_URL, for example https://weiguang.example.org")


def load_keys(settings: Settings, env: Mapping[str, str] | None = None) -> tuple[KeyRing, bytes]:
    """Return the key ring and the session secret, making missing key files in demo mode.

    Each key is KEY_<NAME> (base64) or a file <name>.key in the keys folder, mode 0600.
    Production refuses missing, readable or demo keys.
    """
    env = os.environ if env is None else env
    found = {name: _key(settings, name, env) for name in KEY_NAMES}
    return KeyRing(found["sealing"], found["index"], found["vault"]), found["session"]


def _key(settings: Settings, name: str, env: Mapping[str, str]) -> bytes:
    variable = env.get(f"KEY_{name.upper()}")
    if variable:
        return _decoded(variable, f"KEY_{name.upper()}")
    path = settings.keys_dir / f"{name}.key"
    if not path.exists():
        if settings.mode is Mode.PRODUCTION:
            raise BadSettings(f"key '{name}' is missing: set KEY_{name.upper()} or run `flask --app app keys make`")
        make_key(path)
    if settings.mode is Mode.PRODUCTION:
        _check_private(path)
    return _decoded(path.read_text().splitlines()[0], str(path))


def make_key(path: Path) -> None:
    """Make one key file (0600) and say so on stderr."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    text = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text + "\n")
    print(f"made a new key: {path} (keep a copy apart from the database)", file=sys.stderr)  # noqa: T201 told to the operator


def _check_private(path: Path) -> None:
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise BadSettings(f"{path} can be read by others: chmod 600")
    if (path.parent / "DEMO").exists():
        raise BadSettings(f"{path.parent} holds demo keys: make new ones for production")


def _decoded(text: str, where: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise BadSettings(f"{where} must hold {KEY_BYTES} bytes in base64")
    return key
