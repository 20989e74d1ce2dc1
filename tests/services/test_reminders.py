"""Reminders on school days 3 and 7, to the banner on day 14, each once, silent in holidays."""

from datetime import date, timedelta

from sqlalchemy import select

from models.notices import Notice
from privacy import viewers
from services.handover import handovers, reminders
from services.routes import calendar
from tests.factories import (
    OTHER_BANNER,
    a_child,
    a_match,
    a_pledge,
    a_school,
    a_sent_batch,
    an_account,
    viewer,
)
from tests.services.outbox import deliver
from vocabulary import clock
from vocabulary.dates import at
from vocabulary.enums import NoticeKind, Role

SENT = date(2026, 11, 3)  # a Tuesday
ENGINE = viewers.engine("reminders")


def a_world(session, sent=SENT):
    school = a_school(session)
    match = a_match(session, a_pledge(session)[0], a_child(session, school))
    batch = a_sent_batch(session, school, match, on=sent)
    an_account(session, Role.SCHOOL_OFFICER, login="officer", organisation_id=school.id)
    an_account(
        session, Role.SCHOOL_OFFICER, login="other", organisation_id=a_school(session, "别校").id
    )
    an_account(session, Role.APPROVER, login="approver")
    an_account(session, Role.APPROVER, login="elsewhere", region_code=OTHER_BANNER)
    return school, batch


def days_told(session, until, sent=SENT) -> list[tuple]:
    told = []
    for n in range((until - sent).days + 1):
        day = sent + timedelta(days=n)
        for _twice in range(2):
            counts = reminders.remind(session, ENGINE, on=day, now=at(day))
            assert counts["due"] == counts["reminded"] + counts["escalated"]
            if counts["reminded"] or counts["escalated"]:
                told.append((day, counts["reminded"], counts["escalated"]))
    return told


def test_a_silent_school_is_reminded_twice_and_then_the_banner_is_told(session) -> None:
    _, batch = a_world(session)

    assert days_told(session, date(2026, 12, 15)) == [
        (date(2026, 11, 6), 1, 0),
        (date(2026, 11, 12), 1, 0),
        (date(2026, 11, 17), 0, 1),
    ]
    rows = session.execute(select(Notice.kind, Notice.rung, Notice.subject)).all()
    subject = f"batch:{batch.ref}"
    assert rows == [
        (NoticeKind.SCHOOL_REMINDER, 1, subject),
        (NoticeKind.SCHOOL_REMINDER, 2, subject),
        (NoticeKind.SCHOOL_SILENT, 0, subject),
    ]


def test_a_school_that_answered_is_left_alone(session, now) -> None:
    school, batch = a_world(session)
    officer = viewer(Role.SCHOOL_OFFICER, organisation_id=school.id)
    handovers.confirm_all(session, officer, batch.ref, now=at(SENT, 15))

    assert days_told(session, date(2026, 12, 15)) == []


def test_holidays_count_for_nothing_and_stay_silent(session) -> None:
    """30 September 2026: the National Day week has no school day."""
    a_world(session, date(2026, 9, 30))

    first = days_told(session, date(2026, 10, 12), date(2026, 9, 30))[0]

    assert calendar.is_school_day(date(2026, 10, 2)) is False
    assert first[0] > date(2026, 10, 8)


def test_days_missed_while_the_machine_was_off_are_one_reminder(session) -> None:
    a_world(session)

    counts = reminders.remind(session, ENGINE, on=date(2026, 11, 13), now=at(date(2026, 11, 13)))

    assert counts["reminded"] == 1
    assert session.scalars(select(Notice.rung)).all() == [2]


def test_a_year_the_calendar_does_not_know_goes_by_the_week() -> None:
    assert calendar.is_school_day(date(2090, 1, 2)) is True
    assert calendar.is_school_day(date(2090, 1, 1)) is False


def test_the_exact_school_days_are_three_and_seven_and_the_day_fourteen(session) -> None:
    """Sent on Tuesday the 3rd: Friday the 6th, Thursday the 12th, and Tuesday the 17th."""
    a_world(session)
    one_day_early = (date(2026, 11, 5), date(2026, 11, 11), date(2026, 11, 16))

    told = days_told(session, date(2026, 11, 17))

    assert [day for day, *_ in told] == [day + timedelta(days=1) for day in one_day_early]
    assert calendar.school_days_since(SENT, date(2026, 11, 6)) == 3
    assert calendar.school_days_since(SENT, date(2026, 11, 12)) == 7


def test_a_machine_off_past_day_fourteen_tells_both_once(session) -> None:
    """The school hears the last rung alone, the banner hears that it is silent; never again."""
    a_world(session)
    back = date(2026, 11, 25)

    for day in (back, back, back + timedelta(days=1), back + timedelta(days=30)):
        reminders.remind(session, ENGINE, on=day, now=at(day))

    assert session.execute(select(Notice.kind, Notice.rung)).all() == [
        (NoticeKind.SCHOOL_REMINDER, 2),
        (NoticeKind.SCHOOL_SILENT, 0),
    ]


def test_a_reminder_drawn_after_the_school_has_answered_is_not_delivered(session) -> None:
    school, batch = a_world(session)
    officer = viewer(Role.SCHOOL_OFFICER, organisation_id=school.id)
    day = date(2026, 11, 6)
    with clock.moved_to(at(day)):
        reminders.remind(session, ENGINE, on=day, now=at(day))
        handovers.confirm_all(session, officer, batch.ref, now=at(day))
        deliver(session)

    kind = NoticeKind.SCHOOL_REMINDER
    assert session.scalars(select(Notice.text).where(Notice.kind == kind)).all() == [None]
