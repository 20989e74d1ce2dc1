"""From outside: two installations with other donors, two real servers, and a reader who knows HTTP.

It imports nothing of the house: what it compares are the bytes that came over the wire, header by
header in their order, for everybody whom `twin-seed` lets in. Each installation has keys and a
hash seed of its own.
"""

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from html import unescape
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SEED = "7"
DONORS = (
    {"name": "白鹤", "phone": "13000000003", "city": "鞍山", "employer": "第一林场",
     "account": "1000200030004000", "pay_in_day": 1, "seen_at": "00:05"},
    {"name": "祖丽·热合曼", "phone": "zuli@example.org", "city": "漳州", "employer": "邹记木器",
     "account": "9999888877776666", "pay_in_day": "2026-10-31", "seen_at": "23:59"},
)  # fmt: skip
PAGES_A_ROLE = 6
PATIENCE_SECONDS = 120
LINK = re.compile(r"""<(?:a|link|form|img|script)\b[^>]*?\s(?:href|action|src)="(/[^"#]*)""")
GET_FORM = re.compile(r"<form\b(?![^>]*\bmethod=\"post\")([^>]*)>(.*?)</form>", re.S | re.I)
FIELD = re.compile(r"<(?:input|select|textarea)\b[^>]*?\sname=\"([^\"]+)\"[^>]*>")
VALUE = re.compile(r"\svalue=\"([^\"]*)\"")
TOKEN = re.compile(r"name=\"csrf_token\"[^>]*?value=\"([^\"]*)\"")
TOOK = re.compile(r', "ms": \d+')
Answer = tuple[int, tuple[tuple[str, str], ...], bytes]


class Reader:
    """A browser of the least kind: it keeps cookies, and every byte it gets."""

    def __init__(self, port: int) -> None:
        self.wire = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
        self.cookies: dict[str, str] = {}

    def ask(self, address: str, form: dict[str, str] | None = None) -> Answer:
        """Send one request, and return the answer as it came but for its date."""
        sent = {"Host": "weiguang.example", "Connection": "keep-alive"}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        body = urlencode(form).encode() if form is not None else None
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        self.wire.request("POST" if form is not None else "GET", address, body, sent)
        came = self.wire.getresponse()
        told = (one for one in came.getheaders() if one[0] != "Date")
        headers = (("", came.reason), *told)
        for name, value in headers:
            if name == "Set-Cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return came.status, headers, came.read()

    def sign_in(self, login: str, password: str) -> Answer:
        """Fill in the sign-in as somebody would."""
        return self.type_in("/login", login=login, password=password)

    def type_in(self, address: str, **typed: str) -> Answer:
        """Fill in a page's one form."""
        page = self.ask(address)[2].decode()
        token = unescape(TOKEN.search(page).group(1))
        return self.ask(address, {"csrf_token": token, **typed})

    def walk(self, start: list[str]) -> dict[str, Answer]:
        """Follow links, redirects and forms that ask, breadth first."""
        found: dict[str, Answer] = {}
        waiting = list(start)
        while waiting and len(found) < PAGES_A_ROLE:
            address = waiting.pop(0)
            if address in found or address.startswith(("/static/", "/login", "/logout")):
                continue
            found[address] = answer = self.ask(address)
            waiting += leads(answer, address)
        return found


def leads(answer: Answer, address: str) -> list[str]:
    """Return where an answer leads: its redirect, its links, its forms that only ask."""
    _, headers, body = answer
    text = body.decode("utf-8", "replace") if not body.startswith(b"%PDF") else ""
    to = [dict(headers)["Location"]] if "Location" in dict(headers) else []
    to += [unescape(link) for link in LINK.findall(text)]
    for attributes, inside in GET_FORM.findall(text):
        action = re.search(r'action="([^"]*)"', attributes)
        fields = {
            m.group(1): unescape(v.group(1)) if (v := VALUE.search(m.group(0))) else ""
            for m in FIELD.finditer(inside)
        }
        to.append(f"{action.group(1) if action else address.partition('?')[0]}?{urlencode(fields)}")
    return [one for one in to if one.startswith("/")]


