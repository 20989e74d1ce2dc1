"""Role x endpoint x own, other's and missing handle, every method: each cell decided by a table.

A route without a row in DECIDED fails, and so does a row without a route. Whatever is refused for
being absent, another's or not one's role is the same 404, byte for byte.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app import create_app
from extensions import db
from tests.house.decided import ACCOUNTS, DECIDED, EVERYBODY, KEYS, OPEN
from tests.house.inhabitants import build
from tests.house.places import LINKS, Town
from tests.plugins.installation import TODAY, settings_in
from vocabulary import clock
from vocabulary.dates import at

MISSING = {"purpose": "sponsorship"}
# What its desk has in common: nobody who may enter has another's.
SHARED = {
    "pledge", "receipt", "payout", "statement", "account", "batch", "custody_request", "dead_donor",
    "successor",
    "bank_debit", "incident", "restricted", "matching_run", "policy_trial", "run_under_way", "unclaimed",
    "receipt_move", "line_tie",
}  # fmt: skip
WAY_IN = "/login?next="
ODD_METHODS = ("PUT", "PATCH", "DELETE")
SECRETS = re.compile(
    rb'(name="csrf_token"[^>]*value=")[^"]*|(value=")[^"]*("[^>]*name="csrf_token")'
    rb"|nonce[-=][^\s;'\"]+|nonce=\"[^\"]*\""
)


@pytest.fixture(scope="module")
def town(
    template: Path, compiled: BytecodeCache, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Flask, Town]]:
    """One town for all cells; whatever a POST would change is taken back."""
    folder = tmp_path_factory.mktemp("town") / "instance"
    shutil.copytree(template, folder)
    app = create_app(settings_in(folder))
    app.config["WTF_CSRF_ENABLED"] = False
    app.jinja_env.bytecode_cache = compiled
    with clock.moved_to(at(TODAY)):
        with app.app_context():
            built = build(db.session(), at(TODAY))
            db.session.remove()
        app.after_request(_keep_nothing)
        yield app, built
    with app.app_context():
        db.engine.dispose()


def _keep_nothing(response):
    g.keep_nothing = True
    return response


def enter(app: Flask, town: Town, who: str) -> FlaskClient:
    """The browser of one person, signed in or with the link's cookie."""
    client = app.test_client()
    with client.session_transaction() as cookie:
        if who in town.sessions:
            account_id, stamp = town.sessions[who]
            instant = int(clock.now().timestamp())
            cookie |= {"_user_id": f"{account_id}:{stamp}", "_fresh": True}
            cookie |= {"since": instant, "seen": instant, "proof": instant}
        elif who in LINKS:
            kinds = {"donor": "donor_link", "family": "slip_link", "guardian": "letters_link"}
            kind = kinds.get(who, "class_link")
            cookie[kind] = town.links[who]
    return client


def seen(answer: TestResponse) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    """An answer without what differs between any two: nonce and form token, date and cookie."""
    headers = tuple(
        (name, re.sub(r"'nonce-[^']+'", "", value))
        for name, value in answer.headers
        if name not in {"Date", "Set-Cookie"}
    )
    return answer.status_code, headers, SECRETS.sub(b"", answer.get_data())


def address(rule: Rule, handle: str) -> str:
    """Fill a rule's parts with the handle's words; a fixed word stands for what is no handle."""
    words, numbered = iter(handle.split()), re.sub(r"<int:[a-z_]+>", "1", rule.rule)
    parts = sorted((p for p in rule.arguments if f"{p}>" in numbered), key=numbered.index)
    filled = {name: MISSING.get(name) or next(words) for name in parts}
    return re.sub(r"<(?:[a-z]+:)?([a-z_]+)>", lambda found: filled[found[1]], numbered)


def absent(rule: Rule) -> str:
    """A handle of the right look that nothing has."""
    return " ".join("ZZZZZZZZZZZZ" for name in rule.arguments if name not in MISSING)


def rules(app: Flask) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint)


