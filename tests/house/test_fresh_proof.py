"""Step-up: every unsafe route of a desk is of one kind, and those of five kinds ask who sits there.

A new route without a row here fails. What asks is decided by the Act of the route (STEP_UP), so
that no view can forget it; this list says which acts these must be.
"""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import PASSWORD, a_school, an_account
from vocabulary import clock
from vocabulary.enums import Role
from web.core.access import ASKS_PROOF, DOOR_ROLES

SAFE = {"GET", "HEAD", "OPTIONS"}
PROVEN: dict[str, set[str]] = {
    "a way in, a role, digits": {
        "staff.accounts.new", "staff.accounts.link", "staff.accounts.code", "staff.accounts.ask",
        "staff.accounts.agree", "staff.accounts.end", "staff.accounts.sign_out", "staff.accounts.end_role",
        "staff.factor_resets.ask", "staff.factor_resets.agree", "staff.factor_resets.keep",
        "staff.volunteers.login", "staff.volunteers.agree_login",
        "staff.volunteers.turn_down_login",
        "staff.work_units.index",
    },
    "a second person's yes": {
        "staff.matches.approve", "staff.child_acts.verify", "staff.volunteers.detail",
        "staff.letter_friends.agree", "staff.write_offs.agree", "staff.kept.agree", "staff.harm.close",
        "staff.surgeries.agree",
        "staff.unclaimed.ask", "staff.unclaimed.agree", "staff.unclaimed.paid",
        "staff.unclaimed.turn_down", "staff.unclaimed.claim", "staff.unclaimed.refused",
        "staff.care.agree", "staff.several.approve",
        "staff.matching_runs.ask", "staff.matching_runs.release", "staff.matching_runs.discard",
        "staff.matching_runs.stop", "staff.policy.keep",
    },
    "a bank account": {
        "staff.amendments.account", "staff.amendments.detail", "staff.routes.card",
    },
    "money leaves": {
        "staff.orders.make", "staff.orders.sheet", "staff.orders.paper", "staff.orders.paid",
        "staff.orders.back", "staff.orders.answer",
        "staff.batches.send", "staff.batches.bank_said", "staff.batches.debit", "staff.transfers.accept",
        "staff.orphans.detail", "staff.orphans.agree", "staff.orphans.turn_down",
        "staff.pay_backs.detail", "staff.pay_backs.agree", "staff.pay_backs.turn_down",
        "staff.receipt_moves.ask", "staff.receipt_moves.agree", "staff.receipt_moves.turn_down",
        "staff.line_ties.detail", "staff.line_ties.turn_down",
        "staff.pay_backs.order", "staff.pay_backs.paid", "staff.pay_backs.release",
        "staff.pay_backs.refused",
        "staff.back_orders.make", "staff.back_orders.sheet",
        "staff.returns.again", "staff.office_hand.hand_over",
        "staff.office_hand.could_not", "staff.office_hand.take_back", "staff.routes.change",
        "staff.routes.move",
    },
    "a list leaves": {"staff.exports.make", "staff.exports.fetch"},
    "who somebody is": {
        "staff.amendments.identity", "staff.amendments.turn_down", "staff.audit_samples.index",
        "staff.custody_donors.index", "staff.custody_donors.agree", "staff.custody_donors.take_back",
        "staff.custody_donors.contact", "staff.custody_donors.take_back_contact",
        "staff.custody_requests.new", "staff.custody_requests.agree",
        "staff.custody_requests.decline", "staff.custody_requests.show",
        "staff.file_access.ask", "staff.file_access.agree", "staff.file_access.decline",
        "staff.file_access.assign", "staff.file_access.assign_place",
        "staff.guardian_requests.detail", "staff.incidents.affected",
        "staff.reveals.detail", "staff.reveals.turn_down",
        "staff.sealed_receipts.keep", "staff.sealed_receipts.void",
    },
}  # fmt: skip
EVERYDAY: dict[str, set[str]] = {
    "a record is kept": {
        f"staff.child_acts.{view}"
        for view in (
            "basics", "close_need", "consent", "end", "kin", "need", "school", "withdraw", "word",
        )
    } | {
        "staff.family_checks.answer", "staff.kin.change", "staff.need_times.change",
        "staff.children.find", "staff.children.new", "staff.disputes.call",
        "staff.disputes.settle", "staff.imports.discard", "staff.imports.index",
        "staff.imports.take", "staff.incidents.close", "staff.incidents.new",
        "staff.incidents.step", "staff.schools.complete", "staff.schools.new",
        "staff.calendar.index", "staff.calendar.withdraw",
    },
    "asked of a second person, or said no": {
        "staff.by_hand.new", "staff.matches.aside", "staff.matches.decline", "staff.matches.lift",
        "staff.swaps.swap",
        "staff.write_offs.ask", "staff.write_offs.turn_down", "staff.kept.ask", "staff.kept.turn_down",
        "staff.transfers.ask", "staff.transfers.turn_down", "staff.transfers.take_back",
        "staff.surgeries.ask", "staff.surgeries.turn_down",
    },
    "her word on the telephone, a no, a goodbye": {
        f"staff.care.{view}"
        for view in ("her_yes", "her_no", "turn_down", "go_on", "goodbye", "end", "lift")
    } | {"staff.volunteers.terms", "staff.volunteers.leaves", "staff.volunteers.stays"},
    "what she told of a visit, what was done about a pair": {
        "staff.visits.new", "staff.visits.rhythm", "staff.visits.take_up",
        "staff.fading.note_volunteer", "staff.fading.note_pledge", "staff.fading.keep_on",
    },
    "a question to the clock, of which only a page comes": {
        "staff.policy.attempt", "staff.policy.stop",
    },
    "a donor is asked, who may say no": {"staff.gap_fund.ask"},
    "the books are compared anew": {"staff.books.keep"},
    "a child in danger: nothing may stand in the way": {
        "staff.harm.report", "staff.harm.take_up", "staff.harm.name",
    },
    "letters and messages, which can be called back": {
        "staff.letter_friends.end", "staff.letter_friends.index", "staff.letters.clear",
        "staff.letters.detail", "staff.letters.raise_worry", "staff.letters.send_back",
        "staff.letters.take_back", "staff.letters.type_up", "staff.notices.confirm_clock",
        "staff.notices.drop",
        "staff.notices.read", "staff.notices.read_all", "staff.notices.release",
    },
    "money that came in or back": {
        "staff.online_payments.explain", "staff.online_payments.bill",
        "staff.fiscal_receipts.keep", "staff.fiscal_receipts.void",
        "staff.line_ties.ask",
        "staff.receipts.assign", "staff.receipts.index", "staff.receipts.take_back",
        "staff.returns.record", "staff.statements.book", "staff.statements.discard",
        "staff.statements.index", "staff.statements.layout",
    },
}  # fmt: skip
# A person behind a drawn code or a paper, a list that leaves: asked for before they are read, too.
READ_AFTER_PROOF = {
    "/staff/audit-samples/NONE/NONE": Role.AUDITOR,
    "/staff/custody/requests/NONE/paper": Role.CUSTODIAN,
    "/staff/imports/NONE/returned": Role.CASE_WORKER,
}


