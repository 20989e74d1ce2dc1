"""The one list of scheduled work, and the watchdog over it."""

import json
import os
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from jobs.clockwork import Clockwork
from jobs.run import Run
from jobs.schedule import BY_NAME, JOBS, Job
from jobs.start import expect_all, start
from jobs.stipends import open_and_fund
from models.children import Consent
from models.jobs import JobLease, JobRun, Period
from models.ledger import Posting
from models.notices import Notice
from models.stipends import Fact, Stipend
from privacy import viewers
from services.notices import notices
from services.notices.notice_words import JOB_NAMES
from services.notices.notices import Recipient
from services.upkeep import watch
from services.upkeep.watch import Finding
from services.vault import vault
from tests.factories import a_child, a_match, a_pledge, a_school, an_account
from vocabulary import clock
from vocabulary.dates import SHANGHAI, at
from vocabulary.enums import JobStatus, NoticeKind, RecipientKind, Rhythm, Role, Trouble
from vocabulary.schedule import STANDARD

ROOT = Path(__file__).parents[2]
ENGINE = viewers.engine("watchdog")
NOVEMBER = date(2026, 11, 1)


def findings(session: Session) -> list[Finding]:
    return watch.findings(session, ENGINE, now=clock.now())


def watched(session: Session) -> list[str]:
    """Run the watchdog; return what administrators were told."""
    session.commit()
    start(session, BY_NAME["watchdog"], period=NOVEMBER)
    alarms = select(Notice.subject).where(Notice.kind == NoticeKind.JOB_ALARM)
    return list(session.scalars(alarms.order_by(Notice.subject)))


def test_apscheduler_accepts_every_line() -> None:
    scheduler = BackgroundScheduler(timezone=SHANGHAI)

    for job in JOBS:
        scheduler.add_job(print, job.trigger(), id=job.name)

    assert {job.id for job in scheduler.get_jobs()} == set(BY_NAME)
    assert len(BY_NAME) == len(JOBS)


def test_every_job_has_a_name_in_words() -> None:
    assert set(BY_NAME) <= set(JOB_NAMES)


def test_days_of_the_week_are_crons_names(now: datetime) -> None:
    weekly = Job("weekly", open_and_fund, hour=9, day_of_week="mon")

    after = weekly.next_start(now)

    assert isinstance(weekly.trigger(), CronTrigger)
    assert (after.astimezone(SHANGHAI).date(), after.strftime("%a")) == (date(2026, 11, 23), "Mon")


def test_times_are_those_of_inner_mongolia(now: datetime) -> None:
    assert BY_NAME["stipends"].next_start(now) == at(date(2026, 11, 22), 6)


def test_changes_of_pledges_take_effect_before_the_stipend_run(now: datetime) -> None:
    if "pledges" in BY_NAME:
        assert BY_NAME["pledges"].next_start(now) < BY_NAME["stipends"].next_start(now)


def test_a_start_keeps_when_the_next_is_due(session: Session, now: datetime) -> None:
    start(session, BY_NAME["stipends"], period=NOVEMBER)

    expected = session.scalars(select(JobLease.expected_at)).one()
    assert expected == at(date(2026, 11, 22), 6)


def test_an_idle_start_leaves_no_run_but_is_seen(session: Session, now: datetime) -> None:
    counts = start(session, BY_NAME["notices"], period=NOVEMBER)

    assert counts == {"due": 0, "done": 0, "skipped": 0, "failed": 0}
    assert session.scalars(select(JobRun)).all() == []
    assert session.scalars(select(JobLease.looked_at)).one() == now


def test_what_was_missed_while_the_machine_was_off_is_made_up(
    session: Session, now: datetime
) -> None:
    first = expect_all(session, JOBS)
    again = expect_all(session, JOBS)
    with clock.moved_to(now + timedelta(days=3)):
        after = expect_all(session, JOBS)
        start(session, BY_NAME["stipends"], period=NOVEMBER)
        left = expect_all(session, JOBS)

    assert (first, again) == ([], [])
    assert after == [job.name for job in JOBS]
    assert left == [job.name for job in JOBS if job.name != "stipends"]


def test_the_watchdog_shouts_at_silence(session: Session, now: datetime) -> None:
    an_account(session, Role.ADMINISTRATOR, login="root")
    session.commit()
    start(session, BY_NAME["stipends"], period=NOVEMBER)
    soon = at(date(2026, 11, 22), 6, 29)
    with clock.moved_to(soon):
        in_time = watched(session)
    with clock.moved_to(soon + timedelta(minutes=2)):
        told = watched(session)
        told_again = watched(session)

    assert in_time == []
    assert told == told_again == ["job:stipends:2026-11-22:silent"]


def test_the_watchdog_shouts_at_a_failure(session: Session, now: datetime) -> None:
    an_account(session, Role.ADMINISTRATOR, login="root")
    session.commit()

    def broken(_run: Run) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Run(session, "stipends", period=NOVEMBER).execute(broken)

    assert watched(session) == ["job:stipends:2026-11-21:failed"]


