"""One whole way on the demo world: from a pledge to "家里也说收到了" on the donor's page."""

import re
from datetime import date
from pathlib import Path

from cli.demo.cast import PLACES
from tools.slip_codes import codes_in
from tools.town import sign_in
from vocabulary.dates import at

PHONE = "13800009999"
HULUNBUIR = "150700000000"
APPROVER = "shenpi.elunchun"
SCHOOL_LOGINS = {
    name: f"xuexiao{number}.elunchun" for number, (name, _, _) in enumerate(PLACES[0].schools, 1)
}


def test_a_pledge_arrives_and_the_donor_reads_so(town, new_page):
    town.command("matches", "run")  # what waited before has its proposal: the next one is ours
    reference = pledge_by_phone(new_page(), town)
    town.command("jobs", "run", "notices")
    link = town.newest_link("/d/", to=PHONE)

    record_the_money(new_page(1440), town, reference)
    name, school = approve_with_one_key(new_page, town)
    town.now = at(date(2026, 12, 1), 6)
    town.command("stipends", "run", "--on", "2026-12-01")
    town.now = at(date(2026, 12, 2), 10)
    send_the_batches(new_page(1440), town)
    town.now = at(date(2026, 12, 3), 11)
    officer = new_page()
    sign_in(officer, town.url, SCHOOL_LOGINS[school])
    code = print_the_slips(officer, town, name)
    confirm_the_list(officer, town, name)
    answer_by_the_slip(new_page(), code, name)

    town.now = at(date(2026, 12, 3), 20)
    town.command("jobs", "run", "notices")
    assert "12月的一笔，家里已签收" in town.letters()
    page = new_page()
    page.goto(link)

    assert "学校12月3日已把本月100元转交孩子家，家里也说收到了。" in page.inner_text("main")
    assert name not in page.content()
    assert school not in page.content()


def pledge_by_phone(page, town):
    page.goto(f"{town.url}/")
    page.get_by_role("link", name="开始认捐").first.click()
    page.get_by_text("¥100", exact=True).click()
    page.select_option("select[name=league]", HULUNBUIR)
    page.fill("input[name=contact]", PHONE)
    page.get_by_text("这个孩子不是我的亲属").click()
    page.get_by_role("button", name="下一步：核对").click()
    page.get_by_role("button", name="说好了").click()
    page.wait_for_selector("h1:has-text('说好了')")
    reference = re.search(r"AX\d{6}", page.inner_text("main")).group()
    page.fill("input[name=amount]", "100")
    page.get_by_role("button", name="我已付款").click()
    page.wait_for_selector("text=等银行到账")
    return reference


def record_the_money(page, town, reference):
    """Book it from the list of announced payments, by the reference the donor copied."""
    sign_in(page, town.url, "shoukuan")
    page.goto(f"{town.url}/staff/receipts/")
    page.locator("tr", has_text=reference).get_by_role("link", name="到账了，来记").click()
    assert page.input_value("input[name=reference]") == reference
    page.fill("input[name=amount]", "100元")
    page.get_by_role("button", name="记下这笔到账").click()
    page.wait_for_selector(f"text=记下了：{reference}，¥100。")


def waiting(page):
    return page.locator(".queue-row").evaluate_all("rows => rows.map(row => row.pathname)")


def approve_with_one_key(new_page, town):
    """Let the engine pair; the one new proposal is approved by the key A, not by who entered it."""
    page = new_page(1440, 900)
    sign_in(page, town.url, APPROVER)
    page.goto(f"{town.url}/staff/matches/")
    before = waiting(page)
    town.command("matches", "run")
    page.reload()
    new = [path for path in waiting(page) if path not in before]
    assert len(new) == 1, new

    worker = new_page(1440, 900)
    sign_in(worker, town.url, "jingban.elunchun")
    worker.goto(town.url + new[0])
    assert worker.get_by_role("button", name="同意", exact=True).count() == 0

    page.goto(town.url + new[0])
    name = page.locator(".pair-title h2").inner_text().split()[0]
    school = next(one for one in SCHOOL_LOGINS if one in page.inner_text("main"))
    page.keyboard.press("a")
    page.wait_for_selector(f"text={name}结对了，第一笔 12月1日拨付。")
    return name, school


def send_the_batches(page, town):
    """Send every batch, one press each, until none is left."""
    sign_in(page, town.url, "bofu")
    page.goto(f"{town.url}/staff/batches/")
    button = page.get_by_role("button", name="已拨付")
    for left in range(button.count(), 0, -1):
        button.first.click()
        page.wait_for_selector("text=转交的人会收到通知")
        assert button.count() == left - 1
    page.wait_for_selector("text=都拨付完了")


def december(page, town):
    page.goto(f"{town.url}/school/")
    return page.locator("section", has_text="12月助学金").last


def print_the_slips(page, town, name):
    """Print the batch; return the address in the code of one pupil's slip.

    The officer's own phone, signed in, is led to the pupil: that is how we know whose it is.
    """
    with page.expect_download() as download:
        december(page, town).get_by_role("button", name=re.compile("打印签收单")).click()
    codes = codes_in(Path(download.value.path()).read_bytes())
    stubs, homes = codes[::2], codes[1::2]
    assert all("/school/slips/" in one for one in stubs)
    for code in homes:
        page.goto(code)
        if name in page.inner_text("main"):
            return code
    raise AssertionError((name, codes, page.inner_text("main")))


def confirm_the_list(page, town, name):
    """State one exception, if there is another pupil, and confirm all others at once.

    Whose family was drawn in November gets December's another way: a small school has one line.
    """
    december(page, town).get_by_role("link", name=re.compile("一次确认")).click()
    others = page.locator(".hand-except").filter(has_not_text=name)
    has_another = others.count() > 0
    if has_another:
        others.first.locator("summary").click()
        others.first.locator("select").select_option("on_leave")
    page.get_by_role("button", name="其余的都交到了").click()
    page.wait_for_selector("text=位已转交")
    assert ("请假，先存着" in page.inner_text("main")) is has_another


def answer_by_the_slip(page, code, name):
    """Scan the family's half with a phone that nobody signed in on."""
    page.goto(code)
    assert "12月的助学金" in page.inner_text("main")
    assert name not in page.content()
    page.get_by_role("button", name="收到了", exact=True).click()
    page.wait_for_selector("text=您说：收到了")
