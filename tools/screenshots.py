"""Take the handbook's pictures anew: `make screenshots`.

Builds the demo world in a temporary folder, walks a few steps of its story, and keeps small PNGs
under stable names in docs/handbook/pictures/. WORLD as first argument uses a world built before.
"""

import os
import re
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.plugins.chromium import FLAGS, REMEDY, find_chromium
from tools import town as towns
from tools.slip_codes import codes_in
from tools.town import Town, sign_in
from vocabulary.dates import at

PICTURES = Path(__file__).parent.parent / "docs" / "handbook" / "pictures"
PHONE, DESK = 360, 1440
TEACHER_PHONE = "13900000095"
HEIGHTS = {PHONE: 780, DESK: 900}
TALLEST = {PHONE: 1500, DESK: 900}
MOST_BYTES = 120 * 1024
CHINESE = {**os.environ, "LANGUAGE": "zh_CN"}  # how a field writes its date
LIGHT = (0xF6, 0xC6, 0x5B)
SILENT_SCHOOL = "xuexiao2.aohan"
DONOR_PHONE = "13800000001"


class Album:
    """Opens pages in contexts of their own and keeps what they show."""

    def __init__(self, browser: Any, town: Town) -> None:
        self.browser = browser
        self.town = town

    def page(self, width: int, login: str = "") -> Any:
        """Open a page of a width, signed in if a login is given."""
        viewport = {"width": width, "height": HEIGHTS[width]}
        page = self.browser.new_context(
            viewport=viewport, reduced_motion="reduce", locale="zh-CN"
        ).new_page()
        if login:
            sign_in(page, self.town.url, login)
        return page

    def look(self, page: Any, path: str) -> Any:
        """Open a path of the town. Raises when it does not answer with a page."""
        answer = page.goto(path if path.startswith("http") else self.town.url + path)
        if answer.status >= 400:
            sentence = f"{path} answered {answer.status}"
            raise RuntimeError(sentence)
        return page

    def keep(self, page: Any, name: str) -> None:
        """Keep a picture: the page from its top, as tall as it is but no taller than a screen or two."""
        width = page.viewport_size["width"]
        tall = page.evaluate("document.documentElement.scrollHeight")
        page.evaluate("document.activeElement && document.activeElement.blur()")
        page.evaluate("scrollTo(0, 0)")
        page.evaluate("document.querySelectorAll('.toast').forEach(one => one.remove())")
        height = max(HEIGHTS[DESK] if width == DESK else 0, min(tall, TALLEST[width]))
        page.set_viewport_size({"width": width, "height": height})
        picture = page.screenshot(animations="disabled")
        (PICTURES / f"{name}-{width}.png").write_bytes(_small(picture))
        page.set_viewport_size({"width": width, "height": HEIGHTS[width]})

    def take(self, name: str, path: str, login: str = "", *, widths: tuple[int, ...]) -> None:
        """Look at one path in each width and keep it."""
        for width in widths:
            page = self.look(self.page(width, login), path)
            self.keep(page, name)
            page.context.close()


def _small(picture: bytes) -> bytes:
    """Return the PNG with as many colours as fit into MOST_BYTES, the page's own ones exact."""
    image = Image.open(BytesIO(picture)).convert("RGB")
    packed = b""
    for exact in (96, 48, 24):
        out = BytesIO()
        image.quantize(palette=_palette(image, exact), dither=Image.Dither.NONE).save(
            out, "PNG", optimize=True
        )
        packed = out.getvalue()
        if len(packed) <= MOST_BYTES:
            break
    return packed


def _palette(image: Image.Image, exact: int) -> Image.Image:
    """Take the light of the flower, the commonest colours as they are, and a cut of the rest."""
    found = image.getcolors(image.width * image.height) or []
    common = [colour for _, colour in sorted(found, reverse=True)[:exact]]
    cut = image.quantize(32, dither=Image.Dither.NONE).getpalette() or []
    flat = [value for colour in (LIGHT, *common) for value in colour] + cut
    palette = Image.new("P", (1, 1))
    palette.putpalette((flat + [0] * 768)[:768])
    return palette


def public(album: Album) -> None:
    """The pages of strangers, and a pledge from its form to how to pay."""
    album.take("home", "/", widths=(PHONE, DESK))
    album.take("totals", "/totals", widths=(PHONE, DESK))
    album.take("login", "/login", widths=(PHONE,))
    album.take("pledge", "/pledge", widths=(DESK,))
    page = album.look(album.page(PHONE), "/pledge")
    album.keep(page, "pledge")
    page.fill("input[name=contact]", "13900004172")
    page.get_by_text("这个孩子不是我的亲属").click()
    page.get_by_role("button", name="下一步：核对").click()
    page.wait_for_selector("h1:has-text('核对一遍')")
    album.keep(page, "pledge-check")
    page.get_by_role("button", name="说好了").click()
    page.wait_for_selector("h1:has-text('说好了')")
    album.keep(page, "pledge-pay")
    page.fill("input[name=amount]", "100")
    page.get_by_role("button", name="我已付款").click()
    page.wait_for_selector("text=等银行到账")


