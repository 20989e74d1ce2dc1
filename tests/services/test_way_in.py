"""Getting into an account takes a link and six digits, never both from one administrator."""

from datetime import timedelta

import pytest

from models.accounts import Account
from privacy import viewers
from services import links
from services.accounts import accounts, factor_resets, passwords, staffing, way_in
from services.accounts.staffing import NewAccount
from tests.factories import BANNER, PASSWORD, an_account
from tests.services.test_second_factor import enrolled
from vocabulary.enums import Role
from vocabulary.errors import ActedBefore, LinkExpired, NotFound, NotPermitted, WrongCode

NEW = "草原上的十匹马 2026"


@pytest.fixture
def two(session, now):
    return tuple(
        accounts.viewer_of(session, an_account(session, Role.ADMINISTRATOR, login=login), now=now)
        for login in ("wulan", "bater")
    )


def test_a_link_opens_with_the_second_administrators_digits_alone(session, two, now) -> None:
    first, second = two
    ref, token = staffing.make(session, first, NewAccount("qige", "其格", BANNER), now=now)

    with pytest.raises(WrongCode):
        passwords.set_first(session, token, NEW, now=now)
    with pytest.raises(ActedBefore):
        way_in.give_code(session, first, ref, now=now)
    code = way_in.give_code(session, second, ref, now=now)

    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    with pytest.raises(WrongCode):
        passwords.set_first(session, token, NEW, now=now, code=wrong)
    assert passwords.set_first(session, token, NEW, now=now, code=f" {code[:3]} {code[3:]}")
    assert accounts.sign_in(session, "qige", NEW, now=now) is not None


def test_a_new_link_for_a_lost_password_needs_new_digits(session, two, now) -> None:
    first, second = two
    theirs = an_account(session, Role.APPROVER, login="qige")
    staffing.new_link(session, first, ref=theirs.ref, now=now)
    known = way_in.give_code(session, second, theirs.ref, now=now)

    mine = staffing.new_link(session, second, ref=theirs.ref, now=now)

    with pytest.raises(ActedBefore):
        way_in.give_code(session, second, theirs.ref, now=now)
    with pytest.raises(WrongCode):
        passwords.set_first(session, mine, NEW, now=now, code=known)
    assert accounts.sign_in(session, "qige", PASSWORD, now=now) is not None


def test_wrong_digits_end_the_link_and_fresh_ones_do_not_count_anew(session, two, now) -> None:
    first, second = two
    ref, token = staffing.make(session, first, NewAccount("qige", "其格", BANNER), now=now)
    for _ in range(links.CODE_TRIES):
        code = way_in.give_code(session, second, ref, now=now)
        with pytest.raises(WrongCode):
            passwords.set_first(session, token, NEW, now=now, code="x")

    with pytest.raises(LinkExpired):
        passwords.set_first(session, token, NEW, now=now, code=code)
    with pytest.raises(NotFound):
        way_in.give_code(session, second, ref, now=now)


def test_digits_are_given_by_administrators_only_and_only_beside_a_live_link(
    session, two, now
) -> None:
    first, second = two
    worker = accounts.viewer_of(
        session, an_account(session, Role.CASE_WORKER, login="sarna"), now=now
    )
    ref, _ = staffing.make(session, first, NewAccount("qige", "其格", BANNER), now=now)

    with pytest.raises(NotPermitted):
        way_in.give_code(session, worker, ref, now=now)
    with pytest.raises(NotFound):
        way_in.give_code(session, second, ref, now=now + timedelta(days=8))
    assert way_in.standing(session, second, ref, now=now) == {
        "waits": True,
        "by_me": False,
        "has_code": False,
    }


def test_a_link_from_the_console_needs_no_digits(session, two, now) -> None:
    token = staffing.new_link(session, viewers.console(), login="wulan", now=now)

    assert passwords.invited(session, token, now=now)["needs_code"] is False
    with pytest.raises(NotFound):
        way_in.give_code(session, two[1], session.get_one(Account, two[0].account_id).ref, now=now)
    assert passwords.set_first(session, token, NEW, now=now) == "wulan"


def test_who_took_off_a_second_step_still_cannot_get_in_alone(session, two, now) -> None:
    first, second = two
    theirs = an_account(session, Role.CUSTODIAN, login="qige")
    enrolled(session, accounts.viewer_of(session, theirs, now=now), now)

    reset = factor_resets.ask(session, first, theirs.ref, reason="手机丢了", now=now)
    with pytest.raises(ActedBefore):
        factor_resets.agree(session, first, reset, now=now)
    factor_resets.agree(session, second, reset, now=now)
    token = staffing.new_link(session, first, ref=theirs.ref, now=now)

    with pytest.raises(ActedBefore):
        way_in.give_code(session, first, theirs.ref, now=now)
    with pytest.raises(WrongCode):
        passwords.set_first(session, token, NEW, now=now)
