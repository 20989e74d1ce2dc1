"""One key each at the approval desk: R leads to the reasons first, and says no once one is chosen."""

from tools.town import sign_in


def test_the_key_for_no_asks_for_its_reason_before_it_sends(town, new_page):
    page = new_page(1440, 900)
    sign_in(page, town.url, "shenpi.elunchun")
    page.goto(f"{town.url}/staff/matches/")
    before = page.locator(".queue-row").count()

    page.keyboard.press("r")
    assert page.evaluate("document.activeElement.name") == "reason"
    assert page.locator("[role=alert]").count() == 0

    page.keyboard.press("Space")
    page.keyboard.press("r")
    page.wait_for_selector(f".queue-row >> nth={before - 2}")
    page.wait_for_function(f"document.querySelectorAll('.queue-row').length === {before - 1}")
