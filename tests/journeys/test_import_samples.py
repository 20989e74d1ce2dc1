"""The samples of one banner: imported at the console, verified by a second person, open for pairing."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import ROOT
from extensions import db
from models.children import Child
from models.organisations import Organisation
from models.volunteers import Volunteer
from privacy import viewers
from services.accounts import accounts
from services.children import child_search, children
from services.pairing import market
from tests.factories import BANNER, an_account
from tests.services.rosters.lists import HEADER, a_row, xlsx
from vocabulary.enums import ChildStatus, Role
from vocabulary.errors import NotPermitted

SAMPLES = Path(__file__).parents[1] / "samples"
EXPECTED = json.loads((SAMPLES / "expected.json").read_text("utf-8"))
ROSTER = SAMPLES / "困境儿童花名册.xlsx"


def flask(*words: object, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command with nothing but DATABASE_URL and a folder of its own."""
    env = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": f"sqlite:///{folder / 'weiguang.db'}",
        "INSTANCE_DIR": str(folder),
    }
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", "import", *map(str, words)],
        cwd=ROOT, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip


def runner(app, *words: object):
    """The same command inside the test's own application."""
    db.session.remove()
    return app.test_cli_runner().invoke(args=["import", *map(str, words)])


@pytest.mark.slow
def test_a_dry_run_needs_no_database_and_writes_none(tmp_path: Path) -> None:
    done = flask("children", ROSTER, "--dry-run", "--json", folder=tmp_path)

    answer = json.loads(done.stdout)
    wanted = [([c["problem"]] if c["problem"] else []) for c in EXPECTED["children"]]
    assert done.returncode == 0, done.stderr
    assert set(answer) == {"ready", "held", "refused", "rows"}
    assert [row["row"] for row in answer["rows"]] == [c["row"] for c in EXPECTED["children"]]
    assert [row["problems"] for row in answer["rows"]] == wanted
    assert (answer["ready"], answer["held"], answer["refused"]) == (44, 6, 10)
    assert not (tmp_path / "weiguang.db").exists()


@pytest.mark.slow
def test_without_dry_run_an_empty_database_is_migrated_and_the_rows_are_in(tmp_path: Path) -> None:
    dry = flask("children", ROSTER, "--dry-run", "--json", folder=tmp_path)
    wet = flask("children", ROSTER, "--json", folder=tmp_path)

    with sqlite3.connect(tmp_path / "weiguang.db") as connection:
        (count,) = connection.execute("SELECT count(*) FROM children").fetchone()
    plain = [{**row, "notes": []} for row in json.loads(wet.stdout)["rows"]]
    assert wet.returncode == 0, wet.stderr
    assert plain == [{**row, "notes": []} for row in json.loads(dry.stdout)["rows"]]
    assert count == 50


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (None, "打不开这个文件"),
        (b"", "文件是空的"),
        (b"%PDF-1.7 not a table", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "图片"),
        (xlsx([["a", "b"], ["1", "2"]]), "表头"),
    ],
)
def test_an_unreadable_file_ends_in_one_sentence_and_an_empty_stdout(
    app, tmp_path: Path, data: bytes | None, words: str
) -> None:
    file = tmp_path / "名单.xlsx"
    if data is not None:
        file.write_bytes(data)

    done = runner(app, "children", file, "--dry-run", "--json")

    assert (done.exit_code, done.stdout) == (1, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_login_takes_only_its_own_banner(app, session: Session, now, tmp_path: Path) -> None:
    an_account(session, Role.CASE_WORKER, login="wulan")
    an_account(session, Role.COLLECTING_DESK, login="money")
    session.commit()
    file = tmp_path / "名单.xlsx"
    file.write_bytes(xlsx([HEADER, a_row(1), a_row(2, 户籍地="根河市得耳布尔镇")]))

    done = runner(app, "children", file, "--json", "--by", "wulan")
    refused = runner(app, "children", file, "--json", "--by", "money")

    banners = session.scalars(select(Child.banner_code)).all()
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["rows"][1]["notes"][-1] == "other_banner"
    assert banners == [BANNER]
    assert (refused.exit_code, refused.stdout) == (1, "")


def test_a_division_narrows_the_console(app, session: Session, now, tmp_path: Path) -> None:
    file = tmp_path / "名单.xlsx"
    file.write_bytes(xlsx([HEADER, a_row(1, 户籍地="老地方")]))

    wrong = runner(app, "children", file, "--json", "--region", "150799000000")
    done = runner(app, "children", file, "--json", "--region", BANNER)

    assert (wrong.exit_code, wrong.stdout) == (1, "")
    assert done.exit_code == 0, done.stderr
    assert session.scalars(select(Child.region_code)).all() == [BANNER]


def test_the_samples_are_imported_verified_and_open_for_pairing(app, session: Session, now) -> None:
    an_account(session, Role.CASE_WORKER, login="wulan")
    session.commit()

    for kind, name in (
        ("schools", "学校名单.xlsx"),
        ("children", ROSTER.name),
        ("volunteers", "爱心妈妈报名表.csv"),
    ):
        done = runner(app, kind, SAMPLES / name, "--json")
        assert done.exit_code == 0, done.stderr

    counts = [
        session.scalar(select(func.count(table.id))) for table in (Organisation, Child, Volunteer)
    ]
    assert counts == [8, 50, 25]
    wulan = accounts.viewer_by_login(session, "wulan", now=now)
    drafts = child_search.listing(session, wulan, code=BANNER, show="draft")
    with pytest.raises(NotPermitted):
        children.verify(session, viewers.console(), drafts[0]["ref"], child_agrees=True, now=now)
    for card in drafts:
        children.verify(session, wulan, card["ref"], child_agrees=True, now=now)

    ready = [card for card in drafts if not card["missing"]]
    still = child_search.listing(session, wulan, code=BANNER, show="held")
    opened = session.scalar(select(func.count(Child.id)).where(Child.status == ChildStatus.OPEN))
    asked = {child.banner_code for _, child in market.open_needs(session)}
    assert len(drafts) == 29
    assert opened == len(ready) == 29 - len(still)
    assert {card["held_because"] for card in still} == {"no_consent"}
    assert asked == {BANNER}
