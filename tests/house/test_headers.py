"""One header policy on every rule, method and error, read off answers and not off the code."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, abort, g
from sqlalchemy.exc import OperationalError
from werkzeug.test import Client, TestResponse
from werkzeug.wrappers import Response

from gateways import file_copies, slip_drawing
from services import trace
from tests.factories import PASSWORD, a_child, a_school, an_account
from tests.house.decided import DECIDED
from tests.house.places import Town
from tests.house.test_authorisation import (
    absent,
    address,
    enter,
    rules,
    town,  # noqa: F401 the fixture
)
from vocabulary.enums import Role
from web.core.headers import FIXED
from web.core.static import served_by_whitenoise

POLICY = {
    "default-src": "'none'", "script-src": "'self' 'nonce-N'", "style-src": "'self'",
    "img-src": "'self' data: blob:", "font-src": "'self'", "connect-src": "'self'",
    "form-action": "'self'", "base-uri": "'none'", "frame-ancestors": "'none'",
    "manifest-src": "'self'",
}  # fmt: skip
ISOLATED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
}
VALIDATORS = {"ETag", "Last-Modified", "Expires", "Age"}
TELLING = {"Server", "X-Powered-By", "Via", "X-Response-Time", "Server-Timing"}


def faults(answer: TestResponse, *, is_file: bool = False) -> list[str]:
    """What an answer's headers lack or have too many; a static file may be kept."""
    headers = answer.headers
    found = [name for name, value in (FIXED | ISOLATED).items() if headers.get(name) != value]
    found += [name for name in (TELLING | VALIDATORS) & set(headers.keys()) if not is_file]
    policy = re.sub(
        r"'nonce-[A-Z0-9]{26}'", "'nonce-N'", headers.get("Content-Security-Policy", "")
    )
    parts = dict(part.split(" ", 1) for part in policy.split("; ") if " " in part)
    found += [] if is_file or parts == POLICY else [policy]
    found += [] if is_file or headers.get_all("Cache-Control") == ["no-store"] else ["kept"]
    found += [name for name, _ in headers if name.startswith("Access-Control-")]
    is_text = (answer.mimetype or "").startswith("text/")
    found += ["charset"] if is_text and answer.mimetype_params.get("charset") != "utf-8" else []
    return found


def sights(app: Flask, built: Town) -> Iterator[tuple[str, str, TestResponse]]:
    """Every rule by every method, as a stranger and as one who may enter it."""
    for rule in rules(app):
        if rule.endpoint == "static":
            continue
        roles, kind = DECIDED.get(rule.endpoint, (set(), "?"))
        who = next((one for one in sorted(roles) if not kind or (one, kind) in built.own), "public")
        own = built.own.get((who, kind), "") if kind else ""
        for method in sorted(rule.methods or ()):
            yield (
                rule.endpoint,
                method,
                app.test_client().open(address(rule, absent(rule)), method=method),
            )
            if own or not rule.arguments:
                yield (
                    rule.endpoint,
                    method,
                    enter(app, built, who).open(address(rule, own), method=method),
                )


@pytest.mark.slow
def test_every_rule_answers_every_method_under_one_policy(
    town: tuple[Flask, Town],  # noqa: F811
    monkeypatch,
) -> None:
    app, built = town
    for paper in (slip_drawing, file_copies):  # a paper's headers are the same, whatever is drawn
        monkeypatch.setattr(paper, "draw", lambda *_args, **_more: b"%PDF-")
    wrong, opened = [], set()
    for endpoint, method, answer in sights(app, built):
        opened |= {endpoint} if answer.status_code == 200 else set()
        if found := faults(answer):
            wrong.append((endpoint, method, answer.status_code, found))

    assert wrong == []
    assert len(opened) > 80  # real pages, not only refusals


@pytest.mark.parametrize("code", [400, 401, 403, 404, 405, 409, 410, 413, 415, 429, 500, 501, 503])
def test_every_error_is_under_the_policy_too(app: Flask, monkeypatch, code: int) -> None:
    monkeypatch.setitem(app.view_functions, "healthz.check", lambda: abort(code))

    answer = app.test_client().get("/healthz")

    assert answer.status_code == code
    assert faults(answer) == []


