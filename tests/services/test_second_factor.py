"""The second step: a code opens once, near now, and not for who tries many; ten codes on paper."""

from datetime import datetime, timedelta

import pyotp
import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models.accounts import Account
from models.notices import Notice
from models.security import AccountEvent, RecoveryCode
from privacy import viewers
from privacy.viewers import Viewer
from services.accounts import accounts, activity, factor_resets, passwords, second_factor
from services.notices.drawing import draw
from services.retention import retention
from tests.factories import PASSWORD, an_account
from vocabulary.enums import Activity, Device, NoticeKind, Role
from vocabulary.errors import (
    ActedBefore,
    AlreadyDecided,
    NotFound,
    NotPermitted,
    TooManyTries,
    WrongCode,
)

STEP = timedelta(seconds=30)


def person(session: Session, now: datetime, login: str = "wulan", *roles: Role) -> Viewer:
    account = an_account(session, *(roles or (Role.APPROVER,)), login=login)
    return accounts.viewer_of(session, account, now=now)


def pending(session: Session, viewer: Viewer) -> pyotp.TOTP:
    typed = second_factor.standing(session, viewer)["typed_key"]
    return pyotp.TOTP(typed.replace(" ", ""))


def enrolled(session: Session, viewer: Viewer, now: datetime) -> tuple[pyotp.TOTP, list[str]]:
    """Set the second step up with a code of an hour ago."""
    then = now - timedelta(hours=1)
    second_factor.begin(session, viewer, now=then)
    phone = pending(session, viewer)
    codes = second_factor.confirm(session, viewer, phone.at(then), now=then, device=Device.PHONE)
    return phone, codes


def passes(session: Session, viewer: Viewer, code: str, now: datetime) -> bool:
    return second_factor.passes(
        session, viewer.account_id or 0, code, now=now, device=Device.COMPUTER
    )


def test_a_secret_counts_only_once_a_code_shows_that_the_phone_has_it(session, now) -> None:
    viewer = person(session, now)
    second_factor.begin(session, viewer, now=now)
    assert not second_factor.is_on(session, viewer.account_id)

    wrong = f"{(int(pending(session, viewer).at(now)) + 1) % 1_000_000:06d}"
    with pytest.raises(WrongCode):
        second_factor.confirm(session, viewer, wrong, now=now, device=Device.PHONE)
    assert not second_factor.is_on(session, viewer.account_id)

    code = pending(session, viewer).at(now)
    second_factor.confirm(session, viewer, code, now=now, device=Device.PHONE)
    assert second_factor.is_on(session, viewer.account_id)


@pytest.mark.parametrize(
    ("seconds", "opens"), [(-31, False), (-1, False), (0, True), (29, True), (30, False)]
)
def test_a_code_opens_in_its_own_thirty_seconds_alone(session, now, seconds, opens) -> None:
    assert now.second % 30 == 0
    viewer = person(session, now)
    phone, _ = enrolled(session, viewer, now)
    code = phone.at(now)

    assert passes(session, viewer, code, now + timedelta(seconds=seconds)) is opens


@pytest.mark.parametrize("steps", [-1, 1])
def test_a_phone_whose_clock_is_off_is_not_set_up(session, now, steps) -> None:
    viewer = person(session, now)
    second_factor.begin(session, viewer, now=now)
    code = pending(session, viewer).at(now + steps * STEP)

    with pytest.raises(WrongCode):
        second_factor.confirm(session, viewer, code, now=now, device=Device.PHONE)

    assert not second_factor.is_on(session, viewer.account_id)


def test_a_code_opens_once_and_so_does_no_older_one_after_it(session, now) -> None:
    viewer = person(session, now)
    phone, _ = enrolled(session, viewer, now)
    code, before = phone.at(now), phone.at(now - STEP)

    assert passes(session, viewer, code, now)
    assert not passes(session, viewer, code, now)
    assert not passes(session, viewer, before, now)
    assert passes(session, viewer, phone.at(now + STEP), now + STEP)