def environment(folder: Path, number: int) -> dict[str, str]:
    """Name an installation of its own; nothing of the tests' or the machine's leaks in."""
    return {
        "PATH": os.environ["PATH"],
        "INSTANCE_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'weiguang.db'}",
        "KEYS_DIR": str(folder / "keys"),
        "PUBLIC_URL": "http://weiguang.example",
        "PYTHONHASHSEED": str(number),
    }


def flask(*args: str) -> list[str]:
    return [sys.executable, "-m", "flask", "--app", "app", *args]


def seeded(folders: list[Path]) -> list[dict]:
    """Build both installations side by side; return what each command printed."""
    with ThreadPoolExecutor(len(folders)) as side_by_side:
        return list(side_by_side.map(_seeded, folders, DONORS, (1, 2)))


def _seeded(folder: Path, donor: dict, number: int) -> dict:
    folder.mkdir()
    file = folder / "donor.json"
    file.write_text(json.dumps(donor, ensure_ascii=False), encoding="utf-8")
    done = subprocess.run(
        flask("twin-seed", "--donor-json", str(file), "--seed", SEED),
        cwd=ROOT,
        env=environment(folder, number),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@contextmanager
def served(folder: Path, number: int) -> Iterator[int]:
    """Serve an installation as a reviewer would; yield its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = environment(folder, number) | {"TWIN_SEED": SEED, "PORT": str(port)}
    with (folder / "said").open("wb") as said:
        server = subprocess.Popen(flask("serve"), cwd=ROOT, env=env, stdout=said, stderr=said)
    try:
        _await(port, server)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def _await(port: int, server: subprocess.Popen) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(server.poll())


def looked_at(port: int, roles: dict) -> dict[tuple[str, str], Answer]:
    """Let everybody whom the command printed come in and walk."""
    seen: dict[tuple[str, str], Answer] = {}
    for role, way in sorted(roles.items()):
        reader = Reader(port)
        start = [urlsplit(link).path for link in way["links"]]
        if way["login"]:
            seen[role, "POST /login"] = reader.sign_in(way["login"], way["password"])
        if "code" in way:
            seen[role, "POST code"] = reader.type_in(start[0], code=way["code"])
        seen |= {(role, address): one for address, one in reader.walk(start).items()}
        reader.wire.close()
    return seen


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory):
    """Both servers' answers, what the commands printed, and what each wrote into its log."""
    base = tmp_path_factory.mktemp("servers")
    folders = [base / "one", base / "two"]
    told = seeded(folders)
    with ExitStack() as stack:
        ports = [stack.enter_context(served(f, n)) for n, f in enumerate(folders, start=1)]
        seen = [looked_at(port, one["roles"]) for port, one in zip(ports, told, strict=True)]
    logs = [TOOK.sub("", (f / "logs" / "weiguang.log").read_text("utf-8")) for f in folders]
    return told, seen, logs


def test_both_commands_print_the_same_ways_in(twins) -> None:
    (one, other), _, _ = twins

    assert one == other
    assert one["seed"] == int(SEED)


def test_two_real_servers_differ_in_no_byte_and_no_headers_order(twins) -> None:
    _, (one, other), _ = twins

    assert list(one) == list(other)  # the same walk, in the same order
    assert [key for key in one if one[key] != other[key]] == []


def test_nothing_of_a_donor_came_over_the_wire(twins) -> None:
    _, seen, _ = twins
    for donor, answers in zip(DONORS, seen, strict=True):
        said = [str(donor[k]).encode() for k in ("name", "phone", "city", "employer", "account")]
        assert [key for key, (_, _, body) in answers.items() if any(s in body for s in said)] == []


def test_the_machines_logs_are_the_same_but_for_how_long_it_took(twins) -> None:
    _, _, (one, other) = twins

    assert one.count("\n") > 50
    assert one == other


def test_everybody_came_in_and_saw_a_page_of_his_own(twins) -> None:
    (told, _), (one, _), _ = twins
    opened = {role for (role, address), (status, _, _) in one.items() if status == 200}

    assert opened == told["roles"].keys()
    signed_in = {role for role, way in told["roles"].items() if way["login"]}
    assert {one[role, "POST /login"][0] for role in signed_in} <= {302, 303}
    assert one["class_teacher", "POST code"][0] in {302, 303}
    assert len(one) > 120
