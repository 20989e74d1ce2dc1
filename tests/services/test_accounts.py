"""Signing in, first passwords, and accounts made by administrators."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from models.accounts import Account, Grant, SignInFailure
from privacy import viewers
from privacy.viewers import Viewer
from services.accounts import account_lists, accounts, passwords, staffing, way_in
from services.accounts.account_lists import Listed
from services.accounts.staffing import NewAccount
from services.retention import retention
from tests.factories import BANNER, LEAGUE, PASSWORD, a_school, an_account
from vocabulary.enums import AccountStatus, GrantStatus, Role
from vocabulary.errors import (
    ActedBefore,
    AlreadyDecided,
    BadInput,
    LinkExpired,
    NotPermitted,
    TooManyTries,
)

NEW = "草原上的十匹马 2026"


def admin(session: Session, now: datetime, login: str = "wulan") -> Viewer:
    return accounts.viewer_of(
        session, an_account(session, Role.ADMINISTRATOR, login=login), now=now
    )


def person(**more: str) -> NewAccount:
    return NewAccount(**({"login": "qige", "name": "其格", "region_code": BANNER} | more))


def statements(session: Session, work) -> int:
    seen = []

    def count(*_args) -> None:
        seen.append(1)

    event.listen(session.get_bind(), "before_cursor_execute", count)
    try:
        work()
    finally:
        event.remove(session.get_bind(), "before_cursor_execute", count)
    return len(seen)


def test_the_right_password_opens_and_a_wrong_one_does_not(session, now) -> None:
    account = an_account(session, Role.APPROVER, login="wulan")

    assert accounts.sign_in(session, " WULAN ", PASSWORD, now=now) == (
        account.id,
        account.session_stamp,
    )
    assert accounts.sign_in(session, "wulan", "something else", now=now) is None


def test_unknown_and_known_logins_cost_the_same_number_of_statements(session, now) -> None:
    an_account(session, login="wulan")
    session.flush()

    def tries(login: str) -> list[int]:
        counts = []
        for _ in range(accounts.TRIES):
            session.expire_all()
            counts.append(
                statements(session, lambda: accounts.sign_in(session, login, "wrong", now=now))
            )
        return counts

    assert tries("wulan") == tries("nobody")


@pytest.mark.parametrize("login", ["wulan", "nobody"])
def test_the_ninth_try_within_a_quarter_of_an_hour_is_refused_whoever_it_is(
    session, now, login
) -> None:
    an_account(session, login="wulan")
    for _ in range(accounts.TRIES):
        assert accounts.sign_in(session, login, "wrong", now=now) is None

    with pytest.raises(TooManyTries):
        accounts.sign_in(session, login, PASSWORD, now=now)

    later = now + timedelta(minutes=accounts.BLOCK_MINUTES, seconds=1)
    assert (accounts.sign_in(session, login, PASSWORD, now=later) is not None) == (login == "wulan")


def test_failures_are_kept_by_a_keyed_hash_and_forgotten_after_a_day(session, now) -> None:
    accounts.sign_in(session, "wulan", "wrong", now=now)

    handle = session.scalars(select(SignInFailure.handle)).one()
    assert "wulan" not in handle
    assert (
        retention.carry_out(
            session, viewers.engine(), "sign_in_failures", now=now + timedelta(hours=23)
        )
        == 0
    )
    assert (
        retention.carry_out(
            session, viewers.engine(), "sign_in_failures", now=now + timedelta(hours=25)
        )
        == 1
    )


def test_a_deputys_role_ends_after_its_last_day(session, now) -> None:
    account = an_account(session, login="deputy")
    session.add(
        Grant(
            account_id=account.id,
            role=Role.APPROVER,
            status=GrantStatus.GRANTED,
            from_on=now.date(),
            until_on=now.date(),
            asked_by="a",
            granted_by="b",
        )
    )
    session.flush()

    assert accounts.roles_on(session, account.id, now.date()) == {Role.APPROVER}
    assert accounts.roles_on(session, account.id, now.date() + timedelta(days=1)) == set()


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "too_short"),
        ("1234567890", "too_common"),
        ("Password123", "too_common"),
        ("ababababababab", "too_common"),
        ("my wulan word", "holds_login"),
        ("x" * 201, "too_long"),
    ],
)
def test_a_poor_password_is_refused_with_its_reason(password, reason) -> None:
    with pytest.raises(BadInput) as refused:
        passwords.check_new(password, login="wulan")

    assert refused.value.params["reason"] == reason


def test_the_console_makes_two_administrators_and_no_third(session, now) -> None:
    console = viewers.console()
    for number in (1, 2):
        staffing.first_administrator(session, console, person(login=f"admin-{number}"), now=now)

    with pytest.raises(AlreadyDecided):
        staffing.first_administrator(session, console, person(login="admin-3"), now=now)

    roles = session.execute(select(Grant.role, Grant.status)).all()
    assert [tuple(row) for row in roles] == [(Role.ADMINISTRATOR, GrantStatus.GRANTED)] * 2


def test_a_first_link_opens_once_and_for_seven_days(session, now) -> None:
    ref, token = staffing.make(session, admin(session, now), person(), now=now)
    code = way_in.give_code(session, admin(session, now, "bater"), ref, now=now)

    with pytest.raises(LinkExpired):
        passwords.invited(session, token, now=now + timedelta(days=7, seconds=1))
    assert passwords.invited(session, token, now=now)["login"] == "qige"
    assert passwords.set_first(session, token, NEW, now=now, code=code) == "qige"
    with pytest.raises(LinkExpired):
        passwords.set_first(session, token, NEW, now=now, code=code)
    assert accounts.sign_in(session, "qige", NEW, now=now) is not None


def test_a_new_link_ends_the_older_one_and_its_use_ends_every_session(session, now) -> None:
    by, second = admin(session, now), admin(session, now, "bater")
    ref, first = staffing.make(session, by, person(), now=now)
    code = way_in.give_code(session, second, ref, now=now)
    passwords.set_first(session, first, NEW, now=now, code=code)
    account_id, stamp = accounts.sign_in(session, "qige", NEW, now=now)

    older = staffing.new_link(session, by, ref=ref, now=now)
    newer = staffing.new_link(session, by, ref=ref, now=now)

    with pytest.raises(LinkExpired):
        passwords.invited(session, older, now=now)
    assert accounts.find_viewer(session, account_id, stamp, now=now) is not None
    code = way_in.give_code(session, second, ref, now=now)
    passwords.set_first(session, newer, "another long sentence", now=now, code=code)
    assert accounts.find_viewer(session, account_id, stamp, now=now) is None


def test_an_ended_account_loses_sessions_links_and_roles_at_once(session, now) -> None:
    by = admin(session, now)
    account = an_account(session, Role.APPROVER, login="qige")
    token = staffing.new_link(session, by, ref=account.ref, now=now)

    staffing.end(session, by, account.ref, reason="离职", now=now)

    assert accounts.find_viewer(session, account.id, account.session_stamp, now=now) is None
    assert accounts.sign_in(session, "qige", PASSWORD, now=now) is None
    with pytest.raises(LinkExpired):
        passwords.invited(session, token, now=now)
    states = session.scalars(select(Grant.status).where(Grant.account_id == account.id)).all()
    assert (account.status, states) == (AccountStatus.ENDED, [GrantStatus.ENDED])


def test_nobody_ends_or_resets_his_own_account(session, now) -> None:
    by = admin(session, now)
    own = session.get_one(Account, by.account_id).ref

    with pytest.raises(ActedBefore):
        staffing.end(session, by, own, reason="离职", now=now)
    with pytest.raises(ActedBefore):
        staffing.new_link(session, by, ref=own, now=now)


def test_the_console_gives_new_links_to_administrators_only(session, now) -> None:
    an_account(session, Role.ADMINISTRATOR, login="wulan")
    an_account(session, Role.APPROVER, login="qige")

    assert staffing.new_link(session, viewers.console(), login="wulan", now=now)
    with pytest.raises(NotPermitted):
        staffing.new_link(session, viewers.console(), login="qige", now=now)


@pytest.mark.parametrize(
    ("more", "field", "reason"),
    [
        ({"login": "乌兰"}, "login", "bad_login"),
        ({"login": "wulan"}, "login", "login_taken"),
        ({"name": "  "}, "name", "no_name"),
        ({"region_code": "999999999999"}, "region", "unknown_place"),
        ({"organisation_name": "没有的中学"}, "organisation", "unknown_organisation"),
        ({"phone": "123"}, "phone", "bad_phone"),
        ({"mail": "13800000000"}, "mail", "bad_mail"),
    ],
)
def test_what_cannot_be_used_names_its_field(session, now, more, field, reason) -> None:
    by = admin(session, now)

    with pytest.raises(BadInput) as refused:
        staffing.make(session, by, person(**more), now=now)

    assert refused.value.params == {"field": field, "reason": reason}


def test_a_school_is_found_by_its_name_within_the_banner(session, now) -> None:
    school = a_school(session)

    ref, _ = staffing.make(
        session, admin(session, now), person(organisation_name=school.name), now=now
    )

    card = account_lists.show(session, admin(session, now, "second"), ref, now=now)
    assert card["organisation"] == {"name": "吉文中学"}


@pytest.mark.parametrize("name", ["吉文镇", "吉文"])
def test_a_township_is_found_by_name_below_its_banner(session, now, name) -> None:
    assert staffing.place_below(session, viewers.console(), BANNER, name).startswith("150723")


def test_a_name_that_several_places_begin_with_is_refused(session, now) -> None:
    with pytest.raises(BadInput) as refused:
        staffing.place_below(session, viewers.console(), LEAGUE, "%")

    assert refused.value.params["reason"] in {"unknown_place", "several_places"}


def test_only_administrators_list_accounts(session, now) -> None:
    approver = accounts.viewer_of(session, an_account(session, Role.APPROVER, login="q"), now=now)

    with pytest.raises(NotPermitted):
        account_lists.listing(session, approver, Listed.OPEN, page=1, now=now)


def test_the_list_shows_each_account_with_its_place_and_standing_roles(session, now) -> None:
    by = admin(session, now)

    (card,) = account_lists.listing(session, by, Listed.OPEN, page=1, now=now)

    assert (card["login"], card["region"]["name"], [g["role"] for g in card["grants"]]) == (
        "wulan",
        "鄂伦春自治旗",
        [Role.ADMINISTRATOR],
    )


def test_a_long_list_of_accounts_is_paged_and_no_account_is_lost(session, now) -> None:
    by = admin(session, now)
    for number in range(account_lists.PAGE):
        an_account(session, Role.STATISTICS, login=f"more-{number}")

    pages = [account_lists.listing(session, by, Listed.OPEN, page=n, now=now) for n in (1, 2, 3)]

    assert [len(page) for page in pages] == [account_lists.PAGE, 1, 0]
    assert len({card["ref"] for page in pages for card in page}) == account_lists.PAGE + 1
    assert account_lists.counts(session, by, now=now)[Listed.OPEN] == account_lists.PAGE + 1


def test_the_list_costs_a_fixed_number_of_statements(session, now) -> None:
    by = admin(session, now)

    def listing() -> object:
        return account_lists.listing(session, by, Listed.OPEN, page=1, now=now)

    few = statements(session, listing)
    for number in range(5):
        an_account(session, Role.STATISTICS, login=f"more-{number}")

    assert statements(session, listing) == few
    assert session.scalar(select(func.count()).select_from(Account)) == 6
