"""Limits live in the database: a restart forgets none, a known handle costs the same."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.security import TryCount
from privacy import viewers
from services import limits
from services.accounts import accounts, staffing
from services.accounts.accounts import Place
from services.donors import donor_links
from services.retention import retention
from tests.factories import a_pledge, an_account
from tests.services.test_accounts import admin, statements
from vocabulary.enums import Device, Limited, Role
from vocabulary.errors import TooManyTries


@pytest.mark.parametrize("purpose", list(Limited))
def test_every_purpose_has_its_windows_and_the_next_try_after_them_is_allowed(
    session, now, purpose
) -> None:
    window = limits.LIMITS[purpose][0]
    for _ in range(window.tries):
        limits.take(session, purpose, "x", now=now)

    with pytest.raises(TooManyTries) as refused:
        limits.take(session, purpose, "x", now=now)
    assert refused.value.params == {"minutes": window.minutes}
    limits.take(session, purpose, "somebody else", now=now)
    limits.take(session, purpose, "x", now=now + timedelta(minutes=window.minutes))


def test_counts_outlive_the_process_and_keep_a_keyed_hash_alone(session, now) -> None:
    limits.take(session, Limited.RELINK, "13800000001", now=now)
    session.commit()
    session.expunge_all()

    (row,) = session.scalars(select(TryCount)).all()
    assert row.tries == 1
    assert "13800000001" not in row.handle
    assert (
        retention.carry_out(session, viewers.engine(), "try_counts", now=now + timedelta(days=3))
        == 1
    )


def test_one_address_fails_thirty_times_in_five_minutes_whatever_logins_it_tries(
    session, now
) -> None:
    here, there = Place("198.51.100.7", Device.PHONE), Place("198.51.100.8", Device.PHONE)
    for number in range(30):
        assert accounts.sign_in(session, f"login-{number}", "wrong", now=now, place=here) is None

    with pytest.raises(TooManyTries):
        accounts.sign_in(session, "login-31", "wrong", now=now, place=here)
    assert accounts.sign_in(session, "login-31", "wrong", now=now, place=there) is None


def test_a_sixth_reset_link_of_a_day_is_refused(session, now) -> None:
    by = admin(session, now)
    account = an_account(session, Role.APPROVER, login="qige")
    for _ in range(5):
        staffing.new_link(session, by, ref=account.ref, now=now)

    with pytest.raises(TooManyTries):
        staffing.new_link(session, by, ref=account.ref, now=now)
    assert staffing.new_link(session, by, ref=account.ref, now=now + timedelta(days=1))


def test_a_donors_sixth_new_link_of_a_day_is_not_sent_and_nobody_can_tell(session, now) -> None:
    a_pledge(session, "13800000001")
    for _ in range(5):
        donor_links.renew(session, "13800000001", now=now)
        donor_links.renew(session, "13900000009", now=now)

    known = statements(session, lambda: donor_links.renew(session, "13800000001", now=now))
    unknown = statements(session, lambda: donor_links.renew(session, "13900000009", now=now))

    assert known == unknown