def test_the_code_that_set_it_up_does_not_also_sign_in(session, now) -> None:
    viewer = person(session, now)
    second_factor.begin(session, viewer, now=now)
    code = pending(session, viewer).at(now)
    second_factor.confirm(session, viewer, code, now=now, device=Device.PHONE)

    assert not passes(session, viewer, code, now)


def test_the_sixth_try_within_five_minutes_is_refused_though_it_be_right(session, now) -> None:
    viewer = person(session, now)
    phone, _ = enrolled(session, viewer, now)
    for _ in range(5):
        assert not passes(session, viewer, "AAAAAA", now)

    with pytest.raises(TooManyTries):
        passes(session, viewer, phone.at(now), now)
    later = now + timedelta(minutes=5)
    assert passes(session, viewer, phone.at(later), later)


def test_no_more_than_twenty_wrong_codes_an_hour_however_slowly(session, now) -> None:
    viewer = person(session, now)
    enrolled(session, viewer, now)

    slowly = timedelta(minutes=1, seconds=30)
    for number in range(20):
        assert not passes(session, viewer, "AAAAAA", now + number * slowly)

    with pytest.raises(TooManyTries):
        passes(session, viewer, "AAAAAA", now + 20 * slowly)


def test_each_of_ten_recovery_codes_opens_once_however_it_is_typed(session, now) -> None:
    viewer = person(session, now)
    _, codes = enrolled(session, viewer, now)

    assert len(set(codes)) == 10
    assert passes(session, viewer, codes[0].lower().replace("-", " "), now)
    assert not passes(session, viewer, codes[0], now)
    assert second_factor.standing(session, viewer)["left"] == 9


def test_recovery_codes_and_secret_are_not_kept_in_plain(session, now) -> None:
    viewer = person(session, now)
    phone, codes = enrolled(session, viewer, now)

    kept = str(session.execute(text("SELECT secret FROM second_factors")).all())
    hashes = session.scalars(select(RecoveryCode.code_hash)).all()
    assert phone.secret not in kept
    assert len(hashes) == 10
    assert not any(code.replace("-", "") in kept for code in codes for kept in hashes)


def test_fresh_recovery_codes_end_the_older_ones(session, now) -> None:
    viewer = person(session, now)
    _, old = enrolled(session, viewer, now)

    fresh = second_factor.renew_codes(session, viewer, now=now, device=Device.PHONE)

    assert not passes(session, viewer, old[0], now)
    assert passes(session, viewer, fresh[0], now)


def test_anothers_recovery_code_opens_nothing(session, now) -> None:
    mine, other = person(session, now), person(session, now, "qige")
    enrolled(session, mine, now)
    _, theirs = enrolled(session, other, now)

    assert not passes(session, mine, theirs[0], now)


def test_the_old_phone_counts_until_the_new_one_is_confirmed(session, now) -> None:
    viewer = person(session, now)
    old, _ = enrolled(session, viewer, now)
    second_factor.begin(session, viewer, now=now)

    assert passes(session, viewer, old.at(now), now)
    later = now + STEP
    new = pending(session, viewer)
    second_factor.confirm(session, viewer, new.at(later), now=later, device=Device.PHONE)
    assert not passes(session, viewer, old.at(later + STEP), later + STEP)
    assert passes(session, viewer, new.at(later + STEP), later + STEP)


def test_a_lost_phone_takes_two_administrators_and_the_person_is_told(session, now) -> None:
    lost = person(session, now)
    enrolled(session, lost, now)
    first, second = (person(session, now, f"admin-{n}", Role.ADMINISTRATOR) for n in (1, 2))
    account = session.get_one(Account, lost.account_id)
    stamp = account.session_stamp

    ref = factor_resets.ask(session, first, account.ref, reason="手机丢了", now=now)
    with pytest.raises(ActedBefore):
        factor_resets.agree(session, first, ref, now=now)
    with pytest.raises(AlreadyDecided):
        factor_resets.ask(session, second, account.ref, reason="手机丢了", now=now)
    assert second_factor.is_on(session, account.id)

    factor_resets.agree(session, second, ref, now=now)

    assert not second_factor.is_on(session, account.id)
    assert session.scalar(select(RecoveryCode.id)) is None
    assert accounts.find_viewer(session, account.id, stamp, now=now) is None
    notice = session.scalars(select(Notice).where(Notice.kind == NoticeKind.FACTOR_RESET)).one()
    assert notice.recipient_id == account.id
    drawn = draw(session, lost, notice, now=now, hotline="12338")
    assert drawn and "11月21日取消了你的手机验证码" in drawn.inbox
    other = draw(session, first, notice, now=now, hotline="12338")
    assert other is None


