"""Out of the house: never twice, tried again where that is safe, and one bad one stops no other."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from gateways.messages import Message, Outcome
from models.notices import Notice
from services.notices import notices
from tests.factories import an_account
from tests.services.outbox import (
    Gate,
    a_confirmed_pledge,
    a_donor,
    a_worker,
    ask_for_link,
    deliver,
    the_notice,
)
from vocabulary import clock
from vocabulary.enums import NoticeKind, NoticeStatus, Role


class Killed(BaseException):
    """The process ends here: nothing after it runs."""


def killed_at(session: Session, moment: str) -> Callable[[Message], Outcome]:
    """A way out in which the process dies before or after the message was taken over."""
    taken: list[Message] = []

    def send(message: Message) -> Outcome:
        if moment == "after":
            taken.append(message)
        raise Killed

    send.taken = taken  # type: ignore[attr-defined]
    return send


@pytest.mark.faults
@pytest.mark.parametrize("moment", ["before", "after"])
def test_an_sms_whose_sender_was_killed_is_never_sent_again(
    session: Session, now: datetime, moment: str
) -> None:
    an_account(session, Role.ADMINISTRATOR, login="root")
    ask_for_link(session, a_donor(session), now)
    dying, later = Gate(), Gate()
    dying.send = killed_at(session, moment)  # type: ignore[method-assign]
    with pytest.raises(Killed):
        deliver(session, dying)
    assert session.scalars(select(Notice.status)).all() == [NoticeStatus.SENDING]

    for minutes in (1, 20, 600):
        with clock.moved_to(now + timedelta(minutes=minutes)):
            deliver(session, later)

    told = session.execute(select(Notice.kind, Notice.status).order_by(Notice.id)).all()
    assert later.sent == []
    assert told == [
        (NoticeKind.PRIVATE_LINK, NoticeStatus.UNCLEAR),
        (NoticeKind.JOB_ALARM, NoticeStatus.DELIVERED),
    ]


@pytest.mark.faults
def test_a_mail_whose_sender_was_killed_is_sent_again_under_the_same_key(
    session: Session, now: datetime
) -> None:
    ask_for_link(session, a_donor(session, "li@example.org"), now)
    dying, later = Gate(), Gate()
    dying.send = killed_at(session, "after")  # type: ignore[method-assign]
    with pytest.raises(Killed):
        deliver(session, mail=dying)

    for minutes in (1, 20, 30, 40):
        with clock.moved_to(now + timedelta(minutes=minutes)):
            deliver(session, mail=later)

    first = dying.send.taken[0]  # type: ignore[attr-defined]
    assert [message.key for message in later.sent] == [first.key]
    assert the_notice(session).status is NoticeStatus.DELIVERED


def test_an_unclear_sms_is_its_own_state_and_final(session: Session, now: datetime) -> None:
    an_account(session, Role.ADMINISTRATOR, login="root")
    ask_for_link(session, a_donor(session), now)
    sms = Gate(Outcome.UNKNOWN)

    deliver(session, sms)
    with clock.moved_to(now + timedelta(hours=3)):
        deliver(session, sms)

    statuses = session.scalars(select(Notice.status).order_by(Notice.id)).all()
    assert (len(sms.sent), statuses[0]) == (1, NoticeStatus.UNCLEAR)


def test_what_fails_is_tried_again_later_and_at_last_told_to_administrators(
    session: Session, now: datetime
) -> None:
    an_account(session, Role.ADMINISTRATOR, login="root")
    ask_for_link(session, a_donor(session), now)
    sms = Gate(*[Outcome.FAILED] * 9)

    tried = []
    for minutes in (0, 4, 5, 34, 36, 156, 157, 700, 1300):
        with clock.moved_to(now + timedelta(minutes=minutes)):
            deliver(session, sms)
        tried.append(len(sms.sent))

    rows = session.execute(select(Notice.kind, Notice.status, Notice.text).order_by(Notice.id))
    assert tried == [1, 1, 2, 2, 3, 4, 4, 5, 5]
    assert rows.all() == [
        (NoticeKind.PRIVATE_LINK, NoticeStatus.FAILED, None),
        (
            NoticeKind.JOB_ALARM,
            NoticeStatus.DELIVERED,
            "通知：有几条没送出去。请看“运行状况”。",
        ),
    ]


def test_a_refused_address_fails_at_once(session: Session, now: datetime) -> None:
    ask_for_link(session, a_donor(session), now)
    sms = Gate(Outcome.REFUSED)

    deliver(session, sms)

    assert the_notice(session).status is NoticeStatus.FAILED


def test_a_notice_that_cannot_be_drawn_stops_no_other(session: Session, now: datetime) -> None:
    root = an_account(session, Role.ADMINISTRATOR, login="root")
    bad, good, sms = a_donor(session, "13800000007"), a_donor(session), Gate()
    broken = a_worker(session)
    notices.queue(session, broken, NoticeKind.JOB_ALARM, "job:stipends:1:nonsense", now=now)
    ask_for_link(session, bad, now)
    ask_for_link(session, good, now)
    session.execute(
        text("UPDATE vault_contacts SET value = :value WHERE donor_id = :id"),
        {"value": b"\0", "id": bad.id},
    )

    deliver(session, sms)

    rows = session.execute(
        select(Notice.recipient_id, Notice.kind, Notice.status).order_by(Notice.id)
    ).all()
    assert [message.to for message in sms.sent] == ["13800000001"]
    assert rows == [
        (broken.id, NoticeKind.JOB_ALARM, NoticeStatus.FAILED),
        (bad.id, NoticeKind.PRIVATE_LINK, NoticeStatus.FAILED),
        (good.id, NoticeKind.PRIVATE_LINK, NoticeStatus.DELIVERED),
        (root.id, NoticeKind.JOB_ALARM, NoticeStatus.DELIVERED),
    ]


def test_a_way_out_that_breaks_stops_no_other_message(session: Session, now: datetime) -> None:
    """It may have sent before it broke: an SMS is not sent again."""
    (to, subject), sms = a_confirmed_pledge(session), Gate()
    for rung in range(3):
        notices.queue(session, to, NoticeKind.PLEDGE_CONFIRMED, subject, now=now, rung=rung)
    taken: list[Message] = []

    def send(message: Message) -> Outcome:
        taken.append(message)
        if len(taken) == 1:
            raise ValueError("a header that cannot be written")  # noqa: TRY003 a test's own
        return Outcome.SENT

    sms.send = send  # type: ignore[method-assign]
    for _ in range(2):
        deliver(session, sms)

    states = session.scalars(select(Notice.status).order_by(Notice.id)).all()
    assert len(taken) == 3
    assert states == [NoticeStatus.UNCLEAR, NoticeStatus.DELIVERED, NoticeStatus.DELIVERED]
