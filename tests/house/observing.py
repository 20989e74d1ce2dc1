"""Everything that one observer of a twin world gets: pages, what its forms answer, sheets, mail."""

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from flask import Flask, g, request
from flask.testing import FlaskClient
from sqlalchemy import event

from cli.twins import cast
from extensions import db
from gateways import order_sheets
from gateways.order_sheets import Line, Order
from privacy.viewers import Viewer
from services.accounts import accounts
from services.batches import orders
from services.gate import Card
from tests.house.crawl import Seen, crawl, look, samples_for, seen_of
from tests.house.forms import BY_NAME, WORDS, Form, forms_of, kind_of
from tests.plugins.examples import PROFILE
from vocabulary import clock
from vocabulary.dates import today
from vocabulary.enums import ExportKind
from web.core.access import DOOR_ROLES
from web.core.logs import JsonLine

Observations = dict[tuple[str, str], Seen]
TRIED = "X-Tried"
FORM = re.compile(r'<form[^>]*\smethod="post"[^>]*>', re.I)
ACTION = re.compile(r'action="(/[^"]*)"')
PART = re.compile(r"<(?:[a-z]+(?:\([^)]*\))?:)?[a-z_]+>")
MALFORMED = "%F0%9F%92'--"
# Drawn anew for each answer, whatever it says.
OF_ONE_ANSWER = re.compile(
    rb"""nonce="[^"]*"|name="csrf_token"[^>]*value="[^"]*"|value="[^"]*"[^>]*name="csrf_token\""""
)
# How much room the disk has is the machine's, not the history's.
OF_THE_MACHINE = re.compile(r"磁盘空着</dt><dd>[^<]*".encode())
TOOK = re.compile(r', "ms": \d+')
OF_A_KIND, ABSENT = 3, 404
EVERYTHING = {**BY_NAME, "text": WORDS, "words": WORDS, "reason": WORDS, "act": "send"}
LOGINS = cast.LOW | cast.COLLECTING
SECONDS = frozenset({
    "other_banner", "other_school", "third_donor", "other_family", "asked_guardian", "knowing",
    "other_reader", "paper_reader",
})  # fmt: skip
# They end the observer's own sign-in, or are another's way in.
NOT_TRIED, OWN_SIGN_IN = ("auth.", "static"), ("/account", "/logout", "/login")


def keep_nothing_that_is_tried(app: Flask) -> None:
    """Take back what a tried form would change, so that the next observer finds the same world."""

    @app.after_request
    def undo(response):
        if request.headers.get(TRIED):
            g.keep_nothing = True
        return response


def enter(app: Flask, observer: str, links: dict) -> FlaskClient:
    client = app.test_client()
    if observer in LOGINS:
        typed = {"login": LOGINS[observer].login, "password": cast.PASSWORD}
        assert client.post("/login", data=typed).status_code in (302, 303), observer
    elif observer == "class_teacher":
        path, code = links[observer]
        assert client.post(path, data={"code": code}).status_code in (302, 303)
    else:
        client.get(links[observer][0])
    return client


class _Lines(logging.Handler):
    """What a reader of the machine's log gets, but for how long each answer took."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonLine())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(TOOK.sub("", self.format(record)))


@contextmanager
def logged(app: Flask) -> Iterator[list[str]]:
    """Write what an installation writes into its log into a list."""
    handler, level = _Lines(), app.logger.level
    app.logger.addHandler(handler)
    app.logger.setLevel(logging.INFO)
    try:
        yield handler.lines
    finally:
        app.logger.removeHandler(handler)
        app.logger.setLevel(level)


@contextmanager
def counted(app: Flask) -> Iterator[list[int]]:
    """Count the statements; the number is part of what an observer who measures time gets."""
    count = [0]

    def one_more(*_: object) -> None:
        count[0] += 1

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", one_more)
    try:
        yield count
    finally:
        event.remove(engine, "before_cursor_execute", one_more)


def fetched(
    app: Flask,
    client: FlaskClient,
    observer: str,
    starts: Iterable[str],
    addresses: Iterable[str],
) -> Observations:
    """Every link from the starts, then every rule with sample, missing and malformed handles."""
    with counted(app) as count:

        def seen(_client: FlaskClient, address: str) -> Seen:
            before = count[0]
            found = look(_client, address)
            body = OF_THE_MACHINE.sub(b"", found.body)
            return replace(found, body=body, statements=count[0] - before)

        found = crawl(client, starts, look=seen)
        found |= {a: seen(client, a) for a in addresses if a not in found}
    return {(observer, address): one for address, one in found.items()}


def attempts(app: Flask, observer: str, refs: Mapping[str, list[str]]) -> list[tuple[str, str]]:
    """(method, address) of every rule of the observer's doors: forms, and malformed handles.

    What stands behind others' doors the people of the town try (tests/house/matrix.py).
    """
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith(NOT_TRIED) or not _is_door_of(observer, app, rule.endpoint):
            continue
        if rule.arguments and "GET" in (rule.methods or ()):
            found.append(("GET", PART.sub(MALFORMED, rule.rule)))
        if "POST" in (rule.methods or ()):
            handle = samples_for(rule, refs)[0] if rule.arguments else ""
            found.append(("POST", PART.sub(handle, rule.rule)))
    return list(dict.fromkeys(found))


def asked_of(app: Flask, observer: str) -> Callable[[str], bool]:
    """Say at which endpoints an observer of the story looks: behind his own doors.

    Behind others' the people of the town look (tests/house/matrix.py), and all with make test-full.
    """

    def is_asked(endpoint: str) -> bool:
        is_thorough = PROFILE == "full" and observer not in SECONDS
        return is_thorough or _is_door_of(observer, app, endpoint)

    return is_asked


def opens_to(app: Flask, observer: str) -> Callable[[str], bool]:
    """Say which endpoints may open to an observer at all: his own doors, and those open to all."""

    def may_open(endpoint: str) -> bool:
        is_open = not getattr(app.view_functions[endpoint], DOOR_ROLES, None)
        return is_open or _is_door_of(observer, app, endpoint)

    return may_open


def _is_door_of(observer: str, app: Flask, endpoint: str) -> bool:
    roles = getattr(app.view_functions[endpoint], DOOR_ROLES, frozenset())
    known = LOGINS.get(observer)
    return known.role in roles if known else isinstance(roles, str) or not roles


def attempted(
    client: FlaskClient, observer: str, tried: Iterable[tuple[str, str]], seen: Observations
) -> Observations:
    """What each form answers when it is sent empty: those of every rule, and those on one's pages."""
    pages = [
        one.body.decode("utf-8", "ignore") for (who, _), one in seen.items() if who == observer
    ]
    shown = [
        ("POST", action[1])
        for page in pages
        for form in FORM.findall(page)
        if (action := ACTION.search(form)) and not action[1].startswith(OWN_SIGN_IN)
    ]
    ways = dict.fromkeys([*tried, *_some_of_each(dict.fromkeys(shown))])
    return {(observer, f"{method} {a}"): ask(client, method, a) for method, a in ways}


