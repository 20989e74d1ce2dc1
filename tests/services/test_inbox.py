"""A person's own messages: nobody else's, counted, and marked as read."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from services.notices import inbox, notices
from tests.factories import viewer
from tests.services.outbox import a_worker, deliver
from vocabulary.enums import NoticeKind, Role
from vocabulary.errors import NotFound


def test_an_inbox_is_its_owners_alone(session: Session, now: datetime) -> None:
    to, other = a_worker(session), a_worker(session, login="li")
    subject = "job:stipends:2026-11-21:silent"
    notices.queue(session, to, NoticeKind.JOB_ALARM, subject, now=now)
    deliver(session)
    owner = viewer(Role.CASE_WORKER, account_id=to.id)
    stranger = viewer(Role.CASE_WORKER, account_id=other.id)

    card = inbox.messages(session, owner)[0]

    assert dict(card) == {
        "ref": card["ref"],
        "kind": NoticeKind.JOB_ALARM,
        "subject": subject,
        "text": "每天的助学金：到点没有跑。请看“运行状况”。",
        "inbox_at": now,
        "read_at": None,
        "title": "定时任务要看一下",
    }
    assert (inbox.unread(session, owner), inbox.unread(session, stranger)) == (1, 0)
    assert inbox.messages(session, stranger) == []
    with pytest.raises(NotFound):
        inbox.mark_read(session, stranger, card["ref"], now=now)
    inbox.mark_read(session, owner, card["ref"], now=now)
    assert inbox.unread(session, owner) == 0


def test_reading_all_leaves_others_messages_unread(session: Session, now: datetime) -> None:
    to, other = a_worker(session), a_worker(session, login="li")
    for one in (to, other):
        notices.queue(session, one, NoticeKind.JOB_ALARM, "job:stipends:1:silent", now=now)
    deliver(session)

    marked = inbox.mark_all_read(session, viewer(Role.CASE_WORKER, account_id=to.id), now=now)

    assert marked == 1
    assert inbox.unread(session, viewer(Role.CASE_WORKER, account_id=other.id)) == 1
