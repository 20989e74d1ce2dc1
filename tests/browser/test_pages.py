"""Every page a person can reach from home: fits, one title, Chinese, quiet, open to all senses."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from tests.browser.looking import faults, listen
from tools.slip_codes import codes_in
from tools.town import sign_in

LOGINS = (
    "admin",
    "shoukuan",
    "bofu",
    "baomi",
    "shenji",
    "tongji",
    "jingban.elunchun",
    "shenpi.elunchun",
    "xuexiao2.aohan",
    "ertong.elunchun",
    "mama",
)
SCHOOL = "xuexiao2.aohan"
DONOR_PHONE, TEACHER_PHONE = "13800000001", "13900000095"
LINKS = "[...document.querySelectorAll('a[href]')].map(one => one.href)"


class Walk:
    """Visits one page of every kind (route) that links lead to, and collects what is wrong."""

    def __init__(self, town, page):
        self.town, self.page = town, page
        self.routes = town.app.url_map.bind("127.0.0.1")
        self.said = listen(page)
        self.seen, self.wrong = set(), {}

    def from_here(self):
        """Look at the open page and at every kind of page behind it."""
        waiting = [self.page.url]
        self._note(waiting[0])
        while waiting:
            address = waiting.pop(0)
            answer = self.page.goto(address)
            path = urlsplit(self.page.url).path
            if answer.status >= 400:
                self.wrong[path] = [f"answered {answer.status}"]
                self.said.clear()
                continue
            found = faults(self.page) + [f"console: {line}" for line in self.said]
            self.said.clear()
            if found:
                self.wrong[path] = found
            waiting += [link for link in self.page.evaluate(LINKS) if self._note(link)]
        return self.wrong

    def _note(self, link):
        """Remember the route of a link; False for one that was seen, is elsewhere, or no page."""
        parts = urlsplit(link)
        if f"{parts.scheme}://{parts.netloc}" != self.town.url:
            return False
        try:
            endpoint = self.routes.match(parts.path)[0]
        except (HTTPException, RequestRedirect):
            self.wrong[parts.path] = ["a link that leads nowhere"]
            return False
        is_new = endpoint not in self.seen and not re.search(
            r"\.(xlsx|pdf|csv|json|py)$", parts.path
        )
        self.seen.add(endpoint)
        return is_new


@pytest.mark.parametrize("login", LOGINS)
def test_every_page_of_a_login_is_in_order(quiet_town, new_page, login):
    page = new_page(1440)
    sign_in(page, quiet_town.url, login)

    assert Walk(quiet_town, page).from_here() == {}


def test_every_page_of_a_stranger_is_in_order(quiet_town, new_page):
    page = new_page(1440)
    page.goto(quiet_town.url)

    assert Walk(quiet_town, page).from_here() == {}


def test_every_page_of_a_donor_is_in_order(quiet_town, new_page):
    page = new_page(1440)
    page.goto(donor_link(page, quiet_town))

    assert Walk(quiet_town, page).from_here() == {}


def test_every_page_of_a_family_is_in_order(quiet_town, new_page):
    page = new_page(1440)
    page.goto(family_link(new_page(), quiet_town))

    assert Walk(quiet_town, page).from_here() == {}


def test_every_page_of_a_class_teacher_is_in_order(quiet_town, new_page):
    link, digits = class_link(new_page(), quiet_town)
    page = new_page(1440)
    page.goto(link)
    page.fill("input[name=code]", digits)
    page.get_by_role("button", name="打开名单").click()
    page.wait_for_url("**/c/")

    assert Walk(quiet_town, page).from_here() == {}


def donor_link(page, town):
    """Ask for a new private link, as a donor does who lost his."""
    page.goto(f"{town.url}/relink")
    page.fill("input[name=contact]", DONOR_PHONE)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**sent=yes")
    town.command("jobs", "run", "notices")
    return town.newest_link("/d/", to=DONOR_PHONE)


def family_link(page, town):
    sign_in(page, town.url, SCHOOL)
    page.goto(f"{town.url}/school/")
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("打印签收单")).first.click()
    return codes_in(Path(download.value.path()).read_bytes())[1]


def class_link(page, town):
    sign_in(page, town.url, SCHOOL)
    page.goto(f"{town.url}/school/")
    page.get_by_role("link", name="把一个班的名单交给班主任").first.click()
    page.locator("label.chip").first.click()
    page.fill("input[name=phone]", TEACHER_PHONE)
    page.get_by_role("button", name="生成链接").click()
    page.wait_for_selector("text=一两分钟就到")
    link = re.search(r"http\S+/c/[A-Z0-9]+", page.content()).group()
    town.command("jobs", "run", "notices")
    return link, town.newest_code(to=TEACHER_PHONE)