def filled(
    client: FlaskClient,
    observer: str,
    tried: Iterable[tuple[str, str]],
    refs: Mapping[str, list[str]],
    seen: Observations,
) -> Observations:
    """What each form answers when it is sent filled in: from one's pages, and to others' handles.

    A form of a rule is filled like one of its kind that was seen on a page; what none was seen of
    goes out with a bit of everything.
    """
    shown, kinds = _shown_forms(observer, seen), {}
    for one in shown:
        kinds.setdefault(kind_of(one.action), one.sent)
    ways = {("POST", one.action): one.sent for one in _first_of_each(shown)}
    for _, address in (way for way in tried if way[0] == "POST"):
        for other in _with_others(address, refs):
            ways.setdefault(("POST", other), kinds.get(kind_of(other), EVERYTHING))
    found: Observations = {}
    for (method, address), sent in ways.items():
        kept = dict(client._cookies)  # a form may sign its sender out
        found[observer, f"filled {address}"] = ask(client, method, address, sent)
        client._cookies.clear()
        client._cookies.update(kept)
    return found


def _shown_forms(observer: str, seen: Observations) -> list[Form]:
    found = [
        form
        for (who, address), one in seen.items()
        if who == observer and one.status != ABSENT and one.body[:40].lstrip().startswith(b"<!")
        for form in forms_of(one.body.decode("utf-8", "ignore"), address)
    ]
    return [one for one in found if not one.action.startswith(OWN_SIGN_IN)]


def _first_of_each(forms: Iterable[Form]) -> list[Form]:
    """Keep a few forms of each kind, each way of filling it once."""
    counts: Counter[str] = Counter()
    kept = []
    for one in {(one.action, tuple(one.sent.items())): one for one in forms}.values():
        kind = kind_of(one.action)
        counts[kind] += 1
        if counts[kind] <= OF_A_KIND:
            kept.append(one)
    return kept


def _with_others(address: str, refs: Mapping[str, list[str]]) -> list[str]:
    """Return an address with its own handle, another's, a missing and a malformed one."""
    own = next((ref for found in refs.values() for ref in found if f"/{ref}" in address), None)
    if own is None:
        return [address]
    others = next(found for found in refs.values() if own in found)
    return [address.replace(own, ref) for ref in (*others, "MISSING", MALFORMED)]