def test_every_route_is_decided_and_every_decision_has_its_route(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == DECIDED.keys()


def test_every_handle_has_an_owner_and_another(town: tuple[Flask, Town]) -> None:
    """A kind without another's handle must be one that nobody shares out."""
    _, built = town
    for who, kind in sorted({(w, kind) for roles, kind in DECIDED.values() for w in roles if kind}):
        if roles_of(kind) == OPEN:
            continue
        assert built.own.get((who, kind)), (who, kind)
        assert built.others[who, kind] or kind in SHARED, (who, kind)


def roles_of(kind: str) -> set[str]:
    return set().union(*(who for who, handle in DECIDED.values() if handle == kind))


Verdict = Callable[[TestResponse, tuple], bool]


@pytest.mark.slow
@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_every_cell_is_as_decided(town: tuple[Flask, Town], who: str) -> None:
    app, built = town
    absences = {m: seen(ask(app, built, who, m, "/no-such-page")) for m in ("GET", "HEAD", "POST")}
    wrong = [
        (rule.endpoint, method, what, found.status_code, found.location)
        for rule in rules(app)
        for method in sorted((rule.methods or set()) - {"OPTIONS"})
        for what, path, is_right in cells(built, rule, who, method)
        if not is_right(found := ask(app, built, who, method, path), absences[method])
    ]
    assert {status for status, _, _ in absences.values()} == {404}
    assert wrong == [], "\n" + "\n".join(map(str, wrong))


def ask(app: Flask, town: Town, who: str, method: str, path: str) -> TestResponse:
    """One request from a fresh browser: some of them sign out."""
    return enter(app, town, who).open(path, method=method)


def cells(town: Town, rule: Rule, who: str, method: str) -> Iterator[tuple[str, str, Verdict]]:
    """Yield (what, address, verdict) of one person at one rule with one method."""
    roles, kind = DECIDED[rule.endpoint]
    if kind in {"file"} or (roles is OPEN and kind):
        return
    if who in roles:
        yield from open_cells(town, rule, who, kind)
    elif who not in roles and method != "HEAD":
        yield from shut_cells(town, rule, who, method)


def shut_cells(town: Town, rule: Rule, who: str, method: str) -> Iterator[tuple[str, str, Verdict]]:
    roles, kind = DECIDED[rule.endpoint]
    owner = next((w for w in sorted(roles) if (w, kind) in town.own), "")
    handle = town.own[owner, kind] if owner and kind else absent(rule)
    yield "not hers", address(rule, handle), refused(who, rule, method)
    if kind:
        yield "missing", address(rule, absent(rule)), refused(who, rule, method)


def open_cells(town: Town, rule: Rule, who: str, kind: str) -> Iterator[tuple[str, str, Verdict]]:
    yield "own", address(rule, town.own[who, kind] if kind else ""), is_opened
    if not kind:
        return
    for other in town.others[who, kind]:
        yield "another's", address(rule, other), is_the_same_404
    yield "missing", address(rule, absent(rule)), is_the_same_404


def is_opened(found: TestResponse, _absent: tuple) -> bool:
    return found.status_code in {200, 204, 302, 303, 400} and not (found.location or "").startswith(
        WAY_IN
    )


def is_the_same_404(found: TestResponse, absent: tuple) -> bool:
    return seen(found) == absent


def refused(who: str, rule: Rule, method: str) -> Verdict:
    """Without a login: the way in. With one: the same 404. At a link's door: how to get a link."""
    door = rule.endpoint.partition(".")[0]
    dead_end = {
        "donor": LINKS["donor"],
        "family": LINKS["family"],
        "classroom": LINKS["class_teacher"],
    }
    if door in dead_end:
        return lambda found, _absent: (found.status_code, found.location) == (302, dead_end[door])
    if (rule.endpoint, who, method) == ("school.slips.scanned", "class_teacher", "GET"):
        # A stub names the school's door: whatever stands on it, her own door answers.
        return lambda found, _absent: (found.location or "").startswith("/c/slips/")
    if who not in ACCOUNTS:
        if method == "POST":
            return lambda found, _absent: found.status_code == 401
        return lambda found, _absent: (found.location or "").startswith(WAY_IN)
    return is_the_same_404


@pytest.mark.slow
def test_no_rule_answers_a_method_it_does_not_name(town: tuple[Flask, Town]) -> None:
    app, built = town
    client = enter(app, built, "administrator")
    answers = {
        (rule.endpoint, method): client.open(address(rule, absent(rule)), method=method).status_code
        for rule in rules(app)
        for method in ODD_METHODS
    }
    assert set(answers.values()) == {405}


@pytest.mark.slow
@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_a_wrong_key_in_an_address_answers_alike_to_all(town: tuple[Flask, Town], who: str) -> None:
    app, built = town
    for endpoint, status in KEYS.items():
        rule = next(r for r in rules(app) if r.endpoint == endpoint)
        client = enter(app, built, who)
        ask = client.get if "GET" in (rule.methods or ()) else client.post
        first, second = (ask(address(rule, letter * 32)) for letter in "QZ")
        assert first.status_code in {status, 404}, endpoint
        assert seen(first) == seen(second), endpoint
