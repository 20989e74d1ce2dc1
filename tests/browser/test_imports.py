"""What banners really send, in the browser: uploaded, looked at, taken, given back, verified."""

import json
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from extensions import db
from services.accounts import accounts, grants, passwords, staffing, way_in
from services.accounts.staffing import NewAccount
from services.upkeep.installation import DEMO_PASSWORD
from services.writing import begin_writing
from tools.town import sign_in
from vocabulary.enums import Role

SAMPLES = Path(__file__).parent.parent / "samples"
EXPECTED = json.loads((SAMPLES / "expected.json").read_text())
# Above the banners, since the roster's children live in three of them.
LEAGUE = "150700000000"
REFUSED = {
    "id_checksum",
    "sex_mismatch",
    "birth_mismatch",
    "duplicate",
    "no_name",
    "id_lost_digits",
}


@pytest.fixture
def league(town):
    """Hire two case workers of the whole league in the town: one enters, the other verifies."""
    with town.app.app_context():
        session = db.session()
        begin_writing(session)
        for login, name in (("jingban.meng", "苏雅"), ("jingban2.meng", "何平")):
            hire(session, login, name, now=town.now)
        session.commit()
        db.session.remove()
    return town


def hire(session, login, name, *, now):
    first, second = (accounts.viewer_by_login(session, one, now=now) for one in ("admin", "admin2"))
    ref, token = staffing.make(session, first, NewAccount(login, name, LEAGUE), now=now)
    asked = grants.ask(session, first, ref, Role.CASE_WORKER, term=grants.Term(), now=now)
    grants.agree(session, second, asked, now=now)
    code = way_in.give_code(session, second, ref, now=now)
    passwords.set_first(session, token, DEMO_PASSWORD, now=now, code=code)


def upload(page, town, kind, file):
    """Upload one list and stop at its preview."""
    page.goto(f"{town.url}/staff/imports/")
    page.locator("label.option", has_text=kind).click()
    page.set_input_files("input[type=file]", SAMPLES / file)
    page.get_by_role("button", name="读表，先看一遍").click()
    page.wait_for_selector("text=看一遍，没问题就确认")


def confirm(page):
    page.get_by_role("button", name="确认，导入").click()
    page.wait_for_selector("h2:has-text('导入了')")


def test_the_samples_are_taken_in_the_browser(league, new_page):
    clerk = new_page(1440)
    sign_in(clerk, league.url, "jingban.meng")
    upload(clerk, league, "学校和收款账户", "学校名单.xlsx")
    confirm(clerk)

    upload(clerk, league, "困境儿童花名册", "困境儿童花名册.xlsx")
    problems = [row["problem"] for row in EXPECTED["children"]]
    refused = [one for one in problems if one in REFUSED]
    assert f"要更正 {len(refused)}" in clerk.inner_text("main") or f"不导入 {len(refused)}" in (
        clerk.inner_text("main")
    )
    confirm(clerk)
    taken = len(problems) - len(refused)
    assert f"导入了 {taken} 行，{len(refused)} 行没有导入" in clerk.inner_text("main")

    with clerk.expect_download() as download:
        clerk.get_by_role("link", name="下载没导入和待补的行").click()
    book = openpyxl.load_workbook(BytesIO(Path(download.value.path()).read_bytes()))
    rows = list(book.active.iter_rows(values_only=True))
    assert "原因" in "".join(str(cell) for cell in rows[0])
    assert sum(problem is not None for problem in problems) == len(rows) - 1

    upload(clerk, league, "爱心妈妈报名表", "爱心妈妈报名表.csv")
    confirm(clerk)

    name = next(row["name"] for row in EXPECTED["children"] if is_plain(row))
    own = file_of(clerk, league, name)
    assert "录入的人自己不能核实" in own

    second = new_page(1440)
    sign_in(second, league.url, "jingban2.meng")
    file_of(second, league, name)
    verify(second)
    assert "材料齐了，在等结对" in second.inner_text("main")


def is_plain(row):
    return row["problem"] is None and row["amount_fen"]


def file_of(page, town, name):
    """Open the newest file of that name; return what it says."""
    page.goto(f"{town.url}/staff/children/")
    page.fill("#q", name)
    with page.expect_navigation():
        page.press("#q", "Enter")
    if page.locator("select[name=banner]").count() and not page.locator("table").count():
        page.goto(f"{town.url}/staff/children/?show=draft")
    page.locator("table a", has_text=name).first.click()
    page.wait_for_selector("#who")
    return page.inner_text("main")


def verify(page):
    page.get_by_role("link", name="入户核实").click()
    page.get_by_text("我到过孩子家").click()
    if page.locator("input[name=word]").count():
        page.get_by_text("问过，孩子愿意").click()
    page.get_by_role("button", name="核实好了").click()
    page.wait_for_selector("#who")
