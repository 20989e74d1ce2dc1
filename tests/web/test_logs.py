"""What the log keeps: enough to mend an error, nothing of anybody."""

import json
import logging
import shutil
from pathlib import Path

import pytest
from flask import Flask, abort

from app import create_app
from config import Mode, Settings
from extensions import db
from tests.factories import PASSWORD, an_account
from tests.plugins.installation import settings_in
from vocabulary.enums import Role
from web.core import logs
from web.core.access import open_to_all

SECRETS = {
    "phone": "13812345678",
    "phone with gaps": "138 1234-5678",
    "id": "150723201605041234",
    "id with x": "15072320160504123X",
    "mail": "wulan.q@example.org.cn",
    "name": "陈雨桐",
    "Mongolian": "ᠮᠣᠩᠭᠣᠯ",
    "token": "GHCN2YMTV5BTNV78SQDN85U5VN7ATZDE",
    "bank account": "6222 0210 0112 3456 789",
    "payment reference": "AX123452",
}


@pytest.fixture
def logged(template: Path, tmp_path: Path):
    """An installation that writes its log, on a copy of the template."""
    folder = tmp_path / "instance"
    shutil.copytree(template, folder)
    settings = Settings(**{**vars(settings_in(folder)), "mode": Mode.DEMO})
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    _plant(app)
    with app.app_context():
        an_account(db.session(), Role.ADMINISTRATOR, login="wulan", name=SECRETS["name"])
        db.session.commit()
    yield app, folder / "logs" / logs.FILE
    for handler in app.logger.handlers:
        handler.close()
    app.logger.handlers = []
    with app.app_context():
        db.engine.dispose()


def _plant(app: Flask) -> None:
    @app.get("/staff/broken/<string:ref>", endpoint="staff.broken")
    @open_to_all
    def broken(ref: str) -> str:
        app.logger.warning("looked at %s", " and ".join(SECRETS.values()))
        raise ValueError(ref + "".join(SECRETS.values()))

    @app.get("/donor/broken", endpoint="donor.broken")
    @open_to_all
    def donor() -> str:
        abort(404)


def lines(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


@pytest.mark.parametrize("kind", SECRETS)
def test_a_planted_secret_is_masked(kind) -> None:
    secret = SECRETS[kind]

    masked = logs.redact(f"before {secret} after")

    assert secret not in masked
    assert masked.startswith("before [")
    assert masked.endswith("] after")


def test_plain_words_counts_and_times_stay_readable() -> None:
    text = "job stipends done 120 in 35 ms at 2026-11-21T09:00:00 error K7QX2M"

    assert logs.redact(text) == text


def test_no_planted_secret_reaches_the_file(logged) -> None:
    app, file = logged

    answer = app.test_client().get(f"/staff/broken/{SECRETS['token']}?name={SECRETS['phone']}")

    assert answer.status_code == 500
    text = file.read_text()
    assert '"ValueError"' in text
    assert '"staff.broken"' in text
    assert "looked at" in text
    for secret in SECRETS.values():
        assert secret not in text
        assert json.dumps(secret)[1:-1] not in text


def test_a_desks_request_is_one_line_without_address_and_person(logged) -> None:
    app, file = logged
    client = app.test_client()
    client.post("/login", data={"login": "wulan", "password": PASSWORD})

    client.get("/staff/accounts/?list=waiting")

    line = lines(file)[-1]
    assert sorted(line) == [
        "endpoint", "event", "level", "method", "ms", "request", "status", "time",
    ]  # fmt: skip
    assert (line["endpoint"], line["method"], line["status"]) == (
        "staff.accounts.index",
        "GET",
        200,
    )
    assert "wulan" not in file.read_text()


@pytest.mark.parametrize(
    "address",
    ["/", "/donor/broken", "/first-password/" + SECRETS["token"], "/healthz", "/static/app.css"],
)
def test_donors_doors_and_links_leave_no_line(logged, address) -> None:
    app, file = logged

    app.test_client().get(address).close()

    assert not file.exists() or file.read_text() == ""


def test_every_view_behind_a_link_or_with_a_token_is_silent(logged) -> None:
    app, _ = logged
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        is_linked = isinstance(getattr(view, "door_roles", None), str)
        if is_linked or "token" in rule.arguments:
            args = {name: 1 if "int" in str(rule) else "X" for name in rule.arguments}
            with app.test_request_context():
                from flask import request

                request.url_rule, request.view_args = rule, args
                assert logs.is_silent(), rule


def test_the_file_is_its_owners_only_and_is_rotated(logged) -> None:
    app, file = logged
    app.logger.error("something")

    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    handler = app.logger.handlers[0]
    assert (handler.maxBytes, handler.backupCount) == (5 * 1024 * 1024, 10)
    handler.doRollover()
    app.logger.error("something more")
    assert {one.stat().st_mode & 0o777 for one in file.parent.iterdir()} == {0o600}


def test_servers_write_no_access_log_of_their_own(logged) -> None:
    for name in ("werkzeug", "waitress"):
        assert not logging.getLogger(name).isEnabledFor(logging.INFO)


def test_an_error_of_the_database_names_nobody(logged) -> None:
    app, _ = logged

    with app.app_context():
        assert db.engine.hide_parameters