def _some_of_each(ways: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """A few forms of each kind: a list's PDF takes a second to draw, and all are drawn alike."""
    kinds: Counter[str] = Counter()
    for way in ways:
        kind = way[1].rpartition("/")[2]
        kinds[kind] += 1
        if kinds[kind] <= OF_A_KIND:
            yield way


def ask(
    client: FlaskClient, method: str, address: str, form: Mapping[str, str] | None = None
) -> Seen:
    """Send a request whose traces are taken back. Its cookie tells what the next page will say."""
    return seen_of(client.open(address, method=method, data=form, headers={TRIED: "1"}))


def searched(client: FlaskClient, secret: Iterable[str]) -> Seen:
    """What a search answers to each beginning of what is secret, and to a word that is nobody's.

    What was typed stands on the page again; it is taken out. One answer to all: nothing was found.
    """
    pages = set()
    for word in (*secret, "㵘㵘㵘㵘"):
        for end in range(2 if not word.isdigit() else 5, len(word) + 1):
            client.post("/staff/children/find", data={"q": word[:end]})
            page = client.get("/staff/children/?found=yes").get_data()
            pages.add(OF_ONE_ANSWER.sub(b"", page).replace(word[:end].encode(), b""))
    return Seen(len(pages), (), b"".join(sorted(pages)))


def exported(app: Flask, links: Mapping[str, list[str]]) -> Observations:
    """The sheets that staff take out, part by part: what a reader of the file's insides finds."""
    kinds = {
        "case_worker": (ExportKind.CHILDREN, ExportKind.STIPENDS),
        "paying_desk": (ExportKind.BATCHES,),
    }
    found: Observations = {}
    for observer, wanted in kinds.items():
        client = enter(app, observer, links)
        region = cast.LOW[observer].region_code
        for kind in wanted:
            form = {"kind": kind.value, "region": region, "month": "2026-09", "reason": "核对名单"}
            assert client.post("/staff/exports/", data=form).status_code == 303, (observer, kind)
            code = re.search(r"/staff/exports/(\w+)\.xlsx", client.get("/staff/exports/").text)
            assert code, observer
            sheet = client.post(code[0])
            whole = seen_of(sheet)
            for name, inside in _parts_of(whole.body):
                found[observer, f"xlsx {kind.value} {name}"] = replace(whole, body=inside)
    return found


def ordered(app: Flask) -> Observations:
    """Every payment order as the bank got it, drawn anew: its table part by part, and its paper.

    An order that is over is handed out no more: its lines are read past the desk.
    """
    found: Observations = {}
    with app.app_context():
        by = accounts.viewer_by_login(db.session(), cast.LOW["paying_desk"].login, now=clock.now())
        for card in orders.listing(db.session(), by):
            kept = _as_kept(orders.detail(db.session(), by, card["ref"]), by)
            for name, inside in _parts_of(order_sheets.table(kept)):
                found["paying_desk", f"order {kept.ref} {name}"] = Seen(200, (), inside)
    return found


def _as_kept(card: Card, by: Viewer) -> Order:
    lines = orders._lines_of(db.session(), by, card["ref"])
    return Order(
        ref=card["ref"],
        made_on=today(card["made_at"]),
        made_by=card["made_by_name"],
        payer="微光",
        payer_account="0",
        total_fen=card["fen"],
        total_words="",
        digest=card["digest"],
        lines=[
            Line(*(one[k] for k in ("payee", "number", "bank", "fen", "words"))) for one in lines
        ],
    )


def _parts_of(workbook: bytes) -> Iterator[tuple[str, bytes]]:
    yield "whole", workbook  # also what stands between and behind the parts
    with ZipFile(BytesIO(workbook)) as parts:
        for part in parts.infolist():
            yield part.filename, repr((part.date_time, part.filename)).encode() + parts.read(part)


def mailed(app: Flask, *, but_to: set[str]) -> Observations:
    """Every message that went out to somebody else, in order."""
    folder: Path = app.config["SETTINGS"].instance / "outbox"
    found: Observations = {}
    for file in sorted(folder.glob("*.log")):
        lines = [line.split("\t") for line in file.read_text(encoding="utf-8").splitlines()]
        others = [line for line in lines if len(line) > 1 and line[1] not in but_to]
        assert others, file.name
        for n, line in enumerate(others):
            found["others", f"mail {file.stem} {n}"] = Seen(0, (), "\t".join(line).encode())
    return found


def differing(one: Observations, other: Observations) -> list[tuple[str, str]]:
    """Where two worlds are not the same to the byte."""
    return [key for key in sorted(one.keys() | other.keys()) if one.get(key) != other.get(key)]


# Numbers that pages count or choose by; no row is known by one.
COUNTED = re.compile(r"^(?:expired|page|step|before|banner|month|class_grade|rowspan)=")
IN_ADDRESS = re.compile(r"""(?:href|action|src)="(/[^"#]*)""")
IN_FIELD = re.compile(r'<input[^>]*type="hidden"[^>]*>|\sdata-[\w-]+="\d+"')
A_NUMBER = re.compile(r'(?:value|data-[\w-]+)="(\d+)"')


def numbers_of_rows(seen: Observations) -> list[tuple[str, str]]:
    """Addresses with a part that is a bare number, and hidden fields that hold one."""
    found = set()
    for (who, at), one in seen.items():
        page = one.body.decode("utf-8", "ignore") if one.body[:1] == b"<" else ""
        for address in IN_ADDRESS.findall(page):
            path, _, query = address.partition("?")
            parts = [*path.split("/"), *(q for q in query.split("&amp;") if not COUNTED.match(q))]
            if any(part.rpartition("=")[2].isdecimal() for part in parts):
                found.add((who, address))
        for field in IN_FIELD.findall(page):
            if A_NUMBER.search(field):
                found.add((who, f"{at} {field}"))
    return sorted(found)
