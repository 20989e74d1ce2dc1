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
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app import create_app
from extensions import db
from tests.conftest import TODAY, settings_in
from tests.house.inhabitants import LINKS, Town, build
from vocabulary import clock
from vocabulary.dates import at

MISSING = {"purpose": "sponsorship"}
CASE = {"case_worker", "approver", "case_deputy"}
STAFF = CASE | {
    "administrator", "auditor", "collecting_desk", "custodian", "paying_desk", "statistics",
}  # fmt: skip
ACCOUNTS = STAFF | {"school_officer", "village_director", "volunteer"}
EVERYBODY = ACCOUNTS | LINKS.keys() | {"public"}
ADMIN, PAYING, COLLECTING = {"administrator"}, {"paying_desk"}, {"collecting_desk"}
SCHOOL, VILLAGE, TEACHER = {"school_officer"}, {"village_director"}, {"class_teacher"}
DONOR, FAMILY, VOLUNTEER = {"donor"}, {"family"}, {"volunteer"}
OPEN = EVERYBODY

# endpoint -> who may enter, and the kind of the handle that its address holds.
DECIDED: dict[str, tuple[set[str], str]] = {
    "static": (OPEN, "file"),
    "healthz.check": (OPEN, ""),
    "auth.login": (OPEN, ""),
    "auth.logout": (OPEN, ""),
    "auth.first_password": (OPEN, "password_token"),
    "auth.account": (ACCOUNTS, ""),
    "auth.sign_out_everywhere": (ACCOUNTS, ""),
    "public.home": (OPEN, ""),
    "public.totals": (OPEN, ""),
    "public.pledge": (OPEN, ""),
    "public.wishes": (OPEN, ""),
    "public.relink": (OPEN, ""),
    "public.enter": (OPEN, "donor_token"),
    "slip.enter": (OPEN, "slip_token"),
    "classroom.enter": (OPEN, "class_token"),
    "classroom.closed": (OPEN, ""),
    "family.closed": (OPEN, ""),
    "family.home": (FAMILY, ""),
    "family.answer": (FAMILY, ""),
    "family.wrong_sum": (FAMILY, ""),
    "donor.home": (DONOR, ""),
    "donor.inbox.index": (DONOR, ""),
    "donor.inbox.read": (DONOR, ""),
    "donor.matches.show": (DONOR, "donors_match"),
    "donor.pledges.pause": (DONOR, "donors_pledge"),
    "donor.pledges.pay": (DONOR, "donors_pledge"),
    "donor.pledges.resume": (DONOR, "donors_pledge"),
    "donor.pledges.stop": (DONOR, "donors_pledge"),
    "donor.pledges.terms": (DONOR, "donors_pledge"),
    "donor.pledges.undo": (DONOR, "donors_change"),
    "classroom.home": (TEACHER, ""),
    "school.home": (SCHOOL, ""),
    "school.batches.index": (SCHOOL, ""),
    "school.classes.index": (SCHOOL, "batch"),
    "school.handovers.slips": (SCHOOL, "batch"),
    "village.home": (VILLAGE, ""),
    "village.handovers.slips": (VILLAGE, "batch"),
    "village.families.answer": (VILLAGE, "family_line"),
    "volunteer.home": (VOLUNTEER, ""),
    **{
        f"{door}.{view}": (who, handle)
        for door, who in (("school", SCHOOL), ("village", VILLAGE), ("classroom", TEACHER))
        for view, handle in (
            ("handovers.show", "batch"),
            ("handovers.confirm", "batch"),
            ("handovers.hand_over", "line"),
            ("handovers.snag", "line"),
            ("handovers.clear", "line"),
            ("handovers.take_back", "line"),
            ("handovers.photo", "line"),
            ("slips.index", ""),
            ("slips.scanned", "slip"),
            ("harm.report", "hands_child"),
            ("harm.told", "harm"),
        )
    },
    **{
        f"{door}.inbox.{view}": (who, "")
        for door, who in (("school", SCHOOL), ("village", VILLAGE), ("volunteer", VOLUNTEER))
        for view in ("index", "read")
    },
    "staff.home": (STAFF, ""),
    "staff.notices.index": (STAFF, ""),
    "staff.notices.read_all": (STAFF, ""),
    "staff.notices.read": (STAFF, "notice"),
    "staff.notices.release": (PAYING, ""),
    "staff.notices.drop": (PAYING, ""),
    "staff.accounts.index": (ADMIN, ""),
    "staff.accounts.new": (ADMIN, ""),
    **{
        f"staff.accounts.{view}": (ADMIN, handle)
        for view, handle in (
            ("detail", "account"),
            ("ask", "account"),
            ("end", "account"),
            ("link", "account"),
            ("code", "account"),
            ("agree", "grant"),
            ("end_role", "grant"),
        )
    },
    "staff.health.index": (ADMIN, ""),
    "staff.books.index": (ADMIN | {"auditor"}, ""),
    "staff.books.check": (ADMIN | {"auditor"}, ""),
    "staff.custody.index": ({"custodian"}, ""),
    "staff.batches.index": (PAYING, ""),
    "staff.batches.send": (PAYING, "batch"),
    "staff.returns.record": (PAYING, "returning_batch"),
    "staff.returns.again": (CASE, "returned_line"),
    "staff.write_offs.index": (CASE, ""),
    "staff.write_offs.ask": (CASE, "lost_line"),
    "staff.write_offs.detail": (CASE, "write_off"),
    "staff.write_offs.agree": ({"approver"}, "write_off"),
    "staff.write_offs.turn_down": (CASE, "write_off"),
    "staff.receipts.index": (COLLECTING, ""),
    "staff.receipts.assign": (COLLECTING, "receipt"),
    "staff.receipts.take_back": (COLLECTING, "receipt"),
    "staff.amendments.index": (CASE, ""),
    "staff.amendments.detail": (CASE, "amendment"),
    "staff.amendments.turn_down": (CASE, "amendment"),
    "staff.amendments.identity": (CASE, "child"),
    "staff.amendments.account": (CASE, "school"),
    "staff.by_hand.new": (CASE, "child"),
    "staff.children.index": (CASE, ""),
    "staff.children.new": (CASE, ""),
    "staff.children.find": (CASE, ""),
    "staff.children.detail": (CASE, "child"),
    **{
        f"staff.child_acts.{view}": (CASE, "child")
        for view in (
            "basics",
            "consent",
            "end",
            "kin",
            "need",
            "school",
            "verify",
            "withdraw",
            "word",
        )
    },
    "staff.child_acts.close_need": (CASE, "need"),
    "staff.disputes.index": (CASE, ""),
    "staff.disputes.call": (CASE, ""),
    "staff.disputes.settle": (CASE, "dispute"),
    "staff.evidence.photo": (CASE, "photograph"),
    "staff.harm.index": (CASE, ""),
    "staff.harm.report": (CASE, "child"),
    "staff.harm.take_up": (CASE, "harm"),
    "staff.harm.told": (CASE, "harm"),
    "staff.imports.index": (CASE, ""),
    **{
        f"staff.imports.{view}": (CASE, "import")
        for view in ("detail", "take", "discard", "returned")
    },
    "staff.matches.queue": (CASE, ""),
    "staff.matches.turned_down": (CASE, ""),
    "staff.matches.detail": (CASE, "proposal"),
    "staff.matches.aside": (CASE, "proposal"),
    "staff.matches.approve": ({"approver"}, "proposal"),
    "staff.matches.decline": ({"approver"}, "proposal"),
    "staff.matches.lift": ({"approver"}, "declined"),
    "staff.pledges.index": (CASE, ""),
    "staff.pledges.detail": (CASE, "pledge"),
    "staff.schools.index": (CASE, ""),
    "staff.schools.new": (CASE, ""),
    "staff.schools.detail": (CASE, "school"),
    "staff.schools.complete": (CASE, "school"),
    "staff.stipends.index": (CASE, ""),
    "staff.volunteers.index": (CASE, ""),
    "staff.volunteers.detail": (CASE, "volunteer"),
    "staff.volunteers.login": (CASE, "volunteer"),
    "auth.code": (OPEN, ""),
    "letter.enter": (OPEN, "letter_token"),
    "post.enter": (OPEN, "letters_token"),
    "family.letters.show": (FAMILY, ""),
    "family.mailbox.show": ({"guardian"}, ""),
    "family.mailbox.other": ({"guardian"}, "partner"),
    "donor.letters.show": (DONOR, "donors_match"),
    "village.letters.show": (VILLAGE, "family_line"),
    "school.letters.show": (SCHOOL, "hands_child"),
    "classroom.letters.show": (TEACHER, "hands_child"),
    "volunteer.letters.show": (VOLUNTEER, "friendship"),
    "staff.letters.index": (CASE, ""),
    **{
        f"staff.letters.{view}": (CASE, "letter")
        for view in ("detail", "type_up", "send_back", "clear", "raise_worry", "take_back")
    },
    "staff.letter_friends.index": (CASE, "child"),
    "staff.letter_friends.end": (CASE, "friends"),
    **{
        f"auth.{view}": (ACCOUNTS, "")
        for view in (
            "recent",
            "prove",
            "end_others",
            "second_step",
            "start_second_step",
            "confirm_second_step",
            "new_recovery_codes",
        )
    },
    "donor.own.called": (DONOR, "donors_pledge"),
    "donor.own.forget": (DONOR, ""),
    "donor.own.who_sees": (DONOR, ""),
    "donor.reveals.show": (DONOR, "donors_match"),
    "family.private.show": (set(), ""),
    "family.reveals.show": (FAMILY, ""),
    "village.reveals.show": (VILLAGE, "family_line"),
    "staff.reveals.index": (CASE, ""),
    "staff.reveals.detail": (CASE, "reveal"),
    "staff.reveals.turn_down": (CASE, "reveal"),
    "family.file_link.send": (FAMILY, ""),
    **{f"family.file.{view}": ({"guardian"}, "") for view in ("show", "copy", "paper", "ask")},
    "staff.guardian_requests.index": (CASE, ""),
    "staff.guardian_requests.detail": (CASE, "guardian_request"),
    "staff.retention.index": (ADMIN | {"auditor"}, ""),
    "staff.file_access.index": (CASE, ""),
    "staff.file_access.ask": (CASE, "child"),
    "staff.file_access.assign": ({"approver"}, "child"),
    "staff.file_access.assign_place": ({"approver"}, "district"),
    **{f"staff.file_access.{view}": (CASE, "access") for view in ("detail", "agree", "decline")},
    "staff.audit_samples.index": ({"auditor"}, ""),
    **{
        f"staff.audit_samples.{view}": ({"auditor"}, "sample")
        for view in ("sample", "pack", "photo")
    },
    "staff.custody_donors.index": ({"custodian"}, ""),
    "staff.custody_donors.take_back": ({"custodian"}, "dead_donor"),
    "staff.custody_requests.index": ({"custodian"}, ""),
    "staff.custody_requests.new": ({"custodian"}, ""),
    **{
        f"staff.custody_requests.{view}": ({"custodian"}, "custody_request")
        for view in ("detail", "agree", "decline", "paper", "show")
    },
    "staff.exports.index": (CASE | PAYING | {"auditor"}, ""),
    "staff.exports.make": (CASE | PAYING, ""),
    "staff.exports.fetch": (CASE | PAYING, "export"),
    **{f"staff.factor_resets.{view}": (ADMIN, "reset") for view in ("ask", "agree", "keep")},
    "staff.incidents.index": (ADMIN | {"custodian"}, ""),
    "staff.incidents.new": (ADMIN | {"custodian"}, ""),
    **{
        f"staff.incidents.{view}": (ADMIN | {"custodian"}, "incident")
        for view in ("detail", "step", "affected", "close")
    },
}
# Kinds of which the town has none yet: their doors are tried by everybody else, and by nobody's hand.
YOUNG = {
    "access", "custody_request", "dead_donor", "district", "export", "incident", "letter_token",
    "letters_token", "reset", "reveal", "sample",
}  # fmt: skip
# Doors whose key is the address itself: what a dead or wrong key answers, whoever asks.
KEYS = {
    "auth.first_password": 410,
    "public.enter": 302,
    "slip.enter": 302,
    "classroom.enter": 303,
}
WAY_IN = "/login?next="
ODD_METHODS = ("PUT", "PATCH", "DELETE")
SECRETS = re.compile(
    rb'(name="csrf_token"[^>]*value=")[^"]*|(value=")[^"]*("[^>]*name="csrf_token")'
    rb"|nonce[-=][^\s;'\"]+|nonce=\"[^\"]*\""
)