def donor(album: Album) -> None:
    """A donor of some months, by a new private link."""
    page = album.look(album.page(PHONE), "/relink")
    page.fill("input[name=contact]", DONOR_PHONE)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()
    album.town.command("jobs", "run", "notices")
    link = album.town.newest_link("/d/", to=DONOR_PHONE)
    for width in (PHONE, DESK):
        page = album.look(album.page(width), link)
        album.keep(page, "donor")
    page = album.look(album.page(PHONE), link)
    page.get_by_role("link", name=re.compile("看全部")).first.click()
    page.wait_for_url("**/donor/children/**")
    album.keep(page, "donor-child")
    _open(page, album, link, "暂停")
    album.keep(page, "donor-pause")
    _open(page, album, link, "停止")
    album.keep(page, "donor-stop")


def _open(page: Any, album: Album, link: str, words: str) -> None:
    album.look(page, link)
    page.get_by_text("管理这份认捐").first.click()
    page.get_by_role("link", name=words).first.click()
    page.wait_for_load_state()


def school(album: Album) -> None:
    """A list that waits, its class teacher, exceptions first, and the family's slip."""
    page = album.look(album.page(PHONE, SILENT_SCHOOL), "/school/")
    album.keep(page, "school")
    batch = page.get_by_role("link", name=re.compile("一次确认")).first.get_attribute("href") or ""
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("打印签收单")).first.click()
    code = codes_in(Path(download.value.path()).read_bytes())[1]
    album.look(page, code)
    album.keep(page, "school-slip")
    _class_teacher(album, page)
    album.look(page, batch)
    page.locator(".hand-except summary").first.click()
    page.locator(".hand-except select").first.select_option("on_leave")
    album.keep(page, "school-confirm")
    page.get_by_role("button", name="其余的都交到了").click()
    page.wait_for_selector("text=位已转交")
    album.keep(page, "school-done")
    album.take("school", "/school/", SILENT_SCHOOL, widths=(DESK,))
    _family(album, code)


def _class_teacher(album: Album, page: Any) -> None:
    album.look(page, "/school/")
    page.get_by_role("link", name="把一个班的名单交给班主任").first.click()
    page.locator("label.chip").first.click()
    page.fill("input[name=phone]", TEACHER_PHONE)
    page.get_by_role("button", name="生成链接").click()
    page.wait_for_selector("text=一两分钟就到")
    album.keep(page, "school-class-link")
    album.town.command("jobs", "run", "notices")
    digits = album.town.newest_code(to=TEACHER_PHONE)
    link = (re.search(r"http\S+/c/[A-Z0-9]+", page.content()) or [""])[0]
    teacher = album.look(album.page(PHONE), link)
    teacher.fill("input[name=code]", digits)
    teacher.get_by_role("button", name="打开名单").click()
    teacher.wait_for_url("**/c/")
    album.keep(teacher, "teacher")


def _family(album: Album, code: str) -> None:
    page = album.look(album.page(PHONE), code)
    album.keep(page, "family")
    page.get_by_role("button", name="收到了", exact=True).click()
    page.wait_for_selector("text=您说：收到了")
    album.keep(page, "family-answered")
    album.look(page, "/family/wrong-sum")
    album.keep(page, "family-wrong-sum")


def village_and_volunteer(album: Album) -> None:
    """The child director and the volunteer."""
    page = album.look(album.page(PHONE, "ertong.elunchun"), "/village/")
    album.keep(page, "village")
    page.get_by_role("link", name="记回答").first.click()
    page.wait_for_url("**/answer")
    album.keep(page, "village-answer")
    album.take("volunteer", "/volunteer/", "mama", widths=(PHONE,))


