"""The outbox: one row a recipient, kind, subject and rung, refs only; whom which job tells."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from jobs.run import Run
from jobs.stipends import open_and_fund
from models.accounts import Grant
from models.notices import Notice
from models.stipends import Batch
from services.batches import batches
from services.books import receipts
from services.books.receipts import BankLine
from services.notices import drawing, notices
from services.notices.notices import Recipient
from tests.factories import (
    BANNER,
    LEAGUE,
    OTHER_BANNER,
    a_child,
    a_match,
    a_pledge,
    a_school,
    an_account,
    viewer,
)
from tests.services.outbox import PHONE, a_donor, a_worker, deliver
from vocabulary.dates import today
from vocabulary.enums import GrantStatus, NoticeKind, NoticeStatus, RecipientKind, Role
from vocabulary.money import Fen

SILENT = "job:stipends:2026-11-21:silent"


def test_the_same_notice_twice_is_one(session: Session, now: datetime) -> None:
    to = a_worker(session)

    for _ in range(2):
        notices.queue(session, to, NoticeKind.JOB_ALARM, "job:stipends:2026-11-21:silent", now=now)
    notices.queue(
        session, to, NoticeKind.JOB_ALARM, "job:stipends:2026-11-21:silent", now=now, rung=1
    )

    assert session.scalars(select(Notice.rung).order_by(Notice.rung)).all() == [0, 1]


def test_another_recipient_kind_subject_or_rung_is_another_notice(
    session: Session, now: datetime
) -> None:
    to, other = a_worker(session), a_worker(session, login="li")
    failed = "job:stipends:2026-11-21:failed"
    for one, kind, subject, rung in (
        (to, NoticeKind.JOB_ALARM, SILENT, 0),
        (other, NoticeKind.JOB_ALARM, SILENT, 0),
        (Recipient(RecipientKind.DONOR, to.id), NoticeKind.JOB_ALARM, SILENT, 0),
        (to, NoticeKind.LATE_RELEASE, SILENT, 0),
        (to, NoticeKind.JOB_ALARM, failed, 0),
        (to, NoticeKind.JOB_ALARM, SILENT, 1),
    ):
        for _twice in range(2):
            notices.queue(session, one, kind, subject, now=now, rung=rung)

    assert len(session.scalars(select(Notice.id)).all()) == 6


def test_the_database_itself_refuses_the_second_row(session: Session, now: datetime) -> None:
    notices.queue(session, a_worker(session), NoticeKind.JOB_ALARM, SILENT, now=now)
    row = session.scalars(select(Notice)).one()
    copy = Notice(
        recipient_kind=row.recipient_kind,
        recipient_id=row.recipient_id,
        kind=row.kind,
        subject=row.subject,
        rung=row.rung,
        status=NoticeStatus.WAITING,
        created_at=now,
        not_before=now,
    )
    session.add(copy)

    with pytest.raises(IntegrityError):
        session.flush()


def test_a_row_keeps_refs_alone_until_it_is_delivered(session: Session, now: datetime) -> None:
    match = a_match(session, a_pledge(session, PHONE)[0], a_child(session, a_school(session)))
    subject = f"match:{match.donor_ref}"
    notices.queue(session, a_donor(session), NoticeKind.MATCHED, subject, now=now)

    row = session.scalars(select(Notice)).one()

    assert (row.subject, row.text, row.sent_text) == (subject, None, None)


def test_what_no_text_can_be_drawn_about_is_not_queued(session: Session, now: datetime) -> None:
    with pytest.raises(ValueError, match="no text"):
        notices.queue(session, a_worker(session), NoticeKind.JOB_ALARM, "陈雨桐", now=now)


def test_roles_are_told_within_their_regions_only(session: Session, now: datetime) -> None:
    here = an_account(session, Role.APPROVER, login="here").id
    above = an_account(session, Role.APPROVER, login="above", region_code=LEAGUE).id
    an_account(session, Role.APPROVER, login="elsewhere", region_code=OTHER_BANNER)
    an_account(session, Role.CASE_WORKER, login="another-role")
    ended = an_account(session, Role.APPROVER, login="ended")
    grant = session.scalars(select(Grant).where(Grant.account_id == ended.id)).one()
    grant.status = GrantStatus.ENDED

    notices.to_roles(
        session, (Role.APPROVER,), BANNER, NoticeKind.PROPOSALS_WAIT, f"queue:{BANNER}", now=now
    )

    told = session.scalars(select(Notice.recipient_id).order_by(Notice.recipient_id)).all()
    assert told == sorted([here, above])


def test_every_subject_that_may_be_queued_can_be_drawn() -> None:
    assert set(drawing._SOURCES) == notices.SUBJECTS


def test_the_stipend_run_asks_each_donor_once_for_what_no_money_covers(
    session: Session, now: datetime
) -> None:
    pledge, _ = a_pledge(session, PHONE)
    school = a_school(session)
    for name in ("甲", "乙"):
        a_match(session, pledge, a_child(session, school, name=name))
    session.commit()

    told = []
    for _ in range(2):
        run = Run(session, "stipends", period=today(now))
        run.execute(open_and_fund)
        told.append(run.notices)

    assert told == [1, 0]
    assert session.scalars(select(Notice.kind)).all() == [NoticeKind.PAYMENT_DUE]


def test_whoever_hands_over_is_told_that_the_money_is_on_the_way(
    session: Session, now: datetime
) -> None:
    pledge, reference = a_pledge(session, PHONE)
    school = a_school(session)
    a_match(session, pledge, a_child(session, school))
    an_account(session, Role.SCHOOL_OFFICER, login="teacher", organisation_id=school.id)
    other = a_school(session, name="别的学校")
    an_account(session, Role.SCHOOL_OFFICER, login="other", organisation_id=other.id)
    line = BankLine(reference, Fen(30_000), today(now))
    receipts.record(session, viewer(Role.COLLECTING_DESK), line, now=now)
    session.commit()
    Run(session, "stipends", period=today(now)).execute(open_and_fund)
    batch = session.scalars(select(Batch)).one()
    batches.send(session, viewer(Role.PAYING_DESK), batch.ref, now=now)

    deliver(session)

    sent = select(Notice.text).where(Notice.kind == NoticeKind.BATCH_SENT)
    assert session.scalars(sent).all() == [
        f"11月的助学金已拨付，备注 {batch.memo}，共 3 位。请在12月5日前转交。"
    ]
