"""What an installation refuses to start with: one clear sentence, code 1, and no traceback."""

import base64
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from flask_migrate import upgrade

import config
from app import create_app
from config import BadSettings, Mode, Settings
from extensions import db
from gateways import keyfiles
from privacy import viewers
from services.accounts import staffing
from services.accounts.accounts import HASHER
from services.accounts.staffing import WHOLE_REGION, NewAccount
from services.upkeep.installation import DEMO_PASSWORD
from vocabulary import clock
from web.core import addresses

ROOT = Path(__file__).parent.parent


def flask(folder: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own, as an operator does."""
    given = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": f"sqlite:///{folder / 'weiguang.db'}",
        "INSTANCE_DIR": str(folder / "instance"),
    }
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", *words],
        cwd=ROOT,
        env=given | env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def production(folder: Path, **more: str) -> dict[str, str]:
    return {
        "MODE": "production",
        "PUBLIC_URL": "https://weiguang.example.org",
        "KEYS_DIR": str(folder / "keys"),
    } | more


def assert_refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    lines = done.stderr.strip().splitlines()
    assert (done.returncode, done.stdout, len(lines)) == (1, "", 1), done.stderr
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in lines[0]


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({"PORT": "abc"}, ["PORT='abc'", "1 to 65535"]),
        ({"PORT": "70000"}, ["PORT='70000'"]),
        ({"MODE": "live"}, ["MODE='live'", "demo, production, test"]),
        ({"PLEDGES": "all"}, ["PLEDGES='all'", "open, invited"]),
        ({"PUBLIC_URL": "weiguang.example.org"}, ["PUBLIC_URL", "https://"]),
        ({"DATABASE_URL": "nonsense"}, ["DATABASE_URL"]),
        ({"DATABASE_URL": "oracle://localhost/x"}, ["DATABASE_URL"]),
        ({"SMTP_PORT": "mail"}, ["SMTP_PORT"]),
        ({"MODE": "production"}, ["PUBLIC_URL"]),
        ({"MODE": "production", "PUBLIC_URL": "http://x.org"}, ["PUBLIC_URL", "https"]),
        (
            {"MODE": "production", "PUBLIC_URL": "https://x.org", "SMTP_HOST": "smtp.x.org"},
            ["SMTP_TLS=1"],
        ),
        (
            {"MODE": "production", "PUBLIC_URL": "https://x.org", "TWIN_SEED": "1"},
            ["TWIN_SEED", "unset"],
        ),
        (
            {"MODE": "production", "PUBLIC_URL": "https://x.org", "FLASK_DEBUG": "1"},
            ["FLASK_DEBUG", "unset"],
        ),
        (
            {"MODE": "production", "PUBLIC_URL": "https://x.org", "PLEDGES": "open"},
            ["OPERATOR_NAME", "OPERATOR_BANK_ACCOUNT", "PLEDGES=invited"],
        ),
    ],
)
def test_a_bad_value_is_one_sentence_with_its_remedy(tmp_path, env, words) -> None:
    given = {"DATABASE_URL": f"sqlite:///{tmp_path / 'x.db'}", "INSTANCE_DIR": str(tmp_path)}

    with pytest.raises(BadSettings) as refused:
        config.from_environment(given | env)

    assert "\n" not in str(refused.value)
    for word in words:
        assert word in str(refused.value)


@pytest.mark.slow
def test_a_refusal_on_the_command_line_is_one_line_and_code_1(tmp_path) -> None:
    assert_refused(flask(tmp_path, "check", PORT="abc"), "PORT='abc'")


@pytest.mark.slow
def test_a_database_in_a_missing_folder_is_one_line(tmp_path) -> None:
    address = f"sqlite:///{tmp_path / 'missing' / 'x.db'}"

    assert_refused(flask(tmp_path, "staff", "list", DATABASE_URL=address), "missing", "make it")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["INSTANCE_DIR", "DATABASE_URL"])
def test_where_nothing_can_be_written_is_one_line(tmp_path, name) -> None:
    value = "/proc/weiguang" if name == "INSTANCE_DIR" else "sqlite:////proc/weiguang.db"

    assert_refused(flask(tmp_path, "staff", "list", **{name: value}), name)


@pytest.mark.slow
def test_production_needs_keys_and_the_command_that_makes_them_works_without(tmp_path) -> None:
    env = production(tmp_path)
    assert_refused(flask(tmp_path, "staff", "list", **env), "sealing.key", "keys make")

    made = flask(tmp_path, "keys", "make", **env)

    assert made.returncode == 0, made.stderr
    files = sorted((tmp_path / "keys").iterdir())
    assert [file.stem for file in files] == ["backup", "index", "sealing", "session", "vault"]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    settings = config.from_environment(
        env | {"DATABASE_URL": "sqlite://", "INSTANCE_DIR": str(tmp_path)}
    )
    assert len(config.load_keys(settings, {})[1]) == 32


def real_settings(folder: Path, **more) -> Settings:
    config.make_keys({"KEYS_DIR": str(folder / "keys")})
    return Settings(
        database_url=f"sqlite:///{folder / 'weiguang.db'}",
        mode=Mode.PRODUCTION,
        public_url="https://weiguang.example.org",
        instance=folder / "instance",
        keys_dir=folder / "keys",
        **more,
    )


def test_keys_that_others_can_read_are_refused(tmp_path) -> None:
    settings = real_settings(tmp_path)
    (tmp_path / "keys" / "vault.key").chmod(0o640)

    with pytest.raises(BadSettings, match=r"vault\.key can be read by others; run `chmod 600"):
        config.load_keys(settings, {})


def test_a_key_folder_that_others_can_change_is_refused(tmp_path) -> None:
    settings = real_settings(tmp_path)
    (tmp_path / "keys").chmod(0o777)

    with pytest.raises(BadSettings, match="chmod 700"):
        config.load_keys(settings, {})


def test_demo_keys_are_refused_wherever_they_are_moved(tmp_path) -> None:
    demo, moved = tmp_path / "demo", tmp_path / "moved"
    keyfiles.make_missing(demo, {}, demo=True)
    moved.mkdir(mode=0o700)
    for file in demo.glob("*.key"):
        (moved / file.name).write_text(file.read_text())
        (moved / file.name).chmod(0o600)

    for folder in (demo, moved):
        settings = Settings("sqlite://", mode=Mode.PRODUCTION, keys_dir=folder)
        with pytest.raises(BadSettings, match="made for the demo"):
            config.load_keys(settings, {})


def test_keys_are_not_made_beside_demo_keys(tmp_path) -> None:
    keyfiles.make_missing(tmp_path / "keys", {}, demo=True)

    with pytest.raises(BadSettings, match="demo keys"):
        config.make_keys({"KEYS_DIR": str(tmp_path / "keys")})


def test_keys_may_come_from_variables_alone(tmp_path) -> None:
    env = {
        f"KEY_{name.upper()}": base64.b64encode(bytes([n]) * 32).decode()
        for n, name in enumerate(config.KEY_NAMES)
    }
    settings = Settings("sqlite://", mode=Mode.PRODUCTION, keys_dir=tmp_path / "none")

    ring, secret = config.load_keys(settings, env)

    assert (ring.sealing, ring.index, ring.vault, secret) == tuple(
        bytes([n]) * 32 for n in range(4)
    )
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("text", ["", "short", "====", "A" * 44])
def test_a_key_that_is_no_key_is_refused(tmp_path, text) -> None:
    settings = real_settings(tmp_path)
    (tmp_path / "keys" / "index.key").write_text(text)

    with pytest.raises(BadSettings, match="32 bytes in base64"):
        config.load_keys(settings, {})


def test_two_equal_keys_are_refused(tmp_path) -> None:
    settings = real_settings(tmp_path)
    (tmp_path / "keys" / "index.key").write_text((tmp_path / "keys" / "vault.key").read_text())

    with pytest.raises(BadSettings, match="two keys are the same"):
        config.load_keys(settings, {})


def test_a_key_is_never_replaced(tmp_path) -> None:
    settings = real_settings(tmp_path)
    before = config.load_keys(settings, {})

    config.make_keys({"KEYS_DIR": str(tmp_path / "keys")})

    assert config.load_keys(settings, {}) == before


@pytest.fixture
def ready(tmp_path: Path) -> Path:
    """A migrated production installation with one account."""
    app = create_app(real_settings(tmp_path))
    with app.app_context():
        upgrade()
        console = viewers.console()
        person = NewAccount("wulan", "乌兰", WHOLE_REGION)
        staffing.first_administrator(db.session(), console, person, now=clock.now())
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return tmp_path


def change(folder: Path, sql: str) -> None:
    with closing(sqlite3.connect(folder / "weiguang.db")) as connection, connection:
        connection.execute(sql)


@pytest.mark.slow
def test_a_real_installation_starts_and_says_so(ready: Path) -> None:
    done = flask(ready, "staff", "list", "--json", **production(ready))

    assert (done.returncode, done.stderr) == (0, "")
    assert '"login": "wulan"' in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("command", ["serve", "up"])
def test_production_refuses_a_database_that_holds_the_demo(ready: Path, command) -> None:
    change(ready, "INSERT INTO installation VALUES ('is_demo', 'console')")

    assert_refused(flask(ready, command, **production(ready)), "holds the demo")


@pytest.mark.slow
def test_production_refuses_a_login_with_the_demos_password(ready: Path) -> None:
    hashed = HASHER.hash(DEMO_PASSWORD)
    change(ready, f"UPDATE accounts SET status = 'active', password_hash = '{hashed}'")

    assert_refused(flask(ready, "serve", **production(ready)), "demo's password")


def test_production_answers_under_its_own_name_and_over_https_only(tmp_path) -> None:
    app = create_app(real_settings(tmp_path))

    assert app.config["SESSION_COOKIE_SECURE"] is True
    cookie = app.test_client().get("/login", base_url="https://weiguang.example.org")
    assert cookie.headers["Set-Cookie"].startswith("__Host-weiguang=")
    assert all(word in cookie.headers["Set-Cookie"] for word in ("Secure;", "HttpOnly;", "Path=/;"))
    assert "Domain" not in cookie.headers["Set-Cookie"]
    assert cookie.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    client = app.test_client()
    assert client.get("/login", base_url="https://evil.example").status_code == 400
    assert client.get("/login", base_url="https://weiguang.example.org").status_code == 200


def test_links_never_come_from_the_host_header(tmp_path) -> None:
    settings = replace(real_settings(tmp_path), mode=Mode.TEST)
    app = create_app(settings)

    with app.test_request_context(base_url="https://evil.example"):
        assert addresses.public("auth.login") == "https://weiguang.example.org/login"


def test_production_shows_no_word_of_the_demos_operator() -> None:
    env = {"MODE": "production", "PUBLIC_URL": "https://x.org", "DATABASE_URL": "sqlite://"}

    operator = config.from_environment(env).operator

    assert "演示" not in repr(operator)
    assert config.from_environment({**env, "OPERATOR_NAME": "某基金会"}).operator.name == "某基金会"


def test_production_takes_pledges_by_invitation_unless_told_otherwise() -> None:
    env = {"MODE": "production", "PUBLIC_URL": "https://x.org", "DATABASE_URL": "sqlite://"}
    facts = {name: "x" for name in config.missing_facts(config.from_environment(env))}

    assert config.from_environment(env).pledges == "invited"
    assert config.from_environment({**env, **facts, "PLEDGES": "open"}).pledges == "open"


@pytest.mark.slow
def test_every_command_works_with_the_database_url_alone(tmp_path) -> None:
    given = {"PATH": os.environ["PATH"], "DATABASE_URL": f"sqlite:///{tmp_path / 'x.db'}"}
    for words in (["db", "upgrade"], ["staff", "list", "--json"]):
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "app", *words],
            cwd=ROOT,
            env=given,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert done.stdout == "[]\n"
