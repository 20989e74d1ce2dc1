"""What an operator types: the first administrators, a backup, a restore, an upgrade."""

import json
import os
import re
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

import cli
from app import create_app
from config import Mode
from extensions import db
from tests.factories import PASSWORD, a_child, a_match, a_pledge, a_school, an_account
from tests.plugins.installation import settings_in
from vocabulary.enums import Role

NEW = "草原上的十匹马 2026"


@pytest.fixture
def runner(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


@pytest.fixture
def filled(app: Flask, session) -> Path:
    a_match(session, a_pledge(session)[0], a_child(session, a_school(session)))
    an_account(session, Role.APPROVER, login="qige")
    session.commit()
    return Path(app.instance_path)


def made_by(runner: FlaskCliRunner, *words: str) -> dict:
    done = runner.invoke(args=[*words, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_staff_add_makes_two_administrators_whose_links_work(runner, app, session) -> None:
    done = runner.invoke(args=["staff", "add"])

    found = re.findall(r"^(\S+)  http://127\.0\.0\.1:5000(/first-password/\w+)$", done.stdout, re.M)
    assert [login for login, _ in found] == ["admin-1", "admin-2"]
    client = app.test_client()
    for login, path in found:
        client.post(path, data={"password": NEW, "again": NEW})
        entered = client.post("/login", data={"login": login, "password": NEW})
        assert entered.location == "/staff/accounts/"


def test_staff_add_makes_no_third(runner) -> None:
    made_by(runner, "staff", "add", "wulan", "bater", "--name", "乌兰", "--name", "巴特尔")

    for words in (["staff", "add"], ["staff", "add", "third"]):
        third = runner.invoke(args=words)
        assert third.exit_code == 1
        assert third.stdout == ""
        assert third.stderr.startswith("already_decided")


def test_staff_add_fills_up_to_two(runner) -> None:
    made_by(runner, "staff", "add", "wulan")

    (second,) = made_by(runner, "staff", "add")

    assert second["login"] == "admin-1"


def test_staff_add_takes_all_or_nobody(runner) -> None:
    done = runner.invoke(args=["staff", "add", "wulan", "乌兰"])

    assert done.exit_code == 1
    assert made_by(runner, "staff", "list") == []


def test_a_login_that_is_taken_is_named_as_what_cannot_be_used(runner) -> None:
    made_by(runner, "staff", "add", "wulan")

    done = runner.invoke(args=["staff", "add", "wulan", "bater"])

    assert done.exit_code == 1
    assert done.stderr.strip().endswith("（login: login_taken）")


def test_production_refuses_the_demo_as_such_however_empty_it_is(runner, app) -> None:
    production = replace(app.config["SETTINGS"], mode=Mode.PRODUCTION)
    app.config["SETTINGS"] = production

    done = runner.invoke(args=["demo", "load"])

    assert done.exit_code == 1
    assert done.stderr.startswith("no_demo_here")


def test_where_real_people_are_no_command_plays_a_story_and_no_archive_holds_one(app) -> None:
    played = {"demo", "replay", "twin-seed"}
    real = Flask("real")
    real.config["SETTINGS"] = replace(app.config["SETTINGS"], mode=Mode.PRODUCTION)
    cli.init_app(real)
    root = Path(cli.__file__).parents[1]
    lines = (root / ".gitattributes").read_text(encoding="utf-8").splitlines()
    left_out = {line.split()[0] for line in lines if line.endswith("export-ignore")}

    assert played <= set(app.cli.commands)
    assert not played & set(real.cli.commands)
    assert {"/cli/demo", "/cli/replay", "/cli/twins", "/tests"} <= left_out
    assert all((root / one.lstrip("/")).exists() for one in left_out)


def test_staff_list_names_logins_and_roles_and_no_person(runner, session) -> None:
    an_account(session, Role.APPROVER, Role.CASE_WORKER, login="qige", name="其格")
    session.commit()

    done = runner.invoke(args=["staff", "list"])

    assert re.fullmatch(
        r"qige +active +(approver, case_worker|case_worker, approver)\n", done.stdout
    )
    assert "其格" not in done.output


def test_staff_reset_link_replaces_a_lost_one(runner, app) -> None:
    (first,) = made_by(runner, "staff", "add", "wulan")

    (second,) = made_by(runner, "staff", "reset-link", "wulan")

    client = app.test_client()
    paths = [one["link"].removeprefix("http://127.0.0.1:5000") for one in (first, second)]
    assert [client.get(path).status_code for path in paths] == [410, 200]


@pytest.mark.parametrize("login", ["nobody", "qige"])
def test_staff_reset_link_helps_administrators_only(runner, filled, login) -> None:
    done = runner.invoke(args=["staff", "reset-link", login])

    assert (done.exit_code, done.stdout) == (1, "")


def test_a_backup_restores_and_is_checked(runner, app, session, filled, tmp_path) -> None:
    (filled / "uploads").mkdir()
    (filled / "uploads" / "AAAABBBB.jpg").write_bytes(b"slip")
    made = made_by(runner, "backup", str(tmp_path / "backups"))
    a_child(session, name="后来的孩子")
    session.commit()
    shutil.rmtree(filled / "uploads")

    refused = runner.invoke(args=["restore", made["file"]])
    assert (refused.exit_code, refused.stderr.split(":")[0]) == (1, "would_replace")
    restored = made_by(runner, "restore", made["file"], "--force")

    assert (restored["findings"], restored["uploads"], restored["donors_with_keys"]) == ([], 1, 1)
    assert (filled / "uploads" / "AAAABBBB.jpg").read_bytes() == b"slip"
    assert Path(restored["before"]).parent == filled / "backups"
    client = app.test_client()
    entered = client.post("/login", data={"login": "qige", "password": PASSWORD})
    assert entered.status_code == 303


def test_a_restore_of_something_else_says_so(runner, filled, tmp_path) -> None:
    other = tmp_path / "other.backup"
    other.write_bytes(b"PK\x03\x04")

    done = runner.invoke(args=["restore", str(other), "--force"])

    assert done.exit_code == 1
    assert done.stderr.startswith("backup_damaged")
    assert "Traceback" not in done.output


def test_an_upgrade_backs_up_migrates_and_checks(runner, filled) -> None:
    done = runner.invoke(args=["upgrade"])

    assert done.exit_code == 0, done.output
    assert "upgraded" in done.stderr
    assert len(list((filled / "backups").glob("*.backup"))) == 1


@pytest.mark.parametrize("how", [RuntimeError, SystemExit])
def test_an_upgrade_that_fails_tells_the_way_back(runner, filled, monkeypatch, how) -> None:
    def fail() -> None:
        raise how

    monkeypatch.setattr(sys.modules["cli.backup"], "migrate_up", fail)

    done = runner.invoke(args=["upgrade"])

    assert done.exit_code == 1
    (file,) = (filled / "backups").glob("*.backup")
    assert f"restore {file} --force" in done.stderr


def test_an_upgrade_finds_a_trigger_that_is_gone_and_makes_it_anew(runner, session, filled) -> None:
    session.rollback()
    db.session.connection().exec_driver_sql("DROP TRIGGER append_only_postings_update")
    db.session.commit()

    assert runner.invoke(args=["upgrade"]).exit_code == 0
    names = db.session.connection().exec_driver_sql(
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    assert "append_only_postings_update" in {name for (name,) in names}


def test_the_nightly_job_leaves_a_backup_and_a_trace(runner, filled) -> None:
    counts = json.loads(runner.invoke(args=["jobs", "run", "backup"]).stdout)

    assert (counts["due"], counts["done"], counts["failed"]) == (1, 1, 0)
    assert len(list((filled / "backups").glob("*.keystore"))) == 1
    assert os.stat(filled / "backups").st_mode & 0o777 == 0o700  # noqa: PTH116 the bits are meant


@pytest.mark.parametrize("command", [["staff", "list"], ["backup"], ["serve"]])
def test_a_database_without_tables_is_one_line_with_its_remedy(tmp_path, command) -> None:
    app = create_app(settings_in(tmp_path))

    done = app.test_cli_runner().invoke(args=command)

    assert (done.exit_code, done.stdout) == (1, "")
    assert "flask --app app db upgrade" in done.stderr
    with app.app_context():
        db.engine.dispose()
