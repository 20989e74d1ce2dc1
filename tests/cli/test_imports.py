"""`flask import`: JSON alone on stdout, the console acts, nothing doubled, Chinese refusals."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from extensions import db
from models.amendments import Amendment
from models.children import Child
from models.organisations import Organisation
from models.volunteers import Volunteer
from tests.services.rosters.lists import HEADER, a_row, xlsx

SAMPLES = Path(__file__).parents[1] / "samples"
FILES = {
    "children": ("困境儿童花名册.xlsx", Child, 50),
    "volunteers": ("爱心妈妈报名表.csv", Volunteer, 25),
    "schools": ("学校名单.xlsx", Organisation, 8),
}


def run(app: Flask, *words: object) -> Result:
    db.session.remove()
    return app.test_cli_runner().invoke(args=["import", *map(str, words)])


@pytest.mark.parametrize("kind", list(FILES))
def test_a_list_taken_twice_is_in_once(app: Flask, session: Session, now, kind: str) -> None:
    file, table, count = FILES[kind]

    dry, first, second = (
        run(app, kind, SAMPLES / file, "--json", *words) for words in (["--dry-run"], [], [])
    )

    assert [done.exit_code for done in (dry, first, second)] == [0, 0, 0]
    assert json.loads(first.stdout) == json.loads(dry.stdout)
    told = [row["outcome"] for row in json.loads(first.stdout)["rows"]]
    assert [row["outcome"] for row in json.loads(second.stdout)["rows"]] == told
    assert f"已导入 0 行，没有导入 {len(told)} 行。" in second.stderr
    assert session.scalar(select(func.count(table.id))) == count


def test_a_school_known_from_a_roster_gets_what_the_list_of_schools_says(
    app: Flask, session: Session, now
) -> None:
    run(app, "children", SAMPLES / FILES["children"][0], "--json")
    assert set(session.scalars(select(Organisation.contact_phone))) == {None}
    session.rollback()

    done = run(app, "schools", SAMPLES / FILES["schools"][0], "--json")

    assert "已导入 8 行，没有导入 0 行。" in done.stderr
    schools = session.scalars(select(Organisation)).all()
    assert len(schools) == 8
    assert all(one.contact_phone and one.contact_name for one in schools)
    assert session.scalars(select(Amendment.organisation_id)).all() == [s.id for s in schools]
    assert {one.account_number for one in schools} == {None}


def test_what_stands_at_a_school_is_never_written_over_by_a_list(
    app: Flask, session: Session, now
) -> None:
    run(app, "children", SAMPLES / FILES["children"][0], "--json")
    kept, *_ = session.scalars(select(Organisation)).all()
    kept.contact_phone = "0470-1234567"
    session.commit()

    done = run(app, "schools", SAMPLES / FILES["schools"][0], "--json")

    assert "已导入 7 行，没有导入 1 行。" in done.stderr
    session.refresh(kept)
    assert (kept.contact_name, kept.contact_phone) == (None, "0470-1234567")


def test_without_a_login_the_console_enters(app: Flask, session: Session, now) -> None:
    run(app, "children", SAMPLES / FILES["children"][0], "--json")

    assert set(session.scalars(select(Child.entered_by))) == {"console"}


def bomb() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (200 << 20))
    return target.getvalue()


def with_password() -> bytes:
    """Return the beginning of what Excel makes of a workbook with a password."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
    return head + "EncryptedPackage".encode("utf-16-le") + b"\0" * 480


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (bomb(), "解压后大得不正常"),
        (with_password(), "设了打开密码"),
        (b"0" * (21 << 20), "超过 20 MB"),
        (xlsx([HEADER, a_row(1)])[:-900], "已损坏"),
        (xlsx([]), "没有内容"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "网页"),
    ],
)
def test_what_cannot_be_read_ends_in_a_sentence_and_writes_nothing(
    app: Flask, session: Session, tmp_path: Path, data: bytes, words: str
) -> None:
    file = tmp_path / "花名册.xls"
    file.write_bytes(data)

    done = run(app, "children", file, "--json")

    assert (done.exit_code, done.stdout) == (1, "")
    assert words in done.stderr
    assert session.scalar(select(func.count(Child.id))) == 0


def test_a_login_that_is_not_there_is_said(app: Flask, session: Session, now) -> None:
    file = SAMPLES / FILES["children"][0]

    done = run(app, "children", file, "--dry-run", "--json", "--by", "nobody")

    assert (done.exit_code, done.stdout) == (1, "")
    assert "没有“nobody”这个登录名" in done.stderr
