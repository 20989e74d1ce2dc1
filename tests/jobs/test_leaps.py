"""The clock leaps: the machine stood still for months, or its clock was set. Nothing leaves the house,
and nothing is deleted, before a person has said that today is today.
"""

from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from jobs.schedule import BY_NAME, JOBS
from jobs.start import start
from models.jobs import JobRun
from models.notices import Notice
from models.stipends import Batch, Stipend
from privacy import viewers
from services import leaps, trace
from services.batches import batches, orders
from services.notices import inbox
from services.upkeep import watch
from tests.factories import a_child, a_match, a_pledge, a_school, an_account, viewer
from tests.services.gap_fund import feed
from tests.services.outbox import Gate, deliver
from tests.web.desks import sign_in
from vocabulary import clock
from vocabulary.dates import at, today
from vocabulary.enums import BatchStatus, Chain, JobStatus, NoticeKind, NoticeStatus, Role
from vocabulary.errors import ClockLeapt, NotPermitted

DESK = viewer(Role.PAYING_DESK, actor="account:paying")
SCHOOLS = 3


@pytest.fixture
def house(session: Session, now: datetime) -> Session:
    """Three schools with a child each, a fund that reaches for all, and a desk that is told."""
    for n in range(SCHOOLS):
        school = a_school(session, f"学校{n}")
        school.account_number = f"621700000000000{n}"
        match = a_match(session, a_pledge(session, f"1380000000{n}")[0], a_child(session, school))
        match.starts_on = date(2026, 11, 1)
        an_account(
            session,
            Role.SCHOOL_OFFICER,
            login=f"s{n}",
            organisation_id=school.id,
            phone="13900000009",
        )
    an_account(session, Role.PAYING_DESK, login="desk", phone="13900000008")
    an_account(session, Role.ADMINISTRATOR, login="root")
    feed(session, 5_000_000)
    session.commit()
    live(session, now)
    return session


def live(session: Session, instant: datetime, *names: str) -> None:
    with clock.moved_to(instant):
        for name in names or ("stipends",):
            start(session, BY_NAME[name], period=today(instant))


def waiting(session: Session) -> list[str]:
    return list(session.scalars(select(Batch.ref).where(Batch.status == BatchStatus.OPEN)))


def opened(session: Session) -> list[date]:
    return sorted(session.scalars(select(Stipend.due_on)))


def test_after_three_months_off_each_month_is_opened_once_and_leaves_when_one_person_says_so(
    house: Session, now: datetime
) -> None:
    back = at(date(2027, 2, 21))
    live(house, back)
    live(house, back + timedelta(minutes=10))
    months = [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1)]

    assert opened(house) == sorted(months * SCHOOLS)
    cards = orders.with_accounts(house, DESK)
    assert sum(card["late"] for card in cards) == len(months) * SCHOOLS
    refs = waiting(house)
    for send in (
        lambda: orders.prepare(house, DESK, refs, now=back),
        lambda: batches.send_all(house, DESK, refs, now=back),
        lambda: batches.send(house, DESK, refs[0], now=back),
    ):
        with pytest.raises(ClockLeapt):
            send()
    assert leaps.confirm(house, DESK, now=back)
    assert orders.prepare(house, DESK, refs, now=back)


def test_one_digest_instead_of_a_flood_and_after_the_release_each_notice_once(
    house: Session, now: datetime
) -> None:
    with clock.moved_to(now):
        batches.send_all(house, DESK, waiting(house), now=now)
    back, sms = at(date(2027, 2, 21)), Gate()
    live(house, back)
    with clock.moved_to(back):
        deliver(house, sms)
        deliver(house, sms)
        before = [message.title for message in sms.sent]
        digests = house.scalar(
            select(func.count()).where(Notice.kind == NoticeKind.LATE_RELEASE, Notice.rung == 0)
        )
        leaps.confirm(house, DESK, now=back)
        inbox.release_held(house, DESK, now=back)
        deliver(house, sms)

    assert set(before) <= {"定时任务要看一下", "晚了的通知等放行"}
    assert digests == 2  # one for each of the two who look after it
    assert len({message.key for message in sms.sent}) == len(sms.sent)
    left = select(func.count()).where(Notice.status == NoticeStatus.WAITING)
    assert house.scalar(left) == 0


def test_a_clock_400_days_ahead_opens_nothing_and_asks(house: Session, now: datetime) -> None:
    before = opened(house)
    ahead = now + timedelta(days=400)

    with pytest.raises(ClockLeapt):
        live(house, ahead)
    live(house, ahead + timedelta(minutes=2), *(j.name for j in JOBS if not j.trusts_no_clock))

    assert opened(house) == before
    done = house.scalars(select(JobRun.name).where(JobRun.started_at >= ahead)).all()
    assert done == ["stipends"]  # nothing else so much as began
    told = house.scalars(select(Notice.subject).where(Notice.kind == NoticeKind.JOB_ALARM)).all()
    assert {subject.rpartition(":")[2] for subject in told} == {"leapt"}
    live(house, now + timedelta(hours=1), "watchdog")  # set right again: it still asks
    assert leaps.waiting(house) is not None
    assert leaps.confirm(house, DESK, now=now + timedelta(hours=1))
    live(house, now + timedelta(hours=2))
    assert opened(house) == before
    assert trace.broken_entries(house, Chain.ORDINARY) == []


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=1)])
def test_a_clock_an_hour_or_a_day_back_doubles_nothing_and_stops_nothing(
    house: Session, now: datetime, back: timedelta
) -> None:
    before = opened(house)

    live(house, now - back)

    assert opened(house) == before
    assert leaps.waiting(house) is None
    assert orders.prepare(house, DESK, waiting(house), now=now)


@pytest.mark.parametrize(
    ("step", "asks"), [(timedelta(hours=36), False), (timedelta(hours=36, seconds=1), True)]
)
def test_a_step_is_a_leap_from_36_hours_on(
    house: Session, now: datetime, step: timedelta, *, asks: bool
) -> None:
    live(house, now + step, "watchdog")

    assert (leaps.waiting(house) is not None) is asks


def test_only_the_paying_desk_says_that_today_is_today(house: Session, now: datetime) -> None:
    live(house, now + timedelta(days=3), "watchdog")

    with pytest.raises(NotPermitted):
        leaps.confirm(house, viewer(Role.CASE_WORKER), now=now)
    assert leaps.confirm(house, DESK, now=now)
    assert not leaps.confirm(house, DESK, now=now)  # pressed twice


def test_the_desk_reads_the_question_and_answers_it_on_its_page(
    house: Session, now: datetime, client: FlaskClient
) -> None:
    live(house, now + timedelta(days=3), "watchdog")
    sign_in(client, "desk")

    asked = client.get("/staff/notices/").get_data(as_text=True)
    client.post("/staff/notices/clock")
    answered = client.get("/staff/notices/").get_data(as_text=True)

    assert "今天是 2026年11月21日 吗？" in asked
    assert "日期没错，放行" in asked
    assert "日期没错，放行" not in answered


def test_the_watchdog_notices_what_was_done_twice_for_one_day(
    session: Session, now: datetime
) -> None:
    for _ in range(2):
        session.add(
            JobRun(
                name="reminders", period=today(now), started_at=now, finished_at=now,
                status=JobStatus.DONE, done=3,
            )
        )  # fmt: skip
    session.flush()

    found = watch.findings(session, viewers.engine("watchdog"), now=now + timedelta(hours=1))

    assert [(one.name, one.trouble) for one in found] == [("reminders", "twice")]
