"""Importing in the browser: read row by row, confirmed once, what was not taken given back."""

import re
import time
import zipfile
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from extensions import db
from gateways.spreadsheets import read
from models.children import Child
from models.imports import Import
from models.trace import OrdinaryEntry
from tests.factories import PASSWORD, an_account
from tests.services.rosters.lists import HEADER, a_row, xlsx
from vocabulary import clock
from vocabulary.enums import Role
from web.staff import imports

SAMPLES = Path(__file__).parents[1] / "samples"


@pytest.fixture
def wulan(client: FlaskClient, session: Session, now: datetime) -> FlaskClient:
    """A case worker of one banner at her desk."""
    an_account(session, Role.CASE_WORKER, login="wulan")
    an_account(session, Role.APPROVER, login="gaomin")
    an_account(session, Role.COLLECTING_DESK, login="money")
    session.commit()
    sign_in(client, "wulan")
    return client


def sign_in(client: FlaskClient, login: str) -> None:
    db.session.rollback()
    assert client.post("/login", data={"login": login, "password": PASSWORD}).status_code == 303


def upload(client: FlaskClient, data: bytes, name: str = "名单.xlsx", kind: str = "children"):
    db.session.rollback()
    return client.post(
        "/staff/imports/",
        data={"kind": kind, "file": (BytesIO(data), name)},
        content_type="multipart/form-data",
    )


def uploaded(client: FlaskClient, *rows: list[object]) -> str:
    answer = upload(client, xlsx([HEADER, *rows]))
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.headers["Location"]


def body(client: FlaskClient, path: str) -> str:
    db.session.rollback()
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    return answer.get_data(as_text=True)


def press(client: FlaskClient, path: str):
    db.session.rollback()
    return client.post(path)


def count(session: Session) -> int:
    session.rollback()
    number = session.scalar(select(func.count(Child.id))) or 0
    session.rollback()
    return number


def test_the_sample_is_shown_row_by_row_and_taken_when_confirmed(
    wulan: FlaskClient, session: Session
) -> None:
    answer = upload(wulan, (SAMPLES / "困境儿童花名册.xlsx").read_bytes())
    path = answer.headers["Location"]
    page = body(wulan, path)
    before = count(session)
    press(wulan, f"{path}/take")
    result = body(wulan, path)

    assert "看一遍，没问题就确认：导入 29 行" in page
    assert "第 67 行：填表人" in page
    assert "身份证号有误（校验位或日期不对）" in page
    assert "导入了 29 行，31 行没有导入" in result
    assert (before, count(session)) == (0, 29)


def test_a_double_click_takes_once_and_the_back_button_shows_the_result(
    wulan: FlaskClient, session: Session
) -> None:
    path = uploaded(wulan, a_row(1))

    answers = [press(wulan, f"{path}/take") for _ in range(2)]
    late = press(wulan, f"{path}/discard")

    assert [a.headers["Location"] for a in (*answers, late)] == [path] * 3
    assert "导入了 1 行" in body(wulan, path)
    assert count(session) == 1


def test_filters_count_and_narrow(wulan: FlaskClient) -> None:
    path = uploaded(wulan, a_row(1), a_row(2, 监护人同意书=""), a_row(3, 姓名=""))

    held = body(wulan, f"{path}?show=held")

    assert re.findall(r"data-label=\"行\">(\d+)<", held) == ["3"]
    assert "监护人同意书还没有签" in held


def test_a_long_list_has_pages(wulan: FlaskClient) -> None:
    path = uploaded(wulan, *(a_row(n) for n in range(1, 61)))

    second = body(wulan, f"{path}?page=2")

    assert "第 51–60 行，共 60 行" in second
    assert re.findall(r"data-label=\"行\">(\d+)<", second) == [str(n) for n in range(52, 62)]


def test_what_was_not_taken_comes_back_as_a_spreadsheet(wulan: FlaskClient) -> None:
    path = uploaded(wulan, a_row(1), a_row(2, 姓名=""))
    press(wulan, f"{path}/take")
    db.session.rollback()
    answer = wulan.get(f"{path}/returned")

    rows = read("back.xlsx", answer.data).rows
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert rows[1].cells[:2] == ("没有姓名，请补上。", "3")


def bomb() -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 300_000_000)
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "0 字节"),
        (b"%PDF-1.7", "PDF"),
        (b"\x89PNG\r\n\x1a\n0000", "图片"),
        (xlsx([[]]), "表格里没有内容"),
        (xlsx([["甲", "乙"], ["1", "2"]]), "表头"),
        (bomb(), "解压后大得不正常"),
        (b"PK\x03\x04 broken", "打不开"),
    ],
    ids=["empty", "pdf", "picture", "blank", "no header", "bomb", "broken"],
)
def test_a_bad_file_is_answered_on_the_form_and_the_choice_is_kept(
    wulan: FlaskClient, session: Session, data: bytes, words: str
) -> None:
    answer = upload(wulan, data, kind="volunteers")

    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert words in page
    assert re.search(r'value="volunteers" checked', page)
    assert session.scalar(select(func.count(Import.id))) == 0


def test_no_file_at_all_is_said(wulan: FlaskClient) -> None:
    db.session.rollback()
    page = wulan.post("/staff/imports/", data={"kind": "children"}).get_data(as_text=True)

    assert "请选一个文件" in page