def test_what_is_wrong_with_us_is_under_the_policy_too_and_says_nothing(
    app: Flask, monkeypatch
) -> None:
    def ours() -> None:
        raise RuntimeError("13800000001")

    monkeypatch.setitem(app.view_functions, "healthz.check", ours)

    answer = app.test_client().get("/healthz")

    assert (answer.status_code, faults(answer)) == (500, [])
    assert not any(one in answer.data for one in (b"RuntimeError", b"Traceback", b"13800000001"))


def test_a_form_without_its_token_is_a_400_under_the_policy(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = True

    answer = app.test_client().post("/login", data={"login": "a", "password": "b"})

    assert (answer.status_code, faults(answer)) == (400, [])


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "PUT"])
def test_a_method_nobody_named_is_a_405_under_the_policy(app: Flask, method: str) -> None:
    answer = app.test_client().open("/login", method=method, headers={"X-Probe": "SENT-ALONG"})

    assert (answer.status_code, faults(answer)) == (405, [])
    assert b"SENT-ALONG" not in answer.data


def test_a_page_whose_reading_cannot_be_traced_is_a_503_and_shows_nobody(
    app: Flask, session, now, monkeypatch
) -> None:
    an_account(session, Role.CASE_WORKER, login="worker")
    child = a_child(session, a_school(session))
    name = child.name
    session.commit()
    client = app.test_client()
    client.post("/login", data={"login": "worker", "password": PASSWORD})

    def locked(*_args, **_more) -> None:
        raise OperationalError("", {}, Exception("database is locked"))

    monkeypatch.setattr(trace, "record", locked)
    answer = client.get("/staff/children/")

    assert (answer.status_code, faults(answer)) == (503, [])
    assert name not in answer.get_data(as_text=True)


def test_no_two_answers_share_a_nonce_and_the_page_uses_its_own(app: Flask) -> None:
    nonces = []
    for _ in range(2):
        for name in list(g):
            g.pop(name)
        answer = app.test_client().get("/")
        (nonce,) = re.findall(r"nonce-([A-Z0-9]+)", answer.headers["Content-Security-Policy"])
        assert set(re.findall(r'nonce="([^"]*)"', answer.get_data(as_text=True))) <= {nonce}
        nonces.append(nonce)

    assert len(set(nonces)) == 2


@pytest.mark.parametrize("path", ["/static/app.css", "/static/app.js", "/static/favicon.svg"])
def test_a_static_file_is_isolated_by_the_real_server_too(app: Flask, path: str) -> None:
    answer = Client(served_by_whitenoise(app), Response).get(path)
    answer.close()

    assert answer.status_code == 200
    assert faults(answer, is_file=True) == []
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert "Set-Cookie" not in answer.headers
    assert VALIDATORS & set(answer.headers.keys()) == set()
    since = {"If-Modified-Since": "Sun, 01 Jan 2040 00:00:00 GMT", "If-None-Match": '"1-1"'}
    again = Client(served_by_whitenoise(app), Response).get(path, headers=since)
    again.close()
    assert again.status_code == 200


def test_a_static_file_that_is_not_there_is_kept_by_nobody(app: Flask) -> None:
    answer = Client(served_by_whitenoise(app), Response).get("/static/no-such.css")

    assert (answer.status_code, faults(answer)) == (404, [])


def test_no_form_puts_what_is_typed_into_an_address(app: Flask) -> None:
    """Names, numbers and telephones are sent by POST; only what was chosen stands in an address."""
    typed = re.compile(r"<(?:input|textarea)\b[^>]*>|\{\{ *field\([^}]*\}\}", re.S)
    chosen = re.compile(r"""type="(?:hidden|radio|checkbox|submit)\"""")
    found, root = set(), Path(app.root_path) / "templates"
    for file in sorted(root.rglob("*.html")):
        for form in re.findall(r"<form\b.*?</form>", file.read_text(), re.S):
            if 'method="post"' not in form.partition(">")[0]:
                fields = [one for one in typed.findall(form) if not chosen.search(one)]
                found |= {str(file.relative_to(root))} if fields else set()

    # The code of a waiver, which its donor reads out.
    assert found == {"staff/custody_donors/index.html"}


def test_pages_run_no_script_and_style_of_their_own(app: Flask) -> None:
    """A template with an event handler or a style attribute would break under the policy."""
    told = re.compile(r"""\son[a-z]+\s*=\s*["']|\sstyle\s*=\s*["']|<style|javascript:""", re.I)
    root = Path(app.root_path) / "templates"
    found = [
        str(f.relative_to(root)) for f in sorted(root.rglob("*.html")) if told.search(f.read_text())
    ]

    assert found == []