@pytest.fixture(scope="module")
def town(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Town]]:
    """One town for all cells; whatever a POST would change is taken back."""
    folder = tmp_path_factory.mktemp("town") / "instance"
    shutil.copytree(template, folder)
    app = create_app(settings_in(folder))
    app.config["WTF_CSRF_ENABLED"] = False
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
    words = iter(handle.split())
    parts = [p for p in sorted(rule.arguments, key=rule.rule.index)]
    filled = {name: MISSING.get(name) or next(words) for name in parts}
    numbered = re.sub(r"<int:[a-z_]+>", "1", rule.rule)
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
    alone = {"pledge", "receipt", "account", "batch"}
    for who, kind in sorted({(w, kind) for roles, kind in DECIDED.values() for w in roles if kind}):
        if roles_of(kind) == OPEN or kind in YOUNG:
            continue
        assert built.own.get((who, kind)), (who, kind)
        assert built.others[who, kind] or kind in alone, (who, kind)


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
    if who in roles and kind not in YOUNG:
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
    if who not in ACCOUNTS:
        if method == "POST":
            return lambda found, _absent: found.status_code == 401
        return lambda found, _absent: (found.location or "").startswith(WAY_IN)
    return is_the_same_404


def test_no_rule_answers_a_method_it_does_not_name(town: tuple[Flask, Town]) -> None:
    app, built = town
    client = enter(app, built, "administrator")
    answers = {
        (rule.endpoint, method): client.open(address(rule, absent(rule)), method=method).status_code
        for rule in rules(app)
        for method in ODD_METHODS
    }
    assert set(answers.values()) == {405}


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_a_wrong_key_in_an_address_answers_alike_to_all(town: tuple[Flask, Town], who: str) -> None:
    app, built = town
    for endpoint, status in KEYS.items():
        rule = next(r for r in rules(app) if r.endpoint == endpoint)
        client = enter(app, built, who)
        first, second = (client.get(address(rule, letter * 32)) for letter in "QZ")
        assert first.status_code in {status, 404}, endpoint
        assert seen(first) == seen(second), endpoint
