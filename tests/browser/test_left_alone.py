"""A page whose sign-in is over goes from the screen by itself; what was typed in it stays."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

SCRIPT = (Path(__file__).parents[2] / "static" / "app.js").read_text(encoding="utf-8")
PAGE = """<!DOCTYPE html><html data-ends-after="3600"><head><title>陈雨桐的档案</title></head>
<body><h1>陈雨桐</h1><p>奶奶 13900000092</p><form><input name="note" value=""></form></body></html>"""


@pytest.fixture
def page(new_page):
    """A page of a child, its clock in our hands, without a server behind it."""
    opened = new_page()
    opened.clock.install()
    opened.set_content(PAGE)
    opened.add_script_tag(content=SCRIPT)
    return opened


def test_before_its_time_it_stays(page) -> None:
    page.clock.run_for("59:50")

    assert "陈雨桐" in page.content()


def test_after_its_time_nothing_of_it_is_left(page) -> None:
    page.clock.run_for("01:00:10")

    expect(page.locator("html")).not_to_contain_text("陈雨桐")
    expect(page.locator("html")).not_to_contain_text("13900000092")
    expect(page).not_to_have_title("陈雨桐的档案")


def test_a_form_with_something_typed_stays_alone(page) -> None:
    page.fill("[name=note]", "已经去过家里")

    page.clock.run_for("01:00:10")

    assert page.input_value("[name=note]") == "已经去过家里"
    assert "陈雨桐" not in page.content()
