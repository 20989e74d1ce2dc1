"""When a notice leaves: not at night, and not 36 hours late without one person's release."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.notices import AccessLink, Notice
from services.notices import inbox, notices
from tests.factories import an_account, viewer
from tests.services.outbox import (
    PHONE,
    Gate,
    a_confirmed_pledge,
    a_donor,
    a_worker,
    ask_for_link,
    deliver,
    the_notice,
)
from vocabulary import clock
from vocabulary.dates import at, today
from vocabulary.enums import NoticeKind, NoticeStatus, Role
from vocabulary.errors import NotPermitted
from vocabulary.quiet import is_quiet, morning_after


@pytest.mark.parametrize(
    ("hour", "minute", "quiet"),
    [(20, 59, False), (21, 0, True), (23, 59, True), (0, 0, True), (7, 59, True), (8, 0, False)],
)
def test_the_night_is_from_21_to_8_in_inner_mongolia(
    session: Session, now: datetime, hour: int, minute: int, *, quiet: bool
) -> None:
    instant = at(today(now), hour, minute)

    assert is_quiet(instant) is quiet
    assert not is_quiet(morning_after(instant))
    assert timedelta() < morning_after(instant) - instant <= timedelta(hours=24)


def test_a_message_of_the_night_leaves_in_the_morning(session: Session, now: datetime) -> None:
    to, sms = a_worker(session, phone="13900000009"), Gate()
    an_account(session, Role.ADMINISTRATOR, login="root")
    for hour, minute, left in ((22, 0, 0), (23, 59, 0), (24, 1, 0), (31, 58, 0), (32, 0, 1)):
        instant = at(today(now)) + timedelta(hours=hour - 9, minutes=minute)
        with clock.moved_to(instant):
            subject = "job:stipends:2026-11-21:silent"
            notices.queue(session, to, NoticeKind.JOB_ALARM, subject, now=instant)
            deliver(session, sms)

        assert len(sms.sent) == left, (hour, minute)

    notice = the_notice(session)
    assert notice.inbox_at == at(today(now), 22)  # the inbox does not ring
    assert notice.delivered_at == at(today(now) + timedelta(days=1), 8)


@pytest.mark.parametrize(
    ("hour", "minute", "leaves"), [(20, 59, 1), (21, 0, 0), (7, 59, 0), (8, 0, 1)]
)
def test_at_the_edges_of_the_night_a_message_leaves_or_waits(
    session: Session, now: datetime, hour: int, minute: int, leaves: int
) -> None:
    """The night is Inner Mongolia's, wherever the server stands: the clock gives UTC instants."""
    (to, subject), sms = a_confirmed_pledge(session), Gate()
    with clock.moved_to(at(today(now), hour, minute)):
        notices.queue(session, to, NoticeKind.PLEDGE_CONFIRMED, subject, now=clock.now())
        deliver(session, sms)

    assert len(sms.sent) == leaves
    assert the_notice(session).text is not None  # the inbox has it either way


def test_a_link_that_its_donor_waits_for_leaves_at_night_too(
    session: Session, now: datetime
) -> None:
    to, sms = a_donor(session), Gate()
    with clock.moved_to(at(today(now), 23)):
        ask_for_link(session, to, clock.now())
        deliver(session, sms)

    assert [message.to for message in sms.sent] == [PHONE]


def test_what_is_36_hours_late_waits_for_one_persons_release(
    session: Session, now: datetime
) -> None:
    an_account(session, Role.PAYING_DESK, login="desk")
    desk = viewer(Role.PAYING_DESK)
    (to, subject), sms = a_confirmed_pledge(session), Gate()
    kind = NoticeKind.PLEDGE_CONFIRMED
    for rung, hours in enumerate((0, 0, 0, 30)):
        then = now + timedelta(hours=hours)
        notices.queue(session, to, kind, subject, now=then, rung=rung)

    monday = now + timedelta(hours=48)
    with clock.moved_to(monday):
        deliver(session, sms)
        deliver(session, sms)
        on_time = len(sms.sent)
        waiting = inbox.late(session, desk)
        digests = session.scalars(
            select(Notice.text).where(Notice.kind == NoticeKind.LATE_RELEASE)
        ).all()
        freed = inbox.release_held(session, desk, now=monday)
        deliver(session, sms)

    assert (on_time, waiting, freed) == (1, {NoticeKind.PLEDGE_CONFIRMED: 3}, 3)
    assert digests == [
        "有 3 条通知晚了 36 小时以上，先停着没发。由拨付岗在消息页核对后一次放行，或者不发了。"
    ]
    assert len(sms.sent) == 4


def test_what_is_late_may_also_be_left_unsent(session: Session, now: datetime) -> None:
    desk, sms = viewer(Role.PAYING_DESK), Gate()
    to, subject = a_confirmed_pledge(session)
    notices.queue(session, to, NoticeKind.PLEDGE_CONFIRMED, subject, now=now)
    with clock.moved_to(now + timedelta(hours=37)):
        deliver(session, sms)
        dropped = inbox.drop_held(session, desk, now=clock.now())
        deliver(session, sms)

    assert (dropped, sms.sent) == (1, [])
    assert the_notice(session).status is NoticeStatus.DROPPED


def test_only_the_paying_desk_releases(session: Session, now: datetime) -> None:
    with pytest.raises(NotPermitted):
        inbox.release_held(session, viewer(Role.CASE_WORKER), now=now)


def test_a_link_asked_for_leaves_however_late_and_lives_from_then_on(
    session: Session, now: datetime
) -> None:
    """The machine was off for five days: nobody has to release what somebody waits for."""
    an_account(session, Role.PAYING_DESK, login="desk")
    to, sms = a_donor(session), Gate()
    ask_for_link(session, to, now)
    back = now + timedelta(days=5)
    with clock.moved_to(back):
        deliver(session, sms)

    link = session.scalars(select(AccessLink)).one()
    assert [message.to for message in sms.sent] == [PHONE]
    assert (link.created_at, link.expires_at) == (back, back + timedelta(days=400))
    assert session.scalars(select(Notice.kind)).all() == [NoticeKind.PRIVATE_LINK]