def test_the_watchdog_shouts_at_less_than_was_due(session: Session, now: datetime) -> None:
    """A run that called itself done although an instalment is neither opened nor set aside."""
    a_match(session, a_pledge(session)[0], a_child(session, a_school(session)))
    an_account(session, Role.ADMINISTRATOR, login="root")
    session.commit()

    def only_the_calendar(run: Run) -> None:
        with run.slice():
            run.session.add_all(_due_days(run.session))

    Run(session, "stipends", period=NOVEMBER).execute(only_the_calendar)
    told = watched(session)
    Run(session, "stipends", period=NOVEMBER).execute(open_and_fund)

    assert told == ["job:stipends:2026-11-21:short"]
    assert findings(session) == []


def _due_days(_session: Session) -> list[Period]:
    anchor = STANDARD[Rhythm.MONTH].anchor
    return [Period(rhythm=Rhythm.MONTH, anchor=anchor, due_on=date(2026, m, 1)) for m in (9, 10)]


def test_what_is_set_aside_with_its_reason_is_no_finding(session: Session, now: datetime) -> None:
    child = a_child(session, a_school(session))
    a_match(session, a_pledge(session)[0], child)
    session.execute(update(Consent).values(withdrawn_on=date(2026, 8, 1)))
    session.commit()

    start(session, BY_NAME["stipends"], period=NOVEMBER)

    assert session.scalars(select(Stipend)).all() == []
    assert findings(session) == []


def test_a_run_made_ahead_of_its_day_owes_nothing_to_who_comes_after_it(
    session: Session, now: datetime
) -> None:
    """Opened by hand for 1 December; a match approved since is due on the day, not before."""
    school = a_school(session)
    a_match(session, a_pledge(session)[0], a_child(session, school))
    session.commit()
    start(session, BY_NAME["stipends"], period=date(2026, 12, 1))

    later = a_pledge(session, "13800000002")[0]
    a_match(session, later, a_child(session, school), starts_on=date(2026, 11, 21))
    session.commit()

    assert findings(session) == []


def _environment(app: Flask) -> dict[str, str]:
    settings = app.config["SETTINGS"]
    return {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "INSTANCE_DIR": str(settings.instance),
        "KEYS_DIR": str(settings.keys_dir),
        "MODE": "test",
    }


@pytest.mark.slow
def test_a_job_really_runs_as_a_process_of_its_own(app: Flask, session: Session) -> None:
    a_match(session, a_pledge(session)[0], a_child(session, a_school(session)))
    session.commit()

    ended = subprocess.run(
        f"{sys.executable} -m flask --app app jobs run stipends --period 2026-11-01".split(),
        cwd=ROOT,
        env=_environment(app),
        capture_output=True,
        check=False,
        timeout=60,
    )

    assert ended.returncode == 0, ended.stderr.decode()
    assert json.loads(ended.stdout)["done"] == 3
    assert len(session.scalars(select(Stipend.id)).all()) == 3
    assert session.scalars(select(Fact.kind)).all() != []
    assert session.scalars(select(Posting.id)).all() != []


@pytest.mark.slow
def test_the_clockwork_starts_a_child_and_the_outbox_is_emptied(
    app: Flask, session: Session
) -> None:
    donor_id = vault.register(session, "13800000001", now=clock.now())
    to = Recipient(RecipientKind.DONOR, donor_id)
    notices.queue(session, to, NoticeKind.PRIVATE_LINK, "donor:D1", now=clock.now())
    session.commit()
    instance = app.config["SETTINGS"].instance
    clockwork = Clockwork(root=ROOT, instance=instance, environment=_environment(app))

    clockwork.run(BY_NAME["notices"])

    line = (instance / "outbox" / "sms.log").read_text()
    assert "13800000001" in line
    assert "/d/" in line
    assert session.scalars(select(JobRun.status)).all() == [JobStatus.DONE]


def test_one_process_of_an_installation_runs_the_schedule(tmp_path: Path) -> None:
    first = Clockwork(root=ROOT, instance=tmp_path, environment={})
    second = Clockwork(root=ROOT, instance=tmp_path, environment={})

    elected = first.elect(), second.elect()
    first.stop()
    afterwards = second.elect()
    second.stop()

    assert (elected, afterwards) == ((True, False), True)


def test_the_watchdog_shouts_at_work_done_twice_for_one_day(
    session: Session, now: datetime
) -> None:
    """Two machines, or a clock set back: both found something to do. Whoever found nothing did not."""
    an_account(session, Role.ADMINISTRATOR, login="root")
    session.commit()

    def some_work(run: Run) -> None:
        run.add(due=1, done=1)

    Run(session, "listings", period=NOVEMBER).execute(some_work)
    Run(session, "listings", period=NOVEMBER).execute(lambda _run: None)
    Run(session, "listings", period=date(2026, 11, 8)).execute(some_work)
    once = watched(session)
    Run(session, "listings", period=NOVEMBER).execute(some_work)

    assert once == []
    assert findings(session) == [Finding("listings", Trouble.TWICE)]
    assert watched(session) == ["job:listings:2026-11-21:twice"]