def case_staff(album: Album) -> None:
    """Dashboard, queue, children, lists and disputes."""
    worker, approver = "jingban.elunchun", "shenpi.elunchun"
    album.take("dashboard", "/staff/", worker, widths=(PHONE, DESK))
    album.take("queue", "/staff/matches/", approver, widths=(PHONE, DESK))
    album.take("notices", "/staff/notices/", approver, widths=(DESK,))
    page = album.look(album.page(PHONE, approver), "/staff/matches/")
    page.locator(".queue-row").first.click()
    page.wait_for_load_state()
    album.keep(page, "queue-detail")
    for name, path in (
        ("children", "/staff/children/"),
        ("child-new", "/staff/children/new"),
        ("stipends", "/staff/stipends/"),
        ("disputes", "/staff/disputes"),
        ("gap-fund", "/staff/gap-fund/"),
        ("pledges", "/staff/pledges/?show=matched"),
        ("volunteers", "/staff/volunteers/"),
        ("schools", "/staff/schools/"),
    ):
        album.take(name, path, worker, widths=(DESK,))
    page = album.look(album.page(DESK, worker), "/staff/children/")
    page.locator("table tbody a").first.click()
    page.wait_for_load_state()
    album.keep(page, "child")
    _import(album, worker)


def _import(album: Album, login: str) -> None:
    page = album.look(album.page(DESK, login), "/staff/imports/")
    page.locator("label", has_text="困境儿童花名册").click()
    sample = Path(__file__).parent.parent / "tests" / "samples" / "困境儿童花名册.xlsx"
    page.set_input_files("input[type=file]", sample)
    album.keep(page, "import")
    page.get_by_role("button", name="读表，先看一遍").click()
    page.wait_for_selector("text=看一遍，没问题就确认")
    album.keep(page, "import-preview")


def _statement(album: Album) -> None:
    """A bank's statement about references that were given out, and about other things."""
    page = album.look(album.page(DESK, "shoukuan"), "/staff/receipts/")
    known = list(dict.fromkeys(re.findall(r"AX\d{6}", page.content())))[:4]
    slip = known[3][:-2] + known[3][-1] + known[3][-2]
    lines = (
        *(f",100.00,某人,助学 {reference}" for reference in known[:3]),
        f",100.00,某人,{slip}",
        ",20.50,某人,爱心捐款",
        "800.00,,某学校,FK7KQ2MX",
        ",3.21,,结息",
    )
    day = f"{album.town.now:%Y%m%d}"
    rows = [f"{day},{line},{number}" for number, line in enumerate(lines, 1)]
    header = "交易日期,借方发生额,贷方发生额,对方户名,摘要,流水号"
    album.look(page, "/staff/statements/")
    page.set_input_files(
        "input[type=file]",
        {
            "name": "银行流水.csv",
            "mimeType": "text/csv",
            "buffer": "\n".join((header, *rows)).encode(),
        },
    )
    page.get_by_role("button", name="读流水，先看一遍").click()
    page.wait_for_selector("text=看一遍，没问题就确认")
    album.keep(page, "statement")


def desks(album: Album) -> None:
    """Money, custody, audit, figures and accounts; the paying desk on the first of next month."""
    album.take("receipts", "/staff/receipts/", "shoukuan", widths=(DESK,))
    _statement(album)
    album.take("custody", "/staff/custody/", "baomi", widths=(DESK,))
    album.take("statistics", "/staff/", "tongji", widths=(DESK,))
    album.take("books", "/staff/books/", "shenji", widths=(DESK,))
    album.take("accounts", "/staff/accounts/", "admin", widths=(DESK,))
    page = album.look(album.page(DESK, "admin"), "/staff/accounts/")
    page.locator("table tbody a").first.click()
    page.wait_for_load_state()
    album.keep(page, "account")
    album.take("health", "/staff/health/", "admin", widths=(DESK,))
    album.town.now = at(date(2026, 12, 1), 9)
    album.town.command("stipends", "run")
    album.take("batches", "/staff/batches/", "bofu", widths=(DESK,))


CHAPTERS: tuple[Callable[[Album], None], ...] = (
    public,
    donor,
    village_and_volunteer,
    case_staff,
    school,
    desks,
)


def main(world: str = "", *chapters: str) -> None:
    """Take all pictures, or those of the chapters named."""
    chromium = find_chromium()
    if chromium is None:
        raise SystemExit(REMEDY)
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        built = Path(world) if world else Path(folder) / "world"
        if not world:
            print("building the demo world, a minute or two", flush=True)
            built.mkdir()
            towns.build(built)
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS, env=CHINESE)
        with towns.town(built, Path(folder) / "town") as town:
            album = Album(browser, town)
            for chapter in CHAPTERS:
                if not chapters or chapter.__name__ in chapters:
                    print(chapter.__name__, flush=True)
                    chapter(album)
        browser.close()
    taken = sorted(PICTURES.glob("*.png"))
    size = sum(one.stat().st_size for one in taken)
    print(f"{len(taken)} pictures, {size // 1024} KB in {PICTURES}")


if __name__ == "__main__":
    main(*sys.argv[1:])
