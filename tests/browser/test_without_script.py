"""What a person must be able to do works in a browser that runs no script."""

import re

import pytest

from tests.browser.test_pages import family_link
from tools.town import sign_in


@pytest.fixture
def plain(new_page):
    """Give a phone that runs no script."""
    return new_page(java_script_enabled=False)


def test_a_pledge_is_made_without_script(town, plain):
    plain.goto(f"{town.url}/pledge")
    plain.fill("input[name=contact]", "13800009998")
    plain.get_by_text("这个孩子不是我的亲属").click()
    plain.get_by_role("button", name="下一步：核对").click()
    plain.get_by_role("button", name="说好了").click()

    assert plain.locator("h1").inner_text() == "说好了"
    assert re.search(r"AX\d{6}", plain.inner_text("main"))


def test_a_refused_pledge_comes_back_filled_in_without_script(town, plain):
    plain.goto(f"{town.url}/pledge")
    plain.get_by_text("别的数", exact=True).click()
    plain.fill("input[name=other]", "不知道")
    plain.fill("input[name=contact]", "12345")
    plain.get_by_role("button", name="下一步：核对").click()

    assert plain.input_value("input[name=other]") == "不知道"
    assert plain.input_value("input[name=contact]") == "12345"
    assert plain.locator("[aria-invalid=true]").count() >= 2


def test_a_school_confirms_its_list_and_a_family_answers_without_script(town, new_page, plain):
    code = family_link(new_page(), town)
    sign_in(plain, town.url, "xuexiao2.aohan")
    plain.goto(f"{town.url}/school/")
    plain.get_by_role("link", name=re.compile("一次确认")).first.click()
    plain.get_by_role("button", name="其余的都交到了").click()
    assert "都交到了，现在不用做什么" in plain.inner_text("main")

    family = new_page(java_script_enabled=False)
    family.goto(code)
    family.get_by_role("button", name="没有收到").click()
    assert "您说：没有收到" in family.inner_text("main")


def test_an_approver_says_yes_without_script(town, new_page):
    page = new_page(1440, java_script_enabled=False)
    sign_in(page, town.url, "shenpi.elunchun")
    page.goto(f"{town.url}/staff/matches/")
    before = page.locator(".queue-row").count()

    page.get_by_role("button", name="同意", exact=True).click()

    assert "结对了" in page.inner_text("body")
    assert page.locator(".queue-row").count() == before - 1