def test_more_than_20_megabytes_are_refused_in_words(wulan: FlaskClient) -> None:
    db.session.rollback()
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.xlsx"\r\n\r\n'
    answer = wulan.post(
        "/staff/imports/",
        data=head + b"0" * (20 * 1024 * 1024) + b"\r\n--x--\r\n",
        content_type="multipart/form-data; boundary=x",
    )

    assert answer.status_code == 413
    assert "20 MB" in answer.get_data(as_text=True)


def test_emoji_and_markup_in_names_are_shown_as_written(wulan: FlaskClient) -> None:
    path = uploaded(wulan, a_row(1, 姓名="<b>𠮷🌸</b>"))

    assert "&lt;b&gt;𠮷🌸&lt;/b&gt;" in body(wulan, path)


def test_a_list_with_a_header_alone_is_said_to_be_empty(wulan: FlaskClient) -> None:
    page = body(wulan, uploaded(wulan))

    assert "表头下面一行名单也没有" in page
    assert "没有这样的行" not in page


def test_an_upload_is_nobody_elses(wulan: FlaskClient, app: Flask) -> None:
    path = uploaded(wulan, a_row(1))
    statuses = {}
    for login in ("gaomin", "money"):
        other = app.test_client()
        sign_in(other, login)
        for tail in ("", "/returned"):
            db.session.rollback()
            statuses[login, tail] = other.get(path + tail).status_code
        statuses[login, "take"] = press(other, f"{path}/take").status_code

    assert set(statuses.values()) == {404}


def test_reading_an_upload_leaves_a_trace(wulan: FlaskClient, session: Session) -> None:
    path = uploaded(wulan, a_row(1))
    body(wulan, path)

    acts = session.scalars(
        select(OrdinaryEntry.act).where(OrdinaryEntry.subject == f"import:{path[-12:]}")
    ).all()
    assert acts == ["import.preview", "import.read"]


def test_a_large_list_goes_on_after_the_answer_and_the_page_follows(
    wulan: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "TAKEN_AT_ONCE", 5)
    path = uploaded(wulan, *(a_row(n) for n in range(1, 13)))

    answer = press(wulan, f"{path}/take")
    answer.close()
    deadline = time.monotonic() + 30
    while count(session) < 12 and time.monotonic() < deadline:
        db.session.rollback()
        running = wulan.get(path)
        assert running.status_code == 200
        time.sleep(0.1)

    assert count(session) == 12
    assert "导入了 12 行" in body(wulan, path)


def long_list(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> tuple[str, TestResponse]:
    """Upload thirteen rows where five are many; nobody reads them before the answer is closed."""
    monkeypatch.setattr(imports, "READ_AT_ONCE", 5)
    monkeypatch.setattr(imports, "ROWS_A_PART", 4)
    answer = upload(client, xlsx([HEADER, *(a_row(n) for n in range(1, 14))]))
    assert answer.status_code == 303
    return answer.headers["Location"], answer


def test_a_long_list_is_read_after_the_answer_and_the_page_follows(
    wulan: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, answer = long_list(wulan, monkeypatch)
    db.session.rollback()
    first = wulan.get(path)
    listed = body(wulan, "/staff/imports/")
    press(wulan, f"{path}/take")

    answer.close()
    deadline = time.monotonic() + 30
    while "正在读表" in body(wulan, path) and time.monotonic() < deadline:
        time.sleep(0.1)

    assert first.headers["Refresh"] == "2"
    assert "0 行" in first.get_data(as_text=True)
    assert "共 13 行" in first.get_data(as_text=True)
    assert "乌兰" not in first.get_data(as_text=True)
    assert "13 行" in listed
    assert "正在读表" in listed
    assert "看一遍，没问题就确认：导入 13 行" in body(wulan, path)
    assert count(session) == 0


def test_a_long_list_whose_reader_died_is_uploaded_again(
    wulan: FlaskClient, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = long_list(wulan, monkeypatch)
    with clock.moved_to(now + timedelta(minutes=1)):
        db.session.rollback()
        stalled = wulan.get(path)
        gone = press(wulan, f"{path}/discard")
        again, answer = long_list(wulan, monkeypatch)
        answer.close()
        deadline = time.monotonic() + 30
        while "正在读表" in body(wulan, again) and time.monotonic() < deadline:
            time.sleep(0.1)
        page = body(wulan, again)

    assert "Refresh" not in stalled.headers
    assert "读表停住了，请把这个文件再传一次" in stalled.get_data(as_text=True)
    assert gone.headers["Location"] == "/staff/imports/"
    assert "看一遍，没问题就确认：导入 13 行" in page


def test_more_rows_than_a_list_may_have_are_refused_before_one_is_judged(
    wulan: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "READ_AT_ONCE", 2)
    monkeypatch.setattr(imports, "ROWS_AT_MOST", 3)
    answer = upload(wulan, xlsx([HEADER, *(a_row(n) for n in range(1, 5))]))

    assert answer.status_code == 200
    assert "一次最多 20,000 行" in answer.get_data(as_text=True)
    assert session.scalar(select(func.count(Import.id))) == 0


def test_an_empty_desk_says_what_comes_next(wulan: FlaskClient) -> None:
    assert "还没有传过名单" in body(wulan, "/staff/imports/")