def test_nobody_asks_for_or_agrees_to_his_own_reset(session, now) -> None:
    one = person(session, now, "admin-1", Role.ADMINISTRATOR)
    two = person(session, now, "admin-2", Role.ADMINISTRATOR)
    enrolled(session, one, now)
    ref = session.get_one(Account, one.account_id).ref

    with pytest.raises(ActedBefore):
        factor_resets.ask(session, one, ref, reason="手机丢了", now=now)
    asked = factor_resets.ask(session, two, ref, reason="手机丢了", now=now)
    with pytest.raises(ActedBefore):
        factor_resets.agree(session, one, asked, now=now)


def test_the_console_is_a_second_person_for_administrators_only(session, now) -> None:
    one = person(session, now, "admin-1", Role.ADMINISTRATOR)
    two = person(session, now, "admin-2", Role.ADMINISTRATOR)
    worker = person(session, now, "worker", Role.CASE_WORKER)
    for lost in (one, worker):
        enrolled(session, lost, now)
        ref = session.get_one(Account, lost.account_id).ref
        factor_resets.ask(session, two, ref, reason="手机丢了", now=now)
    console = viewers.console()

    with pytest.raises(NotPermitted):
        factor_resets.agree_at_console(session, console, "worker", now=now)
    factor_resets.agree_at_console(session, console, "admin-1", now=now)
    assert not second_factor.is_on(session, one.account_id)
    with pytest.raises(NotFound):
        factor_resets.agree_at_console(session, console, "admin-1", now=now)


def test_recent_activity_keeps_day_kind_and_device_and_its_owner_alone_reads_it(
    session, now
) -> None:
    viewer = person(session, now)
    admin = person(session, now, "admin", Role.ADMINISTRATOR)
    for _ in range(3):
        accounts.sign_in(session, "wulan", "wrong", now=now)
    accounts.enter(
        session, viewer.account_id, _stamp(session, viewer), now=now, device=Device.PHONE
    )
    passwords.change(session, viewer, PASSWORD, "草原上的十匹马 2026", now=now, device=Device.PHONE)

    mine = activity.mine(session, viewer)

    assert {(c["kind"], c["times"], c["device"]) for c in mine} == {
        (Activity.FAILED_TRY, 3, Device.OTHER),
        (Activity.SIGNED_IN, 1, Device.PHONE),
        (Activity.PASSWORD_CHANGED, 1, Device.PHONE),
    }
    assert {c["on"] for c in mine} == {now.date()}
    assert all(set(c) == {"on", "kind", "device", "about", "times"} for c in mine)
    assert activity.mine(session, admin) == []
    assert AccountEvent.__table__.c.keys() == [
        "id", "account_id", "on", "kind", "device", "about", "times",
    ]  # fmt: skip


def test_activity_is_forgotten_after_a_year(session, now) -> None:
    viewer = person(session, now)
    activity.note(session, viewer.account_id, Activity.SIGNED_IN, now=now)

    assert (
        retention.carry_out(
            session, viewers.engine(), "account_events", now=now + timedelta(days=365)
        )
        == 0
    )
    assert (
        retention.carry_out(
            session, viewers.engine(), "account_events", now=now + timedelta(days=366)
        )
        == 1
    )


def _stamp(session: Session, viewer: Viewer) -> str:
    return session.get_one(Account, viewer.account_id).session_stamp