def all_of(kinds: dict[str, set[str]]) -> set[str]:
    return set().union(*kinds.values())


def unsafe_routes(app: Flask) -> dict[str, tuple[str, frozenset[Role]]]:
    """Endpoint -> an address with handles that nothing has, and whose door it is."""
    found = {}
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("staff.") and (rule.methods or set()) - SAFE:
            words = dict.fromkeys(rule.arguments, "NONE") | {"purpose": "letters"}
            url = rule.build({n: w for n, w in words.items() if n in rule.arguments})
            assert url is not None
            roles = getattr(app.view_functions[rule.endpoint], DOOR_ROLES)
            found[rule.endpoint] = url[1], roles
    return found


def test_every_unsafe_route_of_a_desk_is_of_one_kind(app: Flask) -> None:
    kinds = [*PROVEN.values(), *EVERYDAY.values()]

    assert unsafe_routes(app).keys() == all_of(PROVEN) | all_of(EVERYDAY)
    assert sum(map(len, kinds)) == len(unsafe_routes(app))


def test_the_routes_of_those_kinds_carry_an_act_that_asks(app: Flask) -> None:
    asking = {name for name, view in app.view_functions.items() if hasattr(view, ASKS_PROOF)}
    unsafe = asking & unsafe_routes(app).keys()

    assert unsafe == all_of(PROVEN)


def _desk(app: Flask, session: Session, role: Role) -> FlaskClient:
    an_account(session, role, login="wulan", organisation_id=a_school(session).id)
    session.commit()
    client = app.test_client()
    client.post("/login", data={"login": "wulan", "password": PASSWORD})
    return client


DESKS = (
    Role.ADMINISTRATOR, Role.APPROVER, Role.PAYING_DESK, Role.COLLECTING_DESK, Role.CUSTODIAN,
    Role.AUDITOR, Role.STATISTICS,
)  # fmt: skip


@pytest.mark.parametrize("role", DESKS)
def test_an_old_proof_is_asked_anew_before_these_and_before_no_other(
    app: Flask, session: Session, now, role: Role
) -> None:
    client = _desk(app, session, role)
    mine = {n: url for n, (url, roles) in unsafe_routes(app).items() if role in roles}

    with clock.moved_to(now + timedelta(minutes=31)):
        asked = {name for name, url in mine.items() if client.post(url).status_code == 401}

    assert asked == all_of(PROVEN) & mine.keys()
    assert asked or role is Role.COLLECTING_DESK


def test_every_desks_routes_are_walked(app: Flask) -> None:
    assert all(roles & set(DESKS) for _, roles in unsafe_routes(app).values())


def test_one_proof_lets_an_approver_decide_fifty_lines(app: Flask, session: Session, now) -> None:
    client = _desk(app, session, Role.APPROVER)
    with clock.moved_to(now + timedelta(minutes=31)):
        assert client.post("/staff/matches/NONE/approve").status_code == 401
        proof = "/account/prove?next=/staff/matches/&sent=1"
        client.post(proof, data={"password_again": PASSWORD})
        answers = {client.post("/staff/matches/NONE/approve").status_code for _ in range(50)}

    assert answers == {404}


@pytest.mark.parametrize("address", READ_AFTER_PROOF)
def test_a_person_behind_a_code_is_read_after_a_fresh_proof(
    app: Flask, session: Session, now, address: str
) -> None:
    client = _desk(app, session, READ_AFTER_PROOF[address])

    assert client.get(address).status_code == 404
    with clock.moved_to(now + timedelta(minutes=31)):
        assert client.get(address).status_code == 401
