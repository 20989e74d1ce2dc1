"""What is asked of every page: it fits, it has one title, it is Chinese, nothing complains."""

import re

from axe_playwright_python.sync_playwright import Axe

from cli.demo import cast

WIDTHS = (1440, 360, 320)
# Latin words that a reader here knows: file types, what a code looks like, the products' names.
KNOWN = {
    "xlsx",
    "xls",
    "csv",
    "jpg",
    "png",
    "webp",
    "webm",
    "http",
    "https",
    "weiguang",
    "demo",
    # The command by which a donor checks his own entry: python check_entry.py entry-….json
    *("python", "check", "entry", "json"),
} | {word for one in cast.logins() for word in one.login.split(".")}
CODE = re.compile(r"\S*[\d@/]\S*")
ENGLISH = re.compile(r"[A-Za-z]*[a-z]{3,}")
OVERFLOW = """() => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide <= 0) return "";
  const right = document.documentElement.clientWidth;
  const out = [...document.querySelectorAll("body *")].filter(
    one => one.getBoundingClientRect().right > right + 1);
  const last = out.at(-1) || document.body;
  const name = last.tagName.toLowerCase();
  return `${wide}px wider than the screen: <${name} class="${last.className}">`;
}"""
AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
    "resultTypes": ["violations"],
}
GRAVE = {"serious", "critical"}


def listen(page):
    """Return the list that the page's complaints will be put into: scripts, policy, lost files."""
    said = []
    page.on("console", lambda line: line.type in {"error", "warning"} and said.append(line.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def faults(page):
    """Return what is wrong with the page that is open, in sentences."""
    found = [f"{page.locator('h1').count()} h1"] if page.locator("h1").count() != 1 else []
    if words := english_on(page):
        found.append(f"English: {words}")
    own = 1440 if page.locator("body.staff").count() else 360
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 780})
        if wide := page.evaluate(OVERFLOW):
            found.append(f"at {width}: {wide}")
        if width == own:
            found += [f"at {width}: {one}" for one in barriers(page)]
    return found


def english_on(page):
    """Return the English words that a reader sees, without codes, addresses and logins."""
    text = page.inner_text("body") + " " + page.title()
    words = {word for word in ENGLISH.findall(CODE.sub(" ", text)) if word.lower() not in KNOWN}
    return sorted(words)


def barriers(page):
    """Return axe's serious and critical findings."""
    report = Axe().run(page, options=AXE).response
    return [
        f"{one['id']} ({one['impact']}): {one['nodes'][0]['html'][:160]}"
        for one in report["violations"]
        if one["impact"] in GRAVE
    ]
